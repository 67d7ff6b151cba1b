package tidewatch_test

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const modulePath = "github.com/tidewatch/tidewatch"

// layerTable reads the table of ARCHITECTURE.md: a pattern of package folders and its layer.
func layerTable(t *testing.T) map[string]int {
	t.Helper()
	f, err := os.Open("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	row := regexp.MustCompile(`^\| (\d+) \| ([^|]*) \|`)
	name := regexp.MustCompile("`([^`]+)`")
	table := map[string]int{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		m := row.FindStringSubmatch(sc.Text())
		if m == nil {
			continue
		}
		layer, _ := strconv.Atoi(m[1])
		for _, n := range name.FindAllStringSubmatch(m[2], -1) {
			table[n[1]] = layer
		}
	}
	if len(table) < 20 {
		t.Fatalf("ARCHITECTURE.md: only %d packages found in the table of layers", len(table))
	}
	return table
}

// layerOf finds the layer of a package folder: an exact row first, then rows that end in /*, nearest folder first.
// Folders below a listed package (fleet/modeltest, num/internal/x) share its layer.
func layerOf(table map[string]int, dir string) (int, bool) {
	for d := dir; ; d = path.Dir(d) {
		if l, ok := table[d]; ok && (d != "." || dir == ".") {
			return l, true
		}
		if d == "." {
			return 0, false
		}
		if l, ok := table[path.Dir(d)+"/*"]; ok {
			return l, true
		}
	}
}

// TestImportsPointDown enforces the table of layers: a package imports only packages of a lower layer, or its own subfolders.
func TestImportsPointDown(t *testing.T) {
	table := layerTable(t)
	files := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		files++
		dir := path.Dir(filepath.ToSlash(p))
		own, ok := layerOf(table, dir)
		if !ok {
			t.Errorf("%s: package %s has no row in ARCHITECTURE.md", p, dir)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, im := range f.Imports {
			to := strings.Trim(im.Path.Value, `"`)
			if to == "C" && dir != "internal/duck" {
				t.Errorf("%s: cgo is confined to internal/duck", p)
			}
			if own == 0 && strings.Contains(strings.Split(to, "/")[0], ".") {
				t.Errorf("%s: layer 0 imports only the standard library, not %s", p, to)
			}
			if to != modulePath && !strings.HasPrefix(to, modulePath+"/") {
				continue
			}
			rel := strings.TrimPrefix(strings.TrimPrefix(to, modulePath), "/")
			if rel == "" {
				rel = "."
			}
			theirs, ok := layerOf(table, rel)
			family := dir != "." && rel != "." && (strings.HasPrefix(rel, dir+"/") || strings.HasPrefix(dir, rel+"/"))
			if ok && theirs >= own && (!family || theirs != own) {
				t.Errorf("%s (layer %d) imports %s (layer %d): imports go only to lower layers", p, own, rel, theirs)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no Go files found")
	}
}
