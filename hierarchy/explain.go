package hierarchy

import (
	"cmp"
	"context"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// reconciled is the name of the part that making forecasts add up moves.
const reconciled = "reconciliation"

// Explain implements [tidewatch.Explainer]: the parts of the base forecast, and what adding up moves as a part of its own.
func (m *coherentModel) Explain(ctx context.Context, _ *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	a, err := conform.Account(ctx, m.inner, m.panel, i, steps)
	if err != nil {
		return nil, err
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}, Seed: m.Seed})
	if err != nil {
		return nil, err
	}
	total := a.Total()
	moved := a.Part(tidewatch.OtherPart, reconciled, len(total))
	for h, v := range f.Rows[0].Mean {
		moved[a.Known+h] += v - total[a.Known+h]
	}
	a.Trim()
	return a, nil
}

// Explain implements [tidewatch.Explainer]: the mean of the parts of both methods where both forecast the node.
func (m *mixedModel) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	a, err := conform.Account(ctx, m.all, p, i, steps)
	if err != nil || m.sums == nil || m.row[i] < 0 {
		return a, err
	}
	var sums []int
	for v, r := range m.row {
		if r >= 0 {
			sums = append(sums, v)
		}
	}
	b, err := conform.Account(ctx, m.sums, p.Select(sums), m.row[i], steps)
	if err != nil { // it abstains
		return a, ctx.Err()
	}
	out := tidewatch.Mix([]*tidewatch.Account{a, b}, []float64{.5, .5})
	out.ID, out.Method, out.First, out.Known = a.ID, a.Method+"+"+b.Method, a.First, a.Known
	out.Form = "50 % " + cmp.Or(a.Form, a.Method) + " + 50 % " + cmp.Or(b.Form, b.Method)
	out.Trim()
	return out, nil
}
