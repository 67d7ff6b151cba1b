package ets

import "math"

// params is a point of the parameter space: the smoothing parameters, and the states before the first period.
type params struct {
	alpha, beta, gamma, phi float64 // beta and gamma are not divided by alpha (table 2.2 of Hyndman et al. 2008); phi 1 = not damped
	level, growth           float64
	season                  []float64 // [m], the first is the first period's; nil = none
}

// filter runs the recursions of one form over one series and differentiates them. Its slices are scratch memory.
//
// With q the level carried on by the growth, and d = y - μ, all forms share
//
//	level' = q + α d/s      growth' = φ·growth + β d/s      season' = season + γ d/q
//
// where s is the season and the q of the last is that level if the season is multiplicative, and both are 1 otherwise; the two kinds of
// error differ in the likelihood alone. (Multiplicative growth: q = level·growth^φ, growth' = growth^φ + β d/(s·level).)
// An unknown value moves the states as if it had been predicted exactly.
type filter struct {
	form  Form
	m     int
	y     []float64
	known int

	season           []float64 // the running seasonal states, then their adjoints
	q, d, s          []float64 // [t] level carried on, innovation (NaN = unknown), season in force
	growth, level    []float64 // [t] before the period
	seasonEnd        []float64 // states after the last period
	levelEnd         float64
	growthEnd        float64
	squares, logMean float64 // Σ e², Σ log|μ|: of known periods
	gAdj             params  // the gradient that adjoint left
}

func newFilter(y []float64, m int) *filter {
	n := len(y)
	b := make([]float64, 5*n+3*m)
	cut := func(k int) []float64 {
		v := b[:k:k]
		b = b[k:]
		return v
	}
	f := &filter{m: m, y: y, q: cut(n), d: cut(n), s: cut(n), growth: cut(n), level: cut(n), season: cut(m), seasonEnd: cut(m)}
	f.gAdj.season = cut(m)
	for _, v := range y {
		if v == v {
			f.known++
		}
	}
	return f
}

// tiny keeps the likelihood of a perfect fit finite; the series is scaled to a mean magnitude of 1.
const tiny = 1e-18

// likelihood runs the recursions and returns -2 log L up to a constant: n log Σe² + 2 Σ log|μ|, the last for relative errors only
// (Hyndman et al. 2008, equation 5.3). +Inf where the states leave the domain of the form.
func (f *filter) likelihood(p *params) float64 {
	ok := true
	switch {
	case f.form.Trend == Multiplicative:
		ok = f.runGrowth(p)
	case f.form.Season == None:
		f.runPlain(p)
	case f.form.Season == Additive:
		f.runAdditive(p)
	default:
		ok = f.runMultiplicative(p)
	}
	if !ok {
		return math.Inf(1)
	}
	squares, logs := 0.0, 0.0
	if f.form.Error == Additive {
		for _, d := range f.d {
			if d == d {
				squares += d * d
			}
		}
	} else {
		product := 1.0 // of means: a logarithm for every few hundred binary orders of magnitude instead of one a period
		for t, d := range f.d {
			if d != d {
				continue
			}
			mu := f.y[t] - d
			if !(mu > 0) {
				return math.Inf(1)
			}
			e := d / mu
			squares += e * e
			product *= mu
			if product > 1e200 || product < 1e-200 {
				logs += math.Log(product)
				product = 1
			}
		}
		logs += math.Log(product)
	}
	f.squares, f.logMean = squares, logs
	v := float64(f.known)*math.Log(squares+tiny*float64(f.known)) + 2*logs
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

func (f *filter) runPlain(p *params) {
	l, b := p.level, p.growth
	for t, y := range f.y {
		q := l + p.phi*b
		d := y - q
		f.q[t], f.d[t], f.growth[t] = q, d, b
		if d != d {
			d = 0
		}
		l = q + p.alpha*d
		b = p.phi*b + p.beta*d
	}
	f.levelEnd, f.growthEnd = l, b
}

func (f *filter) runAdditive(p *params) {
	l, b := p.level, p.growth
	season := f.seasonEnd
	copy(season, p.season)
	i := 0
	for t, y := range f.y {
		q := l + p.phi*b
		d := y - q - season[i]
		f.q[t], f.d[t], f.growth[t] = q, d, b
		if d != d {
			d = 0
		}
		l = q + p.alpha*d
		b = p.phi*b + p.beta*d
		season[i] += p.gamma * d
		if i++; i == f.m {
			i = 0
		}
	}
	f.levelEnd, f.growthEnd = l, b
}

func (f *filter) runMultiplicative(p *params) bool {
	l, b := p.level, p.growth
	season := f.seasonEnd
	copy(season, p.season)
	i := 0
	for t, y := range f.y {
		q, s := l+p.phi*b, season[i]
		if !(q > 0) || !(s > 0) {
			return false
		}
		d := y - q*s
		f.q[t], f.d[t], f.s[t], f.growth[t] = q, d, s, b
		if d != d {
			d = 0
		}
		r := d / s
		l = q + p.alpha*r
		b = p.phi*b + p.beta*r
		season[i] = s + p.gamma*d/q
		if i++; i == f.m {
			i = 0
		}
	}
	f.levelEnd, f.growthEnd = l, b
	return true
}

// runGrowth is for multiplicative growth and any season.
func (f *filter) runGrowth(p *params) bool {
	l, b := p.level, p.growth
	season := f.seasonEnd
	copy(season, p.season)
	for t, y := range f.y {
		if !(l > 0) || !(b > 0) {
			return false
		}
		bp := math.Pow(b, p.phi)
		q, s, mu := l*bp, 1.0, 0.0
		switch f.form.Season {
		case None:
			mu = q
		case Additive:
			mu = q + season[t%f.m]
		case Multiplicative:
			s = season[t%f.m]
			if !(s > 0) {
				return false
			}
			mu = q * s
		}
		d := y - mu
		f.q[t], f.d[t], f.s[t], f.growth[t], f.level[t] = q, d, s, b, l
		if d != d {
			d = 0
		}
		switch f.form.Season {
		case Additive:
			season[t%f.m] += p.gamma * d
		case Multiplicative:
			season[t%f.m] += p.gamma * d / q
		}
		b = bp + p.beta*d/(s*l)
		l = q + p.alpha*d/s
	}
	f.levelEnd, f.growthEnd = l, b
	return true
}

// adjoint is the gradient of the likelihood last computed, with respect to every member of p: the recursions differentiated backwards,
// at about twice their cost whatever the number of parameters (Griewank & Walther 2008). The result lives until the next call.
func (f *filter) adjoint(p *params) *params {
	g := &f.gAdj
	*g = params{season: g.season}
	clear(g.season)
	switch {
	case f.form.Trend == Multiplicative:
		f.backGrowth(p, g)
	case f.form.Season == None:
		f.backPlain(p, g)
	case f.form.Season == Additive:
		f.backAdditive(p, g)
	default:
		f.backMultiplicative(p, g)
	}
	return g
}

// weights gives the direct derivative of -2 log L with respect to μ as a function of d and μ: a*d for absolute errors, and
// 2/μ - b*(d/μ)*(y/μ²) for relative ones.
func (f *filter) weights() (a, b float64) {
	w := 2 * float64(f.known) / (f.squares + tiny*float64(f.known))
	if f.form.Error == Additive {
		return -w, 0
	}
	return 0, w
}

func (f *filter) backPlain(p *params, g *params) {
	a, b := f.weights()
	gl, gb := 0.0, 0.0 // adjoints of level and growth after the period
	for t := len(f.y) - 1; t >= 0; t-- {
		d, growth := f.d[t], f.growth[t]
		gq := gl
		if d == d {
			direct := a * d
			if b != 0 {
				inv := 1 / f.q[t]
				direct = inv * (2 - b*d*inv*f.y[t]*inv)
			}
			g.alpha += gl * d
			g.beta += gb * d
			gq += direct - p.alpha*gl - p.beta*gb
		}
		g.phi += growth * (gq + gb)
		gl, gb = gq, p.phi*(gq+gb)
	}
	g.level, g.growth = gl, gb
}

func (f *filter) backAdditive(p *params, g *params) {
	a, b := f.weights()
	gl, gb := 0.0, 0.0
	n := len(f.y)
	i := n % f.m
	for t := n - 1; t >= 0; t-- {
		if i--; i < 0 {
			i = f.m - 1
		}
		d, growth := f.d[t], f.growth[t]
		gq := gl
		if d == d {
			direct := a * d
			if b != 0 {
				inv := 1 / (f.y[t] - d)
				direct = inv * (2 - b*d*inv*f.y[t]*inv)
			}
			gs := g.season[i]
			g.alpha += gl * d
			g.beta += gb * d
			g.gamma += gs * d
			gmu := direct - p.alpha*gl - p.beta*gb - p.gamma*gs
			gq += gmu
			g.season[i] = gs + gmu
		}
		g.phi += growth * (gq + gb)
		gl, gb = gq, p.phi*(gq+gb)
	}
	g.level, g.growth = gl, gb
}

func (f *filter) backMultiplicative(p *params, g *params) {
	a, b := f.weights()
	gl, gb := 0.0, 0.0
	n := len(f.y)
	i := n % f.m
	for t := n - 1; t >= 0; t-- {
		if i--; i < 0 {
			i = f.m - 1
		}
		d, growth := f.d[t], f.growth[t]
		gq := gl
		if d == d {
			q, s := f.q[t], f.s[t]
			invS, invQ := 1/s, 1/q
			direct := a * d
			if b != 0 {
				inv := invQ * invS
				direct = inv * (2 - b*d*inv*f.y[t]*inv)
			}
			gs := g.season[i]
			ds, dq := d*invS, d*invQ
			g.alpha += gl * ds
			g.beta += gb * ds
			g.gamma += gs * dq
			lb := p.alpha*gl + p.beta*gb
			gmu := direct - lb*invS - p.gamma*gs*invQ
			gq += gmu*s - p.gamma*gs*dq*invQ
			g.season[i] = gs + gmu*q - lb*ds*invS
		}
		g.phi += growth * (gq + gb)
		gl, gb = gq, p.phi*(gq+gb)
	}
	g.level, g.growth = gl, gb
}

func (f *filter) backGrowth(p *params, g *params) {
	a, b := f.weights()
	gl, gb := 0.0, 0.0
	for t := len(f.y) - 1; t >= 0; t-- {
		d, growth, level, q, s := f.d[t], f.growth[t], f.level[t], f.q[t], f.s[t]
		bp := q / level
		gq, gbp, glPrev := gl, gb, 0.0
		if d == d {
			direct := a * d
			if b != 0 {
				inv := 1 / (f.y[t] - d)
				direct = inv * (2 - b*d*inv*f.y[t]*inv)
			}
			g.alpha += gl * d / s
			g.beta += gb * d / (s * level)
			gd := p.alpha*gl/s + p.beta*gb/(s*level)
			glPrev -= p.beta * gb * d / (s * level * level)
			switch f.form.Season {
			case None:
				gq += direct - gd
			case Additive:
				gs := g.season[t%f.m]
				g.gamma += gs * d
				gmu := direct - gd - p.gamma*gs
				gq += gmu
				g.season[t%f.m] = gs + gmu
			case Multiplicative:
				gs := g.season[t%f.m]
				g.gamma += gs * d / q
				gmu := direct - gd - p.gamma*gs/q
				gq += gmu*s - p.gamma*gs*d/(q*q)
				g.season[t%f.m] = gs + gmu*q - (p.alpha*gl+p.beta*gb/level)*d/(s*s)
			}
		}
		// q = level * bp and bp = growth^phi
		gbp += gq * level
		glPrev += gq * bp
		g.phi += gbp * bp * math.Log(growth)
		gb = gbp * p.phi * bp / growth
		gl = glPrev
	}
	g.level, g.growth = gl, gb
}
