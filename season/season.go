// Package season finds whether a series has a season, and takes it apart into trend, season and remainder.
// Unknown values (NaN) are allowed everywhere.
package season

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Level90 is the critical value of the 90 % test (two-sided) that the Theta method uses (Fiorucci et al. 2016, section 2.1).
const Level90 = 1.645

// Test reports whether y has a season of m periods: whether its autocorrelation at lag m is beyond critical standard errors
// of Bartlett's formula, r_m > critical * sqrt((1 + 2 Σ_{i<m} r_i²) / n) (Assimakopoulos & Nikolopoulos 2000; the test of the M4
// benchmarks, which take |r_m|: but values that swing to the other side after m periods do not repeat with m). Fewer than 2m+1 known
// values, or a constant series, have none.
func Test(y []float64, m int, critical float64) bool {
	if m < 2 || len(y) <= 2*m {
		return false
	}
	x, n := centred(y)
	if n <= 2*m {
		return false
	}
	var all, sum float64
	for _, v := range x {
		all += v * v
	}
	if !(all > 0) {
		return false
	}
	r := func(lag int) float64 {
		s := 0.0
		for t, v := range x[lag:] {
			s += v * x[t]
		}
		return s / all
	}
	for lag := 1; lag < m; lag++ {
		c := r(lag)
		sum += c * c
	}
	return r(m) > critical*math.Sqrt((1+2*sum)/float64(n))
}

// centred is y less its mean, with 0 for unknown values, and the number of known ones. Pairs with an unknown value then add nothing to
// an autocovariance, which keeps the autocorrelations a positive semidefinite sequence. A constant series gives zeros.
func centred(y []float64) ([]float64, int) {
	sum, n := 0.0, 0
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if v == v {
			sum += v
			n++
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	x := make([]float64, len(y))
	if n == 0 || lo == hi {
		return x, n
	}
	mean := sum / float64(n)
	for t, v := range y {
		if v == v {
			x[t] = v - mean
		}
	}
	return x, n
}

// Find is the first of the candidate season lengths that y shows by Test at 90 %, 1 if there is none.
func Find(y []float64, candidates []int) int {
	for _, m := range candidates {
		if Test(y, m, Level90) {
			return m
		}
	}
	return 1
}

// WithWeek is seasons with the week added where they hold the day and the frequency is hours of which a day has a whole number: hourly
// records that know the hour of the day also know the hour of the week. Otherwise it is seasons itself.
func WithWeek(seasons []int, f tidewatch.Freq) []int {
	if f.Unit != tidewatch.Hour || f.N < 1 || 24%f.N != 0 {
		return seasons
	}
	if day := 24 / f.N; slices.Contains(seasons, day) && !slices.Contains(seasons, 7*day) {
		seasons = append(slices.Clone(seasons), 7*day)
		slices.Sort(seasons)
	}
	return seasons
}
