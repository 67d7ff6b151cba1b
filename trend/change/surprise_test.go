package change

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestExpected: of values from one distribution, however skewed their sizes, few are called unlikely; one that is eight times as large is.
func TestExpected(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 6))
	const series = 3000
	few, fewer := 0, 0
	for range series {
		x := make([]float64, 80)
		for k := range x {
			mean := 20 + 9*rng.ExpFloat64()
			for s := rng.ExpFloat64(); s < mean; s += rng.ExpFloat64() {
				x[k]++
			}
		}
		at, bands := Expected(x, 1)
		if len(at) != 1 || at[0] != 79 || !(bands[0].Low < bands[0].Expected && bands[0].Expected < bands[0].High) {
			t.Fatal(at, bands)
		}
		if bands[0].P < .05 {
			few++
		}
		if bands[0].P < .001 {
			fewer++
		}
	}
	t.Logf("below .05: %.4f, below .001: %.4f", float64(few)/series, float64(fewer)/series)
	if few > series*7/100 || fewer > series*3/1000 {
		t.Errorf("%d of %d below .05, %d below .001", few, series, fewer)
	}
	x := make([]float64, 60)
	for k := range x {
		x[k] = 20 + float64(k%3-1)
	}
	x[59] = 160
	if _, b := Expected(x, 1); b[0].P > 1e-4 || b[0].High > 60 || math.Abs(b[0].Expected-20) > 1 {
		t.Errorf("%+v", b)
	}
	if at, _ := Expected(x[:20], 3); at != nil {
		t.Error("a band from twenty values")
	}
}
