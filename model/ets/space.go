package ets

import "math"

// Bounds of the smoothing parameters: the traditional region, 0 < β < α, 0 < γ < 1-α, within which every form is stable.
const (
	lowest  = 1e-4
	highest = 0.9999
	phiLow  = 0.8
	phiHigh = 0.98
)

// space maps an unbounded vector to params, for one form. A smoothing parameter is a sine of its variable, so that its bounds are
// reached at finite places; states are themselves. The seasonal states are not normalised while searching: the likelihood does not
// change along that direction, and normalise makes them unique afterwards.
type space struct {
	form  Form
	f     *filter
	prior float64 // Method.Prior
	p     params
	// where the parts of x begin; -1 = the form has no such part
	beta, gamma, phi, growth, season, n int
}

func newSpace(form Form, f *filter, prior float64) *space {
	s := &space{form: form, f: f, prior: prior, beta: -1, gamma: -1, phi: -1, growth: -1, season: -1, n: 1}
	add := func(to *int, n int, has bool) {
		if has {
			*to = s.n
			s.n += n
		}
	}
	add(&s.beta, 1, form.Trend != None)
	add(&s.gamma, 1, form.Season != None)
	add(&s.phi, 1, form.Damped)
	s.n++ // the level
	add(&s.growth, 1, form.Trend != None)
	add(&s.season, f.m, form.Season != None)
	s.p.phi = 1
	if form.Season != None {
		s.p.season = make([]float64, f.m)
	}
	return s
}

func (s *space) level() int { return s.form.smoothing() }

// share is the place of v within lo..hi as a variable: the inverse of within.
func share(v, lo, hi float64) float64 {
	return math.Asin(2*min(max((v-lo)/(hi-lo), 1e-3), 1-1e-3) - 1)
}

// within is the share u of the way from lo to hi that variable x stands for, and du/dx.
func within(x float64) (u, du float64) {
	sin, cos := math.Sincos(x)
	return (1 + sin) / 2, cos / 2
}

// vector puts p into x.
func (s *space) vector(p *params, x []float64) {
	x[0] = share(p.alpha, lowest, highest)
	if s.beta >= 0 {
		x[s.beta] = share(p.beta, lowest, p.alpha)
		x[s.growth] = p.growth
	}
	if s.gamma >= 0 {
		x[s.gamma] = share(p.gamma, lowest, 1-p.alpha)
		copy(x[s.season:], p.season)
	}
	if s.phi >= 0 {
		x[s.phi] = share(p.phi, phiLow, phiHigh)
	}
	x[s.level()] = p.level
}

// value is the likelihood at x, less twice the logarithm of the prior, and its gradient: a quasinewton.Func.
func (s *space) value(x, grad []float64) float64 {
	p := &s.p
	u, du := within(x[0])
	p.alpha = lowest + (highest-lowest)*u
	dAlpha := (highest - lowest) * du
	var uBeta, duBeta, uGamma, duGamma, duPhi float64
	p.growth = 0
	if s.form.Trend == Multiplicative {
		p.growth = 1
	}
	if s.beta >= 0 {
		uBeta, duBeta = within(x[s.beta])
		p.beta = lowest + (p.alpha-lowest)*uBeta
		p.growth = x[s.growth]
	}
	if s.gamma >= 0 {
		uGamma, duGamma = within(x[s.gamma])
		p.gamma = lowest + (1-p.alpha-lowest)*uGamma
		copy(p.season, x[s.season:])
	}
	if s.phi >= 0 {
		u, duPhi = within(x[s.phi])
		duPhi *= phiHigh - phiLow
		p.phi = phiLow + (phiHigh-phiLow)*u
	}
	p.level = x[s.level()]
	v := s.f.likelihood(p)
	if math.IsInf(v, 1) {
		return v
	}
	g := s.f.adjoint(p)
	grad[0] = g.alpha * dAlpha
	if s.beta >= 0 {
		grad[0] += g.beta * uBeta * dAlpha
		grad[s.beta] = g.beta * (p.alpha - lowest) * duBeta
		grad[s.growth] = g.growth
		if s.prior > 0 {
			rest := 1 - uBeta + 1e-9
			v -= 2 * s.prior * math.Log(rest)
			grad[s.beta] += 2 * s.prior * duBeta / rest
		}
	}
	if s.gamma >= 0 {
		grad[0] -= g.gamma * uGamma * dAlpha
		grad[s.gamma] = g.gamma * (1 - p.alpha - lowest) * duGamma
		copy(grad[s.season:], g.season)
	}
	if s.phi >= 0 {
		grad[s.phi] = g.phi * duPhi
	}
	grad[s.level()] = g.level
	return v
}

// normalise makes the seasonal states sum to 0 (additive) or average to 1, moving the rest into the level and the growth; forecasts
// stay the same.
func (p *params) normalise(form Form) {
	if form.Season == None {
		return
	}
	mean := 0.0
	for _, v := range p.season {
		mean += v
	}
	mean /= float64(len(p.season))
	for i := range p.season {
		if form.Season == Additive {
			p.season[i] -= mean
		} else {
			p.season[i] /= mean
		}
	}
	switch {
	case form.Season == Multiplicative:
		p.level *= mean
		if form.Trend == Additive {
			p.growth *= mean
		}
	case form.Trend != Multiplicative:
		p.level += mean // with multiplicative growth an additive season cannot be moved
	default:
		for i := range p.season {
			p.season[i] += mean
		}
	}
}
