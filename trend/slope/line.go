// Package slope measures the direction of a series and how sure it is: Theil and Sen's line with its interval, the test of Mann and
// Kendall for series whose values depend on each other or on the season, and the control of false discoveries over many series.
//
// Series are given as values at equal steps; unknown ones (NaN) are left out.
package slope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Line is a straight line through a series: its value at step t is Intercept + Slope*t. Low and High bound the slope. All are NaN where
// fewer than two values are known.
type Line struct{ Slope, Intercept, Low, High float64 }

// TheilSen is the line whose slope is the median of the slopes between all pairs of known values (Theil 1950), through the medians of time
// and value, with the interval of Sen (1968, "Estimates of the regression coefficient based on Kendall's tau") at a level inside (0, 1),
// variance corrected for ties. It takes time and memory in the square of the number of values.
func TheilSen(y []float64, level float64) Line {
	at, v := known(y)
	n := len(v)
	if n < 2 {
		return Line{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	slopes := make([]float64, 0, n*(n-1)/2)
	for j := 1; j < n; j++ {
		for i := range j {
			slopes = append(slopes, (v[j]-v[i])/(at[j]-at[i]))
		}
	}
	total := len(slopes)
	z := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(variance(v))
	low := max(int(math.RoundToEven((float64(total)-z)/2))-1, 0)
	high := min(int(math.RoundToEven((float64(total)+z)/2)), total-1)
	l := Line{Slope: middle(slopes), Low: nth(slopes, low), High: nth(slopes, high)}
	l.Intercept = middle(v) - l.Slope*middle(at)
	return l
}

// known are the places and values that are known.
func known(y []float64) (at, v []float64) {
	for t, x := range y {
		if x == x {
			at, v = append(at, float64(t)), append(v, x)
		}
	}
	return at, v
}

// middle is the median; it changes the order of x.
func middle(x []float64) float64 {
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	high := nth(x, n/2)
	if n%2 == 1 {
		return high
	}
	return (slices.Max(x[:n/2]) + high) / 2
}

// nth is the value that stands at place k when x is sorted; it puts smaller ones before it and larger ones behind (Hoare 1961).
func nth(x []float64, k int) float64 {
	lo, hi := 0, len(x)-1
	for lo < hi {
		a, b, c := x[lo], x[(lo+hi)/2], x[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	return x[k]
}
