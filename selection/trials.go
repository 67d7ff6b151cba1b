package selection

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
)

// trials is what the candidates did at the rolling origins.
type trials struct {
	windows   []window
	candidate int
	loss      []float64 // [window][series][candidate] mean over the steps with a known value; NaN where there is none
}

type window struct {
	known   *tidewatch.Panel
	answers []answer    // [candidate]
	actual  [][]float64 // [series][step]
}

// try runs the candidates at every origin of the plan.
func try(ctx context.Context, p *tidewatch.Panel, methods []tidewatch.Method, plan backtest.Plan, loss Loss) (*trials, error) {
	n := p.Len()
	t := &trials{windows: make([]window, plan.Windows), candidate: len(methods), loss: make([]float64, plan.Windows*n*len(methods))}
	err := backtest.Each(ctx, p, methods, plan, func(try backtest.Try) error {
		w := &t.windows[try.Window]
		if w.known == nil {
			w.known = try.Known
			w.answers = make([]answer, len(methods))
			w.actual = make([][]float64, n)
			for i := range w.actual {
				w.actual[i] = backtest.Actuals(p, try.Known, i, plan.Horizon)
			}
		}
		a, err := newAnswer(ctx, try.Forecast, nil)
		if err != nil {
			return err
		}
		w.answers[try.Method] = a
		return fleet.Each(ctx, n, 0, func(i int) {
			t.losses(try.Window, i)[try.Method] = meanLoss(loss, a, i, w.actual[i])
		})
	})
	return t, err
}

// losses of the candidates for series i at window w.
func (t *trials) losses(w, i int) []float64 {
	at := (w*len(t.windows[0].actual) + i) * t.candidate
	return t.loss[at : at+t.candidate]
}

func meanLoss(loss Loss, a answer, i int, actual []float64) float64 {
	if !a.usable(i) {
		return math.NaN()
	}
	f := a.forecast
	sum, n := 0.0, 0
	for h, y := range actual {
		if !math.IsNaN(y) {
			sum += loss.of(y, f.Rows[i].Mean[h], f.At(i, h))
			n++
		}
	}
	return sum / float64(n)
}

// usable is which candidates could forecast series i at the last origin; all of them if none could, because it was too short then.
func (t *trials) usable(i int) []bool {
	can := make([]bool, t.candidate)
	any := false
	for m, a := range t.windows[len(t.windows)-1].answers {
		can[m] = a.usable(i)
		any = any || can[m]
	}
	for m := range can {
		can[m] = can[m] || !any
	}
	return can
}

// blended are the combinations' forecasts at the origins, each weighed without the origin it forecasts from.
func (t *trials) blended(ctx context.Context, losses *relative, counts bool, floor int) ([]conform.Origin, error) {
	var origins []conform.Origin
	for w, win := range t.windows {
		steps := win.answers[floor].forecast.Steps
		f := tidewatch.NewForecast(win.known, tidewatch.Ask{Steps: steps, Levels: conform.Grid()})
		err := fleet.Each(ctx, len(f.Rows), 0, func(i int) {
			can := make([]bool, t.candidate)
			for m, a := range win.answers {
				can[m] = a.usable(i)
			}
			row := &f.Rows[i]
			weight := able(losses.weights(i, w, can, floor), win.answers, i, floor)
			if weight == nil {
				row.Mean, row.Quantiles = nil, nil
				return
			}
			blend(win.answers, i, weight, counts, steps, row.Mean, row.Quantiles)
		})
		if err != nil {
			return nil, err
		}
		origins = append(origins, conform.Origin{Known: win.known, Forecast: f, Actual: win.actual})
	}
	return origins, nil
}
