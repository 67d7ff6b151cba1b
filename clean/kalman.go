package clean

import (
	"math"

	"github.com/tidewatch/tidewatch/num/smooth"
)

// Trend is the local linear trend: y = μ + ε, μ' = μ + β + η, β' = β + ζ, with the variances of η and ζ as multiples of that of ε
// (Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, section 2.3).
type Trend struct{ Level, Slope float64 }

// diffuse is the variance, in those of ε, of what is not known of the first state; the first values settle it (statsmodels' and R's
// approximate diffuse start).
const diffuse = 1e7

// trendState is what the filter knows of one period before its value is seen.
type trendState struct {
	a           [2]float64 // level, slope
	p11, p12, q float64    // their covariance; q is the slope's variance
	v, f        float64    // error of the value and its variance; v is NaN where it is unknown
}

// filter runs the Kalman filter and gives twice the negative log-likelihood, the variance of ε concentrated out, without the first two values.
func (m Trend) filter(y []float64, keep []trendState) float64 {
	s := trendState{p11: diffuse, q: diffuse}
	origin, started := 0.0, false
	for _, v := range y {
		if v == v {
			origin, started = v, true
			break
		}
	}
	if !started {
		return math.NaN()
	}
	s.a[0] = origin
	seen, n, ss, logs := 0, 0.0, 0.0, 0.0
	for t, v := range y {
		s.v, s.f = v-s.a[0], s.p11+1
		if keep != nil {
			keep[t] = s
		}
		if v == v {
			if seen++; seen > 2 {
				n++
				ss += s.v * s.v / s.f
				logs += math.Log(s.f)
			}
			k1, k2 := s.p11/s.f, s.p12/s.f
			s.a[0] += k1 * s.v
			s.a[1] += k2 * s.v
			s.q -= k2 * s.p12
			s.p12 -= k1 * s.p12
			s.p11 -= k1 * s.p11
		}
		s.a[0] += s.a[1]
		s.p11 += 2*s.p12 + s.q + m.Level
		s.p12 += s.q
		s.q += m.Slope
	}
	if n == 0 || !(ss > 0) {
		return math.Inf(-1) // nothing, or a perfect fit
	}
	return n*math.Log(ss/n) + logs
}

// Smooth is the expected level of every period given all known values: the fixed-interval smoother (Durbin & Koopman 2012, Time Series
// Analysis by State Space Methods, section 4.4).
func (m Trend) Smooth(y []float64) []float64 {
	states := make([]trendState, len(y))
	m.filter(y, states)
	out := make([]float64, len(y))
	var r [2]float64
	for t := len(y) - 1; t >= 0; t-- {
		s := &states[t]
		// r before t: Z'v/f + L'r, with L = T - K Z' and K = T P Z / f.
		next := [2]float64{r[0], r[0] + r[1]} // T'r
		if s.v == s.v {
			k1, k2 := (s.p11+s.p12)/s.f, s.p12/s.f
			next[0] += s.v/s.f - (k1*r[0] + k2*r[1])
		}
		r = next
		out[t] = s.a[0] + s.p11*r[0] + s.p12*r[1]
	}
	return out
}

// FitTrend finds the likeliest variances: a grid of powers of ten, then golden sections along each.
func FitTrend(y []float64) Trend {
	if known(y) < 4 {
		return Trend{Level: 1}
	}
	ratio := func(e float64) float64 { return math.Pow(10, e) }
	best, cost := Trend{}, math.Inf(1)
	var at [2]float64
	for a := -4.0; a <= 3; a++ {
		for b := -8.0; b <= 1; b++ {
			m := Trend{ratio(a), ratio(b)}
			if c := m.filter(y, nil); c < cost {
				best, cost, at = m, c, [2]float64{a, b}
			}
		}
	}
	for range 3 {
		for k := range at {
			try := func(e float64) float64 {
				at2 := at
				at2[k] = e
				return Trend{ratio(at2[0]), ratio(at2[1])}.filter(y, nil)
			}
			at[k] = smooth.Golden(try, at[k]-1, at[k]+1, 1e-3)
		}
	}
	if m := (Trend{ratio(at[0]), ratio(at[1])}); m.filter(y, nil) < cost {
		best = m
	}
	return best
}
