package conform

import (
	"math"
	"slices"
)

// Support is what the values of a series can be, as far as its history shows.
type Support struct {
	NonNegative bool // never below zero: neither are its forecasts
	Integer     bool // whole numbers only: so are its quantiles
	// Count: whole numbers so small that steps of one matter. Such forecasts are recalibrated by probability, not by distance.
	Count bool
	// Lumpy: never below zero, and zero more often than a shop is closed: what comes is nothing, or some amount. The chance of nothing is no matter of
	// distance either, so that such forecasts are recalibrated by probability too.
	Lumpy bool
}

// lumpyZeros is the share of zeros from which on amounts are lumpy: more than two days of a week.
const lumpyZeros = .3

// countMean is the mean up to which whole numbers are treated as counts: below it, one unit is a noticeable part of the spread of a
// Poisson-like variable (over a fifth of its standard deviation).
const countMean = 25

// SupportOf looks at the known values. A series without any is NonNegative only.
func SupportOf(values []float64) Support {
	s := Support{NonNegative: true, Integer: true}
	sum, n, zeros := 0.0, 0, 0
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		s.NonNegative = s.NonNegative && v >= 0
		s.Integer = s.Integer && v == math.Trunc(v) && math.Abs(v) < 1<<53
		sum += v
		n++
		if v == 0 {
			zeros++
		}
	}
	s.Integer = s.Integer && n > 0
	s.Count = s.Integer && s.NonNegative && sum <= countMean*float64(n)
	s.Lumpy = s.NonNegative && !s.Count && float64(zeros) > lumpyZeros*float64(n)
	return s
}

// byProbability reports whether forecasts are recalibrated by probability, not by distance.
func (s Support) byProbability() bool { return s.Count || s.Lumpy }

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

// bounded is quantiles of what is lumpy with none below zero: all of their mass there is that of nothing. Others stay as they are.
func (s Support) bounded(q []float64) []float64 {
	if !s.Lumpy || q[0] >= 0 {
		return q
	}
	q = slices.Clone(q)
	for l, v := range q {
		q[l] = max(v, 0)
	}
	return q
}
