package trend

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestLeadsOfMeasures: hourly purchases that follow views three hours before, with a course of the day that both share: the lead is found, and one of
// carts, which have nothing to do with purchases but the course of the day, is not. What is bought of an item once a day has no lead.
func TestLeadsOfMeasures(t *testing.T) {
	const hours = 24 * 20
	found, wrong := 0, 0
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 4))
		count := func(mean float64) (n float64) {
			for s := rng.ExpFloat64(); s < mean; s += rng.ExpFloat64() {
				n++
			}
			return n
		}
		views, carts, buys, rare := make([]float64, hours), make([]float64, hours), make([]float64, hours), make([]float64, hours)
		mood := 0.
		for k := range hours {
			course := math.Exp(.8 * math.Sin(2*math.Pi*float64(k)/24))
			mood = .6*mood + .5*rng.NormFloat64()
			views[k] = count(80 * course * math.Exp(mood))
			carts[k] = count(20 * course)
			buys[k] = count(12 * course)
			if k >= 3 {
				before := math.Exp(.8 * math.Sin(2*math.Pi*float64(k-3)/24))
				buys[k] = count(12 * course * views[k-3] / (80 * before))
			}
			rare[k] = count(.02)
		}
		rare[0] = 1
		p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, []tidewatch.Series{{ID: "rare", Values: rare}, {ID: "total", Values: buys}})
		if err != nil {
			t.Fatal(err)
		}
		of := func(v []float64) func(i, from int) []float64 {
			return func(_, from int) []float64 { return append([]float64(nil), v[from:]...) }
		}
		s, err := Tell(context.Background(), p, Telling{Steps: 12, Kind: []int{0, 1}, Beside: []Beside{{"view", of(views)}, {"cart", of(carts)}, {"favourite", func(int, int) []float64 { return nil }}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range s.Leads {
			switch {
			case x.Leader == "total" && x.Follower == "total" && x.Measure == "view" && s.Ahead(x) == 3 && x.Gain > .02:
				found++
			default:
				wrong++
				t.Logf("%+v", x)
			}
		}
		if s.Looked != 2 {
			t.Errorf("%d pairs looked at, want those of the total", s.Looked)
		}
	}
	t.Logf("found %d of 6, others %d", found, wrong)
	if found < 5 || wrong > 1 {
		t.Errorf("the lead was found %d times of 6, others %d times", found, wrong)
	}
}
