package conform_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// aroundMean forecasts the mean, with a normal distribution of the past's spread.
type aroundMean struct{}

func (aroundMean) String() string { return "around mean" }

func (aroundMean) Fit(_ context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	return around{p}, nil
}

type around struct{ p *tidewatch.Panel }

func (m around) Forecast(_ context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.p.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.p, a)
	for k := range f.Rows {
		y := m.p.Series(a.Row(k)).Values
		mean, square := 0.0, 0.0
		for _, v := range y {
			mean, square = mean+v/float64(len(y)), square+v*v/float64(len(y))
		}
		for h := range f.Steps {
			f.Rows[k].Mean[h] = mean
			for l, p := range f.Levels {
				f.At(k, h)[l] = mean + math.Sqrt(square-mean*mean)*math.Sqrt2*math.Erfinv(2*p-1)
			}
		}
	}
	return f, nil
}

// lumps sells nothing on two days of three, and then any amount.
func lumps(rng *rand.Rand, y []float64) {
	for t := range y {
		if rng.IntN(3) == 0 {
			y[t] = 10 * math.Exp(rng.NormFloat64())
		}
	}
}

func TestLumpyAmountsKeepTheChanceOfNothing(t *testing.T) {
	whole, known := panelOf(t, 300, 120, 8, lumps)
	if s := conform.SupportOf(known.Series(0).Values); !s.Lumpy || s.Count {
		t.Fatalf("%+v: not taken for lumpy", s)
	}
	// A normal distribution of their mean and spread says that half as many days sell nothing.
	after, f := judge(t, conform.Calibrated{Method: aroundMean{}, Horizon: 8}, whole, known, 8)
	before, _ := judge(t, aroundMean{}, whole, known, 8)
	nothing := 0.0
	for i := range f.Rows {
		for h := range f.Steps {
			lo, hi := 0.0, 1.0 // the largest level whose quantile is zero
			for range 20 {
				if mid := (lo + hi) / 2; f.Quantile(i, h, mid) <= 1e-9 {
					lo = mid
				} else {
					hi = mid
				}
			}
			nothing += lo / float64(len(f.Rows)*f.Steps)
		}
	}
	if math.Abs(nothing-2./3) > .08 {
		t.Errorf("nothing is foreseen with probability %.3f, it comes with .667", nothing)
	}
	if after.CRPS > .97*before.CRPS {
		t.Errorf("CRPS %.4f, before calibration %.4f", after.CRPS, before.CRPS)
	}
}

func TestClosedDaysAreNotLumpy(t *testing.T) {
	y := make([]float64, 140)
	for t := range y {
		if t%7 < 5 { // closed at weekends
			y[t] = 1000 + float64(t%11)*1.5
		}
	}
	if conform.SupportOf(y).Lumpy {
		t.Error("a shop that is closed at weekends was taken for lumpy")
	}
}
