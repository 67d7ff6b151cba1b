package score

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MSIS is the mean scaled interval score of the M4 competition: the mean of [Interval] over y, by [MASEScale] of train.
func MSIS(train []float64, season int, alpha float64, y, lower, upper []float64) float64 {
	sum, n := 0.0, 0
	for i, v := range y {
		if s := Interval(alpha, v, lower[i], upper[i]); !math.IsNaN(s) {
			sum += s
			n++
		}
	}
	return scaled(sum/float64(n), MASEScale(train, season))
}

// WeightedInterval is the weighted interval score (Bracher et al. 2021, eq. 1): the median's absolute error and the interval scores of all
// central intervals that the levels hold, weighted so that it approximates the CRPS. Levels must be symmetric about .5 and hold it; else NaN.
func WeightedInterval(levels []float64, y float64, q []float64) float64 {
	mid := index(levels, .5)
	if mid < 0 || len(levels) != 2*mid+1 {
		return math.NaN()
	}
	sum := math.Abs(y-q[mid]) / 2
	for k := range mid {
		alpha := 2 * levels[k]
		if math.Abs(levels[len(levels)-1-k]-1+levels[k]) > 1e-9 {
			return math.NaN()
		}
		sum += alpha / 2 * Interval(alpha, y, q[k], q[len(q)-1-k])
	}
	return sum / (float64(mid) + .5)
}

// Share is the interval in which the true share lies with the given confidence where hits of n were counted (Wilson 1927). Forecasts of one
// origin miss together, so that for coverage it is too narrow: see [BlockBootstrap].
func Share(hits, n int, confidence float64) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	z := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	p, m := float64(hits)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}

// Violations is a test of what an interval missed.
type Violations struct {
	Coverage, CoverageP         float64 // likelihood ratio that the share of misses is not as it should be, and its p-value (Kupiec 1995)
	Independence, IndependenceP float64 // the same that misses come in clusters (Christoffersen 1998, eq. 11)
}

// TestViolations tests misses, in the order of time, of intervals that should miss with probability p.
func TestViolations(missed []bool, p float64) Violations {
	var follow [2][2]float64 // [before][after]
	x := 0.0
	for t, m := range missed {
		if m {
			x++
		}
		if t > 0 {
			follow[toInt(missed[t-1])][toInt(m)]++
		}
	}
	n := float64(len(missed))
	v := Violations{Coverage: 2 * (bernoulli(n-x, x, x/n) - bernoulli(n-x, x, p))}
	one := (follow[0][1] + follow[1][1]) / (n - 1)
	split := 0.0
	for _, f := range follow {
		split += bernoulli(f[0], f[1], f[1]/(f[0]+f[1]))
	}
	v.Independence = 2 * (split - bernoulli(follow[0][0]+follow[1][0], follow[0][1]+follow[1][1], one))
	chi := distuv.ChiSquared{K: 1}
	v.CoverageP, v.IndependenceP = chi.Survival(v.Coverage), chi.Survival(v.Independence)
	return v
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bernoulli is the log-likelihood of so many failures and successes at probability p.
func bernoulli(failures, successes, p float64) float64 {
	l := 0.0
	if failures > 0 {
		l += failures * math.Log(1-p)
	}
	if successes > 0 {
		l += successes * math.Log(p)
	}
	return l
}
