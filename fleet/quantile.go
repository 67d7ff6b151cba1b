package fleet

import "github.com/tidewatch/tidewatch"

// Tail is the quantile at level q of a distribution known by its quantiles (values) at ascending levels, the median among those they
// enclose: linear between them, and beyond the outermost as far from the median as a normal distribution puts it, measured by
// the outermost known quantile of that side.
func Tail(levels, values []float64, q float64) float64 {
	n := len(levels)
	edge := n - 1
	switch {
	case q < levels[0]:
		edge = 0
	case q <= levels[n-1]:
		return tidewatch.Interpolate(levels, values, q)
	}
	mid := tidewatch.Interpolate(levels, values, .5)
	return mid + (values[edge]-mid)*Z(q)/Z(levels[edge])
}

// MeanOf integrates the quantile function through values at ascending levels: linear between them, constant beyond.
func MeanOf(levels, values []float64) float64 {
	n := len(levels)
	sum := levels[0]*values[0] + (1-levels[n-1])*values[n-1]
	for i := 1; i < n; i++ {
		sum += (levels[i] - levels[i-1]) * (values[i] + values[i-1]) / 2
	}
	return sum
}
