package prophet

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestGolden: means, fitted values and 80 % intervals are near those of Prophet's own program (bench/peers/prophet_golden.py), which differs
// in how it searches, and draws its intervals.
func TestGolden(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Season                            int
			Y, Fitted, Mean, Lower80, Upper80 []float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for i, c := range golden.Cases {
		freq := tidewatch.Monthly
		if c.Season == 7 {
			freq = tidewatch.Daily
		}
		s := tidewatch.Series{Values: c.Y, Seasons: []int{c.Season}, Grid: tidewatch.Grid{Freq: freq, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}
		a, err := Prophet{}.Explain(s, len(c.Mean), nil)
		if err != nil {
			t.Fatal(err)
		}
		fit, err := Prophet{}.Fit(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		mean, q := make([]float64, len(c.Mean)), make([]float64, 2*len(c.Mean))
		fit.Forecast([]float64{.1, .9}, mean, q)
		size := slices.Max(c.Y) - slices.Min(c.Y)
		worst, wide, narrow := 0.0, 0.0, math.Inf(1)
		total := a.Total()
		for k, v := range append(slices.Clone(c.Fitted), c.Mean...) {
			worst = max(worst, math.Abs(total[k]-v)/size)
		}
		for h := range mean {
			ratio := (q[2*h+1] - q[2*h]) / (c.Upper80[h] - c.Lower80[h])
			wide, narrow = max(wide, ratio), min(narrow, ratio)
		}
		if worst > .02 || wide > 1.2 || narrow < .8 {
			t.Errorf("case %d: up to %.1f %% of the range from Prophet's values, intervals %.2f to %.2f times its", i, 100*worst, narrow, wide)
		}
	}
}
