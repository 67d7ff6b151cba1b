package hierarchy

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Leaves forecasts bottom series with the help of their sums: by a method of all nodes, of which the bottom series are the answer.
type Leaves struct {
	Base      tidewatch.Method // of all nodes, such as [Coherent]
	Hierarchy *Hierarchy
}

// String is the base method's name.
func (m Leaves) String() string { return m.Base.String() }

type leavesModel struct {
	h      *Hierarchy
	bottom *tidewatch.Panel
	inner  tidewatch.Model
	nodes  *tidewatch.Panel
}

// Fit fits the base method on the nodes of a panel of the bottom series. Series that end before others are an error.
func (m Leaves) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	nodes, ended, err := m.Hierarchy.Panel(p)
	if err != nil {
		return nil, err
	}
	if len(ended) > 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q ends before others, and cannot be forecast with the help of their sums", ended[0])
	}
	inner, err := m.Base.Fit(ctx, nodes)
	return &leavesModel{m.Hierarchy, p, inner, nodes}, err
}

// ask is what the ask is to the model of all nodes.
func (m *leavesModel) ask(a tidewatch.Ask) tidewatch.Ask {
	of := make([]int, a.Rows(m.bottom.Len()))
	for k := range of {
		of[k] = m.h.Bottom() + a.Row(k)
	}
	a.Series = of
	a.Future = m.h.above(m.bottom, m.whole(a))
	for k := range a.Future {
		m.align(&a.Future[k])
	}
	return a
}

// align scales a what-if's covariate of sums so that before the series' ends it is what it was: a change of the future has moved the means that prices
// are relative to.
func (m *leavesModel) align(f *tidewatch.Covariate) {
	c := slices.IndexFunc(m.nodes.Covariates(), func(c tidewatch.Covariate) bool { return c.Name == f.Name })
	if c < 0 || f.Scope != tidewatch.ByCell || f.Labels != nil {
		return
	}
	for v := range m.h.Bottom() {
		s, cells := m.nodes.Series(v), f.Cells[v]
		values := f.Values[cells.Offset : cells.Offset+cells.Len]
		at := s.End() - 1 - cells.Start
		if at < 0 || at >= len(values) {
			continue
		}
		if ratio := s.Covariate(c, s.End()-1) / float64(values[at]); ratio > 0 && !math.IsInf(ratio, 0) {
			for t := range values {
				values[t] *= float32(ratio)
			}
		}
	}
}

// whole is the covariates of a what-if with what they were before: a price of sums is one relative to what it usually is.
func (m *leavesModel) whole(a tidewatch.Ask) []tidewatch.Covariate {
	future := slices.Clone(a.Future)
	for k, f := range future {
		c := slices.IndexFunc(m.bottom.Covariates(), func(c tidewatch.Covariate) bool { return c.Name == f.Name })
		if c < 0 || f.Scope != tidewatch.ByCell {
			continue
		}
		to := &future[k]
		to.Cells, to.Values = make([]tidewatch.Cells, len(f.Cells)), nil
		for i := range to.Cells {
			s, instead := m.bottom.Series(i), f.Cells[i]
			to.Cells[i] = tidewatch.Cells{Start: s.Start, Offset: len(to.Values)}
			for t := s.Start; t < max(s.End(), instead.Start+instead.Len); t++ {
				v := s.Covariate(c, t)
				if at := t - instead.Start; at >= 0 && at < instead.Len {
					v = float64(f.Values[instead.Offset+at])
				}
				to.Values = append(to.Values, float32(v))
			}
			to.Cells[i].Len = len(to.Values) - to.Cells[i].Offset
		}
	}
	return future
}

// Forecast implements [tidewatch.Model].
func (m *leavesModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.bottom.Len())
	if err != nil {
		return nil, err
	}
	return m.inner.Forecast(ctx, m.ask(a))
}

// Sample implements [tidewatch.Sampler]: where the sums say that all go up together, the series do so in the paths.
func (m *leavesModel) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.bottom.Len())
	if err != nil {
		return nil, err
	}
	return conform.Sample(ctx, m.inner, m.nodes, m.ask(a), n)
}

// Explain implements [tidewatch.Explainer].
func (m *leavesModel) Explain(ctx context.Context, _ *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	return conform.Account(ctx, m.inner, m.nodes, m.h.Bottom()+i, steps)
}
