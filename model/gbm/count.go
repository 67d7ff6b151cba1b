package gbm

import "math"

// meanAbsolute is the mean absolute deviation of a normal variable in standard deviations.
const meanAbsolute = .7978845608028654

// shapeOf is the size of the negative binomial variable with the given mean whose standard deviation is that many times a Poisson
// variable's: variance = mean + mean²/size.
func shapeOf(mean, width float64) (m, size float64) {
	m = max(mean, leastMean)
	ratio := width / meanAbsolute
	// The mean absolute deviation of small counts is below that of a normal variable of the same variance: 2 m exp(-m) for m < 1.
	if m < 1 {
		ratio = width / (2 * math.Sqrt(m) * math.Exp(-m))
	}
	over := min(max(ratio*ratio-1, .02), 50)
	return m, m / over
}

// probability is a number drawn evenly between P(Y < y) and P(Y <= y) (the randomised probability integral transform: Czado, Gneiting &
// Held 2009).
func probability(y, mean, width float64, random uint64) float64 {
	m, size := shapeOf(mean, width)
	u := float64(random>>11) / (1 << 53)
	if m > manyCounts {
		return gammaProbability(y+u-.5, m, size)
	}
	below, p := 0.0, math.Pow(size/(size+m), size)
	for k := 0.0; k < y && p > 1e-12 || k < y && k < m; k++ {
		below += p
		p *= (k + size) / (k + 1) * m / (size + m)
	}
	return min(below+u*p, 1)
}

// manyCounts is the mean from which counts are treated like amounts.
const manyCounts = 200

// countQuantile is the smallest count with at least that probability of Y being at most it.
func countQuantile(level, mean, width float64) float64 {
	m, size := shapeOf(mean, width)
	if m > manyCounts {
		return max(0, math.Round(gammaQuantile(level, m, size)))
	}
	p := math.Pow(size/(size+m), size)
	sum, k := p, 0.0
	for sum < level && k < 100*manyCounts && (p > 1e-12 || k < m) {
		p *= (k + size) / (k + 1) * m / (size + m)
		sum += p
		k++
	}
	return k
}

// gammaQuantile and gammaProbability are those of the gamma variable with the same mean and variance, by the cube root that is nearly
// normal (Wilson & Hilferty 1931).
func gammaQuantile(level, mean, size float64) float64 {
	a := wilson(mean, size)
	z := math.Sqrt2 * math.Erfinv(2*min(max(level, 1e-9), 1-1e-9)-1)
	c := 1 - a/9 + z*math.Sqrt(a)/3
	return mean * c * c * c
}

func gammaProbability(y, mean, size float64) float64 {
	a := wilson(mean, size)
	z := (math.Cbrt(max(y, 0)/mean) - 1 + a/9) / (math.Sqrt(a) / 3)
	return .5 * math.Erfc(-z/math.Sqrt2)
}

// wilson is the variance over the squared mean.
func wilson(mean, size float64) float64 { return 1/mean + 1/size }
