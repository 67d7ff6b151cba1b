package structural

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// TestGolden: with given variances, likelihood and forecasts are those of statsmodels (bench/peers/structural_golden.py).
func TestGolden(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Y         []*float64
			Period    int
			Trend     bool
			Variances []float64
			LogLik    float64
			Mean, SE  []float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for i, c := range golden.Cases {
		y := make([]float64, len(c.Y))
		for t, v := range c.Y {
			if y[t] = math.NaN(); v != nil {
				y[t] = *v
			}
		}
		form, seasons := Level, []int(nil)
		if c.Trend {
			form = Trend
		}
		if c.Period > 0 {
			form, seasons = form+",season", []int{c.Period}
		}
		f := newModel(form, seasons, nil, nil)
		logs := make([]float64, len(c.Variances))
		for k, v := range c.Variances {
			logs[k] = math.Log(v)
		}
		if d := f.deviance(y, logs); math.Abs(d/-2-c.LogLik) > 1e-6*math.Abs(c.LogLik) {
			t.Errorf("case %d: log-likelihood %.9g, not %.9g", i, d/-2, c.LogLik)
		}
		mean := make([]float64, len(c.Mean))
		q := make([]float64, 2*len(mean))
		f.Forecast([]float64{.5, .8413447460685429}, mean, q) // the second is one standard deviation up
		for h := range mean {
			if math.Abs(mean[h]-c.Mean[h]) > 1e-6 || math.Abs(q[2*h+1]-mean[h]-c.SE[h]) > 1e-6 {
				t.Errorf("case %d, step %d: %.9g ± %.9g, not %.9g ± %.9g", i, h, mean[h], q[2*h+1]-mean[h], c.Mean[h], c.SE[h])
				break
			}
		}
	}
}

// TestRecovers: from a long simulated series the variances come back, and intervals cover as they should.
func TestRecovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noise, level := 0.0, 0.0
	inside, cells := 0, 0
	const runs, n, steps = 20, 300, 6
	for range runs {
		y := make([]float64, n+steps)
		l := 100.0
		for t := range y {
			l += .5 * rng.NormFloat64()
			y[t] = l + rng.NormFloat64()
		}
		fit, err := Structural{Form: Level}.Fit(tidewatch.Series{Values: y[:n]}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := fit.(*model)
		noise += f.unit * f.unit * f.noise / runs
		level += f.unit * f.unit * f.level / runs
		mean, q := make([]float64, steps), make([]float64, 2*steps)
		f.Forecast([]float64{.1, .9}, mean, q)
		for h := range mean {
			cells++
			if v := y[n+h]; v >= q[2*h] && v <= q[2*h+1] {
				inside++
			}
		}
	}
	if math.Abs(noise-1) > .15 || math.Abs(level-.25) > .08 {
		t.Errorf("variances of noise %.3f and level %.3f, simulated with 1 and .25", noise, level)
	}
	if share := float64(inside) / float64(cells); share < .68 || share > .92 {
		t.Errorf("80 %% intervals hold %.0f %%", 100*share)
	}
}
