package job

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// TestMapping: what is saved is loaded, by name or file; what a run says itself goes before it.
func TestMapping(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("HOME", dir)
	t.Setenv("AppData", dir)
	m := Mapping{Layout: "orders", Columns: map[string]string{"time": "wann", "item": "was"}, Zone: "Europe/Berlin", By: []string{"item"}, Rates: map[string]float64{"EUR": 1}}
	file := filepath.Join(dir, "m.json")
	for _, name := range []string{"my-shop", file} {
		if err := SaveMapping(name, m); err != nil {
			t.Fatal(err)
		}
		got, err := LoadMapping(name)
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	c := Config{Columns: map[string]string{"time": "when"}, Zone: "UTC"}.WithMapping(m)
	if c.Layout != "orders" || c.Zone != "UTC" || c.Columns["time"] != "when" || c.Columns["item"] != "was" || !reflect.DeepEqual(c.Mapping().By, m.By) {
		t.Errorf("%+v", c)
	}
	if _, err := LoadMapping("my-shap"); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), "there are my-shop") {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte(`{"layot": "orders"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadMapping(file); tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(err.Error(), "layot") {
		t.Error(err)
	}
	if err := SaveMapping(filepath.Join(dir, "none", "m.json"), m); tidewatch.CodeOf(err) != tidewatch.CodeOutput {
		t.Error(err)
	}
}
