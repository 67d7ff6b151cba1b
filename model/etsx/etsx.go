// Package etsx is exponential smoothing with explanatory variables for series that many customers make together: sales of a shop, a
// department, a market. Such sums are smooth enough to show, each by itself, what a day of the week, a day of the month, the time of the year and
// everything known ahead do to them.
//
// The model of a value is y = level · exp(x·b): level follows by simple exponential smoothing (ETS(M,N,N) of Hyndman, Koehler, Ord & Snyder
// 2008), x are seasonal positions, the day of the month, and the covariates known ahead, events with the days around them (ETSX of Svetunkov 2023,
// Forecasting and Analytics with the Augmented Dynamic Adaptive Model, ch. 10). b is a robust ridge regression of the logs less a moving
// mean. How fast the level follows, and how far it will go the way it went at this time in past years, is a combination of
// several, weighed by their errors at past origins.
package etsx

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Method is the method; it is fitted series by series. A series abstains that has values below zero, too few of them, or zeros where it
// should have sales: it is no sum of many.
type Method struct {
	Horizon int // steps that the smoothing is chosen for; 0 = 4 seasons
	Workers int // 0 = as many as there are processors
}

// String implements [tidewatch.Method].
func (Method) String() string { return "etsx" }

// Model is a fitted Method.
type Model struct {
	panel *tidewatch.Panel
	rows  []*row // nil = abstains
	why   []string
}

// Fit implements [tidewatch.Method].
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	shut := shutDays(p)
	fit := &Model{panel: p, rows: make([]*row, p.Len()), why: make([]string, p.Len())}
	err := fleet.Each(ctx, p.Len(), m.Workers, func(i int) {
		s := p.Series(i)
		horizon := m.Horizon
		if horizon == 0 {
			horizon = 4 * max(s.Season(), 2)
		}
		fit.rows[i], fit.why[i] = newRow(s, horizon, shut)
	})
	return fit, err
}

// shutDays are the periods in which no series that had begun sold anything: the shop was closed.
func shutDays(p *tidewatch.Panel) map[int]bool {
	sold := map[int]bool{}
	shut := map[int]bool{}
	for i := range p.Len() {
		s := p.Series(i)
		for t, v := range s.Values {
			if v == 0 {
				shut[s.Start+t] = true
			} else {
				sold[s.Start+t] = true
			}
		}
	}
	for t := range sold {
		delete(shut, t)
	}
	return shut
}

// row is what one series has taught.
type row struct {
	s      tidewatch.Series
	design *design
	b      []float64
	closed []bool    // [column] the series stands still
	ratio  float64   // what is sold on such days, of the level
	level  *level    // of the series without effects
	scale  float64   // by how much past errors are widened for what they have taught
	effect []float64 // [period] x·b; NaN where the value taught nothing
}

const (
	leastSeasons = 8   // of values
	mostZeros    = .05 // share of values
	closedBelow  = .05 // of the local level
)

// newRow fits the model to a series; if it cannot, it says why.
func newRow(s tidewatch.Series, horizon int, shut map[int]bool) (*row, string) {
	y := s.Demand()
	season := max(s.Season(), 4)
	known, zeros := 0, 0
	for _, v := range y {
		if v < 0 {
			return nil, "it has values below zero"
		}
		if v == v {
			known++
		}
	}
	if len(shut) > 0 {
		y = slices.Clone(y)
		for t := range y {
			if shut[s.Start+t] {
				y[t] = math.NaN()
			}
		}
	}
	if known < leastSeasons*season || len(y) < leastSeasons*season+horizon {
		return nil, "it is too short"
	}
	r := &row{s: s, design: newDesign(s)}
	valid := r.live(y)
	for t, v := range y {
		if valid[t] && v == 0 {
			zeros++
		}
	}
	if float64(zeros) > mostZeros*float64(known) {
		return nil, "it is zero too often"
	}
	free := r.regress(y, valid)
	r.effect = make([]float64, len(y))
	a := make([]float64, len(y)) // the series without effects
	n := 0.0
	for t, v := range y {
		r.effect[t], a[t] = math.NaN(), math.NaN()
		if valid[t] {
			r.effect[t] = r.design.dot(r.design.rows[t], r.b)
			a[t] = v / math.Exp(r.effect[t])
			n++
		}
	}
	// Errors inside the fit are too small by as much as the effects have bent to them, those ahead larger by as much as they are unsure.
	r.scale = math.Sqrt((n + free) / max(n-free, n/4))
	if r.level = newLevel(a, s, horizon); r.level == nil {
		return nil, "its past shows no errors"
	}
	return r, ""
}

// mean is the forecast of steps from the series' end on.
func (r *row) mean(steps int, value func(c, t int) float64) []float64 {
	level := r.level.forecast(len(r.effect), steps)
	for h := range level {
		cells := r.design.at(r.s.End()+h, value)
		shut := r.design.dead[(len(r.effect)+h)%r.design.slots]
		for _, c := range cells {
			shut = shut || r.closed[c.column]
		}
		if shut {
			level[h] *= r.ratio
			continue
		}
		level[h] *= math.Exp(r.design.dot(cells, r.b))
	}
	return level
}

// Forecast implements [tidewatch.Model]. Quantiles are those of past errors of a few neighbouring steps.
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.panel, a)
	err = fleet.Each(ctx, len(f.Rows), 0, func(k int) {
		i := a.Row(k)
		to, r := &f.Rows[k], m.rows[i]
		to.Method = Method{}.String()
		if r == nil {
			to.Mean, to.Quantiles = nil, nil
			return
		}
		copy(to.Mean, r.mean(a.Steps, a.Covariates(m.panel, i)))
		errors := r.errors(r.origins(a.Steps), a.Steps)
		const beside = 2
		var pool []float64
		for h := range a.Steps {
			pool = pool[:0]
			for o := 0; o < len(errors); o += a.Steps {
				pool = append(pool, errors[o+max(0, h-beside):o+min(a.Steps, h+beside+1)]...)
			}
			copy(f.At(k, h), tidewatch.SampleQuantiles(pool, a.Levels))
			for l, q := range f.At(k, h) {
				f.At(k, h)[l] = to.Mean[h] * q
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for k := range f.Rows {
		if i := a.Row(k); m.rows[i] == nil {
			f.Problems = append(f.Problems, tidewatch.Problem{ID: f.Rows[k].ID, Code: tidewatch.CodeTooShort, Reason: m.why[i]})
		}
	}
	return f, nil
}

// Replay draws a path of every series asked for from each of the past origins, given as periods before the panel's end: the forecast with the
// errors that all series made from that origin on, so that what went wrong together goes wrong together. Origins that a series cannot
// judge borrow from those it can. Paths of series that abstain are unknown.
func (m *Model) Replay(ctx context.Context, a tidewatch.Ask, back []int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	paths := tidewatch.NewPaths(tidewatch.NewForecast(m.panel, tidewatch.Ask{Steps: a.Steps, Series: a.Series}), len(back))
	err = fleet.Each(ctx, len(paths.IDs), 0, func(k int) {
		i := a.Row(k)
		r := m.rows[i]
		if r == nil {
			for n := range back {
				for h := range a.Steps {
					paths.Path(k, n)[h] = math.NaN()
				}
			}
			return
		}
		mean := r.mean(a.Steps, a.Covariates(m.panel, i))
		errors := r.errors(back, a.Steps)
		for n := range back {
			for h, v := range mean {
				paths.Path(k, n)[h] = v * errors[n*a.Steps+h]
			}
		}
	})
	return paths, err
}

// errors are past values over what was forecast, [origin][step], around 1: of origins as periods before the series' end.
func (r *row) errors(back []int, steps int) []float64 {
	out := make([]float64, len(back)*steps)
	var known []int
	sum := 0.0
	forecast := make([]float64, steps)
	for i, b := range back {
		o := len(r.effect) - b
		if o < r.level.first || b < steps {
			continue
		}
		known = append(known, i)
		r.level.into(o, forecast)
		for h, f := range forecast {
			e := 1.0
			if a := r.level.a[o+h]; a == a && f > 0 {
				e = a / f
			}
			out[i*steps+h] = e
			sum += e
		}
	}
	if len(known) == 0 {
		for i := range out {
			out[i] = 1
		}
		return out
	}
	mean := sum / float64(len(known)*steps)
	// What persisted over a whole horizon is known of as many stretches as there were, and few of them tell little of how far it goes.
	factor := fleet.Wider(float64(len(r.effect)-r.level.first) / float64(steps))
	for _, i := range known {
		path := out[i*steps : (i+1)*steps]
		lasting := 0.0
		for _, e := range path {
			lasting += (e - mean) / float64(steps)
		}
		for h, e := range path {
			path[h] = max(0, 1+((e-mean)+(factor-1)*lasting)*r.scale)
		}
	}
	next := 0
	for i := range back {
		if _, found := slices.BinarySearch(known, i); !found {
			copy(out[i*steps:(i+1)*steps], out[known[next]*steps:])
			next = (next + 1) % len(known)
		}
	}
	return out
}

// origins are the past origins that quantiles are made of: the last hundred, half a season apart.
func (r *row) origins(steps int) []int {
	apart := max(1, r.s.Season()/2)
	var back []int
	for b := steps; len(r.effect)-b >= r.level.first && len(back) < 200; b += apart {
		back = append(back, b)
	}
	return back
}
