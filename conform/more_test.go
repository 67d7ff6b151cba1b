package conform_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/model"
)

// tooNarrow is a method whose quantiles lie too near its median.
type tooNarrow struct{ tidewatch.Method }

type narrowModel struct{ tidewatch.Model }

func (m tooNarrow) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	inner, err := m.Method.Fit(ctx, p)
	return narrowModel{inner}, err
}

func (m narrowModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	f, err := m.Model.Forecast(ctx, a)
	if err != nil {
		return nil, err
	}
	for k := range f.Rows {
		for h := range f.Rows[k].Mean {
			q := f.At(k, h)
			middle := q[len(q)/2]
			for l := range q {
				q[l] = middle + (q[l]-middle)/3
			}
		}
	}
	return f, nil
}

func noisy(t *testing.T, series, n int, counts bool) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(4, uint64(n)))
	var all []tidewatch.Series
	for i := range series {
		s := tidewatch.Series{ID: fmt.Sprint("s", i), Values: make([]float64, n-i%4*n/6)} // some are short
		for k := range s.Values {
			s.Values[k] = 100*float64(1+i) + 10*float64(1+i)*rng.NormFloat64()
			if counts {
				s.Values[k] = math.Floor(4 * rng.ExpFloat64())
			}
		}
		s.Start = n - len(s.Values)
		all = append(all, s)
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, all)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// covered is how much of what came lay inside the central 80 %, at origins the method has not seen.
func covered(t *testing.T, m tidewatch.Method, p *tidewatch.Panel) float64 {
	t.Helper()
	r, err := backtest.Run(t.Context(), p, []tidewatch.Method{m}, backtest.Plan{Horizon: 8, Windows: 4})
	if err != nil {
		t.Fatal(err)
	}
	return r.Overall[0].Cov80
}

func TestCQRWidensWhatIsTooNarrow(t *testing.T) {
	inner, err := model.Panel("mean", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := noisy(t, 24, 120, false)
	before, after := covered(t, tooNarrow{inner}, p), covered(t, conform.CQR{Method: tooNarrow{inner}, Horizon: 8}, p)
	weighted := covered(t, conform.CQR{Method: tooNarrow{inner}, Horizon: 8, HalfLife: 2}, p)
	if before > .45 || after < .75 || after > .88 || weighted < .75 || weighted > .88 {
		t.Errorf("the central 80 %% held %.2f, with CQR %.2f, with recent misses counting more %.2f", before, after, weighted)
	}
	if c := covered(t, conform.CQR{Method: tooNarrow{inner}, Horizon: 8}, noisy(t, 24, 120, true)); c < .75 || c > .95 {
		t.Errorf("of counts the central 80 %% held %.2f", c)
	}
	if _, err := (conform.CQR{Method: inner, HalfLife: -1}).Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("a negative half-life: %v", err)
	}
}

// The spread of the data triples halfway. Intervals of all errors so far miss too often from then on; adaptive ones soon as they should.
func TestAdaptiveFollowsDrift(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	adaptive, still := conform.NewAdaptive(.1, .03, 250), conform.NewAdaptive(.1, 0, 1<<30)
	missed, missedStill := 0., 0.
	const n = 3000
	for k := range n {
		sd := 1.0
		if k > n/2 {
			sd = 3
		}
		y := sd * rng.NormFloat64()
		a, s := adaptive.Observe(y, 0), still.Observe(y, 0)
		if k > n/2+100 && k < n/2+800 {
			if a {
				missed += 1. / 699
			}
			if s {
				missedStill += 1. / 699
			}
		}
	}
	if math.Abs(missed-.1) > .03 || missedStill < .15 {
		t.Errorf("after the change %.3f were missed, without adapting %.3f; want .1 and more", missed, missedStill)
	}
	if adaptive.Observe(math.NaN(), 0) || !math.IsInf(conform.NewAdaptive(.1, .01, 9).Reach(), 1) {
		t.Error("an unknown value was missed, or nothing seen is enough")
	}
}

func TestReportFindsWhatIsNarrow(t *testing.T) {
	p := noisy(t, 24, 160, false)
	inner, err := model.Panel("mean", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var origins []conform.Origin
	err = backtest.Each(t.Context(), p, []tidewatch.Method{inner}, backtest.Plan{Horizon: 8, Windows: 4, Levels: []float64{.1, .5, .9}}, func(try backtest.Try) error {
		o := conform.Origin{Known: try.Known, Forecast: try.Forecast}
		for i := range p.Len() {
			o.Actual = append(o.Actual, backtest.Actuals(p, try.Known, i, 8))
			if i%2 == 1 { // what odd series foresee is too narrow
				for h := range 8 {
					q := try.Forecast.At(i, h)
					q[0], q[2] = q[1]+(q[0]-q[1])/4, q[1]+(q[2]-q[1])/4
				}
			}
		}
		origins = append(origins, o)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := conform.Report(origins, func(i int) string { return []string{"even", "odd"}[i%2] }, 1)
	if len(rows) != 3*3+8*3 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if r.Level != .9 || r.Step != 0 {
			continue
		}
		narrow := r.AtMost < .8
		if narrow != (r.Group != "even") || r.Low > r.AtMost || r.High < r.Below || r.Values == 0 {
			t.Errorf("%+v", r)
		}
	}
	if conform.Report(nil, nil, 1) != nil {
		t.Error("nothing has a calibration")
	}
}
