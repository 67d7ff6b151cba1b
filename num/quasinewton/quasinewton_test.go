package quasinewton

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func settings(n int) Settings {
	s := Settings{Scale: make([]float64, n), Iterations: 500, Tolerance: 1e-14}
	for i := range s.Scale {
		s.Scale[i] = 1
	}
	return s
}

func TestRosenbrock(t *testing.T) {
	f := func(x, g []float64) float64 {
		a, b := 1-x[0], x[1]-x[0]*x[0]
		g[0], g[1] = -2*a-400*x[0]*b, 200*b
		return a*a + 100*b*b
	}
	x := []float64{-1.2, 1}
	if v := New(2).Minimize(f, x, settings(2)); v > 1e-12 || math.Abs(x[0]-1) > 1e-5 {
		t.Errorf("minimum %g at %v", v, x)
	}
}

// TestDomain: a start at the edge of the domain never leaves it, and the value never rises.
func TestDomain(t *testing.T) {
	f := func(x, g []float64) float64 {
		if x[0] <= 0 {
			return math.Inf(1)
		}
		g[0] = 1 - 1/x[0]
		return x[0] - math.Log(x[0])
	}
	x := []float64{1e-3}
	if v := New(1).Minimize(f, x, settings(1)); math.Abs(v-1) > 1e-9 || x[0] <= 0 {
		t.Errorf("minimum %g at %v", v, x)
	}
	if v := New(1).Minimize(f, []float64{-1}, settings(1)); !math.IsInf(v, 1) {
		t.Errorf("a start outside the domain gives %g", v)
	}
}

// TestQuadratics: every positive definite quadratic is solved, whatever its scales.
func TestQuadratics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		w := rapid.SliceOfN(rapid.Float64Range(-3, 3), n, n).Draw(t, "log weights")
		c := rapid.SliceOfN(rapid.Float64Range(-5, 5), n, n).Draw(t, "centre")
		f := func(x, g []float64) float64 {
			v, sum := 0.0, 0.0
			for i := range x {
				sum += x[i] - c[i]
			}
			for i := range x {
				d, k := x[i]-c[i], math.Exp(w[i])
				v += k * d * d / 2
				g[i] = k*d + sum
			}
			return v + sum*sum/2
		}
		x := make([]float64, n)
		s := settings(n)
		if v := New(n).Minimize(f, x, s); v > 1e-7 {
			t.Fatalf("minimum %g at %v instead of %v", v, x, c)
		}
	})
}
