package season

import "math"

// Kind is how a season joins the trend.
type Kind uint8

// The kinds of season: y = trend + season, or y = trend * season.
const (
	Additive Kind = iota
	Multiplicative
)

// Classical finds the seasonal indices of y by classical decomposition: the mean, by phase, of the ratio (or the difference) of y to its
// centred moving average of m terms, normalised to mean 1 (or 0) (Hyndman & Athanasopoulos 2021, section 3.4). index[t%m] belongs to
// y[t]. Unknown values inside are bridged linearly for the moving average and left out of the means. ok is false where a season cannot be
// had: fewer than two full seasons, a phase that is never known, or, for a multiplicative one, values or an index not above 0.
func Classical(y []float64, m int, kind Kind) (index []float64, ok bool) {
	n := len(y)
	if m < 2 || n < 2*m {
		return nil, false
	}
	x, lowest := bridged(y)
	if x == nil || kind == Multiplicative && !(lowest > 0) {
		return nil, false
	}
	index = make([]float64, m)
	count := make([]int, m)
	half := m / 2
	sum := 0.0
	for _, v := range x[:m] {
		sum += v
	}
	// trend at t is the mean of x[t-half .. t+half], the outer two at half weight when m is even.
	for t := half; t < n-half; t++ {
		var trend float64
		if m%2 == 1 {
			trend = sum / float64(m)
			if t+half+1 < n {
				sum += x[t+half+1] - x[t-half]
			}
		} else {
			next := sum + x[t+half] - x[t-half]
			trend = (sum + next) / float64(2*m)
			sum = next
		}
		if y[t] != y[t] {
			continue
		}
		if kind == Multiplicative {
			index[t%m] += y[t] / trend
		} else {
			index[t%m] += y[t] - trend
		}
		count[t%m]++
	}
	mean := 0.0
	for p := range index {
		if count[p] == 0 {
			return nil, false
		}
		index[p] /= float64(count[p])
		mean += index[p]
	}
	mean /= float64(m)
	for p := range index {
		if kind == Multiplicative {
			index[p] /= mean
		} else {
			index[p] -= mean
		}
		if math.IsNaN(index[p]) || math.IsInf(index[p], 0) || kind == Multiplicative && !(index[p] > 1e-4) {
			return nil, false
		}
	}
	return index, true
}

// bridged is y with unknown values replaced by straight lines between their neighbours (the nearest known value at the ends), and the
// lowest known value; nil where nothing is known. It is y itself where all is known.
func bridged(y []float64) (x []float64, lowest float64) {
	lowest = math.Inf(1)
	known := 0
	for _, v := range y {
		if v == v {
			lowest = min(lowest, v)
			known++
		}
	}
	if known == len(y) {
		return y, lowest
	}
	if known == 0 {
		return nil, lowest
	}
	x = make([]float64, len(y))
	last := -1
	for t, v := range y {
		if v != v {
			continue
		}
		for u := last + 1; u < t; u++ {
			if last < 0 {
				x[u] = v
			} else {
				x[u] = y[last] + (v-y[last])*float64(u-last)/float64(t-last)
			}
		}
		x[t] = v
		last = t
	}
	for u := last + 1; u < len(y); u++ {
		x[u] = y[last]
	}
	return x, lowest
}

// Remove is y without its season: y / index or y - index, by phase.
func Remove(y, index []float64, kind Kind) []float64 {
	out := make([]float64, len(y))
	m := len(index)
	for t, v := range y {
		if kind == Multiplicative {
			out[t] = v / index[t%m]
		} else {
			out[t] = v - index[t%m]
		}
	}
	return out
}
