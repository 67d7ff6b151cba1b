package backtest_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
)

// honest knows the distribution of standard normal noise around 10, and draws from it.
type honest struct{ wide float64 }

func (h honest) String() string { return fmt.Sprint("honest ", h.wide) }

func (h honest) Fit(_ context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	return honestModel{h, p}, nil
}

type honestModel struct {
	honest
	p *tidewatch.Panel
}

func (m honestModel) Forecast(_ context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.p.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.p, a)
	for k := range f.Rows {
		for h := range f.Steps {
			f.Rows[k].Mean[h] = 10
			for l, p := range f.Levels {
				f.At(k, h)[l] = 10 + m.wide*math.Sqrt2*math.Erfinv(2*p-1)
			}
		}
	}
	return f, nil
}

func TestMeasuresOfAnHonestMethod(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	series := make([]tidewatch.Series, 40)
	for i := range series {
		y := make([]float64, 120)
		for k := range y {
			y[k] = 10 + rng.NormFloat64()
		}
		series[i] = tidewatch.Series{ID: fmt.Sprint("s", i), Values: y}
	}
	plan := backtest.Plan{Horizon: 6, Windows: 5, Tiers: []backtest.Tier{{Name: "all", From: 0, To: len(series)}},
		Paths: func(ctx context.Context, m tidewatch.Model, known *tidewatch.Panel, a tidewatch.Ask) (*tidewatch.Paths, error) {
			f, err := m.Forecast(ctx, a)
			if err != nil {
				return nil, err
			}
			wide := 1.0 // of the seasonal naive forecast too
			if h, ok := m.(honestModel); ok {
				wide = h.wide
			}
			paths := tidewatch.NewPaths(f, 100)
			draw := rand.New(rand.NewPCG(5, uint64(known.End())))
			for k := range paths.Values {
				paths.Values[k] = 10 + wide*draw.NormFloat64()
			}
			return paths, nil
		}}
	b, err := backtest.Run(t.Context(), panel(t, series...), []tidewatch.Method{honest{1}, honest{3}}, plan)
	if err != nil {
		t.Fatal(err)
	}
	good, wide := b.Measures[0], b.Measures[1]
	if good.Uneven.Value > .06 || wide.Uneven.Value < .2 {
		t.Errorf("PIT off by %.3f, of a distribution that is too wide %.3f", good.Uneven.Value, wide.Uneven.Value)
	}
	// The CRPS of the standard normal is 1/sqrt(pi), the MASE scale of its noise 2/sqrt(pi).
	if c := good.CRPS; math.Abs(c.Value-.5) > .03 || !(c.Low < .5 && .5 < c.High) {
		t.Errorf("CRPS %+v, it should be near .5", c)
	}
	for name, e := range map[string][2]backtest.Estimate{"energy": {good.Energy, wide.Energy}, "interval 80": {good.Interval80, wide.Interval80},
		"interval 95": {good.Interval95, wide.Interval95}} {
		if !(e[0].Low <= e[0].Value && e[0].Value <= e[0].High && e[0].High < e[1].Low) {
			t.Errorf("%s: %+v, of a distribution that is too wide %+v", name, e[0], e[1])
		}
	}
	// The squared error of the mean is 1, that of noise after noise 2.
	if w := good.WRMSSE; math.Abs(w.Value-math.Sqrt(.5)) > .05 || w.Value != good.Tiers[0] || !(w.Low < w.Value && w.Value < w.High) {
		t.Errorf("WRMSSE %+v, by tier %v: it should be near .707", w, good.Tiers)
	}
	if m := b.Measures[b.Baseline]; m.WRMSSE.Value < 1.2*good.WRMSSE.Value {
		t.Errorf("WRMSSE of the naive forecast %.3f", m.WRMSSE.Value)
	}
}
