package mstl

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/theta"
)

// TestSeasons: hours of the day and of the week are taken apart, though the panel names only the day, and an update keeps the phase.
func TestSeasons(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	truth := func(i int) float64 {
		v := 50 + .01*float64(i) + 10*math.Sin(2*math.Pi*float64(i%24)/24)
		if i%168 >= 120 {
			v -= 8
		}
		return v
	}
	y := make([]float64, 5*168+30)
	for i := range y {
		if y[i] = truth(i) + .5*rng.NormFloat64(); i < 3 || i%11 == 5 {
			y[i] = math.NaN()
		}
	}
	s := tidewatch.Series{Values: y, Seasons: []int{24}, Grid: tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: time.Unix(0, 0)}}
	m := MSTL{Rest: theta.STM{}}
	for _, seen := range []int{len(y), len(y) - 29} {
		part := s
		part.Values = y[:seen]
		f, err := m.Fit(part, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.(*model).Update(s, seen)
		mean := make([]float64, 168)
		f.Forecast(nil, mean, nil)
		sum := 0.0
		for h, v := range mean {
			sum += math.Abs(v - truth(len(y)+h))
		}
		if sum /= 168; sum > 1 {
			t.Errorf("fitted on %d values: mean absolute error %g", seen, sum)
		}
	}
}
