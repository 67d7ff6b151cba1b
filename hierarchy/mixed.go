package hierarchy

import (
	"context"

	"github.com/tidewatch/tidewatch"
)

// Mixed forecasts all nodes of a hierarchy by one method, and averages its forecasts of nodes that are the sum of many series with those of
// another, quantile by quantile (Lichtendahl, Grushka-Cockayne & Winkler 2013): sums are few and matter most, their noise cancels out, and
// their trend and seasons show. It is fitted on the panel of all nodes.
type Mixed struct {
	Hierarchy *Hierarchy
	All, Sums tidewatch.Method
	Many      int // series that make a sum; 0 = 30
}

// String is the name of the method of all nodes.
func (m Mixed) String() string { return m.All.String() }

type mixedModel struct {
	panel     *tidewatch.Panel
	all, sums tidewatch.Model // sums is nil where there are none
	row       []int           // [node] its row among the sums, -1 = none
}

// Fit fits each method on its nodes.
func (m Mixed) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if p.Len() != m.Hierarchy.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d nodes", p.Len(), m.Hierarchy.Len())
	}
	if m.Many == 0 {
		m.Many = 30
	}
	fitted := &mixedModel{panel: p, row: make([]int, p.Len())}
	var sums []int
	for v := range fitted.row {
		fitted.row[v] = -1
		if m.Hierarchy.Size(v) >= m.Many {
			fitted.row[v] = len(sums)
			sums = append(sums, v)
		}
	}
	var err error
	if fitted.all, err = m.All.Fit(ctx, p); err != nil {
		return nil, err
	}
	if len(sums) > 0 {
		fitted.sums, err = m.Sums.Fit(ctx, p.Select(sums))
	}
	return fitted, err
}

// Forecast implements [tidewatch.Model].
func (m *mixedModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f, err := m.all.Forecast(ctx, a)
	if err != nil || m.sums == nil {
		return f, err
	}
	ask := a
	ask.Series = nil
	sums, err := m.sums.Forecast(ctx, ask)
	if err != nil {
		return nil, err
	}
	out := *f
	out.Rows = make([]tidewatch.ForecastRow, len(f.Rows))
	for k, row := range f.Rows {
		if r := m.row[a.Row(k)]; r >= 0 && !row.Abstains() && !sums.Rows[r].Abstains() {
			row.Method += "+" + sums.Rows[r].Method
			row.Mean, row.Quantiles = average(row.Mean, sums.Rows[r].Mean), average(row.Quantiles, sums.Rows[r].Quantiles)
		}
		out.Rows[k] = row
	}
	return &out, nil
}

func average(x, y []float64) []float64 {
	z := make([]float64, len(x))
	for i := range z {
		z[i] = (x[i] + y[i]) / 2
	}
	return z
}
