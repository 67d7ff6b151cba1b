package hierarchy

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// residualAlpha is how fast the smoothing of [Residuals] follows.
const residualAlpha = .1

// Residuals are one-step errors of a plain exponential smoothing of each series of p, less the mean of its season's position, over the
// last n periods at most: what tells how errors of nodes hang together where the methods' own past errors are not at hand.
func Residuals(p *tidewatch.Panel, n int) *Past {
	past := &Past{Forecast: make([][]float64, p.Len()), Actual: make([][]float64, p.Len())}
	end := p.End()
	for v := range p.Len() {
		past.Forecast[v], past.Actual[v] = make([]float64, n), make([]float64, n)
		for k := range n {
			past.Forecast[v][k], past.Actual[v][k] = math.NaN(), math.NaN()
		}
		s := p.Series(v)
		y := s.Demand()
		season := seasonal(y, s.Season())
		level, seen := 0.0, 0.0
		for t, x := range y {
			if x != x {
				continue
			}
			x -= season[t%len(season)]
			if k := s.Start + t - (end - n); k >= 0 && k < n && seen > 3 {
				past.Forecast[v][k], past.Actual[v][k] = level+season[t%len(season)], y[t]
			}
			seen++
			level += max(residualAlpha, 1/seen) * (x - level)
		}
	}
	return past
}

// seasonal is the mean of each position of the season, less their mean; one zero where two seasons are not known.
func seasonal(y []float64, season int) []float64 {
	if season < 2 || len(y) < 2*season {
		return []float64{0}
	}
	sum, n := make([]float64, season), make([]float64, season)
	all, count := 0.0, 0.0
	for t, x := range y {
		if x == x {
			sum[t%season] += x
			n[t%season]++
			all += x
			count++
		}
	}
	for k := range sum {
		sum[k] = sum[k]/max(n[k], 1) - all/max(count, 1)
		if n[k] == 0 {
			sum[k] = 0
		}
	}
	return sum
}
