package adjust

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

func TestParseChange(t *testing.T) {
	for text, want := range map[string]Change{"+20%": {Factor, .2}, "-5%": {Factor, -.05}, "+12.5%": {Factor, .125}, "+30": {Add, 30}, "-12": {Add, -12}, "=120": {Set, 120}, "=0": {Set, 0}} {
		got, err := ParseChange(text)
		if err != nil || math.Abs(got.Amount-want.Amount) > 1e-12 || got.Kind != want.Kind || got.String() != text {
			t.Errorf("%s: %+v (%s), %v", text, got, got, err)
		}
	}
	for _, bad := range []string{"", "20", "20%", "+", "+%", "+a", "=-3", "-101%", "+1e400", "=NaN", "+inf"} {
		if c, err := ParseChange(bad); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%q is %v, %v", bad, c, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Change{Kind: ChangeKind(rapid.IntRange(0, 2).Draw(t, "kind")), Amount: float64(rapid.IntRange(0, 5000).Draw(t, "amount")) / 1000}
		got, err := ParseChange(c.String())
		if err != nil || got.Kind != c.Kind || math.Abs(got.Amount-c.Amount) > 1e-9 {
			t.Fatalf("%+v is written %s and read %+v, %v", c, c, got, err)
		}
	})
}

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func entry(id, from, to, change string) Entry {
	c, err := ParseChange(change)
	if err != nil {
		panic(err)
	}
	return Entry{At: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), By: "li", ID: id, From: day(from), To: day(to), Change: c, Why: "a sale, \"big\""}
}

func TestBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	for _, e := range []Entry{entry("a", "2026-07-01", "2026-07-07", "+20%"), entry("b,c", "2026-07-01", "2026-07-01", "=5"), {Withdraws: 1, At: time.Now(), Why: "cancelled"}} {
		if _, err := Append(path, e); err != nil {
			t.Fatal(err)
		}
	}
	b, err := Open(path)
	if err != nil || len(b.Broken) > 0 || len(b.Entries) != 3 || b.Entries[0].Gone != 3 {
		t.Fatalf("%+v %v", b, err)
	}
	if in := b.InForce(); len(in) != 1 || in[0].ID != "b,c" || in[0].Why != `a sale, "big"` || in[0].Number != 2 {
		t.Errorf("%+v", in)
	}
	for _, bad := range []Entry{{Withdraws: 1, Why: "again"}, {Withdraws: 3, Why: "x"}, {Withdraws: 9, Why: "x"}, {Withdraws: 2}, {ID: "a", Why: " "}, {Why: "x"}, {ID: "a", Why: "x", From: 3, To: 2}} {
		if _, err := Append(path, bad); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(before), "+20%", "+90%", 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := Open(path); err != nil || len(b.Broken) != 1 || b.Broken[0] != 1 {
		t.Errorf("a changed line does not show: %+v %v", b, err)
	}
	if err := os.WriteFile(path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Append(path, entry("a", "2026-07-01", "2026-07-07", "+20%")); tidewatch.CodeOf(err) != tidewatch.CodeOutput {
		t.Errorf("two at once: %v", err)
	}
	for text, want := range map[string]string{"id,time\n": "wrong number of fields", strings.Join(columns, ",") + "\n2,x,,,,,,,,\n": "adjustment 1", "\"": "no file of adjustments", "": "first line must be"} {
		if err := (&Book{Path: "f"}).read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func forecast(freq tidewatch.Freq, anchor string) *tidewatch.Forecast {
	at, _ := time.Parse(time.DateOnly, anchor)
	f := &tidewatch.Forecast{Grid: tidewatch.Grid{Freq: freq, Anchor: at}, Steps: 3, Levels: []float64{.1, .9}, Rows: []tidewatch.ForecastRow{
		{ID: "a", Mean: []float64{10, 10, 10}, Quantiles: []float64{5, 15, 5, 15, 5, 15}}, {ID: "b", Mean: []float64{0, 0, 0}, Quantiles: []float64{0, 0, 0, 0, 0, 0}}, {ID: "none"}}}
	return f
}

func TestApply(t *testing.T) {
	f := forecast(tidewatch.Daily, "2026-07-01")
	entries := []Entry{entry("a", "2026-07-02", "2026-07-09", "+20%"), entry("a", "2026-07-03", "2026-07-03", "-30"), entry("b", "2026-07-01", "2026-07-01", "=4"), entry("none", "2026-07-01", "2026-07-01", "=4"), entry("a", "2025-07-01", "2025-07-01", "=4")}
	for i := range entries {
		entries[i].Number = i + 1
	}
	a := Apply(f, entries)
	if f.Rows[0].Mean[1] != 10 || f.At(0, 1)[0] != 5 {
		t.Error("the model's forecast changed")
	}
	got := a.Forecast
	if got.Rows[0].Mean[0] != 10 || got.Rows[0].Mean[1] != 12 || got.Rows[0].Mean[2] != 0 || got.At(0, 1)[1] != 18 || got.At(0, 2)[1] != 0 || got.Rows[1].Mean[0] != 4 || got.At(1, 0)[0] != 4 {
		t.Errorf("%+v", got.Rows)
	}
	if a.Cells != 3 || len(a.Numbers[0][2]) != 2 || len(a.Unused) != 2 || a.Unused[0] != 4 || a.Unused[1] != 5 {
		t.Errorf("%+v", a)
	}
	// By weeks, an adjustment of one day of seven is a seventh of it.
	w := Apply(forecast(tidewatch.Weekly, "2026-06-29"), entries[:1])
	if m := w.Forecast.Rows[0].Mean; math.Abs(m[0]-10*(1+.2*4/7)) > 1e-9 || math.Abs(m[1]-10*(1+.2*4/7)) > 1e-9 || m[2] != 10 {
		t.Errorf("weeks: %v", m)
	}
}

func TestCompare(t *testing.T) {
	f := "id,time,mean,q0.5,model_mean,adjustments\na,2026-07-01,12,12,10,1\na,2026-07-02,15,15,10,1+2\na,2026-07-03,10,10,10,\na,2026-07-04,9,9,9,1\n"
	actual := "time,id,value\n2026-07-01,a,13\n2026-07-02,a,11\n2026-07-03,a,50\n2026-07-04,a,\n"
	all, err := Compare(strings.NewReader(f), strings.NewReader(actual), "f", "a")
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if s := all[0]; s.Cells != 2 || s.Model != 2 || s.Adjusted != 2.5 || s.ModelBias != -2 || s.AdjustedBias != 1.5 || s.Gain() != -.25 {
		t.Errorf("%+v", s)
	}
	if s := all[2]; s.Number != 2 || s.Cells != 1 || s.Adjusted != 4 || s.Model != 1 {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct{ f, a, want string }{
		{"id,time,mean\n", actual, "f: line 1: there is no column model_mean"}, {f, "id,time,value\na,x,y\n", `a: line 2: column value: "y"`}, {f, "id,time,value\na,x,3\n", "holds none of the 3"},
		{"id,time,mean,model_mean,adjustments\na,1,2,3,\n", actual, "no step was adjusted"}, {"id,time,mean,model_mean,adjustments\na,2026-07-01,2,3,x\n", actual, "f: line 2"},
	} {
		if _, err := Compare(strings.NewReader(c.f), strings.NewReader(c.a), "f", "a"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func FuzzBook(f *testing.F) {
	f.Add(strings.Join(columns, ",") + "\n1,2026-07-01T09:00:00Z,li,,a,2026-07-01,2026-07-07,+20%,why,0\n2,2026-07-01T09:00:00Z,li,1,a,,,,why,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		b := &Book{Path: "f"}
		if err := b.read([]byte(text)); err != nil && tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Error(err)
		}
		b.InForce()
	})
}
