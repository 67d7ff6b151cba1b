package naive

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

func TestGolden(t *testing.T) {
	var g struct {
		Series map[string]struct {
			M int
			Y []float64
		}
		Cases []struct {
			Series    string
			DriftMean []float64 `json:"drift_mean"`
			DriftHigh []float64 `json:"drift_hi95"`
			SnaiveLow []float64 `json:"snaive_lo95"`
		}
	}
	b, err := os.ReadFile("testdata/r.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	for _, c := range g.Cases {
		s := tidewatch.Series{ID: c.Series, Values: g.Series[c.Series].Y, Seasons: []int{max(1, g.Series[c.Series].M)}}
		check := func(m fleet.Method, what string, at int, want []float64) {
			f, err := m.Fit(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			mean, q := make([]float64, len(want)), make([]float64, 2*len(want))
			f.Forecast([]float64{.025, .975}, mean, q)
			for h := range want {
				got := mean[h]
				if at >= 0 {
					got = q[2*h+at]
				}
				if math.Abs(got-want[h]) > 1e-6*math.Abs(want[h]) {
					t.Errorf("%s of %s: %s of step %d is %g, not %g", m, c.Series, what, h+1, got, want[h])
					return
				}
			}
		}
		check(Drift{}, "mean", -1, c.DriftMean)
		check(Drift{}, "97.5 % quantile", 1, c.DriftHigh)
		check(Seasonal{}, "2.5 % quantile", 0, c.SnaiveLow)
	}
}

// TestUnknown: with unknown values inside and at the end, a naive forecast is the last known value, as uncertain as its age.
func TestUnknown(t *testing.T) {
	nan := math.NaN()
	f, err := Naive{}.Fit(tidewatch.Series{Values: []float64{nan, 1, 2, nan, 4, 3, nan}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, q := make([]float64, 2), make([]float64, 2)
	f.Forecast([]float64{.9}, mean, q)
	// Squared changes 1, 2²/2 and 1: the variance of a step is 4/3; the first step ahead is two after the last value.
	for h, steps := range []float64{2, 3} {
		if want := 3 + fleet.Z(.9)*math.Sqrt(4./3*steps); mean[h] != 3 || math.Abs(q[h]-want) > 1e-12 {
			t.Errorf("step %d: mean %g and quantile %g, not 3 and %g", h+1, mean[h], q[h], want)
		}
	}
}
