package backtest

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
)

// Plan says which origins a backtest forecasts from. The zero value of a field is its default.
type Plan struct {
	Horizon int       // steps to forecast at each origin; it must be given
	Windows int       // origins; 0 = 3
	Step    int       // periods between origins; 0 = Horizon
	Levels  []float64 // quantile levels; nil = tidewatch.DefaultLevels
	Seed    uint64    // of everything random
	// Calendar cuts all series at the same times, counted back from the panel's end. Otherwise each is cut the same number of periods
	// before its own end, so that series that ended early are judged too; a method that learns across series may then see others'
	// values later than the one it forecasts.
	Calendar bool
	// Paths, if not nil, draws sample paths of a model that was fitted on what is known, for the energy score of [Measures].
	Paths func(ctx context.Context, m tidewatch.Model, known *tidewatch.Panel, a tidewatch.Ask) (*tidewatch.Paths, error)
	Tiers []Tier // levels of the hierarchy that the series are, for its WRMSSE; nil = they are none
	// Progress, if not nil, is told after every fitted method how many of how many are done. It is never called concurrently.
	Progress func(done, total int)
}

// Check reports a plan that cannot be carried out, and fills in the defaults.
func (pl Plan) Check() (Plan, error) {
	if pl.Windows == 0 {
		pl.Windows = 3
	}
	if pl.Step == 0 {
		pl.Step = pl.Horizon
	}
	if pl.Horizon < 1 || pl.Horizon > tidewatch.MaxSteps {
		return pl, tidewatch.Errorf(tidewatch.CodeUsage, "horizon %d: it must be from 1 to %d periods", pl.Horizon, tidewatch.MaxSteps)
	}
	if pl.Windows < 1 || pl.Step < 1 {
		return pl, tidewatch.Errorf(tidewatch.CodeUsage, "%d windows with step %d: both must be at least 1", pl.Windows, pl.Step)
	}
	if pl.Levels == nil {
		pl.Levels = tidewatch.DefaultLevels()
	}
	return pl, tidewatch.CheckLevels(pl.Levels)
}

// Back is how many periods before the end window w's origin lies; window 0 is the earliest, the last one ends with the data.
func (pl Plan) Back(w int) int { return pl.Horizon + (pl.Windows-1-w)*pl.Step }

// Cut is p as it was known at window w's origin.
func (pl Plan) Cut(p *tidewatch.Panel, w int) *tidewatch.Panel {
	if pl.Calendar {
		return p.Until(p.End() - pl.Back(w))
	}
	return p.Before(pl.Back(w))
}

// Try is one method at one origin.
type Try struct {
	Method, Window int
	Known          *tidewatch.Panel // what the method was given; its rows are those of the whole panel
	Model          tidewatch.Model
	Forecast       *tidewatch.Forecast // its answer; rows that have too little history abstain
}

// Advancer is a method too dear to be fitted at every origin, such as a network: it is fitted at the earliest, and its model is brought
// to the later ones.
type Advancer interface {
	tidewatch.Method
	// Advance is m, which this method fitted on an earlier part of p, at the end of p: a model that sees the later values, but may not
	// have learned from them. m stays as it was.
	Advance(ctx context.Context, m tidewatch.Model, p *tidewatch.Panel) (tidewatch.Model, error)
}

// fit fits the method, or brings what it fitted before to a later origin.
func fit(ctx context.Context, method tidewatch.Method, before tidewatch.Model, p *tidewatch.Panel) (tidewatch.Model, error) {
	if a, ok := method.(Advancer); ok && before != nil {
		return a.Advance(ctx, before, p)
	}
	return method.Fit(ctx, p)
}

// Each fits every method at every window, window by window, and hands each forecast to use. It stops at the first error. An [Advancer]
// is fitted at the first window only.
func Each(ctx context.Context, p *tidewatch.Panel, methods []tidewatch.Method, plan Plan, use func(Try) error) error {
	plan, err := plan.Check()
	if err != nil {
		return err
	}
	total := plan.Windows * len(methods)
	models := make([]tidewatch.Model, len(methods))
	for w := range plan.Windows {
		known := plan.Cut(p, w)
		for m, method := range methods {
			if models[m], err = fit(ctx, method, models[m], known); err != nil {
				return err
			}
			f, err := models[m].Forecast(ctx, tidewatch.Ask{Steps: plan.Horizon, Levels: plan.Levels, Seed: plan.Seed})
			if err != nil {
				return err
			}
			if err := use(Try{Method: m, Window: w, Known: known, Model: models[m], Forecast: f}); err != nil {
				return err
			}
			if plan.Progress != nil {
				plan.Progress(w*len(methods)+m+1, total)
			}
		}
	}
	return nil
}

// Actuals is what came after known in series i of p, step by step: the demand, NaN where it is unknown or after the data's end.
func Actuals(p, known *tidewatch.Panel, i, steps int) []float64 {
	y := make([]float64, steps)
	demand := p.Series(i).Demand()
	from := len(known.Series(i).Values)
	for h := range y {
		y[h] = math.NaN()
		if from+h < len(demand) {
			y[h] = demand[from+h]
		}
	}
	return y
}
