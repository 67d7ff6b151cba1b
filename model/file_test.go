package model

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/modeltest"
)

func ask(t testing.TB, m tidewatch.Model) *tidewatch.Forecast {
	t.Helper()
	f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: 5})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func saved(t testing.TB, name string, p *tidewatch.Panel) (tidewatch.Model, []byte) {
	t.Helper()
	m, err := Panel(name, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, f, []byte("digest")); err != nil {
		t.Fatal(err)
	}
	return f, b.Bytes()
}

func TestFileKeepsForecasts(t *testing.T) {
	for _, e := range All() {
		f, b := saved(t, e.Name, modeltest.Panel(t))
		s, err := Read(bytes.NewReader(b), 1)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		if s.Method != e.Name || string(s.Data) != "digest" {
			t.Errorf("%s: read as %q of data %q", e.Name, s.Method, s.Data)
		}
		if want, got := ask(t, f), ask(t, s.Model); !reflect.DeepEqual(want, got) {
			t.Errorf("%s: the model read from a file forecasts otherwise", e.Name)
		}
	}
}

func TestFileKeepsZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no zone database here:", err)
	}
	for _, zone := range []*time.Location{paris, time.UTC, time.FixedZone("", 5*3600+1800), time.FixedZone("Europe/Paris", 7*3600)} {
		g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 3, 20, 0, 0, 0, 0, zone)}
		p, err := tidewatch.NewPanel(g, nil, []tidewatch.Series{{ID: "a", Values: []float64{1, 2, 3}}})
		if err != nil {
			t.Fatal(err)
		}
		_, b := saved(t, "naive", p)
		s, err := Read(bytes.NewReader(b), 1)
		if err != nil {
			t.Fatal(err)
		}
		got := ask(t, s.Model).Grid
		for _, i := range []int{0, 30} {
			if want, have := g.Stamp(i).String(), got.Stamp(i).String(); want != have {
				t.Errorf("stamp %d in %v is %s, not %s", i, zone, have, want)
			}
		}
	}
}

func TestFileRefuses(t *testing.T) {
	_, good := saved(t, "ses", modeltest.Panel(t).Select([]int{0, 14, 21}))
	resum := func(b []byte) []byte {
		b = b[:len(b)-sha256.Size]
		sum := sha256.Sum256(b)
		return append(b, sum[:]...)
	}
	change := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, c := range []struct {
		what string
		b    []byte
		says string
	}{
		{"nothing", nil, "not a Tidewatch model"},
		{"text", []byte("id,time,value\n"), "not a Tidewatch model"},
		{"magic alone", []byte(magic), "cut short"},
		{"half", good[:len(good)/2], "checksum"},
		{"a flipped bit", change(func(b []byte) []byte { b[len(b)/2] ^= 4; return b }), "checksum"},
		{"another container", resum(change(func(b []byte) []byte { b[len(magic)] = 9; return b })), "container version 9"},
		{"another kind", resum(change(func(b []byte) []byte { return bytes.Replace(b, []byte("fleet"), []byte("xleet"), 1) })), `kind "xleet"`},
		{"another method", resum(change(func(b []byte) []byte { return bytes.Replace(b, []byte("\x06ses"), []byte("\x06sez"), 1) })), "does not have"},
		{"another version", resum(change(func(b []byte) []byte { return bytes.Replace(b, []byte("\x06ses\x02"), []byte("\x06ses\x08"), 1) })), "version 4"},
	} {
		_, err := Read(bytes.NewReader(c.b), 1)
		if tidewatch.CodeOf(err) != tidewatch.CodeModel || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, which should say %q", c.what, err, c.says)
		}
	}
	if _, err := Read(io.MultiReader(strings.NewReader(magic), failing{}), 1); err == nil {
		t.Error("a read error is lost")
	}
	f, _ := saved(t, "naive", modeltest.Panel(t))
	if err := Write(failing{}, f, nil); tidewatch.CodeOf(err) != tidewatch.CodeOutput {
		t.Errorf("a write error gives %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, errors.New("broken") }
func (failing) Write([]byte) (int, error) { return 0, errors.New("broken") }

// FuzzDecode: whatever the bytes, decoding ends with a model that forecasts or with an error.
func FuzzDecode(f *testing.F) {
	p := modeltest.Panel(f).Select([]int{0, 5, 14, 21, 23})
	for _, e := range All() {
		_, b := saved(f, e.Name, p)
		f.Add(b[len(magic)+2 : len(b)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decode(fleet.NewReader(b), 1)
		if err != nil {
			return
		}
		fc, err := s.Model.Forecast(context.Background(), tidewatch.Ask{Steps: 3, Levels: []float64{.1, .9}})
		if err != nil {
			t.Fatal(err)
		}
		if err := fc.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestNames(t *testing.T) {
	for _, name := range []string{"naive", " naive ", "snaive(7)", "window(56,season)", "window(season)", "median(ses,window(3,season),stm)", "tsb(0.1,0.3)"} {
		m, err := Local(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := Local(m.String()); err != nil || !reflect.DeepEqual(m, again) {
			t.Errorf("%s becomes %s, which is %v, %v", name, m, again, err)
		}
	}
	for name, says := range map[string]string{
		"niave":               "did you mean naive?",
		"holt-winters-thing":  "there are naive",
		"":                    "not known",
		"naive(3)":            "takes no parameters",
		"window(0)":           "must be from 1",
		"window(99999999)":    "must be from 1",
		"window(56,weekday)":  `"weekday" is not one`,
		"window(56":           "brackets",
		"window(56)x":         "brackets",
		"croston(2)":          "above 0 and up to 1",
		"croston(NaN)":        "above 0 and up to 1",
		"median(ses,nothing)": "not known",
		"median(ses":          "brackets",
		"snaive((((7))))":     "is not one of its parameters",
		"tsb(.1,.2,.3)":       `".3" is not one`,
	} {
		_, err := Local(name)
		if tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, which should say %q", name, err, says)
		}
	}
	if _, err := Panel("nonsense", 1, 1); err == nil {
		t.Error("an unknown name was taken")
	}
}

func TestFallbackIsMarked(t *testing.T) {
	p := modeltest.Panel(t)
	m, err := Panel("stm", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	fc := ask(t, f)
	if err := fc.Check(); err != nil {
		t.Error(err)
	}
	want := map[string]string{"one": "snaive", "two": "snaive", "three": "snaive", "empty": "", "all unknown": ""}
	got := map[string]string{}
	for _, pr := range fc.Problems {
		got[pr.ID] = pr.Method
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("problems %v, not %v", got, want)
	}
	for k := range fc.Rows {
		r := &fc.Rows[k]
		if by, bad := want[r.ID]; bad && (r.Abstains() != (by == "") || by != "" && r.Method != by) {
			t.Errorf("series %q was forecast by %q", r.ID, r.Method)
		}
		if !r.Abstains() && math.IsNaN(r.Mean[0]) {
			t.Errorf("series %q has no mean", r.ID)
		}
	}
}

// Boosted trees are in the container as one-series models are.
func TestFileKeepsBoostedTrees(t *testing.T) {
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 3, 20, 0, 0, 0, 0, time.UTC)}
	series := make([]tidewatch.Series, 12)
	for i := range series {
		series[i].ID = string(rune('a' + i))
		for k := range 120 {
			series[i].Values = append(series[i].Values, float64(10+i+3*(k%7)+k*(i+5)%4))
		}
	}
	p, err := tidewatch.NewPanel(g, []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	f, b := saved(t, "gbm", p)
	s, err := Read(bytes.NewReader(b), 1)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != "gbm" || string(s.Data) != "digest" {
		t.Errorf("read as %q of data %q", s.Method, s.Data)
	}
	if want, got := ask(t, f), ask(t, s.Model); !reflect.DeepEqual(want, got) {
		t.Error("the model read from a file forecasts otherwise")
	}
	if _, ok := s.Model.(tidewatch.Updater); !ok {
		t.Error("the model read from a file takes in no new values")
	}
	body := bytes.Replace(b[len(magic)+2:len(b)-sha256.Size], []byte("\x06gbm\x02"), []byte("\x06gbm\x08"), 1)
	if _, err := decode(fleet.NewReader(body), 1); tidewatch.CodeOf(err) != tidewatch.CodeModel || !strings.Contains(err.Error(), "version 4") {
		t.Errorf("another version: %v", err)
	}
}
