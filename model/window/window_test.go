package window

import (
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
)

func forecast(t *testing.T, m Window, y []float64, steps int, levels ...float64) (mean, q []float64) {
	t.Helper()
	f, err := m.Fit(tidewatch.Series{Values: y, Seasons: []int{3}, Grid: tidewatch.Grid{Freq: tidewatch.Monthly}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, q = make([]float64, steps), make([]float64, steps*len(levels))
	f.Forecast(levels, mean, q)
	return mean, q
}

// TestQuantiles: of n values the k-th is the quantile at k/(n+1), and beyond the outermost ones stay.
func TestQuantiles(t *testing.T) {
	nan := math.NaN()
	mean, q := forecast(t, Window{Periods: 5}, []float64{99, 4, 1, nan, 3, 2}, 2, .1, .2, .4, .5, .6, .8, .9)
	// The window is 4, 1, unknown, 3, 2.
	if want := []float64{1, 1, 2, 2.5, 3, 4, 4}; !slices.EqualFunc(q[:7], want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
		t.Errorf("quantiles %v, not %v", q[:7], want)
	}
	if mean[0] != 2.5 || mean[1] != 2.5 || !slices.Equal(q[:7], q[7:]) {
		t.Errorf("means %v, quantiles %v", mean, q)
	}
}

// TestSeason: each step is given the values of its phase, unknown values at the end counted.
func TestSeason(t *testing.T) {
	nan := math.NaN()
	mean, _ := forecast(t, Window{Periods: 6, Season: true}, []float64{0, 0, 0, 1, 2, 3, 11, 12, 13, nan}, 4)
	if want := []float64{7, 8, 6, 7}; !slices.Equal(mean, want) {
		t.Errorf("means %v, not %v", mean, want)
	}
}

func TestDefaultLength(t *testing.T) {
	for freq, want := range map[tidewatch.Freq]int{tidewatch.Daily: 56, tidewatch.Monthly: 12, tidewatch.Yearly: 6, {N: 6, Unit: tidewatch.Hour}: 28} {
		if got := (Window{}).periods(freq); got != want {
			t.Errorf("%s: %d periods, not %d", freq, got, want)
		}
	}
}
