package count

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

func series(t *testing.T, season int, y []float64) tidewatch.Series {
	t.Helper()
	var seasons []int
	if season > 1 {
		seasons = []int{season}
	}
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, seasons, []tidewatch.Series{{ID: "a", Values: y}})
	if err != nil {
		t.Fatal(err)
	}
	return p.Series(0)
}

// Probabilities by R's and scipy's definition: nbinom(size = mean/(ratio-1), prob = 1/ratio). Size 2, prob .5 has the closed form
// (k+1) / 2^(k+2).
func TestNegativeBinomial(t *testing.T) {
	pmf := make([]float64, 40)
	negativeBinomial(2, 2, pmf)
	for k, p := range pmf {
		if want := float64(k+1) / math.Exp2(float64(k+2)); math.Abs(p-want) > 1e-12 {
			t.Errorf("P(%d) = %g, want %g", k, p, want)
		}
	}
	long := make([]float64, 2001)
	for _, mean := range []float64{.01, 3, 200} {
		for _, ratio := range []float64{leastRatio, 1.5, 4} {
			negativeBinomial(mean, ratio, long)
			sum, first, second := 0.0, 0.0, 0.0
			for k, p := range long {
				sum += p
				first += float64(k) * p
				second += float64(k) * float64(k) * p
			}
			if v := second - first*first; math.Abs(sum-1) > 1e-9 || math.Abs(first-mean) > 1e-6 || math.Abs(v-mean*ratio) > 1e-5 {
				t.Errorf("mean %g ratio %g: mass %g, mean %g, variance %g", mean, ratio, sum, first, v)
			}
		}
	}
}

// The quantiles of simulated counts hold what they say, and follow the weekday.
func TestCoversSimulatedCounts(t *testing.T) {
	levels := []float64{.1, .5, .9, .975}
	rng := rand.New(rand.NewPCG(1, 1))
	busy := func(t int) float64 {
		if t%7 == 5 {
			return 6
		}
		return 1.5
	}
	poisson := func(mean float64) float64 {
		k, p := 0.0, rng.Float64()
		for limit := math.Exp(-mean); p > limit; k++ {
			p *= rng.Float64()
		}
		return k
	}
	var atMost, below [4]float64
	const runs, steps = 200, 14
	for run := range runs {
		y := make([]float64, 210+steps)
		for i := range y {
			y[i] = poisson(busy(i))
		}
		m, err := Mixture{}.Fit(series(t, 7, y[:210]), nil)
		if err != nil {
			t.Fatal(err)
		}
		mean, q := make([]float64, steps), make([]float64, steps*4)
		m.Forecast(levels, mean, q)
		if run == 0 && (mean[5] < 4 || mean[4] > 3) {
			t.Errorf("means of the busy and of a quiet day: %.2f, %.2f", mean[5], mean[4])
		}
		for h := range steps {
			for l := range levels {
				v := q[h*4+l]
				if y[210+h] <= v {
					atMost[l]++
				}
				if y[210+h] < v {
					below[l]++
				}
			}
		}
	}
	for l, p := range levels {
		a, b := atMost[l]/runs/steps, below[l]/runs/steps
		if miss := max(p-a, b-p); miss > .03 {
			t.Errorf("level %g: P(y<=q) = %.3f, P(y<q) = %.3f", p, a, b)
		}
	}
}

func TestForgetsWhatIsPast(t *testing.T) {
	y := make([]float64, 200)
	for i := range y {
		y[i] = float64(9 + i%3)
		if i >= 150 {
			y[i] = float64(i % 2)
		}
	}
	m, err := Mixture{}.Fit(series(t, 1, y), nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, q := make([]float64, 1), make([]float64, 1)
	m.Forecast([]float64{.9}, mean, q)
	if mean[0] > 1.5 || q[0] > 3 {
		t.Errorf("fifty values after a fall from 10 to ½ the mean is %.2f, the .9-quantile %g", mean[0], q[0])
	}
}

func BenchmarkFit(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{45, 400} {
		y := make([]float64, n)
		for i := range y {
			y[i] = float64(rng.IntN(4) * rng.IntN(2))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := newModel(y, 7); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
