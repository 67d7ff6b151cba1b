package gbm

import (
	"context"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/tree"
)

// fitter is a method at work on a panel.
type fitter struct {
	Method
	target    Target
	gate      int     // covariate, -1 if there is none
	end       int     // of the panel
	rows      int     // there are to learn from
	keep      float64 // share of the rows that are learnt from
	described bool
}

// Fit implements [tidewatch.Method]. Where no series has a past to learn from, the model abstains from forecasting.
func (m Method) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	model, err := m.fit(ctx, p)
	if err != nil || len(model.parts) == 0 {
		return model, err
	}
	b, err := model.builder(model.panel, nil)
	if err != nil {
		return nil, err
	}
	if model.anchor, err = model.anchored(ctx, b); err != nil {
		return nil, err
	}
	if model.spread, err = model.learnSpread(ctx, model.panel, b); err != nil {
		return nil, err
	}
	return model, nil
}

// fit learns the mean.
func (m Method) fit(ctx context.Context, p *tidewatch.Panel) (*Model, error) {
	m, err := m.withDefaults(p)
	if err != nil {
		return nil, err
	}
	f := &fitter{Method: m, target: m.Target, gate: gateOf(p), end: p.End()}
	if f.gate >= 0 {
		if p, err = openOnly(p, f.gate); err != nil {
			return nil, err
		}
	}
	if f.target == Choose {
		f.target = targetOf(p)
	}
	for _, c := range p.Covariates() {
		f.described = f.described || c.Scope == tidewatch.BySeries
	}
	b, err := f.builder(p, nil)
	if err != nil {
		return nil, err
	}
	out := &Model{fitter: f, panel: p}
	names := f.Parts
	if names == nil {
		names = []string{""}
		if f.Groups {
			names = append(names, b.Attributes()...)
		}
	}
	for i := range p.Len() {
		f.rows += f.count(p.Series(i), f.end)
	}
	f.keep = min(1, float64(f.Rows)/float64(max(f.rows, 1)))
	for _, name := range names {
		part, ok := partsBy(p, name)
		if !ok || f.Parts == nil && len(part.models) > 1 && f.keep*float64(f.rows) < leastPart*float64(len(part.models)) {
			continue
		}
		err := f.learn(ctx, p, b, &part, p.End())
		if tidewatch.CodeOf(err) == tidewatch.CodeTooShort {
			return &Model{fitter: f, panel: p}, nil // no series has a forecast
		}
		if err != nil {
			return nil, err
		}
		out.parts = append(out.parts, part)
	}
	if len(out.parts) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "gbm: the panel has none of the attributes %q to part it by", f.Parts)
	}
	return out, nil
}

func (f *fitter) builder(p *tidewatch.Panel, future []tidewatch.Covariate) (*feature.Builder, error) {
	span := f.Span
	if span > 0 {
		span += f.Horizon
	}
	return feature.New(p, feature.Config{Horizon: max(f.Horizon, 1), Relative: f.target != Count, Span: span, Future: future, Omit: f.Omit})
}

// leastPart is how many rows the parts of a partition that was not asked for must have on average.
const leastPart = 20_000

// partition is the series in parts, with the models of each.
type partition struct {
	by     string
	of     []int // [series of the panel] its part
	models [][]*tree.Model
}

// partsBy parts the series by a static covariate; "" leaves them together. It reports false if the panel has no such covariate.
func partsBy(p *tidewatch.Panel, name string) (partition, bool) {
	out := partition{by: name, of: make([]int, p.Len())}
	if name == "" {
		out.models = make([][]*tree.Model, 1)
		return out, true
	}
	c := slices.IndexFunc(p.Covariates(), func(c tidewatch.Covariate) bool { return c.Name == name && c.Scope == tidewatch.BySeries })
	if c < 0 {
		return out, false
	}
	number := map[float64]int{}
	for i := range out.of {
		v := p.Series(i).Covariate(c, 0)
		if v != v {
			v = -1
		}
		n, ok := number[v]
		if !ok {
			n = len(number)
			number[v] = n
		}
		out.of[i] = n
	}
	out.models = make([][]*tree.Model, len(number))
	return out, true
}

// learn trains the models of a partition on what was known before index until.
func (f *fitter) learn(ctx context.Context, p *tidewatch.Panel, b *feature.Builder, part *partition, until int) error {
	series := make([][]int, len(part.models))
	for i, k := range part.of {
		series[k] = append(series[k], i)
	}
	for k := range part.models {
		for draw := range f.Draws {
			seed := mix(f.Seed + uint64(draw)*1000)
			t := f.learnable(p, series[k], seed, until)
			if t.lay() == 0 {
				return tidewatch.Errorf(tidewatch.CodeTooShort, "gbm: none of the %d series has a known value with a past to learn from", p.Len())
			}
			if err := t.fill(ctx, b, f.Workers); err != nil {
				return err
			}
			f.targets(p, t)
			m, err := f.train(ctx, t, b, mix(seed+uint64(k)))
			if err != nil {
				return err
			}
			part.models[k] = append(part.models[k], m)
		}
	}
	return nil
}
