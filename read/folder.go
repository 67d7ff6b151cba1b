package read

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Folder is a data set of several tables that belong together and lie in one folder.
type Folder struct {
	Name  string
	Title string
	Parts []Part
}

// Part is one table of a [Folder].
type Part struct {
	Name     string   // what the table is for
	Stems    []string // beginnings of its file's name, the best first
	Optional bool
}

// folders is the table of data sets that come as a folder: what their files are called. What is made of them is package aggregate's.
var folders = []Folder{
	{Name: "m5", Title: "M5: daily sales of Walmart, with calendar and prices", Parts: []Part{
		{Name: "sales", Stems: []string{"sales_train_evaluation", "sales_train_validation"}},
		{Name: "more", Stems: []string{"sales_test_validation"}, Optional: true},
		{Name: "calendar", Stems: []string{"calendar"}},
		{Name: "prices", Stems: []string{"sell_prices"}, Optional: true}}},
	{Name: "rossmann", Title: "Rossmann: daily sales, with stores and what is known ahead", Parts: []Part{
		{Name: "sales", Stems: []string{"train"}},
		{Name: "stores", Stems: []string{"store"}},
		{Name: "ahead", Stems: []string{"future_known", "test"}, Optional: true}}},
}

// Folders are the data sets that are known, for help and documentation.
func Folders() []Folder { return slices.Clone(folders) }

// Found is a data set found in a folder: its files by part.
type Found struct {
	Name  string
	Dir   string
	Files map[string]string // by part: the path; none where an optional part is not there
}

// FindFolder finds the data set of several tables that paths name: one folder that holds a file of every part that must be there. layout
// is what the user says it is, "" or auto for nothing. ok is false where it is no such folder.
func FindFolder(paths []string, layout string) (f Found, ok bool, err error) {
	if len(paths) != 1 {
		return f, false, nil
	}
	if info, err := os.Stat(paths[0]); err != nil || !info.IsDir() {
		return f, false, nil
	}
	entries, err := os.ReadDir(paths[0])
	if err != nil {
		return f, false, cannotOpen(paths[0], err)
	}
	for _, kind := range folders {
		if layout != "" && layout != "auto" && layout != kind.Name {
			continue
		}
		f := Found{Name: kind.Name, Dir: paths[0], Files: map[string]string{}}
		var missing []string
		for _, p := range kind.Parts {
			path := ""
			for _, stem := range p.Stems {
				if path = fileOf(paths[0], entries, stem); path != "" {
					break
				}
			}
			if path != "" {
				f.Files[p.Name] = path
			} else if !p.Optional {
				missing = append(missing, p.Stems[0])
			}
		}
		if len(missing) == 0 {
			return f, true, nil
		}
		if layout == kind.Name && len(missing) < len(kind.Parts) && len(f.Files) > 1 {
			return f, false, tidewatch.Errorf(tidewatch.CodeInput, "%s: for layout %s the folder lacks a file named %s: it may end in .csv, also packed as .gz or .zst", paths[0], layout, strings.Join(missing, " and one named "))
		}
	}
	return f, false, nil
}

// fileOf is the first file, by name, that begins with stem and can be read; "" if there is none.
func fileOf(dir string, entries []os.DirEntry, stem string) string {
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(strings.ToLower(name), stem) && knownEnding(name) && !e.IsDir() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// DigestOf is the digest of several inputs as if they were one: see [Input.Digest].
func DigestOf(all ...*Input) string {
	var sums [][]byte
	for _, in := range all {
		if len(in.sums) != len(in.files) {
			return ""
		}
		sums = append(sums, in.sums...)
	}
	return digestOf(sums)
}
