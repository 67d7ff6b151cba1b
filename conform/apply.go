package conform

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/score"
)

// Apply calibrates the forecast f, given at the levels of [Grid], of the series of p that a asks about, and returns it at the levels
// asked for: never crossing, whole numbers for series of whole numbers, and never below zero for series that never were.
func (c *Calibration) Apply(p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask) *tidewatch.Forecast {
	out := tidewatch.NewForecast(p, a)
	out.Problems = f.Problems
	cell := make([]float64, len(grid))
	for k := range f.Rows {
		row, i := &out.Rows[k], a.Row(k)
		row.Method = f.Rows[k].Method
		if f.Rows[k].Abstains() {
			row.Mean, row.Quantiles = nil, nil
			continue
		}
		s := p.Series(i)
		support, floor, reach, class := SupportOf(s.Demand()), leastSpread(s), furthest(s), classOf(s.Demand())
		for h := range f.Steps {
			copy(cell, f.At(k, h))
			row.Mean[h] = f.Rows[k].Mean[h]
			if support.byProbability() {
				copy(cell, support.bounded(cell))
				recount(cell, c.count, c.like, h, row.Mean[h])
				if k := c.like.of(row.Mean[h]); k >= 0 {
					row.Mean[h] *= c.like.factor[k]
				}
			} else {
				before := cell[atMedian]
				c.rescale(cell, h, i, class, floor)
				confine(cell, reach)
				row.Mean[h] += cell[atMedian] - before
			}
			q := out.At(k, h)
			for l, level := range a.Levels {
				q[l] = tidewatch.Interpolate(grid, cell, level)
			}
			support.Fit(&row.Mean[h], q)
		}
	}
	return out
}

// widestInScales is how many mean seasonal changes of a series its outer quantiles may lie from its median: 95 % of a random walk stay
// within that for a hundred steps. What is wider comes from a model that exploded, not from the series.
const widestInScales = 25

// furthest is how far from its median a quantile of s may lie; infinite where its history has no scale.
func furthest(s tidewatch.Series) float64 {
	y := s.Demand()
	if scale := score.MASEScale(y, score.ScaleLag(len(y), s.Season())); scale > 0 {
		return widestInScales * scale
	}
	return math.Inf(1)
}

// confine moves quantiles that lie further than reach from the median.
func confine(q []float64, reach float64) {
	median := q[atMedian]
	for l, v := range q {
		q[l] = min(max(v, median-reach), median+reach)
	}
}

// rescale replaces quantiles by the median plus the spread times what past standardised errors were, blended with the method's own.
func (c *Calibration) rescale(q []float64, h, i, class int, floor float64) {
	at, weight := c.smooth[class].step(h)
	if weight == 0 {
		return
	}
	median, width := q[atMedian], spread(q)*c.factor[i]
	if width < floor {
		width = floor
	}
	for l := range q {
		q[l] += weight * (median + width*at[l] - q[l])
	}
	slices.Sort(q) // both terms ascend: this only mends rounding
}
