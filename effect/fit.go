package effect

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// series is one series' part of the regression.
type series struct {
	y       []float64 // demand; NaN where unknown
	columns columns
	slots   int       // the season whose pattern is estimated; 1 = none
	dead    []bool    // [slot] nearly always zero, such as a Sunday
	closed  []bool    // [term] the series stands still
	out     []bool    // [period] closed by a term
	season  []float64 // [slot] log
	level   []float64 // [period]
	eta     []float64 // [period] Σ x·b
	phi     float64   // variance over mean
	window  int
}

const (
	maxSlots   = 31 // longer seasons are left to the level
	leastKnown = 20 // values below which a series takes the common effects
	maxEffect  = 3  // bounds |b|
)

// newSeries prepares a series; nil where effects have no meaning: values below zero, or nothing sold.
func newSeries(s tidewatch.Series, d design) *series {
	r := &series{y: s.Demand(), slots: 1}
	total, known := 0.0, 0
	for _, v := range r.y {
		if v < 0 {
			return nil
		}
		if v == v {
			total, known = total+v, known+1
		}
	}
	if total == 0 || known < leastKnown {
		return nil
	}
	if m := s.Season(); m > 1 && m <= maxSlots {
		r.slots = m
	}
	r.window = max(2*r.slots, 4)
	r.columns = d.columnsOf(s)
	r.dead, r.closed = make([]bool, r.slots), make([]bool, len(d.terms))
	zeros, n := make([]int, r.slots), make([]int, r.slots)
	for t, v := range r.y {
		if v == v {
			n[t%r.slots]++
			if v == 0 {
				zeros[t%r.slots]++
			}
		}
	}
	allDead := true
	for j := range r.dead {
		r.dead[j] = n[j] > 0 && 10*zeros[j] > 9*n[j]
		allDead = allDead && r.dead[j]
	}
	if allDead {
		r.dead = make([]bool, r.slots)
	}
	r.out = make([]bool, len(r.y))
	r.season, r.level, r.eta = make([]float64, r.slots), make([]float64, len(r.y)), make([]float64, len(r.y))
	r.phi = 1
	return r
}

// zeroShare counts the known periods of an indicator, and those of them that are zero, outside dead slots; other counts the periods without it.
func (r *series) zeroShare(k int) (n, zero, others, otherZeros int) {
	on := r.columns.cells[k]
	at := 0
	for t, v := range r.y {
		is := at < len(on) && int(on[at].t) == t
		if is {
			at++
		}
		switch {
		case v != v || r.dead[t%r.slots]:
		case is:
			n++
			if v == 0 {
				zero++
			}
		default:
			others++
			if v == 0 {
				otherZeros++
			}
		}
	}
	return n, zero, others, otherZeros
}

// use reports whether the regression sees period t.
func (r *series) use(t int) bool {
	return r.y[t] == r.y[t] && !r.out[t] && !r.dead[t%r.slots]
}

// base fits level, season and dispersion to the effects as they stand.
func (r *series) base() {
	n := len(r.y)
	// The level is the moving sum of values over that of what season and effects alone would give.
	value, shape := make([]float64, n+1), make([]float64, n+1)
	total, all := 0.0, 0.0
	for t := range n {
		v, e := 0.0, 0.0
		if r.use(t) {
			v, e = r.y[t], math.Exp(r.season[t%r.slots]+r.eta[t])
		}
		value[t+1], shape[t+1] = value[t]+v, shape[t]+e
		total, all = total+v, all+e
	}
	mean := total / max(all, 1e-12)
	prior := .5 * all / float64(n) // half a period of the series' mean, where a window has next to nothing
	for t := range n {
		lo, hi := max(0, t-r.window), min(n, t+r.window+1)
		r.level[t] = (value[hi] - value[lo] + prior*mean) / (shape[hi] - shape[lo] + prior)
	}
	if r.slots > 1 {
		got, want := make([]float64, r.slots), make([]float64, r.slots)
		for t := range n {
			if r.use(t) {
				got[t%r.slots] += r.y[t]
				want[t%r.slots] += r.mu(t)
			}
		}
		sum, live := 0.0, 0
		for j := range got {
			if want[j] > 0 {
				r.season[j] += math.Log((got[j] + mean) / (want[j] + mean))
				sum, live = sum+r.season[j], live+1
			}
		}
		for j := range got {
			if want[j] > 0 {
				r.season[j] -= sum / float64(live)
			}
		}
	}
	square, k := 0.0, 0
	for t := range n {
		if mu := r.mu(t); r.use(t) && mu > 0 {
			square += min((r.y[t]-mu)*(r.y[t]-mu)/mu, 25*r.phi)
			k++
		}
	}
	r.phi = max(square/float64(max(k, 1)), 1e-6*mean, 1e-300)
}

// mu is the expected value of period t.
func (r *series) mu(t int) float64 {
	return r.level[t] * math.Exp(r.season[t%r.slots]+r.eta[t])
}

// score is the slope g of the log-likelihood in the effect of term k, and its curvature h.
func (r *series) score(k int) (g, h float64) {
	for _, c := range r.columns.cells[k] {
		if t := int(c.t); r.use(t) {
			mu, x := r.mu(t), float64(c.x)
			g += x * (r.y[t] - mu) / r.phi
			h += x * x * mu / r.phi
		}
	}
	return g, h
}

// move changes the effect of term k by d.
func (r *series) move(k int, d float64) {
	for _, c := range r.columns.cells[k] {
		r.eta[c.t] += float64(c.x) * d
	}
}

// own estimates the effects of the series, drawn towards the common ones: b and their variances. The series' eta must hold the common effects.
func (r *series) own(common []common) (b, variance []float64) {
	b, variance = make([]float64, len(common)), make([]float64, len(common))
	some := false
	for k, c := range common {
		if !c.dropped && !r.closed[k] {
			b[k], variance[k] = c.b, c.variance+c.spread
			some = true
		}
	}
	if !some {
		return b, variance
	}
	for range 4 {
		r.base()
		for k, c := range common {
			if c.dropped || r.closed[k] || c.spread == 0 && c.variance == 0 {
				continue
			}
			prior := c.variance + c.spread
			g, h := r.score(k)
			d := (g - (b[k]-c.b)/prior) / (h + 1/prior)
			next := min(max(b[k]+min(max(d, -1), 1), -maxEffect), maxEffect)
			r.move(k, next-b[k])
			b[k], variance[k] = next, 1/(h+1/prior)
		}
	}
	return b, variance
}
