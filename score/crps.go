package score

import (
	"math"
	"slices"
)

// CRPS is the continuous ranked probability score of a sample as the forecast of y: E|X-y| - E|X-X'|/2 over the sample's own distribution
// (Gneiting & Raftery 2007, eq. 21). It is in the unit of y. NaN for an empty sample.
func CRPS(y float64, sample []float64) float64 {
	m := float64(len(sample))
	return sampleCRPS(y, sample, m*m)
}

// FairCRPS is [CRPS] without the bias of a small sample: what the score of infinitely many draws would be on average (Ferro 2014). It can
// be negative, and is NaN for fewer than two draws.
func FairCRPS(y float64, sample []float64) float64 {
	m := float64(len(sample))
	if m < 2 {
		return math.NaN()
	}
	return sampleCRPS(y, sample, m*(m-1))
}

// sampleCRPS divides the sum of differences by pairs. The sum over ordered pairs of |xi-xj| of an ascending sample is twice the sum of
// (2i-m+1) xi, i from 0.
func sampleCRPS(y float64, sample []float64, pairs float64) float64 {
	x := slices.Sorted(slices.Values(sample))
	off, apart := 0.0, 0.0
	for i, v := range x {
		off += math.Abs(v - y)
		apart += float64(2*i-len(x)+1) * v
	}
	return off/float64(len(x)) - apart/pairs
}

// CRPSOfQuantiles is the continuous ranked probability score of a forecast known by its quantiles q at ascending levels: twice the integral
// of the pinball loss over all levels (Laio & Tamea 2007), by the trapezoidal rule between the levels and with the outermost quantiles
// beyond them. Unlike [MeanPinball] it does not depend on how the levels are spread.
func CRPSOfQuantiles(levels []float64, y float64, q []float64) float64 {
	if len(levels) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for i, p := range levels {
		loss := Pinball(p, y, q[i])
		if i == 0 {
			sum += tailLoss(p, y-q[i])
		} else {
			sum += (p - levels[i-1]) * (loss + Pinball(levels[i-1], y, q[i-1])) / 2
		}
		if i == len(levels)-1 {
			sum += tailLoss(1-p, q[i]-y)
		}
	}
	return 2 * sum
}

// tailLoss is the integral over levels from 0 to p of the pinball loss of one quantile that y exceeds by e; upper tails mirror it.
func tailLoss(p, e float64) float64 {
	if e >= 0 {
		return e * p * p / 2
	}
	return -e * (p - p*p/2)
}

// Energy is the energy score of a sample of vectors as the forecast of y (Gneiting & Raftery 2007, eq. 22): the CRPS of several
// quantities at once, with the Euclidean distance. sample is [draw][quantity].
func Energy(y []float64, sample [][]float64) float64 {
	m := float64(len(sample))
	off, apart := 0.0, 0.0
	for i, x := range sample {
		off += distance(x, y)
		for _, z := range sample[:i] {
			apart += distance(x, z)
		}
	}
	return off/m - apart/(m*m)
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += (v - b[i]) * (v - b[i])
	}
	return math.Sqrt(sum)
}

// Variogram is the variogram score of order p, usually .5, over all ordered pairs of quantities (Scheuerer & Hamill 2015, eq. 10): it sees
// wrong dependence where the energy score hardly does. sample is [draw][quantity].
func Variogram(p float64, y []float64, sample [][]float64) float64 {
	sum := 0.0
	for i := range y {
		for j := range i {
			expected := 0.0
			for _, x := range sample {
				expected += math.Pow(math.Abs(x[i]-x[j]), p)
			}
			d := math.Pow(math.Abs(y[i]-y[j]), p) - expected/float64(len(sample))
			sum += 2 * d * d
		}
	}
	return sum
}
