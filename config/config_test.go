package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/tidewatch/tidewatch"
)

type flags struct {
	set     *pflag.FlagSet
	horizon int
	season  string
	in, co  []string
	columns map[string]string
	levels  []float64
	fast    bool
}

func newFlags() *flags {
	f := &flags{set: pflag.NewFlagSet("", pflag.ContinueOnError)}
	f.set.IntVar(&f.horizon, "horizon", 0, "how far")
	f.set.StringVar(&f.season, "season", "auto", "lengths")
	f.set.StringArrayVar(&f.in, "in", nil, "files")
	f.set.StringSliceVar(&f.co, "country", nil, "countries")
	f.set.StringToStringVar(&f.columns, "map", nil, "columns")
	f.set.Float64SliceVar(&f.levels, "quantiles", nil, "levels")
	f.set.BoolVar(&f.fast, "fast", false, "fast")
	return f
}

func open(t *testing.T, text string) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Path = Name
	return f
}

func none(string) (string, bool) { return "", false }
func every(string) bool          { return true }

// The order: flag, environment, the command's section of the file, the file, default.
func TestOrder(t *testing.T) {
	file := open(t, "# settings\nhorizon: 3\nseason: [7, 364]\nin: [a b.csv, 'c,d.csv']\ncountry: CN, US\nmap:\n  time: Date\n  value: Sales\nquantiles: [0.1, .5, 0.9]\nfast: true\nbacktest:\n  horizon: 4\n")
	env := func(k string) (string, bool) {
		v, ok := map[string]string{"TIDEWATCH_SEASON": "12", "TIDEWATCH_COUNTRY": "DE,FR"}[k]
		return v, ok
	}
	f := newFlags()
	if err := f.set.Parse([]string{"--country", "JP"}); err != nil {
		t.Fatal(err)
	}
	all, err := Apply(f.set, "backtest", file, env, every)
	if err != nil {
		t.Fatal(err)
	}
	if f.horizon != 4 || f.season != "12" || !slices.Equal(f.in, []string{"a b.csv", "c,d.csv"}) || !slices.Equal(f.co, []string{"JP"}) ||
		f.columns["time"] != "Date" || f.columns["value"] != "Sales" || !slices.Equal(f.levels, []float64{.1, .5, .9}) || !f.fast {
		t.Errorf("%+v", f)
	}
	source := map[string]string{}
	for _, s := range all {
		source[s.Key] = s.Source
	}
	for key, want := range map[string]string{"horizon": "tidewatch.yaml:12", "season": "TIDEWATCH_SEASON", "in": "tidewatch.yaml:4", "country": "--country", "map": "tidewatch.yaml:6"} {
		if source[key] != want {
			t.Errorf("%s comes from %s, want %s", key, source[key], want)
		}
	}
	f = newFlags()
	if _, err := Apply(f.set, "forecast", file, none, every); err != nil || f.horizon != 3 || f.season != "7,364" || !slices.Equal(f.co, []string{"CN", " US"}) && !slices.Equal(f.co, []string{"CN", "US"}) {
		t.Errorf("%v %+v", err, f)
	}
	f = newFlags()
	if all, err := Apply(f.set, "forecast", &File{}, none, every); err != nil || f.horizon != 0 || all[0].Source != "default" {
		t.Errorf("%v %+v", err, all)
	}
	f = newFlags()
	if _, err := Apply(f.set, "forecast", file, none, func(k string) bool { return k == "fast" }); err != nil || f.horizon != 0 || !f.fast {
		t.Errorf("keys that are not allowed were taken: %+v", f)
	}
}

func TestUnknownKeys(t *testing.T) {
	schema := Schema{newFlags().set, map[string]*pflag.FlagSet{"backtest": newFlags().set}}
	for text, want := range map[string]string{
		"horizon: 3\nhorizn: 4\n":               `tidewatch.yaml: line 2: "horizn" is no setting (did you mean horizon?)`,
		"backtest:\n  horizon: 3\n  seson: 4\n": `line 3: "seson" is no setting (did you mean season?)`,
		"bactest:\n  horizon: 3\n":              `line 1: "bactest" is no setting (did you mean backtest?)`,
		"qqq: 1\n":                              "tidewatch config --schema lists them",
		"":                                      "",
		"horizon: 3\nmap: {time: x}\n":          "",
	} {
		err := schema.Check(open(t, text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || tidewatch.CodeOf(err) != tidewatch.CodeInput) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestBadValues(t *testing.T) {
	for text, want := range map[string]string{
		"season: a\nhorizon: eight\n": "tidewatch.yaml: line 2: horizon: eight: it must be a number",
		"horizon: {a: 3}\n":           "no keys of its own",
		"map: time\n":                 "write what plays which role",
		"fast: perhaps\n":             "line 1: fast: perhaps",
		"quantiles: [a]\n":            "line 1: quantiles",
	} {
		if _, err := Apply(newFlags().set, "", open(t, text), none, every); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	env := func(k string) (string, bool) { return "x", k == "TIDEWATCH_HORIZON" }
	if _, err := Apply(newFlags().set, "", &File{}, env, every); err == nil || !strings.Contains(err.Error(), "TIDEWATCH_HORIZON=x: it must be a number") {
		t.Error(err)
	}
	if _, err := parse("x.yaml", []byte("a: [b\n")); err == nil || !strings.Contains(err.Error(), "x.yaml: it is not YAML") {
		t.Error(err)
	}
	if _, err := Open("no/such.yaml"); tidewatch.CodeOf(err) != tidewatch.CodeInput {
		t.Error(err)
	}
	if f, err := Open("none"); err != nil || f.keys("") != nil {
		t.Error(f, err)
	}
	if got := (Schema{Keys: newFlags().set}).Strangers([]string{"TIDEWATCH_HORIZN=3", "TIDEWATCH_HORIZON=3", "HOME=/", "TIDEWATCH_CONFIG=x"}); !slices.Equal(got, []string{"TIDEWATCH_HORIZN"}) {
		t.Error(got)
	}
}

// Whatever a file says, it is taken or refused with its name.
func FuzzFile(f *testing.F) {
	f.Add("horizon: 3\nmap: {time: x}\nin: [a, b]\n")
	f.Add("? a\n: b\n")
	f.Add("horizon:\n  - 1\n  - [2]\nmap: 3\nfast: [[]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parse("f.yaml", []byte(text))
		if err == nil {
			schema := Schema{Keys: newFlags().set}
			if err = schema.Check(file); err == nil {
				_, err = Apply(newFlags().set, "forecast", file, none, every)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%v", err)
		}
	})
}
