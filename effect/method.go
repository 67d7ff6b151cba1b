package effect

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
)

// Method is another method, which sees series without what is known ahead. It has the inner method's name.
type Method struct {
	Inner   tidewatch.Method
	Workers int // 0 = as many as there are processors
}

// String implements [tidewatch.Method].
func (m Method) String() string { return m.Inner.String() }

// Model is a fitted Method.
type Model struct {
	inner   tidewatch.Model
	panel   *tidewatch.Panel
	left    *tidewatch.Panel // what the inner model was fitted on
	terms   []term
	common  []common
	rows    []row
	support []conform.Support
}

// row is what a series has of the effects; b is nil where it has none.
type row struct {
	b, variance, mean []float64
	closed            []bool
}

// Fit estimates the effects, and fits the inner method on what is left. A panel without covariates known ahead is the inner method's.
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	plan := designOf(p)
	if len(plan.terms) == 0 {
		return m.Inner.Fit(ctx, p)
	}
	n := p.Len()
	fit := &Model{panel: p, terms: plan.terms, rows: make([]row, n), support: make([]conform.Support, n)}
	var err error
	if fit.common, err = learn(ctx, p, plan, m.Workers); err != nil {
		return nil, err
	}
	left := make([][]float64, n)
	adjusted := p.Replace(func(i int, values []float64) { left[i] = values })
	err = fleet.Each(ctx, n, m.Workers, func(i int) {
		s := p.Series(i)
		fit.support[i] = conform.SupportOf(s.Demand())
		if r := newSeries(s, plan); r != nil {
			fit.separate(i, r, left[i])
		}
	})
	if err != nil {
		return nil, err
	}
	fit.left = adjusted
	if fit.inner, err = m.Inner.Fit(ctx, adjusted); err != nil {
		return nil, err
	}
	return fit, nil
}

// Counts keep their whole numbers: they are forecast from the periods without an effect, and only effects that are rare and strong count.
const (
	rare   = .05
	strong = .22 // a factor of 1.25
)

// separate estimates the effects of series i, and leaves its values without them.
func (f *Model) separate(i int, r *series, left []float64) {
	n := len(r.y)
	r.close(f.terms, f.common)
	count := f.support[i].Count
	used := slices.Clone(f.common)
	for k := range used {
		c := &used[k]
		if count && !c.dropped && (float64(len(r.columns.cells[k])) > rare*float64(n) || math.Abs(c.b) < strong) {
			c.dropped = true
		}
		if !c.dropped && !r.closed[k] {
			r.move(k, c.b)
		}
	}
	b, variance := r.own(used)
	f.rows[i] = row{b: b, variance: variance, mean: r.columns.mean, closed: r.closed}
	for t, v := range r.y {
		switch {
		case r.dead[t%r.slots]: // the season of the inner method knows it
		case r.out[t]:
			v = math.NaN()
		case count && r.eta[t] > 1e-9 || count && r.eta[t] < -1e-9:
			v = math.NaN()
		case !count:
			v /= math.Exp(r.eta[t])
		}
		left[t] = v
	}
}

// Effects are the effects that were found, in the order of the covariates.
func (f *Model) Effects() []Effect {
	var all []Effect
	for k, t := range f.terms {
		if e, ok := t.describe(f.common[k]); ok {
			all = append(all, e)
		}
	}
	return all
}

// Forecast implements [tidewatch.Model]: the inner forecast with the effects of the periods ahead. What is not known of an effect widens it.
func (f *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(f.panel.Len())
	if err != nil {
		return nil, err
	}
	inner := a
	inner.Future = nil
	out, err := f.inner.Forecast(ctx, inner)
	if err != nil {
		return nil, err
	}
	err = fleet.Each(ctx, len(out.Rows), 0, func(k int) {
		if r := &out.Rows[k]; !r.Abstains() && f.rows[a.Row(k)].b != nil {
			f.put(a, out, k)
		}
	})
	return out, err
}

// put puts the effects into row k of the forecast.
func (f *Model) put(a tidewatch.Ask, out *tidewatch.Forecast, k int) {
	i := a.Row(k)
	row, r := f.rows[i], &out.Rows[k]
	values := a.Covariates(f.panel, i)
	for h := range out.Steps {
		q := out.At(k, h)
		eta, doubt, closed := 0.0, 0.0, false
		for j, t := range f.terms {
			x := t.x(values(t.covariate, r.First+h), row.mean[j])
			eta += x * row.b[j]
			doubt += x * x * row.variance[j]
			closed = closed || x != 0 && row.closed[j]
		}
		switch {
		case closed:
			r.Mean[h] = 0
			clear(q)
			continue
		case eta == 0 && doubt == 0:
			continue
		}
		factor := math.Exp(min(max(eta, -2*maxEffect), 2*maxEffect))
		m := r.Mean[h]
		middle := tidewatch.Interpolate(out.Levels, q, .5)
		// The spread of the inner forecast, from its quantiles, grows by what is not known of the factor.
		sd := (tidewatch.Interpolate(out.Levels, q, .9) - tidewatch.Interpolate(out.Levels, q, .1)) / 2.563
		grow := 1.0
		if sd > 0 {
			grow = math.Sqrt(1 + min(doubt, 1)*m*m/(sd*sd))
		}
		for l, v := range q {
			q[l] = factor * (middle + (v-middle)*grow)
		}
		r.Mean[h] = factor * m
		f.support[i].Fit(&r.Mean[h], q)
	}
}
