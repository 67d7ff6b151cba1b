package conform

import "math"

// Support is what the values of a series can be, as far as its history shows.
type Support struct {
	NonNegative bool // never below zero: neither are its forecasts
	Integer     bool // whole numbers only: so are its quantiles
	// Count: whole numbers so small that steps of one matter. Such forecasts are recalibrated by probability, not by distance.
	Count bool
}

// countMean is the mean up to which whole numbers are treated as counts: below it, one unit is a noticeable part of the spread of a
// Poisson-like variable (over a fifth of its standard deviation).
const countMean = 25

// SupportOf looks at the known values. A series without any is NonNegative only.
func SupportOf(values []float64) Support {
	s := Support{NonNegative: true, Integer: true}
	sum, n := 0.0, 0
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		s.NonNegative = s.NonNegative && v >= 0
		s.Integer = s.Integer && v == math.Trunc(v) && math.Abs(v) < 1<<53
		sum += v
		n++
	}
	s.Integer = s.Integer && n > 0
	s.Count = s.Integer && s.NonNegative && sum <= countMean*float64(n)
	return s
}

// Fit moves ascending quantiles and a mean into the support, in place.
func (s Support) Fit(mean *float64, q []float64) {
	for i, v := range q {
		if s.Integer {
			v = math.Round(v)
		}
		if s.NonNegative {
			v = max(v, 0)
		}
		q[i] = v
	}
	if s.NonNegative {
		*mean = max(*mean, 0)
	}
}
