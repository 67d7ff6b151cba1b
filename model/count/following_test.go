package count

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// Closed forms: size 2 and mean 2 give (k+1)/2^(k+2); half zeros and a Poisson rate of 1 give ½ + ½/e, then ½/(e·k!).
func TestChancesOfFamilies(t *testing.T) {
	factorial := 1.0
	for k := range 12 {
		v := float64(k)
		if got, want := gammaPoisson(2, 2, v), (v+1)/math.Exp2(v+2); math.Abs(got-want) > 1e-12 {
			t.Errorf("gamma-Poisson: P(%d) = %g, want %g", k, got, want)
		}
		want := .5 / math.E / factorial
		if k == 0 {
			want += .5
		}
		if got := inflatedChance(.5, 1, v); math.Abs(got-want) > 1e-12 {
			t.Errorf("inflated: P(%d) = %g, want %g", k, got, want)
		}
		factorial *= v + 1
	}
}

func poissonDraw(rng *rand.Rand, mean float64) float64 {
	k, p := 0.0, rng.Float64()
	for limit := math.Exp(-mean); p > limit; k++ {
		p *= rng.Float64()
	}
	return k
}

// Of simulated zero-inflated counts the share of additional zeros and the rate are found again.
func TestInflationIsRecovered(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	zeros, rate := 0.0, 0.0
	const runs = 60
	for range runs {
		y := make([]float64, 400)
		for i := range y {
			if rng.Float64() > .4 {
				y[i] = poissonDraw(rng, 5)
			}
		}
		m, err := Following{Inflated: true}.Fit(series(t, 1, y), nil)
		if err != nil {
			t.Fatal(err)
		}
		z, r := m.(*following).now.inflation(1)
		zeros, rate = zeros+z/runs, rate+r/runs
	}
	if math.Abs(zeros-.4) > .04 || math.Abs(rate-5) > .3 {
		t.Errorf("zeros %.3f and rate %.3f of series with .4 and 5", zeros, rate)
	}
}

// A rate that wanders is forgotten sooner than one that stays, and the quantiles of what comes next hold what they say in both families.
func TestFollowingCovers(t *testing.T) {
	levels := []float64{.1, .5, .9}
	const runs, n = 600, 200
	for name, c := range map[string]struct {
		m     Following
		drift float64
		zeros float64
	}{"still": {}, "wandering": {drift: .15}, "inflated": {m: Following{Inflated: true}, zeros: .4}} {
		rng := rand.New(rand.NewPCG(5, 6))
		var atMost, below [3]float64
		decay := 0.0
		for range runs {
			y, rate := make([]float64, n+1), 4.0
			for i := range y {
				if rng.Float64() >= c.zeros {
					y[i] = poissonDraw(rng, rate)
				}
				rate = min(max(rate*math.Exp(c.drift*rng.NormFloat64()), .3), 40)
			}
			m, err := c.m.Fit(series(t, 1, y[:n]), nil)
			if err != nil {
				t.Fatal(err)
			}
			mean, q := make([]float64, 1), make([]float64, 3)
			m.Forecast(levels, mean, q)
			for l := range levels {
				if y[n] <= q[l] {
					atMost[l] += 1. / runs
				}
				if y[n] < q[l] {
					below[l] += 1. / runs
				}
			}
			decay += m.(*following).now.decay / runs
		}
		for l, p := range levels {
			if miss := max(p-atMost[l], below[l]-p); miss > .05 {
				t.Errorf("%s: level %g: P(y<=q) = %.3f, P(y<q) = %.3f", name, p, atMost[l], below[l])
			}
		}
		if name == "still" && decay < .97 || name == "wandering" && decay > .93 {
			t.Errorf("%s: a mean decay of %.3f", name, decay)
		}
	}
}

// Whatever the counts, quantiles ascend, are whole and not below zero, and the Poisson model is the less sure the further ahead.
func TestFollowingProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(3, 120).Draw(r, "n")
		top := rapid.IntRange(0, 150).Draw(r, "top")
		y := make([]float64, n)
		for i := range y {
			y[i] = float64(rapid.IntRange(0, top).Draw(r, "y"))
		}
		levels := []float64{.025, .25, .5, .75, .975}
		for _, method := range []Following{{}, {Inflated: true}} {
			m, err := method.Fit(series(t, rapid.SampledFrom([]int{1, 7}).Draw(r, "season"), y), nil)
			if err != nil {
				r.Fatal(err)
			}
			mean, q := make([]float64, 30), make([]float64, 30*len(levels))
			m.Forecast(levels, mean, q)
			for i, v := range q {
				if v < 0 || v != math.Trunc(v) || i%len(levels) > 0 && v < q[i-1] {
					r.Fatalf("%s: quantiles %v", method, q)
				}
			}
			for _, v := range mean {
				if !(v > 0) || math.IsInf(v, 0) {
					r.Fatalf("%s: means %v", method, mean)
				}
			}
			if f := m.(*following); !method.Inflated && f.share != nil && len(f.share) == 1 {
				near, _ := f.now.shape(1)
				at := f.now
				at.add(math.NaN(), 1)
				if far, _ := at.shape(1); far > near*(1+1e-12) {
					r.Fatalf("further ahead surer: %g after %g", far, near)
				}
			}
		}
	})
}
