package conform

import (
	"math"
	"slices"
)

// grid is the levels a distribution is held at while it is calibrated; what is asked for is read off between them.
var grid = []float64{.0025, .005, .01, .025, .05, .075, .1, .15, .2, .25, .3, .35, .4, .45, .5,
	.55, .6, .65, .7, .75, .8, .85, .9, .925, .95, .975, .99, .995, .9975}

const (
	atMedian = 14 // of grid
	at10     = 6
	at90     = 22
)

// Grid is the levels at which forecasts are to be given to [Learn] and [Calibration.Apply]: a fresh copy.
func Grid() []float64 { return slices.Clone(grid) }

// onGrid is the empirical quantiles of x at the levels of grid, by the rule that makes split conformal intervals valid (the k-th of n
// values stands at k/(n+1): Hyndman & Fan 1996, type 6). It sorts x in place; x must not be empty.
func onGrid(x []float64) []float64 {
	slices.Sort(x)
	q := make([]float64, len(grid))
	for i, p := range grid {
		at := min(max(p*float64(len(x)+1)-1, 0), float64(len(x)-1))
		k := int(at)
		q[i] = x[k]
		if k+1 < len(x) {
			q[i] += (at - float64(k)) * (x[k+1] - x[k])
		}
	}
	return q
}

// probability is where y stands in the ascending quantiles q at the levels of grid: P(Y < y) and P(Y <= y) for the distribution that is
// the smallest step function with those quantiles.
func probability(q []float64, y float64) (below, atMost float64) {
	lo, _ := slices.BinarySearch(q, y)
	hi, _ := slices.BinarySearchFunc(q, y, func(v, y float64) int {
		if v <= y {
			return -1
		}
		return 1
	})
	edge := func(k int) float64 { // the mass below the k-th quantile
		switch k {
		case 0:
			return 0
		case len(grid):
			return 1
		}
		return (grid[k-1] + grid[k]) / 2
	}
	return edge(lo), edge(hi)
}

// normalQuantile80 is half the width of the central 80 % of a standard normal distribution.
const normalQuantile80 = 1.2815515655446004

// spread is the standard deviation of a normal distribution as wide as the central 80 % of q.
func spread(q []float64) float64 { return (q[at90] - q[at10]) / (2 * normalQuantile80) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
