package score

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// PITHistogram is the probability integral transforms of forecasts as densities over so many even bins of (0, 1): all near 1 if the
// forecasts are honest, a U if they are too narrow, a hump if too wide. below and atMost are P(Y < y) and P(Y <= y) of each forecast at
// the actual y; where they differ, as for counts, the transform is spread evenly between them (Czado, Gneiting & Held 2009, eq. 2).
func PITHistogram(bins int, below, atMost []float64) []float64 {
	h := make([]float64, bins)
	for i, lo := range below {
		AddPIT(h, lo, atMost[i])
	}
	for b := range h {
		h[b] *= float64(bins) / float64(len(below))
	}
	return h
}

// AddPIT adds one forecast's transform to the even bins of (0, 1): 1 in all, spread evenly from below to atMost.
func AddPIT(bins []float64, below, atMost float64) {
	width := 1 / float64(len(bins))
	for b := range bins {
		left, right := float64(b)*width, float64(b+1)*width
		switch {
		case atMost > below:
			bins[b] += max(0, min(atMost, right)-max(below, left)) / (atMost - below)
		case below >= left && (below < right || b == len(bins)-1):
			bins[b]++
		}
	}
}

// PIT is P(Y < y) and P(Y <= y) as far as quantiles q at ascending levels tell: between two of them the probability is interpolated, and
// beyond the outermost it can be anything there.
func PIT(levels, q []float64, y float64) (below, atMost float64) {
	lo, _ := slices.BinarySearch(q, y)
	hi := lo
	for hi < len(q) && q[hi] == y {
		hi++
	}
	switch {
	case lo < hi: // y is a quantile, or several: a mass
		below, atMost = levels[lo], levels[hi-1]
		if lo == 0 {
			below = 0
		}
		if hi == len(q) {
			atMost = 1
		}
	case lo == 0:
		atMost = levels[0]
	case lo == len(q):
		below, atMost = levels[lo-1], 1
	default:
		below = levels[lo-1] + (levels[lo]-levels[lo-1])*(y-q[lo-1])/(q[lo]-q[lo-1])
		atMost = below
	}
	return below, atMost
}

// Uniformity tests whether values are an even sample of (0, 1), as transforms of honest continuous forecasts of independent values are.
// It returns the largest distance of their distribution function from the even one (Kolmogorov-Smirnov) with its asymptotic p-value as
// Stephens (1970) corrects it, which is within .01 from 10 values on. NaN for no values.
func Uniformity(pit []float64) (distance, p float64) {
	u := slices.Sorted(slices.Values(pit))
	n := float64(len(u))
	for i, v := range u {
		distance = max(distance, float64(i+1)/n-v, v-float64(i)/n)
	}
	if len(u) == 0 {
		return math.NaN(), math.NaN()
	}
	x := distance * (math.Sqrt(n) + .12 + .11/math.Sqrt(n))
	if x < .2 {
		return distance, 1 // the series below converges slowly there, to 1
	}
	for k := 1.; k < 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	return distance, min(max(p, 0), 1)
}

// EvenBins is the chi-squared statistic of counts against equal ones, and its p-value.
func EvenBins(counts []int) (statistic, p float64) {
	n := 0
	for _, c := range counts {
		n += c
	}
	want := float64(n) / float64(len(counts))
	for _, c := range counts {
		statistic += (float64(c) - want) * (float64(c) - want) / want
	}
	return statistic, distuv.ChiSquared{K: float64(len(counts) - 1)}.Survival(statistic)
}
