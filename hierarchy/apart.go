package hierarchy

import (
	"context"

	"github.com/tidewatch/tidewatch"
)

// Apart forecasts the nodes of a hierarchy by two methods: those that are the sum of many series, whose noise cancels out and whose trend
// and seasons show, by one, and all others by another. It is fitted on the panel of all nodes.
type Apart struct {
	Hierarchy   *Hierarchy
	Sums, Other tidewatch.Method
	Many        int // series that make a sum; 0 = 30
}

// String is the name of the method of the others: most nodes are theirs.
func (a Apart) String() string { return a.Other.String() }

type apartModel struct {
	panel *tidewatch.Panel
	parts [2]tidewatch.Model // sums, others; nil where there are none
	rows  [2][]int           // their nodes
}

// Fit fits each method on its nodes.
func (a Apart) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if p.Len() != a.Hierarchy.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d nodes", p.Len(), a.Hierarchy.Len())
	}
	if a.Many == 0 {
		a.Many = 30
	}
	m := &apartModel{panel: p}
	for v := range p.Len() {
		k := 1
		if a.Hierarchy.Size(v) >= a.Many {
			k = 0
		}
		m.rows[k] = append(m.rows[k], v)
	}
	for k, method := range []tidewatch.Method{a.Sums, a.Other} {
		if len(m.rows[k]) == 0 {
			continue
		}
		var err error
		if m.parts[k], err = method.Fit(ctx, p.Select(m.rows[k])); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Forecast implements [tidewatch.Model].
func (m *apartModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	all := tidewatch.NewForecast(m.panel, tidewatch.Ask{Steps: a.Steps, Levels: a.Levels})
	problems := map[string]tidewatch.Problem{}
	for k, part := range m.parts {
		if part == nil {
			continue
		}
		ask := a
		ask.Series = nil
		f, err := part.Forecast(ctx, ask)
		if err != nil {
			return nil, err
		}
		for r, v := range m.rows[k] {
			all.Rows[v] = f.Rows[r]
		}
		for _, p := range f.Problems {
			problems[p.ID] = p
		}
	}
	out := *all
	out.Rows = make([]tidewatch.ForecastRow, a.Rows(m.panel.Len()))
	for k := range out.Rows {
		out.Rows[k] = all.Rows[a.Row(k)]
		if p, ok := problems[out.Rows[k].ID]; ok {
			out.Problems = append(out.Problems, p)
		}
	}
	return &out, nil
}
