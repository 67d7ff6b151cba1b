package score

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestJackknife: of the intervals of the mean error of groups drawn from a known distribution, about 95 % hold its true value.
func TestJackknife(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const trials, groups, cells = 400, 20, 30
	held := 0
	for range trials {
		var all []*Tally
		for range groups {
			g := NewTally([]float64{.5})
			for range cells {
				g.Series(1, 1)
				y := rng.NormFloat64()
				g.Cell(y, 0, []float64{0})
			}
			all = append(all, g)
		}
		low, high := Jackknife(all, func(s Summary) float64 { return s.MAE })
		if truth := math.Sqrt(2 / math.Pi); low <= truth && truth <= high {
			held++
		}
	}
	if share := float64(held) / trials; share < .92 || share > .98 {
		t.Errorf("%.3f of the intervals held the true value, want about .95", share)
	}
	if low, _ := Jackknife([]*Tally{NewTally(nil)}, func(s Summary) float64 { return s.MAE }); !math.IsNaN(low) {
		t.Error("an interval of nothing")
	}
}

// TestMerge: the tally of two halves is that of the whole.
func TestMerge(t *testing.T) {
	levels := []float64{.1, .5, .9}
	whole, halves := NewTally(levels), []*Tally{NewTally(levels), NewTally(levels)}
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 40 {
		for _, x := range []*Tally{whole, halves[i%2]} {
			x.Series(2, 3)
		}
		for range 5 {
			y := rng.NormFloat64()
			for _, x := range []*Tally{whole, halves[i%2]} {
				x.Cell(y, .1, []float64{-1, 0, 1})
			}
		}
	}
	a, b := whole.Summary(), Merge(halves).Summary()
	for _, v := range [][2]float64{{a.SQL, b.SQL}, {a.WQL, b.WQL}, {a.MASE, b.MASE}, {a.RMSE, b.RMSE}, {a.Cov80, b.Cov80}, {a.Calib, b.Calib}, {float64(a.Cells), float64(b.Cells)}} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Errorf("%v merged, %v whole", b, a)
			break
		}
	}
}
