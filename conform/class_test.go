package conform

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestClasses: even, uneven and bursty series are told apart, and each class is lent its own tails.
func TestClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	steady, bursts := make([]float64, 200), make([]float64, 200)
	for i := range steady {
		steady[i] = 100 + rng.NormFloat64()
		if i%20 == 0 {
			bursts[i] = 500 * rng.Float64()
		} else {
			bursts[i] = rng.Float64()
		}
	}
	if a, b := classOf(steady), classOf(bursts); a != 0 || b != 2 {
		t.Errorf("classes %d and %d of a steady and a bursty series, not 0 and 2", a, b)
	}
	if c := classOf([]float64{5, 5, 5}); c != 0 {
		t.Errorf("a constant is of class %d", c)
	}
	s := standard{origins: 4, series: 2000, steps: 1}
	factor, class := make([][]float64, s.origins), make([]int, s.series)
	for o := range factor {
		factor[o] = make([]float64, s.series)
		for i := range s.series {
			factor[o][i], class[i] = 1, 2*(i%2)
			z := rng.NormFloat64()
			if class[i] == 2 && rng.IntN(10) == 0 {
				z *= 20
			}
			s.z = append(s.z, z)
		}
	}
	out := s.pools(factor, class)
	top := len(grid) - 4 // .975
	even, bursty, other := out[0].at[0][top], out[2].at[0][top], out[1].at[0][top]
	if !(even < other && other < bursty) {
		t.Errorf("97.5 %% of even errors are below %.2f, of all %.2f, of bursty ones %.2f", even, other, bursty)
	}
	if math.Abs(even-1.96*narrower) > .6*math.Abs(other-1.96*narrower) {
		t.Errorf("even errors, normal ones, have the quantile %.2f, nearer to that of all (%.2f) than to 1.96", even, other)
	}
}
