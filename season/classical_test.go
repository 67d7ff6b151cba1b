package season

import (
	"math"
	"math/rand/v2"
	"testing"
)

func wave(n, m int, f func(t int, s float64) float64) ([]float64, []float64) {
	index := make([]float64, m)
	for p := range index {
		index[p] = math.Sin(2*math.Pi*float64(p)/float64(m)) + .3*math.Cos(6*math.Pi*float64(p)/float64(m))
	}
	y := make([]float64, n)
	for t := range y {
		y[t] = f(t, index[t%m])
	}
	return y, index
}

// TestClassicalExact: a line plus (or times) a season is taken apart exactly, with odd and even periods, and with unknown values inside
// where the trend is a line.
func TestClassicalExact(t *testing.T) {
	for _, m := range []int{2, 3, 4, 7, 12, 24} {
		y, index := wave(5*m+1, m, func(t int, s float64) float64 { return 10 + .5*float64(t) + s })
		mean := 0.0
		for _, v := range index {
			mean += v / float64(m)
		}
		got, ok := Classical(y, m, Additive)
		if !ok {
			t.Fatalf("no season of %d", m)
		}
		for p := range got {
			if math.Abs(got[p]-(index[p]-mean)) > 1e-9 {
				t.Errorf("period %d: index %d is %g, not %g", m, p, got[p], index[p]-mean)
			}
		}
		y, _ = wave(5*m, m, func(t int, s float64) float64 { return 10 * (2 + s) })
		if got, ok = Classical(y, m, Multiplicative); !ok {
			t.Fatalf("no season of %d", m)
		}
		for p, v := range Remove(y, got, Multiplicative) {
			if math.Abs(v-y[0]/got[0]) > 1e-9*v {
				t.Errorf("period %d: adjusted value %d is %g, not %g", m, p, v, y[0]/got[0])
			}
		}
	}
}

func TestClassicalRefuses(t *testing.T) {
	y, _ := wave(48, 12, func(t int, s float64) float64 { return s })
	if _, ok := Classical(y, 12, Multiplicative); ok {
		t.Error("a multiplicative season of values below zero")
	}
	if _, ok := Classical(y[:23], 12, Additive); ok {
		t.Error("a season of less than two rounds")
	}
	for t := 5; t < len(y); t += 12 {
		y[t] = math.NaN()
	}
	if _, ok := Classical(y, 12, Additive); ok {
		t.Error("a season with a phase that is never known")
	}
	if _, ok := Classical(make([]float64, 30), 1, Additive); ok {
		t.Error("a season of one period")
	}
}

func TestTest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 1000 {
		y := make([]float64, 60)
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		if Test(y, 12, Level90) {
			found++
		}
	}
	if found > 100 || found < 3 {
		t.Errorf("%d of 1,000 series of noise have a season; the test is one of 5 %% at most, less where r_m is shrunk by its missing terms", found)
	}
	y, _ := wave(60, 12, func(t int, s float64) float64 { return 3*s + rng.NormFloat64() })
	if !Test(y, 12, Level90) || Find(y, []int{7, 12}) != 12 {
		t.Error("a clear season is not found")
	}
	for i := range y {
		if i%4 == 1 {
			y[i] = math.NaN()
		}
	}
	if !Test(y, 12, Level90) {
		t.Error("a clear season with unknown values is not found")
	}
	flat := make([]float64, 60)
	for i := range flat {
		flat[i] = .1
	}
	if Test(flat, 12, Level90) || Test(nil, 12, Level90) || Test(y, 1, Level90) || Find(nil, nil) != 1 {
		t.Error("a season where none can be")
	}
}
