package tidewatch

import (
	"math"
	"slices"
)

// Forecast is the predictive distribution of each series at each step: a mean, and quantiles at ascending levels that never cross.
// The quantiles are marginal: they are never summed over steps or series (see [Paths]).
type Forecast struct {
	Grid     Grid
	Steps    int
	Levels   []float64
	Rows     []ForecastRow
	Problems []Problem // series that needed a simpler method, or have no forecast; in the order of Rows
}

// ForecastRow is the forecast of one series.
type ForecastRow struct {
	ID     string
	First  int    // grid index of the first step
	Method string // what made it
	// Mean [step] and Quantiles [step*len(levels)+level] are in the unit of the series. Both are nil where the history cannot
	// support a forecast; Problems says why.
	Mean, Quantiles []float64
}

// NewForecast makes the forecast of the series of p that a asks about, every value NaN, to be filled in row by row.
func NewForecast(p *Panel, a Ask) *Forecast {
	f := &Forecast{Grid: p.grid, Steps: a.Steps, Levels: slices.Clone(a.Levels), Rows: make([]ForecastRow, a.Rows(p.Len()))}
	width := a.Steps * (1 + len(a.Levels))
	cells := make([]float64, width*len(f.Rows))
	for i := range cells {
		cells[i] = math.NaN()
	}
	for k := range f.Rows {
		i, c := a.Row(k), cells[k*width:(k+1)*width:(k+1)*width]
		f.Rows[k] = ForecastRow{ID: p.ids[i], First: p.start[i] + p.hi[i] - p.lo[i], Mean: c[:a.Steps:a.Steps], Quantiles: c[a.Steps:]}
	}
	return f
}

// At is the quantiles of step h (from 0) of the row, one a level: a view.
func (f *Forecast) At(row, h int) []float64 {
	n := len(f.Levels)
	return f.Rows[row].Quantiles[h*n : (h+1)*n : (h+1)*n]
}

// Quantile is the row's quantile at any level, in step h: linear between the levels the forecast holds, and the outermost ones beyond.
func (f *Forecast) Quantile(row, h int, level float64) float64 {
	return Interpolate(f.Levels, f.At(row, h), level)
}

// Abstains reports whether the row has no forecast.
func (r *ForecastRow) Abstains() bool { return r.Mean == nil }

// Interpolate is the piecewise linear function through (x[i], y[i]), x ascending, constant beyond its ends; NaN if x is empty.
func Interpolate(x, y []float64, at float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	i, exact := slices.BinarySearch(x, at)
	switch {
	case exact || i == 0:
		return y[i]
	case i == len(x):
		return y[i-1]
	}
	return y[i-1] + (y[i]-y[i-1])*(at-x[i-1])/(x[i]-x[i-1])
}

// Check reports the first row that is not a distribution: a value that is not finite, or quantiles that cross.
func (f *Forecast) Check() error {
	for k := range f.Rows {
		r := &f.Rows[k]
		if r.Abstains() {
			continue
		}
		if len(r.Mean) != f.Steps || len(r.Quantiles) != f.Steps*len(f.Levels) {
			return Errorf(CodeInternal, "forecast of %q by %s has the wrong shape", r.ID, r.Method)
		}
		for h := range f.Steps {
			prev := math.Inf(-1)
			if m := r.Mean[h]; math.IsNaN(m) || math.IsInf(m, 0) {
				return Errorf(CodeNumeric, "forecast of %q by %s: the mean of step %d is %g", r.ID, r.Method, h+1, m)
			}
			for l, q := range f.At(k, h) {
				if math.IsNaN(q) || math.IsInf(q, 0) || q < prev {
					return Errorf(CodeNumeric, "forecast of %q by %s: quantile %g of step %d is %g after %g", r.ID, r.Method, f.Levels[l], h+1, q, prev)
				}
				prev = q
			}
		}
	}
	return nil
}
