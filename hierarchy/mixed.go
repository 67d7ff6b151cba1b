package hierarchy

import (
	"context"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Replayer is a model that draws paths from what it got wrong from past origins, given as periods before the first step: path k of every
// series holds the errors of origin k, so that what goes wrong together does so in the paths.
type Replayer interface {
	tidewatch.Model
	Replay(ctx context.Context, a tidewatch.Ask, back []int) (*tidewatch.Paths, error)
}

// Mixed forecasts nodes that are the sum of many series by one method, and all others by another: sums are few and matter most, their noise
// cancels out, and their seasons, trend and what is known ahead show. Sums that the first abstains from are the other's. It is
// fitted on the panel of all nodes.
type Mixed struct {
	Hierarchy *Hierarchy
	All, Sums tidewatch.Method
	Many      int // series that make a sum; 0 = as few as leave at most 400 sums, from 1 on
}

// String is the name of the method of the others.
func (m Mixed) String() string { return m.All.String() }

type mixedModel struct {
	panel     *tidewatch.Panel
	all, sums tidewatch.Model // either may be nil: no nodes
	many      []int           // nodes that sums was fitted on
	others    []int           // nodes that all was fitted on
	row       []int           // [node] its row among the sums if it is not negative, else among the others: -1-row
}

// Fit fits each method on its nodes.
func (m Mixed) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if p.Len() != m.Hierarchy.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d nodes", p.Len(), m.Hierarchy.Len())
	}
	if m.Many == 0 {
		m.Many = m.Hierarchy.many()
	}
	fitted := &mixedModel{panel: p, row: make([]int, p.Len())}
	var sums []int
	for v := range fitted.row {
		if m.Hierarchy.Size(v) >= m.Many {
			sums = append(sums, v)
		}
	}
	fitted.many = sums
	isSum := map[int]bool{}
	if len(sums) > 0 {
		var err error
		if fitted.sums, err = m.Sums.Fit(ctx, p.Select(sums)); err != nil {
			return nil, err
		}
		f, err := fitted.sums.Forecast(ctx, tidewatch.Ask{Steps: 1, Levels: []float64{.5}})
		if err != nil {
			return nil, err
		}
		for k, v := range sums {
			if isSum[v] = !f.Rows[k].Abstains(); isSum[v] {
				fitted.row[v] = k
			}
		}
	}
	for v := range fitted.row {
		if !isSum[v] {
			fitted.row[v] = -1 - len(fitted.others)
			fitted.others = append(fitted.others, v)
		}
	}
	var err error
	if len(fitted.others) > 0 {
		fitted.all, err = m.All.Fit(ctx, p.Select(fitted.others))
	}
	return fitted, err
}

// mostSums is how many nodes are taken for sums at most.
const mostSums = 400

// many is the least number of series that no more than mostSums nodes sum.
func (h *Hierarchy) many() int {
	sizes := slices.Clone(h.size)
	slices.Sort(sizes)
	if len(sizes) <= mostSums {
		return 1
	}
	return sizes[len(sizes)-mostSums-1] + 1
}

// ask is what the ask is to the sums' model, or the others'.
func (m *mixedModel) ask(a tidewatch.Ask, sums bool) (part tidewatch.Ask, rows []int) {
	part = a
	part.Series = nil
	for k := range a.Rows(m.panel.Len()) {
		switch row := m.row[a.Row(k)]; {
		case sums && row >= 0:
			part.Series, rows = append(part.Series, row), append(rows, k)
		case !sums && row < 0:
			part.Series, rows = append(part.Series, -1-row), append(rows, k)
		}
	}
	nodes := m.others
	if sums {
		nodes = m.many
	}
	part.Future = nil
	for _, c := range a.Future { // rows are those of the panel of all nodes
		switch c.Scope {
		case tidewatch.BySeries:
			c.Values = pick(nodes, c.Values)
		case tidewatch.ByCell:
			c.Cells = pick(nodes, c.Cells)
		}
		part.Future = append(part.Future, c)
	}
	return part, rows
}

// pick is what the given nodes have of what all have.
func pick[T any](nodes []int, of []T) []T {
	out := make([]T, len(nodes))
	for k, v := range nodes {
		out[k] = of[v]
	}
	return out
}

// Forecast implements [tidewatch.Model].
func (m *mixedModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	out := &tidewatch.Forecast{Grid: m.panel.Grid(), Steps: a.Steps, Levels: a.Levels, Rows: make([]tidewatch.ForecastRow, a.Rows(m.panel.Len()))}
	for _, sums := range []bool{true, false} {
		part, rows := m.ask(a, sums)
		if len(rows) == 0 {
			continue
		}
		model := m.all
		if sums {
			model = m.sums
		}
		f, err := model.Forecast(ctx, part)
		if err != nil {
			return nil, err
		}
		for k, row := range rows {
			out.Rows[row] = f.Rows[k]
		}
		out.Problems = append(out.Problems, f.Problems...)
	}
	return out, nil
}

// paths are joint sample paths of the forecast of all nodes: those of sums replay past errors, if their model can; those of the others have
// their order from errors of the same past origins.
func (m *mixedModel) paths(ctx context.Context, f *tidewatch.Forecast, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	back := conform.Backs(m.panel, a.Steps, a.Seed, n)
	paths := tidewatch.NewPaths(f, n)
	part, rows := m.ask(a, true)
	replayed := make([]bool, len(f.Rows))
	if r, ok := m.sums.(Replayer); ok && len(rows) > 0 {
		own, err := r.Replay(ctx, part, back)
		if err != nil {
			return nil, err
		}
		cells := n * a.Steps
		for k, row := range rows {
			copy(paths.Values[row*cells:(row+1)*cells], own.Values[k*cells:(k+1)*cells])
			replayed[row] = true
		}
	}
	err := conform.ReorderSome(ctx, m.panel, f, a, back, paths, func(row int) bool { return !replayed[row] })
	return paths, err
}
