package score

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCoverageAgreesWithCalib: the largest distance of the nearest share from its level is Calib, ties and all.
func TestCoverageAgreesWithCalib(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	levels := []float64{.1, .5, .9}
	tally := NewTally(levels)
	if tally.Coverage() != nil {
		t.Error("nothing has a coverage")
	}
	for range 50 {
		tally.Series(1, 1)
		for range 8 {
			tally.Cell(float64(rng.IntN(4)), 1, []float64{0, 1, 2})
		}
	}
	most := 0.
	for i, c := range tally.Coverage() {
		if c.Level != levels[i] || c.Below > c.AtMost || c.Below < 0 || c.AtMost > 1 {
			t.Errorf("not a coverage: %+v", c)
		}
		most = max(most, math.Abs(c.Nearest()-c.Level))
	}
	if calib := tally.Summary().Calib; math.Abs(calib-most) > 1e-12 {
		t.Errorf("the largest miss is %g, Calib says %g", most, calib)
	}
	if c := (Coverage{Level: .1, Below: 0, AtMost: .6}); c.Nearest() != .1 {
		t.Errorf("a .1-quantile of 0 where 60 %% of values are 0 is honest, got %g", c.Nearest())
	}
}

func TestPITOfQuantiles(t *testing.T) {
	levels := []float64{.1, .5, .9}
	for _, c := range []struct {
		q             [3]float64
		y             float64
		below, atMost float64
	}{
		{[3]float64{1, 2, 4}, 3, .7, .7},   // between two quantiles
		{[3]float64{1, 2, 4}, 0, 0, .1},    // below all of them: anywhere there
		{[3]float64{1, 2, 4}, 5, .9, 1},    // above
		{[3]float64{0, 0, 4}, 0, 0, .5},    // a mass at the lower end
		{[3]float64{1, 4, 4}, 4, .5, 1},    // at the upper
		{[3]float64{1, 2, 4}, 2, .5, .5},   // a quantile itself
		{[3]float64{3, 3, 3}, 3, 0, 1},     // all of it
		{[3]float64{1, 2, 4}, 1.5, .3, .3}, // halfway
	} {
		below, atMost := PIT(levels, c.q[:], c.y)
		if math.Abs(below-c.below) > 1e-12 || math.Abs(atMost-c.atMost) > 1e-12 {
			t.Errorf("PIT of %g in %v: %g to %g, want %g to %g", c.y, c.q, below, atMost, c.below, c.atMost)
		}
	}
}
