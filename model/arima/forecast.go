package arima

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Forecast implements fleet.Model: the conditional mean, and Student's t with the variance of the state space, the uncertainty of the
// regression and of unknown values in it, because σ² is an estimate too.
func (m *Model) Forecast(levels, mean, q []float64) {
	variance := make([]float64, len(mean))
	m.moments(mean, variance)
	free := m.freedom()
	n := len(levels)
	z := math.Inf(-1)
	for l, p := range levels {
		z = max(z, studentQuantile(p, free)) // never below the one before, whatever the approximation's last digits
		for h, v := range mean {
			q[h*n+l] = v + z*math.Sqrt(variance[h])
		}
	}
}

// freedom is the degrees of freedom of σ²: known values less coefficients, at least three.
func (m *Model) freedom() float64 {
	return float64(max(3, m.count-len(m.terms)-m.order.coefficients()))
}

// inflation is what the uncertainty of φ, θ, Φ and Θ adds to the variance, to first order: that of a one-step forecast grows by one part in
// n for each (the final prediction error; Akaike 1969).
func (m *Model) inflation() float64 {
	return 1 + float64(m.order.coefficients())/float64(max(1, m.count))
}

// moments fills mean and variance of the periods after the state.
func (m *Model) moments(mean, variance []float64) {
	h := len(mean)
	m.innovationVariance(variance)
	sigma2 := m.sigma2 * m.inflation()
	for i := range variance {
		variance[i] *= sigma2
	}
	m.project(0, mean)
	// y = Xβ + z: β enters by what each regressor will be less what it would be expected to be, were it the series.
	beta, factor := m.estimate()
	n := len(beta)
	surprise := make([][]float64, n)
	for c := range n {
		surprise[c] = make([]float64, h)
		m.project(c+1, surprise[c])
		for i := range h {
			surprise[c][i] = m.future(c, i) - surprise[c][i]
			mean[i] += beta[c] * surprise[c][i]
		}
	}
	row := make([]float64, n)
	for i := range h {
		// The square of factor⁻¹ surprise.
		for c := range n {
			s := surprise[c][i]
			for l := range c {
				s -= factor[c*n+l] * row[l]
			}
			if d := factor[c*n+c]; d > 0 {
				row[c] = s / d
			} else {
				row[c] = 0
			}
			variance[i] += sigma2 * row[c] * row[c]
		}
		mean[i] *= m.scale
		variance[i] *= m.scale * m.scale
	}
}

// future is the value of column c+1 in the i-th period after the state.
func (m *Model) future(c, i int) float64 {
	if c >= len(m.terms) {
		return 0 // a gap is in the past
	}
	t := m.terms[c]
	switch {
	case t.line:
		return float64(m.seen + i + 1)
	case t.Covariate < 0:
		return 1
	case i < len(m.ahead[c]):
		return m.ahead[c][i]
	}
	return t.Mean
}

// project fills out with the expected future of a column.
func (m *Model) project(c int, out []float64) {
	k := newFilter(m.order.shape(), 0)
	k.set(m.order.parts(m.coef))
	x := make([]float64, len(out)+k.r+1)
	copy(x, m.columns[c].x)
	for i := range out {
		for _, j := range k.ar {
			x[i+j] += k.phi[j] * x[i]
		}
	}
	m.integrate(m.columns[c].tail, x[:len(out)], out)
}

// integrate undoes the differencing of w, which follows on the levels of tail; nil stands for zeros.
func (m *Model) integrate(tail, w, out []float64) {
	poly := m.order.difference()
	at := func(i int) float64 {
		if i >= 0 {
			return out[i]
		}
		if i += len(tail); i >= 0 {
			return tail[i]
		}
		return 0
	}
	for i, v := range w {
		for _, p := range poly {
			v -= p.c * at(i-p.lag)
		}
		out[i] = v
	}
}

type power struct {
	lag int
	c   float64
}

// difference is (1-L)^d (1-L^m)^D without its leading 1.
func (o Order) difference() []power {
	dense := make([]float64, o.lost()+1)
	dense[0] = 1
	by := func(lag int) {
		for i := len(dense) - 1; i >= lag; i-- {
			dense[i] -= dense[i-lag]
		}
	}
	for range o.D {
		by(1)
	}
	for range o.SD {
		by(o.Season)
	}
	var p []power
	for lag, c := range dense {
		if lag > 0 && c != 0 {
			p = append(p, power{lag, c})
		}
	}
	return p
}

// mostUnsteady bounds the steps ahead over which the gain may still change; beyond, it is taken to be what it is there.
const mostUnsteady = 1000

// innovationVariance fills out with the variances, in units of σ², of the series' error at each step when the regression is known. The
// innovations to come are independent with variances f; the error at step h is Σ_s Ψ_{h,s} v_s, where Ψ_{·,s} is the effect of the
// innovation of step s, which depends on the gain then.
func (m *Model) innovationVariance(out []float64) {
	h := len(out)
	clear(out)
	effect, w := make([]float64, h), make([]float64, h+m.order.shape().r+1)
	m.eachGain(h, func(s int, k *filter, last bool) {
		left := h - s
		clear(w)
		for i, g := range k.g {
			if i+1 < len(w) {
				w[i+1] = g / k.f
			}
		}
		w[0] = 1
		for i := 1; i < left; i++ {
			for _, j := range k.ar {
				w[i+j] += k.phi[j] * w[i]
			}
		}
		m.integrate(nil, w[:left], effect[:left])
		if !last {
			for i, v := range effect[:left] {
				out[s+i] += k.f * v * v
			}
			return
		}
		sum := 0.0
		for i, v := range effect[:left] {
			sum += k.f * v * v
			out[s+i] += sum
		}
	})
}

// eachGain calls do with the filter as it will be at each of the next steps, until it no longer changes: last then stands for the rest.
func (m *Model) eachGain(steps int, do func(s int, k *filter, last bool)) {
	bound := min(steps, mostUnsteady)
	k := newFilter(m.order.shape(), bound)
	k.set(m.order.parts(m.coef))
	k.f, k.steady = m.f, m.steady
	copy(k.g, m.g)
	copy(k.l, m.l)
	for s := range bound {
		last := k.steady || s == bound-1
		do(s, k, last)
		if last {
			return
		}
		k.step(s)
		if s%16 == 15 {
			k.settle(s + 1)
		}
	}
}

// Sample implements fleet.Sampler: paths of the predictive distribution, regression coefficients drawn too.
func (m *Model) Sample(rng *rand.Rand, steps int, out []float64) {
	if steps <= 0 {
		return
	}
	type gain struct {
		f float64
		g []float64
	}
	var gains []gain
	m.eachGain(steps, func(_ int, k *filter, _ bool) {
		gains = append(gains, gain{k.f, append([]float64(nil), k.g...)})
	})
	k := newFilter(m.order.shape(), 0)
	k.set(m.order.parts(m.coef))
	base := make([]float64, steps)
	m.project(0, base)
	beta, factor := m.estimate()
	n := len(beta)
	surprise := make([][]float64, n)
	for c := range n {
		surprise[c] = make([]float64, steps)
		m.project(c+1, surprise[c])
		for i := range steps {
			surprise[c][i] = m.future(c, i) - surprise[c][i]
		}
	}
	x := make([]float64, steps+k.r+1)
	w, path, draw := make([]float64, steps), make([]float64, steps), make([]float64, n)
	chi := distuv.ChiSquared{K: m.freedom(), Src: rng}
	for ; len(out) >= steps; out = out[steps:] {
		clear(x)
		sd := math.Sqrt(m.sigma2 * m.inflation() * chi.K / chi.Rand())
		for s := range steps {
			g := gains[min(s, len(gains)-1)]
			v := sd * math.Sqrt(g.f) * rng.NormFloat64()
			at := x[s]
			w[s] = at + v
			for _, j := range k.ar {
				x[s+j] += k.phi[j] * at
			}
			v /= g.f
			for i, gi := range g.g {
				if s+1+i >= len(x) {
					break
				}
				x[s+1+i] += gi * v
			}
		}
		m.integrate(nil, w, path)
		// β = β̂ + σ factor'⁻¹ ε
		for c := n - 1; c >= 0; c-- {
			e := sd * rng.NormFloat64()
			if d := factor[c*n+c]; d > 0 {
				for l := c + 1; l < n; l++ {
					e -= factor[l*n+c] * draw[l]
				}
				draw[c] = e / d
			} else {
				draw[c] = 0
			}
		}
		for s := range steps {
			v := base[s] + path[s]
			for c := range n {
				v += (beta[c] + draw[c]) * surprise[c][s]
			}
			out[s] = v * m.scale
		}
	}
}
