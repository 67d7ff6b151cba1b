package count

import (
	"math"
	"slices"
)

// sample is the values a distribution is made from.
type sample struct {
	y      []float64 // NaN where unknown
	season int       // 1 for none
	n      float64   // known values
	mean   float64
	ratio  float64   // of variance to mean
	whole  bool      // small whole numbers, not below zero
	value  []float64 // what can come, ascending
	at     []int     // [time] index in value, -1 where unknown
}

func newSample(y []float64, season int) sample {
	s := sample{y: y, season: season, whole: true, at: make([]int, len(y))}
	if season > longest || len(y) < 4*season {
		s.season = 1
	}
	top, variance := 0.0, 0.0
	for _, v := range y {
		if v == v {
			s.n++
			d := v - s.mean
			s.mean += d / s.n
			variance += d * (v - s.mean)
			s.whole = s.whole && v >= 0 && v == math.Trunc(v)
			top = max(top, v)
		}
	}
	variance /= s.n
	s.whole = s.whole && s.mean <= greatestMean && top <= greatest
	if s.whole {
		s.ratio = variance / max(s.mean, leastMean)
		s.value = make([]float64, min(2*int(top)+30, greatest+1))
		for k := range s.value {
			s.value[k] = float64(k)
		}
	} else {
		s.ratio = variance
		for _, v := range y {
			if v == v {
				s.value = append(s.value, v)
			}
		}
		slices.Sort(s.value)
		s.value = slices.Compact(s.value)
	}
	for t, v := range y {
		s.at[t] = -1
		if v == v {
			s.at[t], _ = slices.BinarySearch(s.value, v)
		}
	}
	return s
}

// fit makes the distributions from m.y, and returns the number of known values.
func (m *model) fit() int {
	s := newSample(m.y, m.season)
	if s.n < leastKnown {
		return int(s.n)
	}
	weight, share := s.weights(), s.shares()
	m.value = s.value
	m.next = len(s.y) % s.season
	m.mean, m.cdf = make([]float64, s.season), make([][]float64, s.season)
	pmf := make([]float64, len(s.value))
	for p := range m.cdf {
		cdf := make([]float64, len(s.value))
		for k, w := range weight {
			if w == 0 {
				continue
			}
			s.empirical(halfLives[k], p, pmf)
			addScaled(cdf, pmf, w)
			if s.whole {
				mean, ratio := s.moments(halfLives[k])
				m.mean[p] += w * mean * share[p]
				negativeBinomial(mean*share[p], max(leastRatio, ratio), pmf)
				addScaled(cdf, pmf, w)
			} else {
				for i, v := range s.value {
					m.mean[p] += w * pmf[i] * v
				}
			}
		}
		sum := 0.0
		for c, v := range cdf {
			sum += v
			cdf[c] = sum
		}
		for c := range cdf {
			cdf[c] /= sum
		}
		m.cdf[p] = cdf
	}
	return int(s.n)
}

func addScaled(to, from []float64, w float64) {
	for i, v := range from {
		to[i] += w * v
	}
}

// moments are the exponentially weighted mean, and the ratio of variance to mean, which forgets more slowly.
func (s sample) moments(half float64) (mean, ratio float64) {
	mean, _ = s.weighted(half)
	slow, variance := s.weighted(max(half, varianceHalf))
	return mean, variance / max(slow, 1e-9)
}

func (s sample) weighted(half float64) (mean, variance float64) {
	decay := math.Exp2(-1 / half)
	w, sum, squares := 0.0, 0.0, 0.0
	for _, v := range s.y {
		w, sum, squares = w*decay, sum*decay, squares*decay
		if v == v {
			w, sum, squares = w+1, sum+v, squares+v*v
		}
	}
	mean = sum / w
	return mean, max(0, squares/w-mean*mean)
}

// shares are each phase's mean by the overall mean, exponentially weighted and shrunk to 1. Only whole numbers have them.
func (s sample) shares() []float64 {
	share, weight := make([]float64, s.season), make([]float64, s.season)
	decay := math.Exp2(-1 / float64(phaseHalf))
	all, total, now := 0.0, 0.0, 1.0
	for t := len(s.y) - 1; t >= 0; t-- {
		if v := s.y[t]; v == v {
			share[t%s.season] += now * v
			weight[t%s.season] += now
			all += now * v
			total += now
		}
		now *= decay
	}
	mean := all / total
	for p := range share {
		if mean > 0 && s.season > 1 {
			share[p] = (share[p] + phasePrior*mean) / (weight[p] + phasePrior) / mean
		} else {
			share[p] = 1
		}
	}
	return share
}

// empirical fills pmf with the exponentially weighted frequencies of the values, those of phase p weighing samePhase times as much.
func (s sample) empirical(half float64, p int, pmf []float64) {
	clear(pmf)
	decay := math.Exp2(-1 / half)
	now, total := 1.0, 0.0
	for t := len(s.y) - 1; t >= 0; t-- {
		if k := s.at[t]; k >= 0 {
			w := now
			if s.season > 1 && t%s.season == p {
				w *= samePhase
			}
			pmf[k] += w
			total += w
		}
		now *= decay
	}
	for c := range pmf {
		pmf[c] /= total
	}
}
