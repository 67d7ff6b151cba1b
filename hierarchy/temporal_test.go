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
