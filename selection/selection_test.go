package selection_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/score"
	"github.com/tidewatch/tidewatch/selection"
)

func panel(t require, seasons []int, series ...[]float64) *tidewatch.Panel {
	t.Helper()
	var s []tidewatch.Series
	for i, y := range series {
		s = append(s, tidewatch.Series{ID: fmt.Sprint("s", i), Values: y})
	}
	g := tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, seasons, s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type require interface {
	Helper()
	Fatal(...any)
}

func fit(t require, a selection.Auto, p *tidewatch.Panel, steps int) (*selection.Model, *tidewatch.Forecast) {
	t.Helper()
	m, err := a.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Forecast(context.Background(), tidewatch.Ask{Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return m.(*selection.Model), f
}

// mixed has trending, seasonal and noisy series, and counts.
func mixed(n, length int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		rng := rand.New(rand.NewPCG(5, uint64(i)))
		y := make([]float64, length)
		level := 100.0
		for t := range y {
			switch i % 4 {
			case 0:
				level += 2 + rng.NormFloat64()
				y[t] = level
			case 1:
				y[t] = 100 + 20*math.Sin(2*math.Pi*float64(t)/12) + 2*rng.NormFloat64()
			case 2:
				y[t] = 50 + 5*rng.NormFloat64()
			case 3:
				y[t] = float64(rng.IntN(3) * rng.IntN(2))
			}
		}
		out[i] = y
	}
	return out
}

func TestAutoBeatsTheSeasonalNaiveForecastAndIsHonest(t *testing.T) {
	whole := panel(t, []int{12}, mixed(200, 84)...)
	known := whole.Before(12)
	_, f := fit(t, selection.Auto{Horizon: 12}, known, 12)
	base, err := backtest.Baseline().Fit(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	b, err := base.Forecast(t.Context(), tidewatch.Ask{Steps: 12})
	if err != nil {
		t.Fatal(err)
	}
	judge := func(f *tidewatch.Forecast) score.Summary {
		tally := score.NewTally(f.Levels)
		for i := range f.Rows {
			y := known.Series(i).Values
			tally.Series(score.MASEScale(y, 12), score.RMSSEScale(y))
			for h, v := range backtest.Actuals(whole, known, i, 12) {
				tally.Cell(v, f.Rows[i].Mean[h], f.At(i, h))
			}
		}
		return tally.Summary()
	}
	auto, naive := judge(f), judge(b)
	if auto.SQL > .9*naive.SQL || auto.WQL > .9*naive.WQL {
		t.Errorf("SQL %.3f WQL %.4f, the seasonal naive forecast has %.3f and %.4f", auto.SQL, auto.WQL, naive.SQL, naive.WQL)
	}
	if auto.Calib > .06 {
		t.Errorf("calibration miss %.3f", auto.Calib)
	}
	for i := range f.Rows {
		if i%4 != 3 {
			continue
		}
		for _, v := range f.Rows[i].Quantiles {
			if v < 0 || v != math.Trunc(v) {
				t.Fatalf("series %d: quantile %g of counts", i, v)
			}
		}
	}
}

func TestChoicesFitTheSeries(t *testing.T) {
	m, f := fit(t, selection.Auto{Horizon: 12}, panel(t, []int{12}, mixed(40, 84)...), 12)
	choices := m.Choices()
	if len(choices) != 40 {
		t.Fatalf("%d choices", len(choices))
	}
	for i, c := range choices {
		sum := 0.0
		for k, s := range c.Members {
			sum += s.Weight
			if k > 0 && s.Weight > c.Members[k-1].Weight {
				t.Errorf("%s: members out of order: %v", c.ID, c.Members)
			}
		}
		if math.Abs(sum-1) > 1e-9 || c.ID != f.Rows[i].ID || !strings.HasPrefix(f.Rows[i].Method, "auto(") {
			t.Errorf("%s %q: weights %v", c.ID, f.Rows[i].Method, c.Members)
		}
		if c.Expected > c.Baseline {
			t.Errorf("%s: expects to lose %.3f, the seasonal naive forecast %.3f", c.ID, c.Expected, c.Baseline)
		}
		if i%4 == 0 && c.Members[0].Method == "snaive" {
			t.Errorf("%s rises steadily, but %v was chosen", c.ID, c.Members)
		}
	}
}

func TestSameBytesAtAnyNumberOfWorkers(t *testing.T) {
	p := panel(t, []int{12}, mixed(20, 60)...)
	_, want := fit(t, selection.Auto{Horizon: 6}, p, 6)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, got := fit(t, selection.Auto{Horizon: 6}, p, 6)
	if !reflect.DeepEqual(got, want) {
		t.Error("one worker gave another forecast than several")
	}
}

// Whatever the series, there is a forecast or a clear reason, and never a panic.
func TestOddSeries(t *testing.T) {
	nan := math.NaN()
	many := func(v float64, n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = v
		}
		return y
	}
	odd := [][]float64{{}, {5}, {1, 2}, many(0, 40), many(nan, 40), many(7, 40), append(many(nan, 30), 1, 2, 3), {1, nan, nan, nan, nan, nan, nan, nan, 3},
		{1e300, -1e300, 1e300, -1e300, 1e300, 2, 3, 4, 5, 6, 7, 8}, many(1e-300, 30), {-5, -6, -7, -8, -9, -3, -4, -5, -6, -7, -5, -4}}
	check := func(p *tidewatch.Panel) {
		_, f := fit(t, selection.Auto{Horizon: 6}, p, 6)
		abstained := map[string]bool{}
		for _, pr := range f.Problems {
			abstained[pr.ID] = pr.Method == "" && pr.Reason != ""
		}
		for i := range f.Rows {
			known := 0
			for _, v := range p.Series(i).Values {
				if v == v {
					known++
				}
			}
			if f.Rows[i].Abstains() && (known > 0 || !abstained[f.Rows[i].ID]) {
				t.Errorf("%s with %d known values has no forecast; problems %v", f.Rows[i].ID, known, f.Problems)
			}
		}
	}
	for i := range odd {
		check(panel(t, []int{12}, odd[i]))
	}
	check(panel(t, []int{12}, odd...))
	check(panel(t, nil, append(mixed(8, 50), odd...)...))
}

func TestNothingCrossesForAnySeries(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		y := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 60).Draw(r, "y")
		fit(r, selection.Auto{Horizon: 5}, panel(r, []int{4}, y, mixed(1, 40)[0]), 9)
	})
}

func TestErrors(t *testing.T) {
	p := panel(t, nil, mixed(4, 40)...)
	for _, a := range []selection.Auto{{Preset: "huge"}, {Loss: selection.Loss{Kind: "mape"}}, {Loss: selection.Loss{Kind: selection.Cost}}, {Horizon: -1}, {Windows: -1}} {
		if _, err := a.Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%+v: error %v", a, err)
		}
	}
	for _, kind := range []selection.LossKind{selection.MASE, selection.RMSSE, selection.Cost} {
		fit(t, selection.Auto{Horizon: 4, Loss: selection.Loss{Kind: kind, Under: 9, Over: 1}}, p, 4)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (selection.Auto{}).Fit(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Many series are chosen for in pieces, which bounds the memory; the answer is still one forecast, in the order of the panel.
func TestManySeries(t *testing.T) {
	var methods []tidewatch.Method
	for _, name := range []string{"naive", "mean"} {
		local, err := model.Local(name)
		if err != nil {
			t.Fatal(err)
		}
		methods = append(methods, fleet.Lifted{Method: local})
	}
	p := panel(t, nil, mixed(9000, 24)...)
	calls, last := 0, 0
	m, f := fit(t, selection.Auto{Horizon: 2, Windows: 2, Methods: methods, Progress: func(done, total int) { calls, last = done, total }}, p, 2)
	if calls != last || calls == 0 {
		t.Errorf("progress ended at %d of %d", calls, last)
	}
	for i, c := range m.Choices() {
		if c.ID != p.ID(i) || f.Rows[i].ID != p.ID(i) || f.Rows[i].Abstains() {
			t.Fatalf("row %d: series %q, choice of %q, forecast of %q", i, p.ID(i), c.ID, f.Rows[i].ID)
		}
	}
	part, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 2, Series: []int{8999, 3, 4001}})
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range []int{8999, 3, 4001} {
		if !reflect.DeepEqual(part.Rows[k], f.Rows[i]) {
			t.Errorf("series %d asked for alone: another forecast", i)
		}
	}
}

// TestExplain: the parts of every series add up to its forecast, whoever made it.
func TestExplain(t *testing.T) {
	p := panel(t, []int{12}, append(mixed(12, 60), []float64{3}, []float64{0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 1})...)
	const steps = 6
	m, f := fit(t, selection.Auto{Horizon: steps}, p, steps)
	for k := range f.Rows {
		a, err := m.Explain(context.Background(), p, k, steps)
		if err != nil {
			t.Errorf("%s: %v", f.Rows[k].ID, err)
			continue
		}
		total := a.Total()
		for h, v := range f.Rows[k].Mean {
			if got := total[a.Known+h]; math.Abs(got-v) > 1e-9*(1+math.Abs(v)) {
				t.Errorf("%s, %s: the parts of step %d add up to %g, the forecast is %g", a.ID, a.Form, h, got, v)
			}
		}
	}
}
