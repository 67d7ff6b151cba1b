package hierarchy

import (
	"context"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// SumUp forecasts the nodes above the bottom by the sums of a method's forecasts of the bottom series: means by adding up, quantiles from
// joint sample paths. It is fitted on the panel of all nodes ([Hierarchy.Panel]).
type SumUp struct {
	Base      tidewatch.Method // of the bottom series
	Hierarchy *Hierarchy
}

// String is the base method's name.
func (m SumUp) String() string { return m.Base.String() }

type sumUpModel struct {
	h     *Hierarchy
	panel *tidewatch.Panel // of all nodes
	below *tidewatch.Panel // the bottom series
	inner tidewatch.Model

	last  sync.Mutex // guards what follows: the last paths made
	of    tidewatch.Ask
	paths *tidewatch.Paths
}

// bottoms are the numbers of the bottom series.
func (h *Hierarchy) bottoms() []int {
	out := make([]int, h.Len()-h.Bottom())
	for i := range out {
		out[i] = h.Bottom() + i
	}
	return out
}

// Fit fits the base method on the bottom series.
func (m SumUp) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if p.Len() != m.Hierarchy.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d nodes", p.Len(), m.Hierarchy.Len())
	}
	below := p.Select(m.Hierarchy.bottoms())
	inner, err := m.Base.Fit(ctx, below)
	return &sumUpModel{h: m.Hierarchy, panel: p, below: below, inner: inner}, err
}

// ask is what the ask is to the model of the bottom series: all of them are summed.
func (m *sumUpModel) ask(a tidewatch.Ask) tidewatch.Ask {
	a.Series = nil
	future := a.Future
	a.Future = nil
	for _, c := range future {
		switch c.Scope {
		case tidewatch.BySeries:
			c.Values = c.Values[m.h.Bottom():]
		case tidewatch.ByCell:
			c.Cells = c.Cells[m.h.Bottom():]
		}
		a.Future = append(a.Future, c)
	}
	return a
}

// Forecast implements [tidewatch.Model].
func (m *sumUpModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f, err := m.inner.Forecast(ctx, m.ask(a))
	if err != nil {
		return nil, err
	}
	if err := together(f); err != nil {
		return nil, err
	}
	paths, err := m.all(ctx, a, Samples(m.panel.Len()*a.Steps))
	if err != nil {
		return nil, err
	}
	means := make([][]float64, a.Steps) // [step][node]
	for h := range means {
		means[h] = make([]float64, m.h.Len())
		for i := range f.Rows {
			if row := &f.Rows[i]; !row.Abstains() {
				means[h][m.h.Bottom()+i] = row.Mean[h]
			}
		}
		m.h.Sum(means[h])
	}
	out := tidewatch.NewForecast(m.panel, a)
	asked := map[string]bool{}
	sample := make([]float64, paths.Samples)
	for k := range out.Rows {
		row, v := &out.Rows[k], a.Row(k)
		if v >= m.h.Bottom() {
			*row = f.Rows[v-m.h.Bottom()]
			asked[row.ID] = true
			continue
		}
		row.Method = string(BottomUp)
		support := conform.SupportOf(m.panel.Series(v).Demand())
		for h := range a.Steps {
			row.Mean[h] = means[h][v]
			for s := range sample {
				sample[s] = paths.Path(v, s)[h]
			}
			q := out.At(k, h)
			Quantiles(sample, a.Levels, q)
			support.Fit(&row.Mean[h], q)
		}
	}
	for _, p := range f.Problems {
		if asked[p.ID] {
			out.Problems = append(out.Problems, p)
		}
	}
	return out, nil
}

// Sample implements [tidewatch.Sampler]: in every path every node is the sum of its bottom series. The paths of all series are the model's
// own and must not be changed.
func (m *sumUpModel) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	paths, err := m.all(ctx, a, n)
	if err != nil || a.Series == nil {
		return paths, err
	}
	return some(paths, a.Series), nil
}

// all is the paths of all nodes. A series without a forecast counts as zero in sums.
func (m *sumUpModel) all(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	m.last.Lock()
	defer m.last.Unlock()
	if m.paths != nil && m.of.Steps == a.Steps && m.of.Seed == a.Seed && a.Future == nil && m.paths.Samples == n {
		return m.paths, nil
	}
	below, err := conform.Sample(ctx, m.inner, m.below, m.ask(a), n)
	if err != nil {
		return nil, err
	}
	cells := n * a.Steps
	out := &tidewatch.Paths{Grid: below.Grid, Steps: below.Steps, Samples: n, Values: make([]float64, m.h.Len()*cells)}
	for v := range m.h.Bottom() {
		out.IDs, out.First = append(out.IDs, m.h.ID(v)), append(out.First, m.panel.Series(v).End())
	}
	out.IDs, out.First = append(out.IDs, below.IDs...), append(out.First, below.First...)
	copy(out.Values[m.h.Bottom()*cells:], below.Values)
	for l, level := range m.h.levels {
		for i, g := range level.Of {
			if g < 0 {
				continue
			}
			from := below.Values[i*cells : (i+1)*cells]
			if from[0] != from[0] {
				continue
			}
			to := out.Values[(m.h.first[l]+int(g))*cells:][:cells]
			for k, v := range from {
				to[k] += v
			}
		}
	}
	if a.Future == nil {
		m.of, m.paths = a, out
	}
	return out, nil
}

// some is a copy of the paths of some series.
func some(p *tidewatch.Paths, series []int) *tidewatch.Paths {
	cells := p.Samples * p.Steps
	out := &tidewatch.Paths{Grid: p.Grid, Steps: p.Steps, Samples: p.Samples, Values: make([]float64, 0, len(series)*cells)}
	for _, i := range series {
		out.IDs, out.First = append(out.IDs, p.IDs[i]), append(out.First, p.First[i])
		out.Values = append(out.Values, p.Values[i*cells:(i+1)*cells]...)
	}
	return out
}

// Explain implements [tidewatch.Explainer]: the parts of a bottom series, and of a sum its forecast as a single part.
func (m *sumUpModel) Explain(ctx context.Context, _ *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	if i >= m.h.Bottom() {
		return conform.Account(ctx, m.inner, m.below, i-m.h.Bottom(), steps)
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	return tidewatch.WholeAccount(m.panel.Series(i), &f.Rows[0])
}
