package fleet

import "math"

// Z is the quantile of the standard normal distribution at level p.
func Z(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// Gaussian fills q [step*len(levels)+level] with the quantiles of normal distributions of the given means and standard deviations, one
// a step.
func Gaussian(levels, mean, sd, q []float64) {
	n := len(levels)
	for l, p := range levels {
		z := Z(p)
		for h, m := range mean {
			q[h*n+l] = m + z*sd[h]
		}
	}
}
