package conform

import (
	"context"

	"github.com/tidewatch/tidewatch"
)

// Explain implements [tidewatch.Explainer]: the parts of the inner model, and what calibration moves as a part of its own.
func (m *calibratedModel) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	a, err := Account(ctx, m.inner, p, i, steps)
	if err != nil {
		return nil, err
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	Settle(a, f)
	return a, nil
}

// Account is the account of series i by any model: of one that cannot explain itself, its forecast as a single part.
func Account(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	if e, ok := m.(tidewatch.Explainer); ok {
		return e.Explain(ctx, p, i, steps)
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	return tidewatch.WholeAccount(p.Series(i), &f.Rows[0])
}

// Settle adds to a, as its other part, what the only forecast of f differs from it by.
func Settle(a *tidewatch.Account, f *tidewatch.Forecast) {
	total := a.Total()
	other := a.Part(tidewatch.OtherPart, "calibration", len(total))
	for h, v := range f.Rows[0].Mean {
		other[a.Known+h] += v - total[a.Known+h]
	}
	a.Method = f.Rows[0].Method
	a.Trim()
}
