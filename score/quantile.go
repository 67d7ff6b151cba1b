package score

import "math"

// Pinball is the quantile loss of q as the quantile at a level: (y-q)·level above it, (q-y)·(1-level) below (Koenker & Bassett 1978).
func Pinball(level, y, q float64) float64 {
	if y >= q {
		return level * (y - q)
	}
	return (1 - level) * (q - y)
}

// MeanPinball is twice the mean pinball loss of y over the levels: close to the CRPS where the levels are even (Gneiting & Raftery 2007).
// q is one value a level.
func MeanPinball(levels []float64, y float64, q []float64) float64 {
	sum := 0.0
	for i, p := range levels {
		sum += Pinball(p, y, q[i])
	}
	return 2 * sum / float64(len(levels))
}

// WQL is the weighted quantile loss: twice the mean pinball loss over the levels, summed over y, by the sum of |y| (Park et al. 2022).
// q is [cell][level], flat. NaN where y sums to 0.
func WQL(levels, y, q []float64) float64 {
	loss, total := 0.0, 0.0
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		loss += MeanPinball(levels, v, q[i*len(levels):(i+1)*len(levels)])
		total += math.Abs(v)
	}
	return scaled(loss, total)
}

// Interval is the interval score of the central interval [lower, upper] that misses with probability alpha: its width, and 2/alpha
// times how far y lies outside (Gneiting & Raftery 2007, eq. 43).
func Interval(alpha, y, lower, upper float64) float64 {
	return upper - lower + 2/alpha*(max(lower-y, 0)+max(y-upper, 0))
}

// tenths are the indices in levels of .1, .2 ... .9: those WQL and SQL are measured over.
func tenths(levels []float64) []int {
	var at []int
	for i, p := range levels {
		if t := math.Round(p * 10); t >= 1 && t <= 9 && math.Abs(p*10-t) < 1e-9 {
			at = append(at, i)
		}
	}
	return at
}

// index of level p, -1 if it is not there.
func index(levels []float64, p float64) int {
	for i, l := range levels {
		if math.Abs(l-p) < 1e-9 {
			return i
		}
	}
	return -1
}
