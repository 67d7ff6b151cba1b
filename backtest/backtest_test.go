package backtest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/naive"
	"github.com/tidewatch/tidewatch/score"
)

func values(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for t := range y {
		y[t] = 50 + 10*math.Sin(2*math.Pi*float64(t)/4) + rng.NormFloat64()
	}
	return y
}

func panel(t *testing.T, series ...tidewatch.Series) *tidewatch.Panel {
	t.Helper()
	g := tidewatch.Grid{Freq: tidewatch.Quarterly, Anchor: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, []int{4}, series)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func three(t *testing.T) *tidewatch.Panel {
	var s []tidewatch.Series
	for i := range 3 {
		s = append(s, tidewatch.Series{ID: fmt.Sprint("s", i), Start: i, Values: values(uint64(i), 40-3*i)})
	}
	return panel(t, s...)
}

func methods() []tidewatch.Method {
	return []tidewatch.Method{fleet.Lifted{Method: naive.Naive{}}, fleet.Lifted{Method: naive.Drift{}}, fleet.Lifted{Method: naive.Mean{}}}
}

// The proof that no future value reaches a forecast: with everything after an origin changed, what was forecast there is the same.
func TestTheFutureDoesNotMoveThePast(t *testing.T) {
	for _, calendar := range []bool{false, true} {
		plan := backtest.Plan{Horizon: 4, Windows: 3, Calendar: calendar}
		p := three(t)
		forecasts := func(p *tidewatch.Panel, window int) (out []*tidewatch.Forecast) {
			err := backtest.Each(t.Context(), p, methods(), plan, func(try backtest.Try) error {
				if try.Window == window {
					out = append(out, try.Forecast)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for w := range plan.Windows {
			known := must(plan.Check()).Cut(p, w)
			var changed []tidewatch.Series
			for i := range p.Len() {
				s := p.Series(i)
				y := append([]float64(nil), s.Values...)
				for k := len(known.Series(i).Values); k < len(y); k++ {
					y[k] = -1e6 * float64(k)
				}
				changed = append(changed, tidewatch.Series{ID: s.ID, Start: s.Start, Values: y})
			}
			before, after := forecasts(p, w), forecasts(panel(t, changed...), w)
			if len(before) != 3 || !reflect.DeepEqual(before, after) {
				t.Errorf("calendar %v: changing what came after window %d changed its forecasts", calendar, w)
			}
		}
	}
}

func must(p backtest.Plan, err error) backtest.Plan {
	if err != nil {
		panic(err)
	}
	return p
}

func TestRunScoresWhatItShould(t *testing.T) {
	p := three(t)
	r, err := backtest.Run(t.Context(), p, methods(), backtest.Plan{Horizon: 2, Windows: 2, Step: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Methods) != 4 || r.Methods[r.Baseline] != "snaive" {
		t.Fatalf("methods %v, baseline %d", r.Methods, r.Baseline)
	}
	// naive, by hand: series i, origins 5 and 2 before its end.
	mase, abs, byStep := 0.0, 0.0, make([]float64, 2)
	for i := range 3 {
		y := p.Series(i).Values
		for _, back := range []int{5, 2} {
			n := len(y) - back
			scale := score.MASEScale(y[:n], 4)
			for h := range 2 {
				e := math.Abs(y[n+h] - y[n-1])
				abs += e / 12
				byStep[h] += e / 6
				mase += e / scale / 12
			}
		}
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	near("MAE", r.Overall[0].MAE, abs)
	near("MASE", r.Overall[0].MASE, mase)
	near("MAE of step 1", r.ByHorizon[0][0].MAE, byStep[0])
	near("MAE of step 2", r.ByHorizon[0][1].MAE, byStep[1])
	near("mean over windows", (r.ByWindow[0][0].MAE+r.ByWindow[0][1].MAE)/2, abs)
	near("mean over series", (r.BySeries[0][0].MAE+r.BySeries[0][1].MAE+r.BySeries[0][2].MAE)/3, abs)
	near("skill of the baseline", r.Skill[r.Baseline].Value, 0)
	// The series are seasonal: a forecast without a season must lose, and surely.
	if s := r.Skill[0]; !(s.High < 0) || !(s.Low <= s.Value && s.Value <= s.High) {
		t.Errorf("skill of naive %+v, want all below 0", s)
	}
}

func TestShortSeriesAbstainAndUnknownValuesDoNotCount(t *testing.T) {
	y := values(9, 30)
	y[29] = math.NaN()
	p := panel(t, tidewatch.Series{ID: "long", Values: y}, tidewatch.Series{ID: "short", Values: []float64{1, 2}}, tidewatch.Series{ID: "empty"})
	r, err := backtest.Run(t.Context(), p, methods(), backtest.Plan{Horizon: 3, Windows: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Overall[0]; got.Series != 1 || got.Cells != 2 || r.Abstained[0] != 2 {
		t.Errorf("%d series, %d cells, %d abstained; want 1, 2, 2", got.Series, got.Cells, r.Abstained[0])
	}
}

func TestErrors(t *testing.T) {
	p := three(t)
	for _, plan := range []backtest.Plan{{}, {Horizon: -1}, {Horizon: 1e9}, {Horizon: 2, Windows: -1}, {Horizon: 2, Levels: []float64{2}}} {
		if _, err := backtest.Run(t.Context(), p, methods(), plan); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("plan %+v: error %v", plan, err)
		}
	}
	if _, err := backtest.Run(t.Context(), p, methods(), backtest.Plan{Horizon: 100}); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Errorf("a horizon longer than the data: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	plan := backtest.Plan{Horizon: 2, Windows: 3, Progress: func(done, total int) {
		calls++
		if done != calls || total != 12 {
			t.Errorf("progress %d of %d at call %d", done, total, calls)
		}
		if done == 2 {
			cancel()
		}
	}}
	if _, err := backtest.Run(ctx, p, methods(), plan); !errors.Is(err, context.Canceled) || calls != 2 {
		t.Errorf("cancelled after 2: error %v after %d", err, calls)
	}
}
