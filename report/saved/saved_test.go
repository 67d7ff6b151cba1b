package saved_test

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/ledger"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/saved"
	"github.com/tidewatch/tidewatch/trend"
)

// some is any data of a report.
func some(t *rapid.T) report.Data {
	zone := rapid.SampledFrom([]*time.Location{time.UTC, time.FixedZone("", 19800), mustLoad("Asia/Shanghai")}).Draw(t, "zone")
	value := rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.Just(math.NaN()), rapid.Float64Range(0, 9))
	var series []tidewatch.Series
	for i := range rapid.IntRange(0, 5).Draw(t, "series") {
		s := tidewatch.Series{ID: string(rune('a' + i)), Start: rapid.IntRange(0, 9).Draw(t, "start"), Values: rapid.SliceOfN(value, 0, 12).Draw(t, "values")}
		if rapid.Bool().Draw(t, "outs") {
			s.Unavailable = make([]bool, len(s.Values))
			for k := range s.Unavailable {
				s.Unavailable[k] = rapid.Bool().Draw(t, "out")
			}
		}
		series = append(series, s)
	}
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 2, 3, 0, 0, 0, 0, zone)}
	p, err := tidewatch.NewPanel(grid, []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := tidewatch.Ask{Steps: rapid.IntRange(1, 4).Draw(t, "steps"), Levels: []float64{.1, .5, .9}}.Check(p.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := tidewatch.NewForecast(p, ask)
	for k := range f.Rows {
		if rapid.Bool().Draw(t, "abstains") {
			f.Rows[k].Mean, f.Rows[k].Quantiles = nil, nil
			f.Problems = append(f.Problems, tidewatch.Problem{ID: f.Rows[k].ID, Code: tidewatch.CodeTooShort, Reason: "short"})
			continue
		}
		for h := range f.Steps {
			f.Rows[k].Mean[h] = float64(h)
			for l := range f.Levels {
				f.Rows[k].Quantiles[h*len(f.Levels)+l] = float64(h + l)
			}
		}
		f.Rows[k].Method = "ses"
	}
	return report.Data{Change: &words.Change{Name: "a", Freq: tidewatch.Weekly, Low: math.NaN(), Waterfall: explain.Waterfall{From: 1, To: 3, Steps: []explain.Step{{Cause: explain.Level, Amount: 2}}}},
		Ledger: &report.Ledger{Claims: 3, Summary: ledger.Summary{Head: "h", All: ledger.Calibration("", nil)}}, Title: rapid.String().Draw(t, "title"), Unit: "GBP", Panel: p, Forecast: f, Labels: []report.Label{{ID: "a", Name: "名", Group: "item"}},
		Moves:    []trend.Move{{ID: "a", Next: trend.Interval{Mean: 1, Median: math.NaN()}}},
		Events:   []report.Event{{English: "Christmas", First: time.Date(2024, 12, 25, 0, 0, 0, 0, time.UTC), Major: true}},
		Accuracy: &report.Accuracy{Origins: 3, Methods: []report.MethodScore{{Method: "ses", SQL: math.NaN()}}},
		Quality:  &report.Quality{Rows: 4, Notes: []message.Note{message.NoteOf("note.later", 7), message.NoteOf("note.off", int64(2), "D", "x")}},
		Run:      report.Run{Command: "tidewatch demo", Settings: []report.Setting{{Name: "freq", Value: "D"}}}}
}

func mustLoad(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return l
}

// TestRoundTrip: what is read makes the same page as what was written, in both languages, and is written as the same bytes again.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := some(t)
		var first, second bytes.Buffer
		if err := saved.Write(&first, d); err != nil {
			t.Fatal(err)
		}
		got, err := saved.Read(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := saved.Write(&second, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Error("written again, the bytes differ")
		}
		for i := range d.Panel.Len() {
			a, b := d.Panel.Series(i), got.Panel.Series(i)
			for k := range a.Values {
				if a.Values[k] != b.Values[k] && !(math.IsNaN(a.Values[k]) && math.IsNaN(b.Values[k])) || a.Unavailable != nil && a.Unavailable[k] != (b.Unavailable != nil && b.Unavailable[k]) {
					t.Fatalf("series %s: %v, was %v", a.ID, b, a)
				}
			}
		}
		if !reflect.DeepEqual(d.Forecast.Rows, got.Forecast.Rows) {
			t.Errorf("forecast %v, was %v", got.Forecast.Rows, d.Forecast.Rows)
		}
		for _, l := range message.Langs {
			d.Lang, got.Lang = l, l
			var a, b bytes.Buffer
			if err := report.Write(&a, d); err != nil {
				t.Fatal(err)
			}
			if err := report.Write(&b, got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Error("the pages differ")
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("tidewatch run 1\n"))
	f.Add([]byte("tidewatch run 1\n\x28\xb5\x2f\xfd\x04\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := saved.Read(bytes.NewReader(b)); err != nil && tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Errorf("%v", err)
		}
	})
}

func TestRefuses(t *testing.T) {
	for _, s := range []string{"", "tidewatch run 9\n", "id,time,value\n", "tidewatch run 1\nrubbish"} {
		if _, err := saved.Read(strings.NewReader(s)); tidewatch.CodeOf(err) != tidewatch.CodeInput {
			t.Errorf("%q: %v", s, err)
		}
	}
}
