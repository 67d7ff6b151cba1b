package feature

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// history is the values of one series with running sums, from index base of the grid on: the part that rows in use look back to.
type history struct {
	base   int       // grid index of y[0]
	y      []float64 // NaN = unknown
	center float64   // what squares are taken about, so that nothing is lost where values are large and close together
	sum    []float64 // [k] of the known y[:k] less center
	square []float64 // [k] of their squares
	count  []int32   // [k] how many are known
	some   []int32   // [k] how many are not zero
	size   []float64 // [k] of the absolute values; see loadSizes
	first  int       // grid index of the first known value that is not zero; the series' end if there is none
	before struct {  // of all known values before base
		sum float64
		n   int
	}
}

// load takes the values of s from index from on.
func (h *history) load(s tidewatch.Series, from int) {
	from = min(max(from, s.Start), s.End())
	h.base, h.y = from, s.Demand()[from-s.Start:]
	h.first, h.before.sum, h.before.n = s.End(), 0, 0
	for t, v := range s.Values {
		if v == v && v != 0 {
			h.first = s.Start + t
			break
		}
	}
	for _, v := range s.Values[:from-s.Start] {
		if v == v {
			h.before.sum += v
			h.before.n++
		}
	}
	// The first value, not the mean: nothing that comes after an origin may reach it, not even by rounding. It is a whole number, so that
	// sums of whole numbers stay exact.
	h.center = 0
	for _, v := range h.y {
		if v == v {
			h.center = math.Round(v)
			break
		}
	}
	n := len(h.y) + 1
	h.sum, h.square = grow(h.sum, n), grow(h.square, n)
	h.count, h.some = grow(h.count, n), grow(h.some, n)
	sum, square, count, some := 0.0, 0.0, int32(0), int32(0)
	for k, v := range h.y {
		if v == v {
			d := v - h.center
			sum += d
			square += d * d
			count++
			if v != 0 {
				some++
			}
		}
		h.sum[k+1], h.square[k+1], h.count[k+1], h.some[k+1] = sum, square, count, some
	}
}

// grow is a slice of n with a zero first element, in the memory of x where it is large enough.
func grow[T any](x []T, n int) []T {
	x = slices.Grow(x[:0], n)[:n]
	clear(x[:min(1, n)])
	return x
}

// at is the value at grid index t, NaN where it is not known.
func (h *history) at(t int) float64 {
	if t -= h.base; t >= 0 && t < len(h.y) {
		return h.y[t]
	}
	return math.NaN()
}

// span is the part [from, to) of the grid as indices of the running sums.
func (h *history) span(from, to int) (a, b int) {
	n := len(h.y)
	b = min(max(to-h.base, 0), n)
	return min(max(from-h.base, 0), b), b
}

// mean of the known values in [from, to); NaN where there is none.
func (h *history) mean(from, to int) float64 {
	a, b := h.span(from, to)
	n := h.count[b] - h.count[a]
	if n == 0 {
		return math.NaN()
	}
	return h.center + (h.sum[b]-h.sum[a])/float64(n)
}

// deviation is the standard deviation of the known values in [from, to), with n in the denominator.
func (h *history) deviation(from, to int) float64 {
	a, b := h.span(from, to)
	n := float64(h.count[b] - h.count[a])
	if n == 0 {
		return math.NaN()
	}
	m := (h.sum[b] - h.sum[a]) / n
	return math.Sqrt(max(0, (h.square[b]-h.square[a])/n-m*m))
}

// zeros is the share of zeros among the known values in [from, to).
func (h *history) zeros(from, to int) float64 {
	a, b := h.span(from, to)
	n := h.count[b] - h.count[a]
	if n == 0 {
		return math.NaN()
	}
	return 1 - float64(h.some[b]-h.some[a])/float64(n)
}

// expanding is the mean of all known values before index to.
func (h *history) expanding(to int) float64 {
	a, b := h.span(h.base, to)
	n := int(h.count[b]-h.count[a]) + h.before.n
	if n == 0 {
		return math.NaN()
	}
	return (h.sum[b] - h.sum[a] + float64(h.count[b]-h.count[a])*h.center + h.before.sum) / float64(n)
}

// loadSizes makes the running sums of absolute values.
func (h *history) loadSizes() {
	h.size = grow(h.size, len(h.y)+1)
	sum := 0.0
	for k, v := range h.y {
		if v == v {
			sum += math.Abs(v)
		}
		h.size[k+1] = sum
	}
}
