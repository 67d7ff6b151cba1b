// Package quasinewton minimises smooth functions of a few variables with their gradients: the fits of the statistical models, which
// are many and small. After New it allocates nothing.
package quasinewton

import "math"

// Func is the function to minimise: it fills grad with its gradient at x and returns its value. +Inf or NaN marks an x outside its domain;
// grad is then ignored.
type Func func(x, grad []float64) float64

// Minimizer holds the memory of one dimension. It is not safe for concurrent use.
type Minimizer struct {
	n                       int
	inverse                 []float64 // [n*n] approximation of the inverse Hessian
	grad, dir, trial, gradT []float64
	step, change, hy        []float64
}

// New makes a minimiser for functions of n variables.
func New(n int) *Minimizer {
	b := make([]float64, n*n+7*n)
	cut := func(k int) []float64 {
		v := b[:k:k]
		b = b[k:]
		return v
	}
	return &Minimizer{n: n, inverse: cut(n * n), grad: cut(n), dir: cut(n), trial: cut(n), gradT: cut(n), step: cut(n), change: cut(n), hy: cut(n)}
}

// Settings bounds the work. All fields must be set.
type Settings struct {
	Scale      []float64 // [n] a typical change of each variable, the square root of the first inverse Hessian's diagonal
	Iterations int       // at most
	Tolerance  float64   // stop when a full iteration is expected to lower the value by less
	// Hopeless, if set, is asked after every iteration with its number and the value reached; true abandons the search.
	Hopeless func(iteration int, value float64) bool
}

// Minimize lowers f from x, in place, by BFGS with backtracking (Nocedal & Wright 2006, algorithm 6.1 with 3.1), and returns the value there.
// The value never rises. A start outside the domain returns +Inf.
func (m *Minimizer) Minimize(f Func, x []float64, s Settings) float64 {
	n := m.n
	value := f(x, m.grad)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return math.Inf(1)
	}
	m.reset(s.Scale)
	fresh := true // the inverse Hessian is still the first guess
	for it := range s.Iterations {
		slope := 0.0
		for i := range n {
			d := 0.0
			for j, g := range m.grad {
				d -= m.inverse[i*n+j] * g
			}
			m.dir[i] = d
			slope += d * m.grad[i]
		}
		if !(slope < 0) { // rounding has spoilt the inverse Hessian
			if fresh {
				return value
			}
			m.reset(s.Scale)
			fresh = true
			continue
		}
		if -slope < s.Tolerance {
			return value
		}
		t, next := m.search(f, x, value, slope)
		if t == 0 {
			if fresh {
				return value
			}
			m.reset(s.Scale)
			fresh = true
			continue
		}
		fresh = false
		for i := range n {
			m.step[i], m.change[i] = m.trial[i]-x[i], m.gradT[i]-m.grad[i]
		}
		m.update(it == 0)
		gain := value - next
		copy(x, m.trial)
		copy(m.grad, m.gradT)
		value = next
		if gain < s.Tolerance*1e-2 || s.Hopeless != nil && s.Hopeless(it, value) {
			return value
		}
	}
	return value
}

// reset makes the inverse Hessian diagonal.
func (m *Minimizer) reset(scale []float64) {
	clear(m.inverse)
	for i, s := range scale {
		m.inverse[i*m.n+i] = s * s
	}
}

// search finds a step along dir that lowers f enough (Armijo), by quadratic interpolation; 0 if there is none. trial and gradT
// then hold the point and its gradient.
func (m *Minimizer) search(f Func, x []float64, value, slope float64) (t, next float64) {
	t = 1
	for range 20 {
		for i, d := range m.dir {
			m.trial[i] = x[i] + t*d
		}
		next = f(m.trial, m.gradT)
		if next <= value+1e-4*t*slope {
			return t, next
		}
		shrunk := 0.1 * t // also where f is not finite
		if !math.IsInf(next, 0) && !math.IsNaN(next) {
			shrunk = min(max(-slope*t*t/(2*(next-value-slope*t)), 0.1*t), 0.5*t)
		}
		t = shrunk
	}
	return 0, value
}

// update is the BFGS update of the inverse Hessian (Nocedal & Wright 6.17); skipped where the curvature is not positive. The first is
// preceded by a scaling of the guess (their 6.20).
func (m *Minimizer) update(first bool) {
	n := m.n
	sy, yy := 0.0, 0.0
	for i := range n {
		sy += m.step[i] * m.change[i]
		yy += m.change[i] * m.change[i]
	}
	if !(sy > 1e-12*yy*1e-8) || yy == 0 {
		return
	}
	if first {
		// Keep the relative scales of the variables: scale H so that it is right along the step.
		yhy := 0.0
		for i, c := range m.change {
			yhy += c * c * m.inverse[i*n+i]
		}
		k := sy / yhy
		for i := range n {
			m.inverse[i*n+i] *= k
		}
	}
	yhy := 0.0
	for i := range n {
		h := 0.0
		for j, c := range m.change {
			h += m.inverse[i*n+j] * c
		}
		m.hy[i] = h
		yhy += h * m.change[i]
	}
	a := (1 + yhy/sy) / sy
	for i, si := range m.step {
		hi, row := m.hy[i], m.inverse[i*n:(i+1)*n]
		for j, sj := range m.step {
			row[j] += a*si*sj - (hi*sj+si*m.hy[j])/sy
		}
	}
}
