package modeltest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

var nan = math.NaN()

// Panel is a panel of ordinary and of awkward series, with a season of 12.
func Panel(t testing.TB) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	make := func(n int, f func(i int) float64) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = f(i)
		}
		return y
	}
	wave := func(i int) float64 { return math.Sin(2 * math.Pi * float64(i) / 12) }
	poisson := func(mean float64) float64 {
		k, p := 0, rng.Float64()
		for limit := math.Exp(-mean); p > limit; k++ {
			p *= rng.Float64()
		}
		return float64(k)
	}
	holes := func(y []float64) []float64 {
		for i := range y {
			if i%5 == 3 || i == len(y)-1 {
				y[i] = nan
			}
		}
		return y
	}
	level := 100.0
	list := []tidewatch.Series{
		{ID: "seasonal", Values: make(72, func(i int) float64 { return 100 + float64(i) + 20*wave(i) + rng.NormFloat64() })},
		{ID: "growing", Values: make(60, func(i int) float64 { return math.Exp(.03*float64(i)) * (50 + 10*wave(i) + rng.NormFloat64()) })},
		{ID: "walk", Values: make(80, func(int) float64 { level += rng.NormFloat64(); return level })},
		{ID: "noise", Values: make(50, func(int) float64 { return rng.NormFloat64() })},
		{ID: "counts", Values: make(60, func(int) float64 { return poisson(1.5) })},
		{ID: "rare", Values: make(90, func(i int) float64 { return math.Floor(poisson(.15) * 3) })},
		{ID: "holes", Values: holes(make(72, func(i int) float64 { return 100 + float64(i) + 20*wave(i) + rng.NormFloat64() }))},
		{ID: "long unknown end", Values: make(72, func(i int) float64 {
			if i > 48 {
				return nan
			}
			return 10 + wave(i) + rng.NormFloat64()
		})},
		{ID: "late start", Values: make(72, func(i int) float64 {
			if i < 40 {
				return nan
			}
			return 10 + 3*wave(i) + rng.NormFloat64()
		})},
		{ID: "stock-outs", Values: make(72, func(int) float64 { return poisson(4) }), Unavailable: func() []bool {
			out := append([]bool(nil), func() []bool { var b [72]bool; return b[:] }()...)
			for i := 30; i < 40; i++ {
				out[i] = true
			}
			return out
		}()},
		{ID: "constant", Values: make(40, func(int) float64 { return 7 })},
		{ID: "zero", Values: make(40, func(int) float64 { return 0 })},
		{ID: "one of forty", Values: make(40, func(i int) float64 {
			if i == 20 {
				return 5
			}
			return 0
		})},
		{ID: "ends in zeros", Values: make(60, func(i int) float64 {
			if i < 20 {
				return 1 + poisson(5)
			}
			return 0
		})},
		{ID: "one", Values: []float64{3}},
		{ID: "two", Values: []float64{3, 5}},
		{ID: "three", Values: []float64{3, 5, 4}},
		{ID: "four", Values: []float64{3, 5, 4, 4}},
		{ID: "seven", Values: []float64{3, 5, 4, 4, 9, 1, 2}},
		{ID: "fourteen", Values: make(14, func(i int) float64 { return 9 + wave(i) + rng.NormFloat64() })},
		{ID: "one season twice", Values: make(24, func(i int) float64 { return 9 + 5*wave(i) })},
		{ID: "empty"},
		{ID: "all unknown", Values: make(30, func(int) float64 { return nan })},
		{ID: "huge", Values: make(40, func(i int) float64 { return 1e300 * (2 + wave(i) + .1*rng.NormFloat64()) })},
		{ID: "huge both ways", Values: make(40, func(int) float64 { return 1.5e308 * math.Copysign(1, rng.Float64()-.5) })},
		{ID: "large", Values: make(40, func(i int) float64 { return 1e90 * (2 + wave(i) + .1*rng.NormFloat64()) })},
		{ID: "tiny", Values: make(40, func(i int) float64 { return 1e-300 * (2 + wave(i) + .1*rng.NormFloat64()) })},
		{ID: "denormal", Values: make(40, func(i int) float64 { return 5e-324 * float64(i%3) })},
		{ID: "outlier", Values: make(60, func(i int) float64 {
			if i == 30 {
				return 1e12
			}
			return 5 + rng.NormFloat64()
		})},
		{ID: "far from zero", Values: make(60, func(int) float64 { return 1e12 + rng.NormFloat64() })},
		{ID: "line", Values: make(40, func(i int) float64 { return float64(i) })},
		{ID: "falling below zero", Values: make(48, func(i int) float64 { return 20 - float64(i) + 5*wave(i) })},
		{ID: "step", Values: make(60, func(i int) float64 { return 10 + 90*math.Floor(float64(i)/30) })},
		{ID: "alternating", Values: make(41, func(i int) float64 { return float64(i % 2) })},
		{ID: "exponential", Values: make(60, func(i int) float64 { return math.Exp(float64(i)) })},
	}
	for i := range list {
		list[i].Start = i % 4
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Monthly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{12}, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
