package f32

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// eachSet runs a test with every instruction set that this processor has.
func eachSet(t *testing.T, f func(t *testing.T)) {
	for _, set := range available() {
		t.Run(set.name, func(t *testing.T) {
			defer func(old *kernels) { use = old }(use)
			use = set
			f(t)
		})
	}
}

func random(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// view makes a matrix of random numbers: form 0 dense, 1 transposed, 2 padded rows, 3 transposed and padded.
func view(rng *rand.Rand, rows, cols, form int) Matrix {
	pad := 0
	if form >= 2 {
		pad = 3
	}
	if form%2 == 1 {
		return Strided(random(rng, cols*(rows+pad)), cols, rows, rows+pad).T()
	}
	return Strided(random(rng, rows*(cols+pad)), rows, cols, cols+pad)
}

func (m Matrix) at(i, j int) float64 { return float64(m.Data[i*m.RowStride+j*m.ColStride]) }

// checkProduct compares Mul with sums in float64, and checks that nothing outside C is written.
func checkProduct(t *testing.T, rng *rand.Rand, m, n, k int, forms [3]int, add bool) {
	t.Helper()
	a, b, c := view(rng, m, k, forms[0]), view(rng, k, n, forms[1]), view(rng, m, n, forms[2])
	before := c
	before.Data = slices.Clone(c.Data)
	Mul(c, a, b, add)
	inside := make([]bool, len(c.Data))
	for i := range m {
		for j := range n {
			want, size := 0., 0.
			for p := range k {
				x := a.at(i, p) * b.at(p, j)
				want += x
				size += math.Abs(x)
			}
			if add {
				want += before.at(i, j)
				size += math.Abs(before.at(i, j))
			}
			if got := c.at(i, j); math.Abs(got-want) > 1e-6*size+1e-7 {
				t.Fatalf("%d x %d x %d, forms %v, add %v: C[%d,%d] = %g, want %g", m, n, k, forms, add, i, j, got, want)
			}
			inside[i*c.RowStride+j*c.ColStride] = true
		}
	}
	for i, in := range inside {
		if !in && c.Data[i] != before.Data[i] {
			t.Fatalf("%d x %d x %d, forms %v: wrote outside C at %d", m, n, k, forms, i)
		}
	}
}

func TestMul(t *testing.T) {
	eachSet(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		for m := 1; m <= 33; m++ {
			for _, n := range []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 113, 200} {
				k := 1 + rng.IntN(70)
				checkProduct(t, rng, m, n, k, [3]int{rng.IntN(4), rng.IntN(4), rng.IntN(4)}, rng.IntN(2) == 1)
			}
		}
		for range 20 {
			checkProduct(t, rng, 1+rng.IntN(150), 1+rng.IntN(400), 1+rng.IntN(600), [3]int{rng.IntN(4), rng.IntN(4), rng.IntN(4)}, rng.IntN(2) == 1)
		}
		checkProduct(t, rng, 700, 300, 20, [3]int{}, false)    // more than one block of rows
		checkProduct(t, rng, 15, 2100, 20, [3]int{0, 1}, true) // more than one block of columns
		checkProduct(t, rng, 5, 6, 0, [3]int{}, true)
		checkProduct(t, rng, 5, 6, 0, [3]int{}, false)
	})
}

func FuzzMul(f *testing.F) {
	f.Add(uint64(1), uint16(32), uint16(200), uint16(50), uint8(0))
	f.Fuzz(func(t *testing.T, seed uint64, m, n, k uint16, form uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		eachSet(t, func(t *testing.T) {
			checkProduct(t, rng, 1+int(m%130), 1+int(n%130), int(k%600), [3]int{int(form) % 4, int(form) / 4 % 4, int(form) / 16 % 4}, form >= 128)
		})
	})
}

// TestMulParallel: the same bits at any number of workers, and between the two vector sets.
func TestMulParallel(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range [][3]int{{640, 100, 300}, {100, 640, 300}, {65, 64, 900}} {
		a, b := view(rng, s[0], s[2], 0), view(rng, s[2], s[1], 1)
		eachSet(t, func(t *testing.T) {
			one := Dense(make([]float32, s[0]*s[1]), s[0], s[1])
			Mul(one, a, b, false)
			for workers := range 9 {
				many := Dense(make([]float32, s[0]*s[1]), s[0], s[1])
				MulParallel(many, a, b, false, workers)
				if !slices.Equal(one.Data, many.Data) {
					t.Fatalf("%v: %d workers give another result", s, workers)
				}
			}
		})
	}
}

func TestMulBias(t *testing.T) {
	eachSet(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 8))
		for _, s := range [][3]int{{1, 200, 50}, {2, 5, 400}, {33, 1, 7}, {100, 50, 300}, {700, 90, 20}, {4, 9, 0}} {
			m, n, k := s[0], s[1], s[2]
			for form := range 2 {
				a, b, bias := view(rng, m, k, 0), view(rng, k, n, form), random(rng, n)
				want, got := Dense(make([]float32, m*n), m, n), Dense(random(rng, m*n), m, n)
				for i := range want.Data {
					want.Data[i] = bias[i%n]
				}
				Mul(want, a, b, true)
				MulBias(got, a, b, bias, 3)
				for i, w := range want.Data {
					if d := math.Abs(float64(got.Data[i] - w)); d > 1e-5*(1+math.Abs(float64(w))) {
						t.Fatalf("%v: element %d is %g, want %g", s, i, got.Data[i], w)
					}
				}
			}
		}
	})
}

func TestTranspose(t *testing.T) {
	eachSet(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 8))
		for range 50 {
			rows, cols := 1+rng.IntN(70), 1+rng.IntN(70)
			x, y := random(rng, rows*cols), make([]float32, rows*cols)
			Transpose(y, x, rows, cols)
			for i := range x {
				if y[i%cols*rows+i/cols] != x[i] {
					t.Fatalf("%d x %d: element %d", rows, cols, i)
				}
			}
		}
	})
}

func TestMulPanics(t *testing.T) {
	for name, f := range map[string]func(){
		"shapes": func() {
			Mul(Dense(make([]float32, 4), 2, 2), Dense(make([]float32, 6), 2, 3), Dense(make([]float32, 4), 2, 2), false)
		},
		"short":   func() { Dense(make([]float32, 5), 2, 3) },
		"lengths": func() { Add(make([]float32, 2), make([]float32, 3), make([]float32, 2)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

func BenchmarkMul(b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		form    string
		ft      [2]int
	}{
		{1024, 1024, 1024, "AB", [2]int{0, 0}}, {1024, 1024, 1024, "ABt", [2]int{0, 1}}, {256, 512, 512, "ABt", [2]int{0, 1}}, {512, 512, 256, "AtB", [2]int{1, 0}},
		{128, 768, 768, "ABt", [2]int{0, 1}}, {128, 3072, 768, "ABt", [2]int{0, 1}},
		{32, 200, 50, "AB", [2]int{0, 0}}, {32, 200, 50, "ABt", [2]int{0, 1}}, {32, 50, 200, "AB", [2]int{0, 0}}, {16, 200, 50, "AB", [2]int{0, 0}}, {200, 50, 1920, "AtB", [2]int{1, 0}}, {50, 200, 960, "AtB", [2]int{1, 0}},
		{1, 200, 50, "AB", [2]int{0, 0}}, {1, 768, 768, "ABt", [2]int{0, 1}},
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		x, y := view(rng, s.m, s.k, s.ft[0]), view(rng, s.k, s.n, s.ft[1])
		c := Dense(make([]float32, s.m*s.n), s.m, s.n)
		for _, set := range available() {
			b.Run(fmt.Sprintf("%s/%dx%dx%d%s", set.name, s.m, s.k, s.n, s.form), func(b *testing.B) {
				defer func(old *kernels) { use = old }(use)
				use = set
				before := cpuTime(b)
				for b.Loop() {
					Mul(c, x, y, false)
				}
				b.ReportMetric(2*float64(s.m*s.n*s.k)*float64(b.N)/(cpuTime(b)-before).Seconds()/1e9, "GFLOP/cpu-s")
			})
		}
	}
}
