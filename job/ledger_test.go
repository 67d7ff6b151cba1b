package job

import (
	"math"
	"testing"
)

// TestUpTo: the quantiles of an even distribution over 0 to 99, rounded as forecasts are, give its probabilities back; of few values the
// mass lies in the middle between the levels.
func TestUpTo(t *testing.T) {
	var levels, q []float64
	for k := 1; k < 20; k++ {
		levels = append(levels, float64(k)/20)
		q = append(q, math.Round(100*float64(k)/20-.5))
	}
	for v := 5.; v < 94; v++ {
		if got, want := upTo(levels, q, v), (v+1)/100; math.Abs(got-want) > .012 {
			t.Errorf("up to %g: %g, want %g", v, got, want)
		}
	}
	few := []float64{0, 0, 0, 1, 2}
	for v, want := range []float64{.6, .8, .95} {
		if got := upTo([]float64{.1, .3, .5, .7, .9}, few, float64(v)); math.Abs(got-want) > 1e-12 {
			t.Errorf("up to %d: %g, want %g", v, got, want)
		}
	}
	if got := upTo([]float64{.1, .9}, []float64{5, 7}, 3); got != .05 {
		t.Errorf("below all quantiles: %g", got)
	}
}
