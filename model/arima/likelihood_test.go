package arima

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// covariance is that of n successive values of the ARMA process, Var e = 1, from its moving-average representation.
func covariance(o Order, coef []float64, n int) [][]float64 {
	k := newFilter(o.shape(), 0)
	k.set(o.parts(coef))
	psi := make([]float64, 6000)
	for j := range psi {
		if j < len(k.theta) {
			psi[j] = k.theta[j]
		}
		for _, lag := range k.ar {
			if lag <= j {
				psi[j] += k.phi[lag] * psi[j-lag]
			}
		}
	}
	gamma := make([]float64, n)
	for lag := range gamma {
		gamma[lag] = dot(psi[:len(psi)-lag], psi[lag:])
	}
	c := make([][]float64, n)
	for i := range c {
		c[i] = make([]float64, n)
		for j := range c[i] {
			c[i][j] = gamma[max(i-j, j-i)]
		}
	}
	return c
}

// dense is log |C| and x'C⁻¹x by Cholesky decomposition.
func dense(c [][]float64, x []float64) (logDet, square float64) {
	n := len(x)
	e := append([]float64(nil), x...)
	for i := range n {
		for j := range i + 1 {
			s := c[i][j]
			for k := range j {
				s -= c[i][k] * c[j][k]
			}
			if j < i {
				c[i][j] = s / c[j][j]
			} else {
				c[i][i] = math.Sqrt(s)
			}
		}
		for k := range i {
			e[i] -= c[i][k] * e[k]
		}
		e[i] /= c[i][i]
		logDet += 2 * math.Log(c[i][i])
		square += e[i] * e[i]
	}
	return logDet, square
}

func drawOrder(t *rapid.T) Order {
	n := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
	return Order{P: n(3, "p"), D: n(1, "d"), Q: n(3, "q"), SP: n(2, "P"), SD: n(1, "D"), SQ: n(2, "Q"), Season: rapid.SampledFrom([]int{2, 4, 5}).Draw(t, "m")}
}

func drawPartials(t *rapid.T, o Order) []float64 {
	x := make([]float64, o.coefficients())
	for i := range x {
		x[i] = rapid.Float64Range(-.9, .9).Draw(t, "x")
	}
	return x
}

// TestLikelihoodDense checks the recursion, and the treatment of gaps, against the covariance matrix: the values after the first d+Dm,
// given those, are a unit triangular transform of the differenced ones, and leaving out the unknown ones leaves their marginal density.
func TestLikelihoodDense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOrder(t)
		x := drawPartials(t, o)
		lost := o.lost()
		n := lost + rapid.IntRange(12, 40).Draw(t, "n")
		y := make([]float64, n)
		for i := range y {
			y[i] = rapid.Float64Range(-3, 3).Draw(t, "y")
		}
		whole := append([]float64(nil), y...)
		gaps := 0
		for i := lost + 1; i < n-1; i++ {
			if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
				y[i] = math.NaN()
				gaps++
			}
		}
		p, _ := newProblem(y, nil, o)
		b := newObjective(p, o)
		u := make([]float64, p.n)
		sum, ok := b.at(x, u)
		if !ok {
			t.Fatal("no likelihood")
		}
		got := p.deviance(sum)

		c := covariance(o, b.coef, n-lost)
		// y = A w + what the first values imply; column s of A is the effect of w_s.
		m := &Model{order: o}
		a := make([][]float64, n-lost) // by column
		for s := range a {
			w := make([]float64, n-lost)
			w[s] = 1
			a[s] = make([]float64, n-lost)
			m.integrate(nil, w, a[s])
		}
		implied := make([]float64, n-lost)
		m.integrate(whole[:lost], make([]float64, n-lost), implied)
		var at []int
		var r []float64
		for i := range n - lost {
			if v := y[lost+i]; v == v {
				at = append(at, i)
				r = append(r, v-implied[i])
			}
		}
		known := make([][]float64, len(at))
		for i, ti := range at {
			known[i] = make([]float64, len(at))
			for j, tj := range at {
				for s := range a {
					for q := range a {
						known[i][j] += a[s][ti] * c[s][q] * a[q][tj]
					}
				}
			}
		}
		logDet, square := dense(known, r)
		k := float64(len(at))
		want := k*(math.Log(2*math.Pi*square/k)+1) + logDet
		if p.known() != len(at) || math.Abs(got-want) > 1e-7*(1+math.Abs(want)) {
			t.Fatalf("%s with %d gaps: deviance %.10f, want %.10f", o, gaps, got, want)
		}
	})
}

// TestPartials: expanding and taking back are inverse.
func TestPartials(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Float64Range(-.95, .95), 1, 6).Draw(t, "a")
		b := append([]float64(nil), a...)
		fromPartial(b)
		if !toPartial(b) {
			t.Fatal("not stationary")
		}
		for i := range a {
			if math.Abs(a[i]-b[i]) > 1e-6 {
				t.Fatalf("%v became %v", a, b)
			}
		}
	})
}
