package selection

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The distance by merging steps is the mean of |X-Z| over all pairs of atoms.
func TestDistanceIsMeanOfPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []float64 {
			q := rapid.SliceOfN(rapid.Float64Range(-5, 20), len(gridMass), len(gridMass)).Draw(t, name)
			for i := range q {
				q[i] = math.Round(q[i])
			}
			slices.Sort(q)
			return q
		}
		x, z := draw("x"), draw("z")
		want := 0.0
		for i, a := range x {
			for k, b := range z {
				want += gridMass[i] * gridMass[k] * math.Abs(a-b)
			}
		}
		if got := distance(x, z); math.Abs(got-want) > 1e-9 {
			t.Errorf("distance %g, want %g", got, want)
		}
	})
}

// The shares are near the best of all on a fine net, and a method that loses but errs in other ways than the best has a part.
func TestSharesAreTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	l := &pooling{miss: make([][]float64, 2), apart: make([][][]float64, 2), cells: []int{400, 400}}
	point := func(v float64) []float64 { return slices.Repeat([]float64{v}, len(gridMass)) }
	for w := range 2 {
		l.miss[w], l.apart[w] = make([]float64, 3), square(3)
		for range 400 {
			y := rng.NormFloat64()
			q := [][]float64{point(y + rng.NormFloat64()), point(y + 1.2*rng.NormFloat64()), point(y + 5)}
			for m := range q {
				l.miss[w][m] += math.Abs(q[m][0] - y)
				for k := range q {
					l.apart[w][m][k] += distance(q[m], q[k])
				}
			}
		}
	}
	score := func(s []float64) float64 {
		sum := 0.0
		for w := range 2 {
			for m := range s {
				sum += s[m] * l.miss[w][m]
				for k := range s {
					sum -= s[m] * s[k] * l.apart[w][m][k] / 2
				}
			}
		}
		return sum
	}
	best := math.Inf(1)
	for a := 0.0; a <= 1; a += .02 {
		for b := 0.0; a+b <= 1; b += .02 {
			best = min(best, score([]float64{a, b, 1 - a - b}))
		}
	}
	s := l.shares(-1)
	if got := score(s); got > 1.005*best {
		t.Errorf("shares %.3f score %.1f, the best %.1f", s, got, best)
	}
	if s[1] < .2 || s[2] > .05 {
		t.Errorf("shares %.3f", s)
	}
	if l.cells[1] = 10; l.shares(0) != nil {
		t.Error("ten cells gave shares")
	}
}
