package count

import "math"

// weights of the half-lives, by the tempered likelihood of the values one step ahead; negligible ones are dropped.
func (s sample) weights() []float64 {
	w := make([]float64, len(halfLives))
	if s.ratio == 0 { // constant
		w[len(w)-1] = 1
		return w
	}
	best := math.Inf(-1)
	for k, half := range halfLives {
		w[k] = min(1, evidence/s.n) * s.logLikelihood(half)
		best = max(best, w[k])
	}
	sum := 0.0
	for k := range w {
		w[k] = math.Exp(w[k] - best)
		sum += w[k]
	}
	kept := 0.0
	for k := range w {
		if w[k] < sum*negligibleHalf {
			w[k] = 0
		}
		kept += w[k]
	}
	for k := range w {
		w[k] /= kept
	}
	return w
}

// logLikelihood of the values after the first fifth, up to a constant: each under the negative binomial distribution (the normal one
// where they are not whole numbers) with the exponentially weighted mean of those before it and the overall dispersion.
func (s sample) logLikelihood(half float64) float64 {
	decay := math.Exp2(-1 / half)
	weight, sum := 0.0, 0.0
	warm := max(3, len(s.y)/5)
	ratio := max(leastVarRatio, s.ratio)
	perMean, logP, log1P := 1/(ratio-1), math.Log(1/ratio), math.Log1p(-1/ratio)
	l := 0.0
	for t, v := range s.y {
		if v == v && t > warm {
			mean := (sum + priorValues*s.mean) / (weight + priorValues)
			if s.whole {
				r := max(leastMean, mean) * perMean
				a, _ := math.Lgamma(v + r)
				b, _ := math.Lgamma(r)
				l += a - b + r*logP + v*log1P
			} else {
				l -= (v - mean) * (v - mean) / (2 * s.ratio)
			}
		}
		weight, sum = weight*decay, sum*decay
		if v == v {
			weight, sum = weight+1, sum+v
		}
	}
	return l
}

// negativeBinomial fills pmf with the probabilities of 0, 1, ... under the given mean and ratio of variance to mean (above 1):
// size r = mean/(ratio-1), success probability 1/ratio.
func negativeBinomial(mean, ratio float64, pmf []float64) {
	r := max(mean, leastMean) / (ratio - 1)
	log0, q := -r*math.Log(ratio), 1-1/ratio
	if log0 > -600 {
		pmf[0] = math.Exp(log0)
		for k := 1; k < len(pmf); k++ {
			pmf[k] = pmf[k-1] * (float64(k-1) + r) / float64(k) * q
		}
		return
	}
	// The probability of zero is below the smallest number: each from its logarithm.
	g, _ := math.Lgamma(r)
	for k := range pmf {
		a, _ := math.Lgamma(float64(k) + r)
		b, _ := math.Lgamma(float64(k) + 1)
		pmf[k] = math.Exp(a - g - b + log0 + float64(k)*math.Log(q))
	}
}
