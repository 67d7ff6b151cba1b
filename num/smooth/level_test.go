package smooth

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFitIsOptimal: no α and no initial level on a fine grid does better, so that both the search and the closed form are right.
func TestFitIsOptimal(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	sse := func(y []float64, alpha, level float64) float64 {
		s := 0.0
		for _, v := range y {
			e := v - level
			s += e * e
			level += alpha * e
		}
		return s
	}
	for range 30 {
		y := make([]float64, 20+rng.IntN(60))
		level, move := 50.0, rng.Float64()*3
		for i := range y {
			level += move * rng.NormFloat64()
			y[i] = level + rng.NormFloat64()
		}
		f, ok := Fit(y, MinAlpha, MaxAlpha)
		if !ok {
			t.Fatal("no fit")
		}
		if got := sse(y, f.Alpha, f.Initial); math.Abs(got-f.SSE) > 1e-9*got {
			t.Errorf("squared errors %g, not %g", f.SSE, got)
		}
		for a := .005; a < 1; a += .005 {
			for d := -4.0; d <= 4; d += .5 {
				if s := sse(y, a, f.Initial+d); s < f.SSE*(1-1e-6) {
					t.Errorf("α %g and level %+g are better than the fit: %g < %g at α %g", a, d, s, f.SSE, f.Alpha)
				}
			}
		}
	}
	if _, ok := Fit([]float64{1, math.NaN(), 2}, 0, 1); ok {
		t.Error("two values were enough")
	}
}

func BenchmarkFit(b *testing.B) {
	y := make([]float64, 100)
	for i := range y {
		y[i] = 100 + math.Mod(float64(i*i), 17)
	}
	b.ReportAllocs()
	for b.Loop() {
		Fit(y, MinAlpha, MaxAlpha)
	}
}
