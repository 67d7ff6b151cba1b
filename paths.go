package tidewatch

import (
	"math"
	"slices"
)

// Paths are joint sample paths of several series over several steps: each sample is one possible future of all of them together.
// Sums over steps or series, and the quantiles of such sums, are only ever made from Paths.
type Paths struct {
	Grid    Grid
	IDs     []string
	First   []int // grid index of each series' first step
	Steps   int
	Samples int
	Values  []float64 // [series][sample][step]
}

// NewPaths makes zero paths for the rows of f.
func NewPaths(f *Forecast, samples int) *Paths {
	p := &Paths{Grid: f.Grid, Steps: f.Steps, Samples: samples, IDs: make([]string, len(f.Rows)), First: make([]int, len(f.Rows)),
		Values: make([]float64, len(f.Rows)*samples*f.Steps)}
	for k := range f.Rows {
		p.IDs[k], p.First[k] = f.Rows[k].ID, f.Rows[k].First
	}
	return p
}

// Path is sample k of a series: a view, one value a step.
func (p *Paths) Path(series, k int) []float64 {
	at := (series*p.Samples + k) * p.Steps
	return p.Values[at : at+p.Steps : at+p.Steps]
}

// Sum is, for each sample, the sum of the given series over steps from (counted from 0) up to, not including, to.
// nil series means all. All series summed must begin at the same period, or the sum would mix times: that is an error, and so
// is a series without a forecast.
func (p *Paths) Sum(series []int, from, to int) ([]float64, error) {
	if from < 0 || to > p.Steps || from >= to {
		return nil, Errorf(CodeUsage, "sum over steps %d to %d of %d", from+1, to, p.Steps)
	}
	if series == nil {
		series = make([]int, len(p.IDs))
		for i := range series {
			series[i] = i
		}
	}
	sums := make([]float64, p.Samples)
	for _, i := range series {
		if p.First[i] != p.First[series[0]] {
			return nil, Errorf(CodeData, "series %q and %q begin their forecasts at different times and cannot be summed", p.IDs[series[0]], p.IDs[i])
		}
		for k := range sums {
			for _, v := range p.Path(i, k)[from:to] {
				sums[k] += v
			}
		}
		if math.IsNaN(sums[0]) {
			return nil, Errorf(CodeData, "series %q has no forecast and cannot be summed", p.IDs[i])
		}
	}
	return sums, nil
}

// SampleQuantiles is the quantiles of a sample at the given levels (Hyndman & Fan 1996, type 7). It sorts x in place. An empty sample gives NaN.
func SampleQuantiles(x, levels []float64) []float64 {
	slices.Sort(x)
	out := make([]float64, len(levels))
	for i, q := range levels {
		if len(x) == 0 {
			out[i] = math.NaN()
			continue
		}
		at := q * float64(len(x)-1)
		lo := int(at)
		hi := min(lo+1, len(x)-1)
		out[i] = x[lo] + (at-float64(lo))*(x[hi]-x[lo])
	}
	return out
}
