package slope

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Test is the outcome of a test for a monotonic trend.
type Test struct {
	S        float64 // pairs that rise less pairs that fall
	Variance float64 // of S where there is no trend; NaN where it cannot be had
	Z        float64 // S in standard deviations, corrected for continuity; positive = rising, NaN where Variance is not above zero and S is not 0
	P        float64 // two-sided
	Tau      float64 // S as a share of all pairs
}

func (t *Test) judge(pairs float64) Test {
	t.Tau = t.S / pairs
	switch {
	case t.S == 0:
		t.Z = 0
	case !(t.Variance > 0):
		t.Z = math.NaN()
	case t.S > 0:
		t.Z = (t.S - 1) / math.Sqrt(t.Variance)
	default:
		t.Z = (t.S + 1) / math.Sqrt(t.Variance)
	}
	t.P = 2 * distuv.UnitNormal.Survival(math.Abs(t.Z))
	return *t
}

// MannKendall tests whether values rise or fall with time, given that they do not depend on each other (Mann 1945, Kendall 1975). With
// fewer than two known values everything is NaN.
func MannKendall(y []float64) Test {
	_, v := known(y)
	if len(v) < 2 {
		return nothing()
	}
	t := Test{S: score(v), Variance: variance(v)}
	return t.judge(pairs(len(v)))
}

// HamedRao is the test of Mann and Kendall for values that depend on those before (Hamed & Rao 1998, "A modified Mann-Kendall trend test
// for autocorrelated data"): the variance grows by the autocorrelations, significant at 5 %, of the ranks of what Theil and Sen's line
// leaves, up to the given number of lags; 0 = all. Values that swing from one to the next can leave no variance: Z and P are NaN then.
func HamedRao(y []float64, lags int) Test { return HamedRaoAround(y, TheilSen(y, .95).Slope, lags) }

// HamedRaoAround is HamedRao with the slope of the line known already.
func HamedRaoAround(y []float64, slope float64, lags int) Test {
	_, v := known(y)
	if len(v) < 3 {
		return MannKendall(y)
	}
	return spread(v, hamedRao(v, slope, lags))
}

// Dependent is HamedRao made careful for short series, in which weak dependence is not significant and yet makes one series in three of
// those said to have a trend a false one (measured in TestFalseDiscoveries). The variance is the largest of that of independent values, of
// Hamed and Rao, and of a first-order autoregression of the ranks, (1+r)/(1-r) times the independent one, r being the autocorrelation at
// lag 1 with the bias taken off that removing a line brings, (2+4r)/n (Kendall 1954).
func Dependent(y []float64, slope float64) Test {
	_, v := known(y)
	n := float64(len(v))
	if len(v) < 8 {
		return MannKendall(y)
	}
	factor := max(1, hamedRao(v, slope, 0))
	if c := correlations(v, slope, 1); c[0] == c[0] {
		r := min(.95, (c[0]+2/n)/(1-4/n))
		factor = max(factor, (1+r)/(1-r))
	}
	return spread(v, factor)
}

func spread(v []float64, factor float64) Test {
	t := Test{S: score(v), Variance: variance(v) * factor}
	return t.judge(pairs(len(v)))
}

// hamedRao is the factor of the variance.
func hamedRao(v []float64, slope float64, lags int) float64 {
	n := len(v)
	if lags <= 0 || lags > n-1 {
		lags = n - 1
	}
	bound := distuv.UnitNormal.Quantile(.975) / math.Sqrt(float64(n))
	sum := 0.
	for k, c := range correlations(v, slope, lags) {
		if !(math.Abs(c) <= bound) { // NaN where nothing is left: no variance then
			m := float64(n - k - 1)
			sum += m * (m - 1) * (m - 2) * c
		}
	}
	f := float64(n)
	return 1 + 2/(f*(f-1)*(f-2))*sum
}

// correlations are the autocorrelations, at lags from 1, of the ranks of what a line of the given slope leaves.
func correlations(v []float64, slope float64, lags int) []float64 {
	rest := make([]float64, len(v))
	for i := range v {
		rest[i] = v[i] - slope*float64(i+1)
	}
	r := ranks(rest)
	mean := float64(len(v)+1) / 2
	whole := 0.
	for i := range r {
		r[i] -= mean
		whole += r[i] * r[i]
	}
	out := make([]float64, lags)
	for k := range out {
		c := 0.
		for i := k + 1; i < len(r); i++ {
			c += r[i] * r[i-k-1]
		}
		out[k] = c / whole
	}
	return out
}

// Seasonal is the test of Hirsch, Slack & Smith (1982): values are compared with those of the same phase of a season of m periods alone.
func Seasonal(y []float64, m int) Test {
	var t Test
	all := 0.
	for phase := range min(m, len(y)) {
		var v []float64
		for i := phase; i < len(y); i += m {
			if y[i] == y[i] {
				v = append(v, y[i])
			}
		}
		if len(v) > 1 {
			t.S, t.Variance, all = t.S+score(v), t.Variance+variance(v), all+pairs(len(v))
		}
	}
	if all == 0 {
		return nothing()
	}
	return t.judge(all)
}

// SeasonalSlope is the median of the slopes between values of the same phase, per season of m periods (Hirsch, Slack & Smith 1982).
func SeasonalSlope(y []float64, m int) float64 {
	var slopes []float64
	for j := range y {
		for i := j % m; i < j; i += m {
			if d := (y[j] - y[i]) / float64((j-i)/m); d == d {
				slopes = append(slopes, d)
			}
		}
	}
	return middle(slopes)
}

func nothing() Test { return Test{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()} }

func pairs(n int) float64 { return float64(n) * float64(n-1) / 2 }

func score(v []float64) float64 {
	s := 0
	for j := range v {
		for _, x := range v[:j] {
			switch {
			case v[j] > x:
				s++
			case v[j] < x:
				s--
			}
		}
	}
	return float64(s)
}

// variance is that of the score of independent values, with the correction for ties.
func variance(v []float64) float64 {
	sorted := slices.Sorted(slices.Values(v))
	n := float64(len(v))
	sum := n * (n - 1) * (2*n + 5)
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		sum -= t * (t - 1) * (2*t + 5)
		i = j
	}
	return sum / 18
}

// ranks are the ranks of x from 1, equal values sharing the mean of theirs.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	r := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			r[k] = float64(i+j+1) / 2
		}
		i = j
	}
	return r
}
