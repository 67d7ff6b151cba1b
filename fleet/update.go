package fleet

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// The models Lifted.Fit returns: what a fitted panel can do depends on what the models of its series can.
type (
	updating         struct{ *Fitted }
	sampling         struct{ *Fitted }
	updatingSampling struct {
		updating
		sampling
	}
)

func (m updatingSampling) base() *Fitted { return m.updating.Fitted }

// Forecast implements [tidewatch.Model].
func (m updatingSampling) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	return m.base().Forecast(ctx, a)
}

// Explain implements [tidewatch.Explainer].
func (m updatingSampling) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	return m.base().Explain(ctx, p, i, steps)
}

func (f *Fitted) able() tidewatch.Model {
	updates, samples := true, true
	for i := range f.rows {
		m := f.rows[i].model
		if m == nil {
			continue
		}
		_, u := m.(Updater)
		_, s := m.(Sampler)
		updates, samples = updates && u, samples && s
	}
	switch {
	case updates && samples:
		return updatingSampling{updating{f}, sampling{f}}
	case updates:
		return updating{f}
	case samples:
		return sampling{f}
	}
	return f
}

// Update implements [tidewatch.Updater]. A series without a model stays without one. If it returns ctx's error, some series have
// advanced and others have not; calling it again with the same panel goes on.
func (m updating) Update(ctx context.Context, p *tidewatch.Panel) error {
	f := m.Fitted
	if p.Len() != len(f.rows) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "an update with %d series, of a model of %d: they must be the same series in the same order", p.Len(), len(f.rows))
	}
	for i := range f.rows {
		r, s := &f.rows[i], p.Series(i)
		if s.ID != r.id {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an update whose series %d is %q, not %q: they must be the same series in the same order", i, s.ID, r.id)
		}
		if s.Start > r.end || s.End() < r.end {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an update of series %q spans %d to %d of the grid, but the model has seen it up to %d: it must hold that and go on", s.ID, s.Start, s.End(), r.end)
		}
	}
	return each(ctx, len(f.rows), f.workers, func(i int, _ generator) {
		r, s := &f.rows[i], p.Series(i)
		from := r.end - s.Start
		r.end = s.End()
		if r.model == nil || from == len(s.Values) {
			return
		}
		s.Values = s.Demand()
		if r.exp != 0 {
			s.Values = scaled(s.Values, -r.exp)
		}
		r.model.(Updater).Update(s, from)
	})
}

// Sample implements [tidewatch.Sampler]. The paths of a series depend on the ask's seed and the series' id; series are drawn
// independently of each other (package conform ties them together). A series without a model is NaN.
func (m sampling) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	f := m.Fitted
	a, err := a.Check(len(f.rows))
	if err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%d sample paths: at least 1", n)
	}
	rows := make([]tidewatch.ForecastRow, a.Rows(len(f.rows)))
	for k := range rows {
		r := &f.rows[a.Row(k)]
		rows[k] = tidewatch.ForecastRow{ID: r.id, First: r.end}
	}
	paths := tidewatch.NewPaths(&tidewatch.Forecast{Grid: f.grid, Steps: a.Steps, Rows: rows}, n)
	err = each(ctx, len(rows), f.workers, func(k int, g generator) {
		r := &f.rows[a.Row(k)]
		r.sample(g.seed(a.Seed, r.id), a.Steps, paths.Values[k*n*a.Steps:(k+1)*n*a.Steps])
	})
	if err != nil {
		return nil, err
	}
	return paths, nil
}

func (r *row) sample(rng *rand.Rand, steps int, out []float64) {
	if r.model == nil {
		for i := range out {
			out[i] = math.NaN()
		}
		return
	}
	r.model.(Sampler).Sample(rng, steps, out)
	if r.exp != 0 {
		copy(out, scaled(out, r.exp))
	}
}
