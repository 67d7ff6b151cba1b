package clean

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Method is a forecasting method that sees cleaned series: a [tidewatch.Method]. Its forecasts are of the series as they are.
type Method struct {
	Plan   Plan
	Method tidewatch.Method
	Events Events
	// Paths draws sample paths of a model that has none of its own (as conform.Sample does); nil = only a [tidewatch.Sampler] has any.
	// Differences cannot be forecast without paths.
	Paths func(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, a tidewatch.Ask, n int) (*tidewatch.Paths, error)
}

// String implements [tidewatch.Method].
func (m Method) String() string { return m.Method.String() + "+clean" }

// Model is a fitted Method. It implements [tidewatch.Sampler].
type Model struct {
	method  Method
	model   tidewatch.Model
	panel   *tidewatch.Panel // as it was given
	cleaned *Cleaned
}

// Fit implements [tidewatch.Method]: it cleans p and fits the method to what comes out.
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	c, err := m.Plan.Repairs(ctx, p, m.Events)
	if err != nil {
		return nil, err
	}
	model, err := m.Method.Fit(ctx, c.Panel)
	if err != nil {
		return nil, err
	}
	return &Model{m, model, p, c}, nil
}

// Cleaned is what was done to the panel the model was fitted on.
func (m *Model) Cleaned() *Cleaned { return m.cleaned }

// Inner is the model of the cleaned series.
func (m *Model) Inner() tidewatch.Model { return m.model }

// wide are levels that the spread of a forecast is measured between.
var wide = []float64{.1, .9}

// pathsOf is how many paths the quantiles of forecasts of differences are made of.
const pathsOf = 1000

// Forecast implements [tidewatch.Model].
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	pointwise, byPath := false, false
	for k := range a.Rows(m.panel.Len()) {
		for _, back := range m.cleaned.Series[a.Row(k)].back {
			if _, ok := back.(Pointwise); ok {
				pointwise = true
			} else {
				byPath = true
			}
		}
	}
	inner := m.inner(a)
	if !pointwise && !byPath {
		return m.model.Forecast(ctx, inner)
	}
	inner.Levels = slices.Concat(a.Levels, wide)
	slices.Sort(inner.Levels)
	inner.Levels = slices.Compact(inner.Levels)
	f, err := m.model.Forecast(ctx, inner)
	if err != nil {
		return nil, err
	}
	var paths *tidewatch.Paths
	if byPath {
		if paths, err = m.paths(ctx, inner, pathsOf); err != nil {
			return nil, err
		}
	}
	out := &tidewatch.Forecast{Grid: f.Grid, Steps: f.Steps, Levels: a.Levels, Rows: slices.Clone(f.Rows), Problems: f.Problems}
	for k := range out.Rows {
		if r := &out.Rows[k]; !r.Abstains() {
			r.Mean, r.Quantiles = make([]float64, f.Steps), make([]float64, f.Steps*len(a.Levels))
			m.turn(f, out, k, m.cleaned.Series[a.Row(k)].back, paths)
		}
	}
	return out, nil
}

// turn fills row k of out with that of f, turned back.
func (m *Model) turn(f, out *tidewatch.Forecast, k int, back []Inverse, paths *tidewatch.Paths) {
	var inverse []Pointwise
	for _, b := range back {
		if p, ok := b.(Pointwise); ok {
			inverse = append(inverse, p)
		}
	}
	if len(inverse) < len(back) {
		m.sum(out, k, back, paths)
		return
	}
	slices.Reverse(inverse)
	r, to := &f.Rows[k], &out.Rows[k]
	for h := range f.Steps {
		middle, spread := r.Mean[h], (f.Quantile(k, h, wide[1])-f.Quantile(k, h, wide[0]))/(2*1.2815515655446004)
		variance := spread * spread
		for _, b := range inverse {
			middle, variance = b.Moments(middle, variance)
		}
		to.Mean[h] = middle
		for l, level := range out.Levels {
			v := f.Quantile(k, h, level)
			for _, b := range inverse {
				v = b.Value(v)
			}
			to.Quantiles[h*len(out.Levels)+l] = v
		}
	}
}

// sum fills row k of out from the paths of the transformed series, turned back one by one.
func (m *Model) sum(out *tidewatch.Forecast, k int, back []Inverse, paths *tidewatch.Paths) {
	r := &out.Rows[k]
	turned := make([][]float64, paths.Samples)
	for i := range turned {
		turned[i] = slices.Clone(paths.Path(k, i))
		undo(turned[i], back)
	}
	x := make([]float64, len(turned))
	for h := range out.Steps {
		for i := range turned {
			x[i] = turned[i][h]
		}
		r.Mean[h] = mean(x)
		copy(r.Quantiles[h*len(out.Levels):], tidewatch.SampleQuantiles(x, out.Levels))
	}
}

// undo turns one path back through all transforms, the last first.
func undo(path []float64, back []Inverse) {
	for k := len(back) - 1; k >= 0; k-- {
		back[k].Path(path)
	}
}

// inner is what the method inside is asked.
func (m *Model) inner(a tidewatch.Ask) tidewatch.Ask {
	if shifts := m.cleaned.shifts(m.panel, a.Steps); len(shifts) > 0 {
		a.Future = slices.Concat(a.Future, shifts)
	}
	if len(m.cleaned.columns) > 0 && len(a.Future) > 0 {
		all := m.panel.RowCovariates()
		for _, f := range a.Future {
			if k := slices.IndexFunc(all, func(c tidewatch.Covariate) bool { return c.Name == f.Name }); k >= 0 {
				all[k] = f
			} else {
				all = append(all, f)
			}
		}
		for _, c := range m.cleaned.columns {
			all = c.make(all, m.panel.Len())
		}
		a.Future = slices.DeleteFunc(all, func(c tidewatch.Covariate) bool { return !c.Ahead })
	}
	return a
}

// Explain implements [tidewatch.Explainer]: what the method inside says of the cleaned series; of a transformed one, whose parts do not
// add up, the forecast as a single part.
func (m *Model) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	if e, ok := m.model.(tidewatch.Explainer); ok && len(m.cleaned.Series[i].back) == 0 {
		return e.Explain(ctx, m.cleaned.Panel, i, steps)
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	return tidewatch.WholeAccount(p.Series(i), &f.Rows[0])
}

// Sample implements [tidewatch.Sampler].
func (m *Model) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	paths, err := m.paths(ctx, m.inner(a), n)
	if err != nil {
		return nil, err
	}
	for k := range paths.IDs {
		back := m.cleaned.Series[a.Row(k)].back
		for i := range paths.Samples {
			if path := paths.Path(k, i); !math.IsNaN(path[0]) {
				undo(path, back)
			}
		}
	}
	return paths, nil
}

// paths are sample paths of the cleaned series.
func (m *Model) paths(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	if m.method.Paths != nil {
		return m.method.Paths(ctx, m.model, m.cleaned.Panel, a, n)
	}
	s, ok := m.model.(tidewatch.Sampler)
	if !ok {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s has no sample paths, which sums of differences need", m.method.Method)
	}
	return s.Sample(ctx, a, n)
}
