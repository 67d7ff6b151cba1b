package config

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"github.com/tidewatch/tidewatch"
)

// Name is the file that is read where no other is named.
const Name = "tidewatch.yaml"

// File is a file of settings. The zero value has none.
type File struct {
	Path  string
	tree  *koanf.Koanf
	lines []string
}

// Open reads the file of the given path, or Name in the working folder if path is empty and it is there. A path of "none" reads none.
func Open(path string) (*File, error) {
	named := path != ""
	switch path {
	case "none":
		return &File{}, nil
	case "":
		path = Name
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return &File{}, nil
	}
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the settings of %s: %w", path, err)
	}
	return parse(path, text)
}

func parse(path string, text []byte) (*File, error) {
	f := &File{Path: path, tree: koanf.New(separator), lines: strings.Split(string(text), "\n")}
	if err := f.tree.Load(rawbytes.Provider(text), yaml.Parser()); err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: it is not YAML: %w", path, err)
	}
	return f, nil
}

// separator parts the names of nested keys: no key holds it.
const separator = "\x1f"

// keys are the names at the top level of the file, or of one of its sections, in no order.
func (f *File) keys(section string) []string {
	if f.tree == nil {
		return nil
	}
	tree := f.tree
	if section != "" {
		tree = tree.Cut(section)
	}
	seen := map[string]bool{}
	var names []string
	for _, k := range tree.Keys() {
		name, _, _ := strings.Cut(k, separator)
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// line is where a key stands, for people to find it: the first line that begins with it, after that of its section.
func (f *File) line(section, key string) int {
	from := 0
	if section != "" {
		from = f.line("", section)
	}
	at := regexp.MustCompile(`^\s*["']?` + regexp.QuoteMeta(key) + `["']?\s*:`)
	for i := from; i < len(f.lines); i++ {
		if at.MatchString(f.lines[i]) {
			return i + 1
		}
	}
	return 1
}
