package etsx

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

var (
	alphas = []float64{.02, .05, .1, .2, .4} // how fast the level follows
	shares = []float64{0, .2, .4, .6}        // of the way it went at this time of past years
)

const (
	trials   = 100 // past origins that the combination is weighed at
	sharp    = 8   // power of the inverse squared error a candidate weighs by
	years    = 3   // past years that tell the way
	leastWay = 90  // periods before a past year's origin
)

// level is a series without effects and its combined smoothing.
type level struct {
	a      []float64   // [period] NaN = unknown
	smooth [][]float64 // [alpha][period] the level after it
	weight []float64   // [alpha*len(shares)+share]
	first  int         // the first origin that forecasts can be judged from
	year   int         // periods; 0 = none is seen
	sum, n []float64   // running sums of what is known
	beside int         // periods on both sides that a past year's value is the mean of
}

// newLevel chooses how the level of a moves; nil if no past origin can be judged.
func newLevel(a []float64, s tidewatch.Series, horizon int) *level {
	season := max(s.Season(), 4)
	l := &level{a: a, sum: make([]float64, len(a)+1), n: make([]float64, len(a)+1), first: max(4*season, len(a)/4)}
	switch s.Grid.Freq {
	case tidewatch.Daily:
		l.year, l.beside = 364, 7
	case tidewatch.Weekly:
		l.year, l.beside = 52, 1
	}
	if season >= l.year {
		l.year = 0
	}
	for t, v := range a {
		l.sum[t+1], l.n[t+1] = l.sum[t], l.n[t]
		if v == v {
			l.sum[t+1], l.n[t+1] = l.sum[t]+v, l.n[t]+1
		}
	}
	for _, alpha := range alphas {
		smooth, at, seen := make([]float64, len(a)), math.NaN(), 0.0
		for t, v := range a {
			if v == v {
				if seen++; seen == 1 {
					at = v
				}
				at += max(alpha, 1/seen) * (v - at)
			}
			smooth[t] = at
		}
		l.smooth = append(l.smooth, smooth)
	}
	l.weigh(horizon, season)
	if l.weight == nil {
		return nil
	}
	return l
}

// weigh weighs the candidates by their squared errors at past origins a season apart.
func (l *level) weigh(horizon, season int) {
	candidates := len(alphas) * len(shares)
	loss := make([]float64, candidates)
	tried := 0
	way := make([]float64, horizon)
	for o := len(l.a) - horizon; o >= l.first && tried < trials; o -= season {
		tried++
		for k, smooth := range l.smooth {
			l.way(k, o, way)
			for j, share := range shares {
				for h, w := range way {
					if v := l.a[o+h]; v == v {
						e := v - smooth[o-1]*math.Exp(share*w)
						loss[k*len(shares)+j] += e * e
					}
				}
			}
		}
	}
	least := math.Inf(1)
	for _, x := range loss {
		least = min(least, x)
	}
	if tried == 0 || !(least > 0) || math.IsInf(least, 0) {
		return
	}
	l.weight = make([]float64, candidates)
	total := 0.0
	for c, x := range loss {
		l.weight[c] = math.Pow(least/x, sharp)
		total += l.weight[c]
	}
	for c := range l.weight {
		l.weight[c] /= total
	}
}

// way is the log of how the series went, in past years, from its level at this time to each step ahead; 0 where no past year is known.
func (l *level) way(k, origin int, way []float64) {
	clear(way)
	if l.year == 0 {
		return
	}
	seen := 0.0
	for y := 1; y <= years; y++ {
		o := origin - y*l.year
		if o < leastWay || l.smooth[k][o-1] != l.smooth[k][o-1] {
			break
		}
		seen++
		for h := range way {
			lo, hi := o+h-l.beside, min(o+h+l.beside+1, origin)
			if n := l.n[hi] - l.n[lo]; n > 0 {
				way[h] += math.Log(max((l.sum[hi]-l.sum[lo])/n/l.smooth[k][o-1], .1))
			}
		}
	}
	for h := range way {
		way[h] /= max(seen, 1)
	}
}

// forecast is the level at steps from an origin on.
func (l *level) forecast(origin, steps int) []float64 {
	out := make([]float64, steps)
	l.into(origin, out)
	return out
}

func (l *level) into(origin int, out []float64) {
	clear(out)
	way := make([]float64, len(out))
	for k, smooth := range l.smooth {
		l.way(k, origin, way)
		for j, share := range shares {
			if w := l.weight[k*len(shares)+j]; w > 1e-6 {
				for h := range out {
					out[h] += w * smooth[origin-1] * math.Exp(share*way[h])
				}
			}
		}
	}
}
