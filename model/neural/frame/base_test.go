package frame

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestTrendBase: the base goes on from where a series stands, along half its slope, with its season, and as if from the same place further on.
func TestTrendBase(t *testing.T) {
	season := []float64{30, -10, 0, -20}
	y := make([]float64, 60)
	for k := range y {
		y[k] = 100 + 2*float64(k) + season[k%4]
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Quarterly, Anchor: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{4}, []tidewatch.Series{{ID: "a", Values: y}})
	if err != nil {
		t.Fatal(err)
	}
	w := New(p, Shape{Lags: 8, Steps: 6, Levels: 1}, BySpread, TrendBase, nil)
	s := p.Series(0)
	scale := Scale{Loc: 50, Size: 10}
	got, later := make([]float64, 6), make([]float64, 6)
	w.profile(got, make([]float64, 6), &s, 60, scale)
	w.profile(later, make([]float64, 6), &s, 62, scale)
	for h, v := range got {
		if want := 100 + 2*59 + float64(h+1) + season[h%4]; math.Abs(scale.From(v)-want) > 1 {
			t.Errorf("step %d: %.2f, want %.2f", h, scale.From(v), want)
		}
		if h >= 2 && math.Abs(v-later[h-2]) > 1e-9 {
			t.Errorf("step %d: %.4f, from two steps further on %.4f", h, v, later[h-2])
		}
	}
}

// TestSeasonal: a season that chance would make is shrunk, a clear one is kept.
func TestSeasonal(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	y := make([]float64, 96)
	size := func(strength float64) float64 {
		for k := range y {
			y[k] = strength*math.Sin(2*math.Pi*float64(k)/12) + rng.NormFloat64()
		}
		sum := 0.
		for _, v := range seasonal(y, 12) {
			sum += v * v
		}
		return math.Sqrt(sum / 12)
	}
	if got := size(10); math.Abs(got-10/math.Sqrt2) > .4 {
		t.Errorf("a season of deviation 7.07 is found to have %.2f", got)
	}
	if got := size(0); got > .25 { // unshrunk, about 1/sqrt(8) = .35
		t.Errorf("noise has a season of deviation %.2f", got)
	}
}

// TestMirror: a mirrored window is the negative of the window, in all that is scaled by it.
func TestMirror(t *testing.T) {
	y := make([]float64, 40)
	for k := range y {
		y[k] = 10 + float64(k*k%7)
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Quarterly, Anchor: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{4}, []tidewatch.Series{{ID: "a", Values: y}})
	if err != nil {
		t.Fatal(err)
	}
	w := New(p, Shape{Lags: 8, Steps: 4, Levels: 1}, BySpread, TrendBase, nil)
	var plain, mirrored Batch
	w.Draw(&plain, 3, rand.New(rand.NewPCG(1, 2)))
	w.Draw(&mirrored, 3, rand.New(rand.NewPCG(1, 2)))
	for r := range 3 {
		w.mirror(&mirrored, r)
	}
	for _, pair := range [][2][]float32{{plain.Y.Data, mirrored.Y.Data}, {plain.Target, mirrored.Target}, {plain.Future.Data, mirrored.Future.Data}} {
		for k, v := range pair[0] {
			if pair[1][k] != -v {
				t.Fatalf("%g becomes %g", v, pair[1][k])
			}
		}
	}
}
