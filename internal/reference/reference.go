// Package reference reads the reference numbers that tests compare with: of other programs, in ../shared/reference beside the checkout.
package reference

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Read unmarshals the file of ../shared/reference into v. Where the folder is not there, the test is skipped.
func Read(t testing.TB, name string, v any) {
	t.Helper()
	dir, err := os.Getwd() // a test runs in the folder of its package
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "..", "shared", "reference", filepath.FromSlash(name))
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip("needs ../shared/reference/" + name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
