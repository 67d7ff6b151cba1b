package ar

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// TestPosterior: the coefficients solve the normal equations, and the marginal likelihood is that of the values: a multivariate t, here
// computed from its covariance I + XX'/tight by another way.
func TestPosterior(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	z := make([]float64, 40)
	for i := range z {
		z[i] = rng.NormFloat64()
		if i > 0 {
			z[i] += .7 * z[i-1]
		}
	}
	known := make([]bool, len(z))
	for i := range known {
		known[i] = i%7 != 3
	}
	prior := []float64{.5, 0, .2, .1}
	n := newNormal(z, known, []term{{1, 1}, {2, 2}, {5, 5}})
	var x [][]float64
	var y []float64
	for i := 5; i < len(z); i++ {
		if known[i] {
			row := []float64{z[i-1], z[i-2], z[i-5], 1}
			e := z[i]
			for j, v := range row {
				e -= v * prior[j]
			}
			x, y = append(x, row), append(y, e)
		}
	}
	reference := func(tight float64) (squares, logDet float64) {
		k := len(y)
		c := make([][]float64, k)
		for i := range c {
			c[i] = make([]float64, k+1)
			for j := range y {
				for a := range prior {
					c[i][j] += x[i][a] * x[j][a] / tight
				}
			}
			c[i][i]++
			c[i][k] = y[i]
		}
		for i := range k { // Gauss: y' C⁻¹ y and log|C|
			logDet += math.Log(c[i][i])
			squares += c[i][k] * c[i][k] / c[i][i]
			for r := i + 1; r < k; r++ {
				f := c[r][i] / c[i][i]
				for j := i; j <= k; j++ {
					c[r][j] -= f * c[i][j]
				}
			}
		}
		return squares, logDet
	}
	for _, tight := range []float64{.1, 1, 10} {
		coef, squares, evidence, ok := n.posterior(prior, tight)
		if !ok {
			t.Fatal("no posterior")
		}
		want, logDet := reference(tight)
		if math.Abs(squares-want) > 1e-9*want {
			t.Errorf("tightness %g: squares %g, not %g", tight, squares, want)
		}
		if want := -float64(len(y))/2*math.Log(want) - logDet/2; math.Abs(evidence-want) > 1e-9*math.Abs(want) {
			t.Errorf("tightness %g: evidence %g, not %g", tight, evidence, want)
		}
		for a := range prior {
			g := tight * (coef[a] - prior[a])
			for i := range y {
				e := y[i]
				for b := range prior {
					e -= x[i][b] * (coef[b] - prior[b])
				}
				g -= x[i][a] * e
			}
			if math.Abs(g) > 1e-8 {
				t.Errorf("tightness %g: the gradient at coefficient %d is %g", tight, a, g)
			}
		}
	}
}

// TestTwoSeasons: hours of the day and of the week are told apart.
func TestTwoSeasons(t *testing.T) {
	y := make([]float64, 6*168)
	rng := rand.New(rand.NewPCG(3, 4))
	truth := func(i int) float64 {
		v := 100 + 20*math.Sin(2*math.Pi*float64(i%24)/24)
		if i%168 >= 120 {
			v *= .6
		}
		return v
	}
	for i := range y {
		y[i] = truth(i) + rng.NormFloat64()
	}
	s := tidewatch.Series{Values: y, Seasons: []int{24}, Grid: tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: time.Unix(0, 0)}}
	f, err := AR{}.Fit(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, q := make([]float64, 168), make([]float64, 2*168)
	f.Forecast([]float64{.05, .95}, mean, q)
	sum, inside := 0.0, 0
	for h, v := range mean {
		sum += math.Abs(v - truth(len(y)+h))
		if w := truth(len(y)+h) + rng.NormFloat64(); w >= q[2*h] && w <= q[2*h+1] {
			inside++
		}
	}
	if sum /= 168; sum > 1.5 {
		t.Errorf("mean absolute error %g", sum)
	}
	if share := float64(inside) / 168; share < .8 {
		t.Errorf("%.2f of the values are between the quantiles .05 and .95", share)
	}
}

func TestLags(t *testing.T) {
	for _, c := range []struct {
		seasons []int
		n       int
		want    []int
	}{
		{nil, 100, []int{1, 2}},
		{nil, 9, []int{1}},
		{[]int{12}, 60, []int{1, 2, 3, 11, 12, 13, 14}},
		{[]int{12}, 33, []int{1, 2}},
		{[]int{12}, 35, []int{1, 2, 3, 11, 12, 13}},
		{[]int{3}, 120, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{[]int{24, 168}, 700, []int{1, 2, 3, 23, 24, 25, 26, 48, 49, 144, 167, 168, 169, 170}},
	} {
		terms, _ := termsFor(c.seasons, c.n)
		if got := lagsOf(terms); !slices.Equal(got, c.want) {
			t.Errorf("lags of %v for %d values: %v, not %v", c.seasons, c.n, got, c.want)
		}
	}
}

func BenchmarkAR(b *testing.B) {
	y := make([]float64, 100)
	for i := range y {
		y[i] = 100 + float64(i) + 10*math.Sin(float64(i)*math.Pi/6) + math.Mod(float64(i*i), 7)
	}
	s := tidewatch.Series{Values: y, Seasons: []int{12}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (AR{}).Fit(s, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSlowMeans: the coefficients of lags forecast what the coefficients of terms do.
func TestSlowMeans(t *testing.T) {
	terms, _ := termsFor([]int{7}, 300)
	lags := lagsOf(terms)
	coef := make([]float64, len(terms)+1)
	z := make([]float64, 40)
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range coef {
		coef[i] = rng.NormFloat64()
	}
	for i := range z {
		z[i] = rng.NormFloat64()
	}
	want, got := coef[len(terms)], 0.0
	for i, m := range terms {
		for l := m.near; l <= m.far; l++ {
			want += coef[i] * z[len(z)-l] / float64(m.far-m.near+1)
		}
	}
	flat := spread(coef, terms, lags)
	got = flat[len(lags)]
	for k, l := range lags {
		got += flat[k] * z[len(z)-l]
	}
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, not %g", got, want)
	}
}
