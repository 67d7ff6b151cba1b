package arima

import "math"

// fit is an estimated order.
type fit struct {
	order    Order
	x        []float64 // partial autocorrelations of φ, θ, Φ, Θ
	deviance float64   // -2 log L
	aicc     float64
	pruned   bool // given up: it could not have become the best
}

// solver is Levenberg's and Marquardt's method on an [objective], with derivatives by differences.
type solver struct {
	most      int     // iterations
	tolerance float64 // of the deviance
	beat      float64 // give up when an aicc below it is out of reach; +Inf = never
}

const (
	edge = 1 - 1e-7 // partial autocorrelations stay within
	held = 1 - 1e-5 // and those beyond are left where they are while the likelihood wants them out
	step = 1e-6     // of the differences
)

// minimise starts from x, which it changes, and returns the best found. ok is false where not even the start has a likelihood.
func (s solver) minimise(b *objective, x []float64) (f fit, ok bool) {
	n, k := b.p.n, len(x)
	mem := make([]float64, n*(k+2)+k*k*2+3*k)
	take := func(n int) []float64 { v := mem[:n:n]; mem = mem[n:]; return v }
	u, next, jac := take(n), take(n), take(n*k)
	h, chol, g, move, trial := take(k*k), take(k*k), take(k), take(k), take(k)
	sum, ok := b.at(x, u)
	if !ok {
		return fit{}, false
	}
	f = fit{order: b.order}
	finish := func() (fit, bool) {
		f.x, f.deviance = x, b.p.deviance(sum)
		f.aicc = b.p.aicc(b.order, f.deviance)
		return f, true
	}
	size := float64(b.p.known())
	lambda := 1e-3
	for iter := 0; k > 0 && iter < s.most && sum > size*1e-30; iter++ {
		for j := range k {
			old, d := x[j], step
			if old > 0 {
				d = -d
			}
			x[j] += d
			if _, ok := b.at(x, next); !ok {
				x[j] = old
				return finish()
			}
			x[j] = old
			col := jac[j*n : (j+1)*n]
			for t, v := range next {
				col[t] = (v - u[t]) / d
			}
		}
		for i := range k {
			for j := range i + 1 {
				h[i*k+j] = dot(jac[i*n:(i+1)*n], jac[j*n:(j+1)*n])
			}
			g[i] = dot(jac[i*n:(i+1)*n], u)
		}
		for i := range k {
			if math.Abs(x[i]) > held && g[i]*x[i] < 0 { // at the edge, and better beyond: the others go on without it
				g[i] = 0
				for j := range k {
					h[max(i, j)*k+min(i, j)] = 0
				}
				h[i*k+i] = 1
			}
		}
		improved := false
		for range 12 {
			gain := solveDamped(h, g, lambda, chol, move)
			if gain < 0 {
				lambda *= 10
				continue
			}
			// What the full step promises; near a bend the truth may be better, hence the factor.
			promise := -size * math.Log(max(1e-300, 1-min(gain/sum, 1)))
			if promise < s.tolerance {
				return finish()
			}
			if lambda <= 1e-2 && iter > 0 && b.p.aicc(b.order, b.p.deviance(sum)-3*promise-1) > s.beat {
				f.pruned = true
				return finish()
			}
			for j := range k {
				trial[j] = inside(x[j], x[j]+move[j])
			}
			if s, ok := b.at(trial, next); ok && s < sum {
				ratio := (sum - s) / gain
				sum = s
				copy(x, trial)
				u, next = next, u
				if ratio > .5 {
					lambda = max(lambda/10, 1e-7)
				} else if ratio < .1 {
					lambda *= 4
				}
				improved = true
				break
			}
			lambda = max(lambda*8, 1e-4)
		}
		if !improved {
			break
		}
	}
	return finish()
}

// thorough minimises from several starts: the likelihood can have more than one maximum. The likelihoods of the starts are compared
// after a few iterations, the best goes on to the end; x, where not nil, is one of the starts.
func (s solver) thorough(b *objective, x []float64) (f fit, ok bool) {
	brief := s
	brief.most, brief.beat = 4, math.Inf(1)
	try := func(x []float64) {
		if g, good := brief.minimise(b, x); good && (!ok || g.deviance < f.deviance) {
			f, ok = g, true
		}
	}
	k := b.order.coefficients()
	if x != nil {
		try(append([]float64(nil), x...))
	}
	try(make([]float64, k))
	var firsts []int
	at := 0
	for _, n := range []int{b.order.P, b.order.Q, b.order.SP, b.order.SQ} {
		if n > 0 {
			firsts = append(firsts, at)
		}
		at += n
	}
	for signs := range 1 << len(firsts) {
		x := make([]float64, k)
		for i, at := range firsts {
			x[at] = .4
			if signs>>i&1 == 1 {
				x[at] = -.4
			}
		}
		try(x)
	}
	if !ok {
		return f, false
	}
	return s.minimise(b, f.x)
}

// inside keeps a move from a point in the open cube in it: one that would leave goes nine tenths of the way to the edge.
func inside(from, to float64) float64 {
	if to > edge {
		return from + .9*(edge-from)
	}
	if to < -edge {
		return from - .9*(edge+from)
	}
	return to
}

// solveDamped solves (H + λ diag H) move = -g by Cholesky and returns the decrease of the sum of squares the linear model promises;
// negative where the matrix is not positive definite. h holds the lower triangle.
func solveDamped(h, g []float64, lambda float64, chol, move []float64) float64 {
	k := len(g)
	for i := range k {
		for j := range i + 1 {
			s := h[i*k+j]
			if i == j {
				s += lambda*s + 1e-300
			}
			for l := range j {
				s -= chol[i*k+l] * chol[j*k+l]
			}
			if i == j {
				if !(s > 1e-14*h[i*k+i]) {
					return -1
				}
				chol[i*k+i] = math.Sqrt(s)
			} else {
				chol[i*k+j] = s / chol[j*k+j]
			}
		}
	}
	for i := range k {
		s := -g[i]
		for l := range i {
			s -= chol[i*k+l] * move[l]
		}
		move[i] = s / chol[i*k+i]
	}
	for i := k - 1; i >= 0; i-- {
		s := move[i]
		for l := i + 1; l < k; l++ {
			s -= chol[l*k+i] * move[l]
		}
		move[i] = s / chol[i*k+i]
	}
	gain := 0.0
	for i := range k {
		gain += move[i] * (lambda*h[i*k+i]*move[i] - g[i])
	}
	return gain
}
