package effect

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// common is what all series have in common of one effect.
type common struct {
	b        float64 // log of the factor; of an elasticity, itself
	variance float64 // of b
	spread   float64 // variance of the series' own effects around b
	closed   float64 // share of the periods of an indicator that are zero
	seen     int     // periods of series that had it
	once     bool    // its days were one occasion
	dropped  bool    // all series together do not show it
}

const (
	teachers  = 400 // series that the common effects are learnt from
	rounds    = 6
	leastSeen = 2   // days on which an effect must have been seen
	evidence  = 2   // standard errors below which an effect is left out
	once      = 5   // and below which one that was seen on one occasion is
	wide      = .25 // prior variance of a common effect
	wideRatio = 2   // and of an elasticity
)

// learn estimates the common effects from an even sample of the series. Its sums are sequential, so that they have one order.
func learn(ctx context.Context, p *tidewatch.Panel, plan design, workers int) ([]common, error) {
	every := max(1, (p.Len()+teachers-1)/teachers)
	some := make([]*series, (p.Len()+every-1)/every)
	if err := fleet.Each(ctx, len(some), workers, func(k int) { some[k] = newSeries(p.Series(k*every), plan) }); err != nil {
		return nil, err
	}
	var sample []*series
	var start []int
	for k, r := range some {
		if r != nil {
			sample, start = append(sample, r), append(start, p.Series(k*every).Start)
		}
	}
	terms := plan.terms
	cs := make([]common, len(terms))
	for k := range terms {
		n, zero := 0, 0
		for _, r := range sample {
			a, z, _, _ := r.zeroShare(k)
			n, zero = n+a, zero+z
		}
		cs[k].seen = n
		if n > 0 {
			cs[k].closed = float64(zero) / float64(n)
		}
	}
	for _, r := range sample {
		r.close(terms, cs)
	}
	first, last := math.MaxInt, math.MinInt
	for i, r := range sample {
		first, last = min(first, start[i]), max(last, start[i]+len(r.y))
	}
	if len(sample) == 0 {
		return cs, nil
	}
	d := days{first: first, g: make([]float64, last-first), h: make([]float64, last-first)}
	shock := 0.0
	step := func() {
		for k := range terms {
			c := &cs[k]
			if c.dropped {
				continue
			}
			prior := wide
			if terms[k].form == ratio {
				prior = wideRatio
			}
			g, h, seen, occasions := d.pool(sample, start, k, shock)
			if seen < leastSeen {
				drop(sample, k, c)
				continue
			}
			c.once = occasions == 1
			next := c.b + min(max((g-c.b/prior)/(h+1/prior), -.7), .7)
			next = min(max(next, -maxEffect), maxEffect)
			shift(sample, k, next-c.b)
			c.b, c.variance = next, 1/(h+1/prior)
		}
	}
	for round := range 2 * rounds {
		if err := fleet.Each(ctx, len(sample), workers, func(i int) { sample[i].base() }); err != nil {
			return nil, err
		}
		if round >= 1 {
			shock = d.shock(sample, start)
		}
		if round == rounds { // leave out what has no evidence, and fit the rest again
			for k := range cs {
				c, needed := &cs[k], evidence
				if c.once {
					needed = once
				}
				if !c.dropped && math.Abs(c.b) < float64(needed)*math.Sqrt(c.variance) {
					drop(sample, k, c)
				}
			}
		}
		step()
	}
	for k := range cs {
		if !cs[k].dropped {
			cs[k].spread = spread(sample, k)
		}
	}
	return cs, nil
}

// shift changes a common effect by d.
func shift(sample []*series, k int, d float64) {
	for _, r := range sample {
		if !r.closed[k] {
			r.move(k, d)
		}
	}
}

// drop leaves an effect out.
func drop(sample []*series, k int, c *common) {
	shift(sample, k, -c.b)
	*c = common{closed: c.closed, seen: c.seen, dropped: true}
}

// close marks the terms at which the series stands still, and their periods.
func (r *series) close(terms []term, cs []common) {
	const weight, least = 5, .9
	for k := range terms {
		if terms[k].form != indicator || cs[k].seen < 3 {
			continue
		}
		n, zero, others, otherZeros := r.zeroShare(k)
		if others == 0 || 2*otherZeros > others {
			continue // mostly zero anyway
		}
		if (float64(zero)+weight*cs[k].closed)/(float64(n)+weight) > least {
			r.closed[k] = true
			for _, c := range r.columns.cells[k] {
				r.out[c.t] = true
			}
		}
	}
}

// days are sums over series of slopes and curvatures, by day.
type days struct {
	first int // grid index
	g, h  []float64
}

// pool is slope and curvature of a common effect. A day's shock of the given variance, the same for all series, bounds what many series
// of one day can tell. seen is on how many days it was seen, occasions how often they were apart by more than a level's window.
func (d *days) pool(sample []*series, start []int, k int, shock float64) (g, h float64, seen, occasions int) {
	clear(d.g)
	clear(d.h)
	for i, r := range sample {
		if r.closed[k] {
			continue
		}
		for _, c := range r.columns.cells[k] {
			if t := int(c.t); r.use(t) {
				mu, x, at := r.mu(t), float64(c.x), start[i]+t-d.first
				d.g[at] += x * (r.y[t] - mu) / r.phi
				d.h[at] += x * x * mu / r.phi
			}
		}
	}
	last := math.MinInt
	for t, v := range d.h {
		if v > 0 {
			g, h, seen = g+d.g[t]/(1+v*shock), h+v/(1+v*shock), seen+1
			if last == math.MinInt || t-last > sample[0].window {
				occasions++
			}
			last = t
		}
	}
	return g, h, seen, occasions
}

// shock is the variance of what days have in common beside their effects: by the median of squares, so that a few wild days do not tell.
func (d *days) shock(sample []*series, start []int) float64 {
	clear(d.g)
	clear(d.h)
	for i, r := range sample {
		for t := range r.y {
			if r.use(t) {
				mu, at := r.mu(t), start[i]+t-d.first
				d.g[at] += (r.y[t] - mu) / r.phi
				d.h[at] += mu / r.phi
			}
		}
	}
	var extra []float64
	for t, h := range d.h {
		if h > 0 {
			v := d.g[t] / h
			extra = append(extra, v*v-.455/h) // .455: the median of a chi-square of one degree
		}
	}
	if len(extra) == 0 {
		return 0
	}
	slices.Sort(extra)
	return max(extra[len(extra)/2]/.455, 0)
}

// spread is the variance of the series' own effects around the common one, by the moments of DerSimonian & Laird.
func spread(sample []*series, k int) float64 {
	var sum, weights, squares float64
	n := 0
	for _, r := range sample {
		if r.closed[k] {
			continue
		}
		if g, h := r.score(k); h > 0 {
			d := min(max(g/h, -2), 2)
			sum += h * d * d
			weights += h
			squares += h * h
			n++
		}
	}
	if n < 5 {
		return .01
	}
	return min(max((sum-float64(n-1))/(weights-squares/weights), 0), .25)
}

// Effect is an effect that was found.
type Effect struct {
	Name   string  `json:"name"`
	Factor float64 `json:"factor"` // what values are multiplied by; of a number such as a price, the elasticity
	Low    float64 `json:"low"`    // 95 % interval of what all series have in common
	High   float64 `json:"high"`
	Kind   string  `json:"kind"` // factor, elasticity or closed
	Seen   int     `json:"seen"` // values that had it, of the series it was learnt from
}

func (t term) describe(c common) (Effect, bool) {
	e := Effect{Name: t.name, Seen: c.seen, Kind: "factor"}
	half := 1.96 * math.Sqrt(c.variance)
	switch {
	case t.form == indicator && c.closed > .9 && c.seen >= 3:
		e.Kind = "closed"
		return e, true
	case c.dropped || c.seen == 0:
		return e, false
	case t.form == ratio:
		e.Kind, e.Factor, e.Low, e.High = "elasticity", c.b, c.b-half, c.b+half
	default:
		e.Factor, e.Low, e.High = math.Exp(c.b), math.Exp(c.b-half), math.Exp(c.b+half)
	}
	return e, true
}
