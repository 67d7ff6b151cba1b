package conform

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// poissonQuantiles fills q with the quantiles of a Poisson distribution at the levels of grid.
func poissonQuantiles(mean float64, q []float64) {
	k, p := 0.0, math.Exp(-mean)
	sum := p
	for l, level := range grid {
		for sum < level {
			k++
			p *= mean / k
			sum += p
		}
		q[l] = k
	}
}

func poisson(rng *rand.Rand, mean float64) float64 {
	k, p := 0.0, rng.Float64()
	for limit := math.Exp(-mean); p > limit; k++ {
		p *= rng.Float64()
	}
	return k
}

// TestCountsOfLikeSize: where large forecasts are too large and small ones too small, which no pool of all forecasts shows, they are drawn
// to what came of their like; where they are honest, they stay as they are.
func TestCountsOfLikeSize(t *testing.T) {
	const series, steps, origins = 600, 4, 4
	means := [3]float64{.5, 2, 6}
	for _, keep := range []float64{.3, 1} { // of a series' distance from the common mean
		rng := rand.New(rand.NewPCG(5, 6))
		var list []tidewatch.Series
		for i := range series {
			y := make([]float64, 30)
			for s := range y {
				y[s] = poisson(rng, means[i%3])
			}
			list = append(list, tidewatch.Series{ID: fmt.Sprint(i), Values: y})
		}
		p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, list)
		if err != nil {
			t.Fatal(err)
		}
		foreseen := func() *tidewatch.Forecast {
			f := tidewatch.NewForecast(p, tidewatch.Ask{Steps: steps, Levels: Grid()})
			for i := range f.Rows {
				for h := range steps {
					f.Rows[i].Mean[h] = means[i%3]
					poissonQuantiles(means[i%3], f.At(i, h))
				}
			}
			return f
		}
		var past []Origin
		for range origins {
			o := Origin{Known: p, Forecast: foreseen()}
			for i := range series {
				y := make([]float64, steps)
				for h := range y {
					y[h] = poisson(rng, 2+keep*(means[i%3]-2))
				}
				o.Actual = append(o.Actual, y)
			}
			past = append(past, o)
		}
		c := Learn(past, 1)
		var w fleet.Writer
		c.Save(&w)
		loaded := LoadCalibration(fleet.NewReader(w.Bytes()), series)
		f := c.Apply(p, foreseen(), tidewatch.Ask{Steps: steps, Levels: Grid()})
		if g := loaded.Apply(p, foreseen(), tidewatch.Ask{Steps: steps, Levels: Grid()}); fmt.Sprint(f) != fmt.Sprint(g) {
			t.Error("a calibration that was saved calibrates otherwise")
		}
		if keep == 1 {
			if len(c.like.at) > 0 {
				t.Error("honest forecasts are calibrated by size")
			}
			continue
		}
		want := make([]float64, len(grid))
		for i, mean := range means {
			to := 2 + keep*(mean-2)
			if got, about := f.Rows[i].Mean[0], min(mean, to); math.Abs(got-about) > .35*math.Abs(mean-about)+.1 {
				t.Errorf("a mean of %g becomes %.2f, not about %g", mean, got, about)
			}
			poissonQuantiles(to, want)
			for _, l := range []int{at10, atMedian, at90} {
				if got := f.At(i, 0)[l]; math.Abs(got-want[l]) > 1 {
					t.Errorf("of mean %g the quantile %g becomes %g, not about %g", mean, grid[l], got, want[l])
				}
			}
		}
	}
}
