package hierarchy

import (
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

// Explain implements [tidewatch.Explainer]: the parts of the method that forecasts the node.
func (m *mixedModel) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	if r := m.row[i]; r >= 0 {
		return conform.Account(ctx, m.sums, p.Select(m.many), r, steps)
	}
	return conform.Account(ctx, m.all, p.Select(m.others), -1-m.row[i], steps)
}
