package conform

import (
	"context"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
)

// Calibrated is a method with the quantiles of another, recalibrated on rolling origins inside what it is fitted on. A zero field is
// its default.
type Calibrated struct {
	Method  tidewatch.Method
	Horizon int    // steps to calibrate for; 0 = one season, at least 8. Steps beyond are treated like the last one.
	Windows int    // origins; 0 = 4
	Seed    uint64 // of what is random in the forecasts at past origins
}

// String is the inner method's name: calibration does not make it another method.
func (c Calibrated) String() string { return c.Method.String() }

type calibratedModel struct {
	panel       *tidewatch.Panel
	inner       tidewatch.Model
	calibration *Calibration
}

// Fit fits the inner method at the past origins and on all of p.
func (c Calibrated) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	plan := Origins(p, c.Horizon, c.Windows)
	plan.Seed = c.Seed
	var origins []Origin
	err := backtest.Each(ctx, p, []tidewatch.Method{c.Method}, plan, func(t backtest.Try) error {
		o := Origin{Known: t.Known, Forecast: t.Forecast, Actual: make([][]float64, p.Len())}
		for i := range o.Actual {
			o.Actual[i] = backtest.Actuals(p, t.Known, i, plan.Horizon)
		}
		origins = append(origins, o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	inner, err := c.Method.Fit(ctx, p)
	if err != nil {
		return nil, err
	}
	return &calibratedModel{p, inner, Learn(origins, c.Seed)}, nil
}

// Advance implements [backtest.Advancer] where the inner method does: the calibration stays. Another method is fitted again.
func (c Calibrated) Advance(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel) (tidewatch.Model, error) {
	before, ok := m.(*calibratedModel)
	a, can := c.Method.(backtest.Advancer)
	if !ok || !can {
		return c.Fit(ctx, p)
	}
	inner, err := a.Advance(ctx, before.inner, p)
	if err != nil {
		return nil, err
	}
	return &calibratedModel{p, inner, before.calibration}, nil
}

// Forecast implements [tidewatch.Model].
func (m *calibratedModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	fine := a
	fine.Levels = grid
	f, err := m.inner.Forecast(ctx, fine)
	if err != nil {
		return nil, err
	}
	return m.calibration.Apply(m.panel, f, a), nil
}
