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
