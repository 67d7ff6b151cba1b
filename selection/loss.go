package selection

import (
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/score"
)

// Loss is what methods are chosen to keep small. The zero value is the pinball loss.
type Loss struct {
	Kind LossKind
	// Under and Over are what one unit of demand forecast too little and too much costs, for Cost: the loss then is that of the best
	// single number under these costs, the quantile at Under/(Under+Over) (the newsvendor's).
	Under, Over float64
}

// LossKind names a loss.
type LossKind string

// The losses.
const (
	Pinball LossKind = ""      // mean over the levels .1, .2 ... .9: the whole distribution
	MASE    LossKind = "mase"  // absolute error of the median
	RMSSE   LossKind = "rmsse" // squared error of the mean
	Cost    LossKind = "cost"  // Under and Over
)

func (l Loss) check() error {
	switch l.Kind {
	case Pinball, MASE, RMSSE:
		return nil
	case Cost:
		if !(l.Under > 0 && l.Over > 0) || math.IsInf(l.Under+l.Over, 0) {
			return tidewatch.Errorf(tidewatch.CodeUsage, "loss %q needs what a unit too little and a unit too much cost, both above 0: not %g and %g", l.Kind, l.Under, l.Over)
		}
		return nil
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "loss %q is not known: use pinball, mase, rmsse or cost", l.Kind)
}

var tenthLevels = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}

// tenthAt is where the tenths stand in conform.Grid.
var tenthAt = func() [9]int {
	var at [9]int
	for k, p := range tenthLevels {
		for i, g := range grid {
			if math.Abs(g-p) < 1e-9 {
				at[k] = i
			}
		}
	}
	return at
}()

// of one cell: y against a mean and quantiles at the levels of conform.Grid.
func (l Loss) of(y, mean float64, q []float64) float64 {
	switch l.Kind {
	case MASE:
		return math.Abs(y - q[tenthAt[4]])
	case RMSSE:
		return (y - mean) * (y - mean)
	case Cost:
		level := l.Under / (l.Under + l.Over)
		return score.Pinball(level, y, tidewatch.Interpolate(grid, q, level))
	}
	sum := 0.0
	for k, p := range tenthLevels {
		sum += score.Pinball(p, y, q[tenthAt[k]])
	}
	return sum * 2 / 9
}
