package hierarchy

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// A series forecast by day, week and month: the days of each whole week and month sum to it, and periods that have begun stay.
func TestGrainsAgree(t *testing.T) {
	levels := []float64{.1, .5, .9}
	make1 := func(freq tidewatch.Freq, anchor time.Time, first, steps int, mean, sd float64) *tidewatch.Forecast {
		f := &tidewatch.Forecast{Grid: tidewatch.Grid{Freq: freq, Anchor: anchor}, Steps: steps, Levels: levels, Rows: []tidewatch.ForecastRow{{ID: "a", First: first}, {ID: "none"}}}
		for range steps {
			f.Rows[0].Mean = append(f.Rows[0].Mean, mean)
			f.Rows[0].Quantiles = append(f.Rows[0].Quantiles, mean-1.28*sd, mean, mean+1.28*sd)
		}
		return f
	}
	monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	days := make1(tidewatch.Daily, monday, 31, 63, 10, 3)    // from Thursday 1 February to 3 April
	weeks := make1(tidewatch.Weekly, monday, 4, 10, 77, 6)   // from 29 January: the first is under way
	months := make1(tidewatch.Monthly, monday, 1, 3, 320, 9) // February, March, April, of which only the first two lie within
	out, err := Temporal(t.Context(), []*tidewatch.Forecast{days, weeks, months}, true)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(from, to int) (s float64) {
		for _, x := range out[0].Rows[0].Mean[from:to] {
			s += x
		}
		return s
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	for w := 1; w < 9; w++ {
		near("week", out[1].Rows[0].Mean[w], sum(4+7*(w-1), 4+7*w))
	}
	near("the week under way", out[1].Rows[0].Mean[0], 77)
	near("February", out[2].Rows[0].Mean[0], sum(0, 29))
	near("March", out[2].Rows[0].Mean[1], sum(29, 60))
	near("April", out[2].Rows[0].Mean[2], 320)
	if got := out[2].Rows[0].Mean[0]; got < 295 || got > 320 {
		t.Errorf("February became %g, which lies outside what days, weeks and months said", got)
	}
	q, m := out[1].At(0, 2), out[1].Rows[0].Mean[2]
	near("width", q[2]-q[0], 2*1.28*6)
	near("median", q[1], m)
	if days.Rows[0].Mean[3] != 10 || weeks.Rows[0].Quantiles[4] != 77 {
		t.Error("the forecasts given were changed")
	}
	if _, err := Temporal(t.Context(), []*tidewatch.Forecast{days}, true); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Error("one grain agrees with nothing")
	}
}

// Weeks of days are whole weeks: what is under way at either end is left out, and an unknown day makes its week unknown.
func TestCoarser(t *testing.T) {
	day := func(n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = float64(i + 1)
		}
		return y
	}
	gap := day(30)
	gap[15] = math.NaN()
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 3, 0, 0, 0, 0, time.UTC)}, []int{7}, // a Wednesday
		[]tidewatch.Series{{ID: "a", Values: day(30)}, {ID: "b", Start: 5, Values: day(10)}, {ID: "c", Values: gap}, {ID: "d", Start: 9, Values: day(3)}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := Coarser(p, tidewatch.Weekly, time.Monday)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]float64{{63, 112, 161}, {28}, {63, math.NaN(), 161}, nil} {
		s := w.Series(i)
		if len(s.Values) != len(want) {
			t.Fatalf("series %q has the weeks %v, want %v", s.ID, s.Values, want)
		}
		for k, v := range s.Values {
			if v != want[k] && (v == v || want[k] == want[k]) {
				t.Errorf("series %q has the weeks %v, want %v", s.ID, s.Values, want)
			}
		}
		if i < 3 && w.Grid().Stamp(s.Start).Format("01-02") != "01-08" {
			t.Errorf("series %q begins in the week of %v", s.ID, w.Grid().Stamp(s.Start))
		}
	}
	if s, _ := Coarser(p, tidewatch.Weekly, time.Sunday); s.Grid().Stamp(s.Series(0).Start).Format("01-02") != "01-07" {
		t.Error("weeks that begin on Sunday begin on another day")
	}
	if m, err := Coarser(p, tidewatch.Monthly, time.Monday); err != nil || len(m.Series(0).Values) != 0 {
		t.Errorf("there is no whole month, but %v, %v", m, err)
	}
	if _, err := Coarser(w, tidewatch.Daily, time.Monday); err == nil {
		t.Error("days are no coarser than weeks")
	}
	if _, err := Coarser(p, tidewatch.Daily, time.Monday); err == nil {
		t.Error("days are no coarser than days")
	}
}
