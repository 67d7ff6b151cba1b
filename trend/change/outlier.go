package change

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// madScale makes the median absolute deviation of normal values their standard deviation.
const madScale = 1.482602218505602

// Hampel marks the values of x that are more than k robust standard deviations from the median of the half values before and after them
// (Hampel 1974): strictly more, so that among equal values any other one is marked. Unknown values are left out and never marked.
func Hampel(x []float64, half int, k float64) []bool {
	marked := make([]bool, len(x))
	var near []float64
	for i, v := range x {
		near = near[:0]
		for _, w := range x[max(0, i-half):min(len(x), i+half+1)] {
			if w == w {
				near = append(near, w)
			}
		}
		if v != v || len(near) == 0 {
			continue
		}
		m := median(near)
		marked[i] = math.Abs(v-m) > k*deviation(near, m)
	}
	return marked
}

// Outliers are the places of the values, at most most, that the generalized test of extreme Studentized deviates (Rosner 1983) finds at the
// significance level alpha, in the order in which it takes them away.
func Outliers(x []float64, most int, alpha float64) []int {
	left := make([]int, 0, len(x))
	for i, v := range x {
		if v == v {
			left = append(left, i)
		}
	}
	n := len(left)
	var taken []int
	found := 0
	for i := 1; i <= most && n-i-1 > 0; i++ {
		mean, square := 0., 0.
		for _, k := range left {
			mean += x[k] / float64(len(left))
		}
		at := 0
		for j, k := range left {
			square += (x[k] - mean) * (x[k] - mean)
			if math.Abs(x[k]-mean) > math.Abs(x[left[at]]-mean) {
				at = j
			}
		}
		sd := math.Sqrt(square / float64(len(left)-1))
		if sd == 0 {
			break
		}
		r := math.Abs(x[left[at]]-mean) / sd
		taken = append(taken, left[at])
		left = slices.Delete(left, at, at+1)
		df := float64(n - i - 1)
		t := distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(1 - alpha/(2*float64(n-i+1)))
		if r > float64(n-i)*t/math.Sqrt((df+t*t)*float64(n-i+1)) {
			found = i
		}
	}
	return taken[:found]
}

// Outside marks the values that lie outside the band that was expected of them; what is not known lies nowhere.
func Outside(x, low, high []float64) []bool {
	marked := make([]bool, len(x))
	for i, v := range x {
		marked[i] = v < low[i] || v > high[i]
	}
	return marked
}

// median is that of x, which it sorts.
func median(x []float64) float64 {
	slices.Sort(x)
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	return (x[(n-1)/2] + x[n/2]) / 2
}

// deviation is the median absolute deviation from m, as a standard deviation. It spoils x.
func deviation(x []float64, m float64) float64 {
	for i := range x {
		x[i] = math.Abs(x[i] - m)
	}
	return madScale * median(x)
}
