package score

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// DieboldMariano tests whether two forecasts of the same values, steps ahead, have the same expected loss. a and b are their losses in the
// order of time. The statistic is negative where a is better; p is two-sided, of Student's t with n-1 degrees of freedom, after the correction
// of Harvey, Leybourne & Newbold (1997, eq. 9). The variance sums autocovariances up to steps-1 (Diebold & Mariano 1995); where
// that is not positive they are weighted by Bartlett's window. NaN for fewer than two values or losses that never differ.
func DieboldMariano(a, b []float64, steps int) (statistic, p float64) {
	var d []float64
	for i := range a {
		if v := a[i] - b[i]; !math.IsNaN(v) {
			d = append(d, v)
		}
	}
	n := float64(len(d))
	if n < 2 {
		return math.NaN(), math.NaN()
	}
	mean := 0.0
	for _, v := range d {
		mean += v / n
	}
	plain, bartlett := 0.0, 0.0
	for k := range min(steps, len(d)) {
		g := 0.0
		for t := k; t < len(d); t++ {
			g += (d[t] - mean) * (d[t-k] - mean) / n
		}
		if k > 0 {
			g *= 2
		}
		plain += g
		bartlett += (1 - float64(k)/float64(steps)) * g
	}
	variance := plain / n
	if variance <= 0 {
		variance = bartlett / n
	}
	if !(variance > 0) {
		return math.NaN(), math.NaN()
	}
	h := float64(steps)
	statistic = mean / math.Sqrt(variance) * math.Sqrt(max(0, (n+1-2*h+h*(h-1)/n)/n))
	return statistic, 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Survival(math.Abs(statistic))
}

// BlockBootstrap is the interval that holds a statistic of n values in a row with the given confidence: percentiles of the statistic of
// values drawn anew in blocks of neighbours, the end joined to the beginning (circular block bootstrap, Politis & Romano 1992). What is
// near in time, or of one series, stays together, so that values that err together do not count as so many. of gets indices and must
// not keep them. block 1 is the plain bootstrap. The same seed gives the same interval.
func BlockBootstrap(n, block, draws int, confidence float64, seed uint64, of func(index []int) float64) (low, high float64) {
	if n < 1 || draws < 1 {
		return math.NaN(), math.NaN()
	}
	block = min(max(block, 1), n)
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	index := make([]int, n)
	var stats []float64
	for range draws {
		for i := 0; i < n; i += block {
			from := rng.IntN(n)
			for k := range min(block, n-i) {
				index[i+k] = (from + k) % n
			}
		}
		if s := of(index); !math.IsNaN(s) {
			stats = append(stats, s)
		}
	}
	if len(stats) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(stats)
	at := func(p float64) float64 {
		x := p * float64(len(stats)-1)
		k := min(int(x), len(stats)-2)
		if k < 0 {
			return stats[0]
		}
		return stats[k] + (x-float64(k))*(stats[k+1]-stats[k])
	}
	return at((1 - confidence) / 2), at(1 - (1-confidence)/2)
}

// WRMSSE is the weighted root mean squared scaled error of the M5 competition: for each level of a hierarchy the sum of its series' [RMSSE]
// times their weights, which sum to 1 within a level, and then the mean over levels (M5 Competitors' Guide). Series without a scale
// count only if they have weight: then the result is NaN. rmsse and weights are [level][series].
func WRMSSE(rmsse, weights [][]float64) (mean float64, levels []float64) {
	levels = make([]float64, len(rmsse))
	for l := range rmsse {
		for i, w := range weights[l] {
			if w != 0 {
				levels[l] += w * rmsse[l][i]
			}
		}
		mean += levels[l] / float64(len(rmsse))
	}
	return mean, levels
}

// ScaledPinball is the mean pinball loss over steps and levels in units of the mean absolute one-step difference of the history, SPL of
// the M5 uncertainty competition. q holds the quantiles of one step after another.
func ScaledPinball(train, levels, y, q []float64) float64 {
	loss := 0.0
	for h, v := range y {
		loss += MeanPinball(levels, v, q[h*len(levels):(h+1)*len(levels)])
	}
	return scaled(loss/2/float64(len(y)), MASEScale(train, 1)) // MeanPinball is twice it
}

// WSPL is the mean over levels of aggregation of the weighted sum of their series' scaled pinball losses, with its value for each level
// (Makridakis et al. 2022, The M5 uncertainty competition, IJF 38). Weights and series without a scale are as in [WRMSSE].
func WSPL(spl, weights [][]float64) (mean float64, levels []float64) {
	return WRMSSE(spl, weights)
}
