package nhits

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// value is the sequence of the given coefficients.
func (b Basis) value(coefficients []float32) []float32 {
	to := make([]float32, len(b))
	b.add(to, coefficients, 1, 1)
	return to
}

// TestBases: lines keep constants and what is linear between the outermost points, trends are polynomials, seasons waves.
func TestBases(t *testing.T) {
	lines := Lines(12, 4) // points stand at 1, 4, 7, 10
	for h, v := range lines.value([]float32{1, 4, 7, 10}) {
		if want := max(1, min(10, float64(h))); math.Abs(float64(v)-want) > 1e-5 {
			t.Errorf("line at %d is %g, want %g", h, v, want)
		}
	}
	if Lines(5, 5) != nil || Lines(5, 9) != nil {
		t.Error("a point for every value is no interpolation")
	}
	for k, v := range Trend(10, 2).value([]float32{1, 2, 3}) {
		if x := float64(k) / 10; math.Abs(float64(v)-(1+2*x+3*x*x)) > 1e-5 {
			t.Errorf("trend at %d is %g", k, v)
		}
	}
	for k, v := range Seasons(9, 6, 2).value([]float32{0, 0, 1, 0, 0, 2}) {
		x := 2 * math.Pi * float64(k) / 6
		if math.Abs(float64(v)-math.Cos(x)-2*math.Sin(2*x)) > 1e-5 {
			t.Errorf("season at %d is %g", k, v)
		}
	}
}

// TestGather: gather is the transpose of add.
func TestGather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, levels := rapid.IntRange(1, 12).Draw(t, "n"), rapid.IntRange(1, 3).Draw(t, "levels")
		b := rapid.SampledFrom([]Basis{nil, Lines(n, (n+1)/2), Trend(n, 2), Seasons(n, 5, 2)}).Draw(t, "basis")
		numbers := func(n int) []float32 {
			return rapid.SliceOfN(rapid.Float32Range(-2, 2), n, n).Draw(t, "x")
		}
		x, dy := numbers(b.coefficients(n)*levels), numbers(n*levels)
		y, dx := make([]float32, len(dy)), make([]float32, len(x))
		b.add(y, x, -1, levels)
		b.gather(dx, dy, -1, levels)
		left, right := 0., 0.
		for i := range y {
			left += float64(y[i]) * float64(dy[i])
		}
		for i := range x {
			right += float64(x[i]) * float64(dx[i])
		}
		if math.Abs(left-right) > 1e-4*(1+math.Abs(left)) {
			t.Fatalf("%g and %g", left, right)
		}
	})
}
