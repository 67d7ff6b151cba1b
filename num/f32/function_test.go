package f32

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// lengthsTried cover full vectors, partial ones and both.
var lengthsTried = []int{1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 50, 64, 100}

// TestFunctions checks the stated errors over a dense grid, and what must hold at the ends.
func TestFunctions(t *testing.T) {
	for _, c := range []struct {
		name     string
		f        func(dst, x []float32)
		want     func(x float64) float64
		rel, abs float64
	}{
		{"exp", Exp, math.Exp, 2.5e-7, 1e-44},
		{"sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 4e-7, 2e-38},
		{"tanh", Tanh, math.Tanh, 4e-7, 0},
		{"normalCDF", NormalCDF, func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }, 0, 3e-7},
		{"gelu on a bounded range", func(dst, x []float32) { // the error grows with x
			bounded := make([]float32, len(x))
			for i, v := range x {
				bounded[i] = max(-20, min(20, v))
			}
			GELU(dst, bounded)
		}, func(x float64) float64 { x = max(-20, min(20, x)); return x * math.Erfc(-x/math.Sqrt2) / 2 }, 3e-7, 3e-6},
		{"relu", ReLU, func(x float64) float64 { return math.Max(x, 0) }, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachSet(t, func(t *testing.T) {
				inf := float32(math.Inf(1))
				x := []float32{0, float32(math.Copysign(0, -1)), inf, -inf, float32(math.NaN()), 1e-30, -1e-30, 88.7, -87.3, -103, 88.8, -120, 1e30, -1e30}
				for v := -20.; v < 20; v += 1e-3 {
					x = append(x, float32(v))
				}
				for v := -104.; v < 88; v += .1 {
					x = append(x, float32(v))
				}
				got := make([]float32, len(x))
				c.f(got, x)
				for i, v := range x {
					want := c.want(float64(v))
					if math.IsNaN(want) != math.IsNaN(float64(got[i])) {
						t.Fatalf("f(%g) = %g, want %g", v, got[i], want)
					}
					if float64(got[i]) == want || float64(got[i]) == float64(float32(want)) {
						continue
					}
					if d := math.Abs(float64(got[i]) - want); d > c.rel*math.Abs(want)+c.abs {
						t.Fatalf("f(%g) = %g, want %g: error %g", v, got[i], want, d)
					}
				}
				for _, n := range lengthsTried { // partial vectors write nothing past their end
					dst := slices.Repeat([]float32{7}, n+20)
					c.f(dst[:n], x[20:20+n])
					if !slices.Equal(dst[:n], got[20:20+n]) || dst[n] != 7 || dst[n+19] != 7 {
						t.Fatalf("length %d: %v", n, dst)
					}
				}
			})
		})
	}
}

// compare runs f with portable kernels and with each other set, over every length, on the same random slices.
func compare(t *testing.T, slicesNeeded int, tolerance float64, f func(s [][]float32, n int)) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range lengthsTried {
		in := make([][]float32, slicesNeeded)
		for i := range in {
			in[i] = random(rng, 4*n+16)
		}
		run := func() [][]float32 {
			out := make([][]float32, len(in))
			for i := range in {
				out[i] = slices.Clone(in[i])
			}
			f(out, n)
			return out
		}
		var want [][]float32
		old := use
		use = &portable
		want = run()
		use = old
		eachSet(t, func(t *testing.T) {
			for i, got := range run() {
				for j := range got {
					if d := math.Abs(float64(got[j] - want[i][j])); !(d <= tolerance*(1+math.Abs(float64(want[i][j])))) {
						t.Fatalf("n %d: slice %d [%d] = %g, want %g", n, i, j, got[j], want[i][j])
					}
				}
			}
		})
	}
}

func TestElementWise(t *testing.T) {
	for _, f := range []func(dst, a, b []float32){Add, Sub, Hadamard, MulAdd, SigmoidGrad, TanhGrad, ReLUGrad} {
		compare(t, 3, 1e-6, func(s [][]float32, n int) { f(s[0][:n], s[1][:n], s[2][:n]) })
	}
	compare(t, 2, 1e-6, func(s [][]float32, n int) { Axpy(s[0][:n], 1.5, s[1][:n]) })
	compare(t, 2, 1e-6, func(s [][]float32, n int) { Affine(s[0][:n], 1.5, s[1][:n], -.25) })
	compare(t, 2, 1e-5, func(s [][]float32, n int) { s[0][0] = Sum(s[1][:n]); s[0][1] = Dot(s[1][:n], s[0][4:4+n]) })
	compare(t, 2, 1e-5, func(s [][]float32, n int) { Softmax(s[0][:n], s[1][:n]) })
	compare(t, 2, 1e-4, func(s [][]float32, n int) { Normalize(s[0][:n], s[1][:n], .1) })
	compare(t, 4, 1e-5, func(s [][]float32, n int) {
		for i := range n { // a second moment is not negative
			s[3][i] *= s[3][i]
		}
		Adam(s[0][:n], s[1][:n], s[2][:n], s[3][:n], AdamStep{Beta1: .9, Beta2: .99, Step: .01, Root: 2, Eps: 1e-4, Keep: .999})
	})
}

func TestLSTMStep(t *testing.T) {
	compare(t, 5, 1e-6, func(s [][]float32, n int) { LSTMForward(s[0][:4*n], s[1][:n], s[2][:n], s[3][:n], s[4][:n]) })
	compare(t, 5, 2e-5, func(s [][]float32, n int) {
		Sigmoid(s[0], s[0])
		LSTMBackward(s[0][:4*n], s[1][:n], s[2][:n], s[3][:n], s[4][:n])
	})
}

func TestSoftmaxEnds(t *testing.T) {
	eachSet(t, func(t *testing.T) {
		inf := float32(math.Inf(-1))
		y := make([]float32, 3)
		Softmax(y, []float32{inf, 1000, 1000})
		if !slices.Equal(y, []float32{0, .5, .5}) {
			t.Error(y)
		}
		Softmax(y, []float32{inf, inf, inf})
		if !slices.Equal(y, []float32{0, 0, 0}) {
			t.Error(y)
		}
		Softmax(y, []float32{0, float32(math.NaN()), 0})
		if y[0] == y[0] {
			t.Error("NaN is lost", y)
		}
	})
}
