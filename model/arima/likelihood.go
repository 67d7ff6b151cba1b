package arima

import "math"

// objective is the concentrated exact likelihood of one order as a sum of squares: with u_t the innovations over √f, less what the
// regressors explain, times (Π f · |X'X| of the gaps)^(1/2N), it is -2 log L = N (log(2π Σu²/N) + 1) (Ljung & Box 1979), so that
// methods for nonlinear least squares apply. Regression coefficients and σ² are profiled out.
type objective struct {
	order   Order
	p       *problem
	filter  *filter
	columns []column
	factor  []float64 // Cholesky factor of the gaps' X'X, row by row
	gap     []float64 // the gaps' coefficients, in the last evaluation
	coef    []float64 // φ, θ, Φ, Θ
	scale   float64   // of the terms
}

func newObjective(p *problem, o Order) *objective {
	s := o.shape()
	b := &objective{order: o, p: p, filter: newFilter(s, p.n), factor: make([]float64, p.gaps*p.gaps), gap: make([]float64, p.gaps), coef: make([]float64, o.coefficients())}
	b.columns = make([]column, len(p.w))
	for i, w := range p.w {
		b.columns[i] = newColumn(w, p.first[i], s.r)
		b.columns[i].brief = p.brief[i]
	}
	return b
}

// parts are φ, θ, Φ and Θ in coef.
func (o Order) parts(coef []float64) (ar, ma, sar, sma []float64) {
	a, b, c := o.P, o.P+o.Q, o.P+o.Q+o.SP
	return coef[:a], coef[a:b], coef[b:c], coef[c : c+o.SQ]
}

// expand turns partial autocorrelations (of both polynomials of each kind, so that every point of the open cube is a stationary,
// invertible model) into coefficients.
func (o Order) expand(x, coef []float64) {
	copy(coef, x)
	ar, ma, sar, sma := o.parts(coef)
	fromPartial(ar)
	fromPartial(sar)
	fromPartial(ma)
	fromPartial(sma)
	for i := range ma {
		ma[i] = -ma[i]
	}
	for i := range sma {
		sma[i] = -sma[i]
	}
}

// filtered runs the filter at the given partial autocorrelations.
func (b *objective) filtered(x []float64) (ok bool) {
	b.order.expand(x, b.coef)
	return b.refiltered()
}

// refiltered runs the filter at the coefficients in b.coef.
func (b *objective) refiltered() (ok bool) {
	b.filter.set(b.order.parts(b.coef))
	if !b.filter.start() {
		return false
	}
	b.filter.run(b.columns)
	return true
}

// at is the sum of squares at the given partial autocorrelations, and u its terms. ok is false where there is no such likelihood.
func (b *objective) at(x, u []float64) (sum float64, ok bool) {
	if !b.filtered(x) {
		return 0, false
	}
	logGaps, ok := b.withoutGaps()
	if !ok {
		return 0, false
	}
	logDet := b.filter.logF + logGaps
	for j := 1 + b.p.gaps; j < len(b.columns); j++ {
		b.orthogonal(j)
	}
	b.scale = math.Exp(logDet / float64(2*b.p.known()))
	for t, v := range b.columns[0].e {
		v *= b.scale
		u[t] = v
		sum += v * v
	}
	return sum, !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// withoutGaps takes the gaps out of the regressors and the series and returns log |X'X| of the gaps. Their effects are brief, so that
// most of X'X is zero. ok is false where the known values do not determine a gap: a phase of the season that is never known.
func (b *objective) withoutGaps() (logDet float64, ok bool) {
	n := b.p.gaps
	l := b.factor
	for i := range n {
		ci := &b.columns[i+1]
		from := i // the first gap whose effect reaches this one
		for j := range i {
			cj := &b.columns[j+1]
			if cj.end > ci.first {
				from = min(from, j)
			}
		}
		clear(l[i*n : i*n+from])
		for j := from; j <= i; j++ {
			cj := &b.columns[j+1]
			s := 0.0
			if end := min(ci.end, cj.end); end > ci.first {
				s = dot(ci.e[ci.first:end], cj.e[ci.first:end])
			}
			whole := s
			for k := from; k < j; k++ {
				s -= l[i*n+k] * l[j*n+k]
			}
			if j < i {
				l[i*n+j] = s / l[j*n+j]
				continue
			}
			if !(s > 1e-11*whole) {
				return 0, false
			}
			l[i*n+i] = math.Sqrt(s)
			logDet += math.Log(s)
		}
	}
	beta := b.gap
	for c := n + 1; n > 0 && c <= len(b.columns); c++ {
		to := b.columns[c%len(b.columns)].e // the series comes last, and leaves its coefficients
		for i := range n {
			ci := &b.columns[i+1]
			s := dot(ci.e[ci.first:ci.end], to[ci.first:ci.end])
			for k := range i {
				s -= l[i*n+k] * beta[k]
			}
			beta[i] = s / l[i*n+i]
		}
		for i := n - 1; i >= 0; i-- {
			s := beta[i]
			for k := i + 1; k < n; k++ {
				s -= l[k*n+i] * beta[k]
			}
			beta[i] = s / l[i*n+i]
		}
		for i, v := range beta {
			ci := &b.columns[i+1]
			e := ci.e[ci.first:ci.end]
			part := to[ci.first:ci.end]
			for t, w := range e {
				part[t] -= v * w
			}
		}
	}
	return logDet, true
}

// orthogonal takes column j, made to length one, out of those that follow it and out of the series (modified Gram-Schmidt). Where hardly
// anything of it is left it is a combination of the others, and left out.
func (b *objective) orthogonal(j int) {
	c := &b.columns[j]
	size := math.Sqrt(dot(c.e, c.e))
	if size <= 1e-9*math.Sqrt(dot(c.w, c.w)) {
		return
	}
	inv := 1 / size
	for i := range c.e {
		c.e[i] *= inv
	}
	for i := j + 1; i <= len(b.columns); i++ {
		to := b.columns[i%len(b.columns)].e
		s := dot(c.e, to)
		for t, v := range c.e {
			to[t] -= s * v
		}
	}
}

func dot(a, b []float64) float64 {
	s := 0.0
	b = b[:len(a)]
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// deviance is -2 log L of a sum of squares. A perfect fit counts as an error of 1e-15 of the unit.
func (p *problem) deviance(sum float64) float64 {
	n := float64(p.known())
	return n * (math.Log(2*math.Pi*max(sum/n, 1e-30)) + 1)
}

// aicc is the corrected information criterion of a deviance (Hurvich & Tsai 1989), with σ² counted; +Inf where there are too few values.
func (p *problem) aicc(o Order, deviance float64) float64 {
	k := float64(o.coefficients() + p.regressors() + 1)
	left := float64(p.known()) - k - 1
	if left <= 0 {
		return math.Inf(1)
	}
	return deviance + 2*k + 2*k*(k+1)/left
}
