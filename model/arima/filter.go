package arima

import "math"

// filter runs the exact Gaussian innovations of an ARMA process over several columns at once: the series and its regressors.
//
// State space (Pearlman 1980): w_t = x_t[0] + e_t, x_{t+1} = T x_t + h e_t with h = φ + θ and T the companion matrix of φ. The
// stationary Kalman filter's covariances change by matrices of rank one, so that the gain g (times the innovation variance f) and one
// vector l are all it takes (Chandrasekhar recursions: Morf, Sidhu & Kailath 1974; Mélard 1984, AS 197):
//
//	c = l[0]/f,  g' = g - c T l,  l' = T l - c g,  f' = f - c l[0]
//
// started from f = γ(0), g = l = Cov(x_{t+1}, w_t). This takes time and memory in r = max(p+Pm, q+Qm) a step rather than r². T shifts by
// one place: states lie in buffers of n+r+1 values, and a step moves on in the buffer instead of shifting. Once l has died out the
// gain is h, and only the coefficients that are not zero are left to work with.
type filter struct {
	shape
	phi, theta []float64 // dense, by lag from 0: w_t = Σ phi[j] w_{t-j} + e_t + Σ theta[j] e_{t-j}; phi[0] is unused
	f          float64   // variance of the innovation, in units of Var e
	g          []float64 // gain times f
	l          []float64 // the vector of the recursion, from place n on once the filter has run
	steady     bool      // l has died out: f = 1, g = h
	logF       float64   // Σ log f

	gamma, acf, levels, psi []float64
}

// column is one thing that is filtered.
type column struct {
	w     []float64 // the differenced values
	first int       // w is zero before: nothing to do
	brief int       // w is zero from here on, as a gap's is, and e once its effect has died out; 0 = it never is
	end   int       // e is zero from here on
	x     []float64 // the state at t stands from place t on; r+1 longer than w
	e     []float64 // the innovations divided by √f
}

func newColumn(w []float64, first, r int) column {
	return column{w: w, first: first, x: make([]float64, len(w)+r+1), e: make([]float64, len(w))}
}

func newFilter(s shape, n int) *filter {
	return &filter{shape: s, phi: make([]float64, s.arMax+1), theta: make([]float64, s.maMax+1), g: make([]float64, s.r), l: make([]float64, n+s.r+1),
		gamma: make([]float64, max(1, s.arMax)+s.maMax), acf: make([]float64, s.maMax+1), psi: make([]float64, s.maMax+1)}
}

// set multiplies the polynomials out: ar, ma, sar and sma are φ, θ, Φ and Θ.
func (k *filter) set(ar, ma, sar, sma []float64) {
	var a, b [9]float64
	for i, v := range ar {
		a[i] = -v
	}
	for i, v := range sar {
		b[i] = -v
	}
	multiply(a[:len(ar)], b[:len(sar)], k.m, k.phi)
	for _, j := range k.ar {
		k.phi[j] = -k.phi[j]
	}
	multiply(ma, sma, k.m, k.theta)
}

// start sets f, g and l to their stationary values. ok is false where the process is not stationary.
func (k *filter) start() (ok bool) {
	clear(k.l)
	clear(k.g)
	clear(k.acf)
	k.logF, k.f, k.steady = 0, 1, k.r == 0
	if k.r == 0 {
		return true
	}
	if k.levels == nil {
		k.levels = make([]float64, k.arMax*(k.arMax+1)/2)
	}
	if !autocovariance(k.phi, k.ar, k.levels, k.gamma) {
		return false
	}
	// γ_w(lag) = Σ_i acf(i) γ_x(lag-i), where x is the autoregression alone and acf that of the moving average's coefficients.
	for i := -1; i < len(k.ma); i++ {
		a := 0
		if i >= 0 {
			a = k.ma[i]
		}
		k.acf[0] += k.theta[a] * k.theta[a]
		for _, b := range k.ma[i+1:] {
			k.acf[b-a] += k.theta[a] * k.theta[b]
		}
	}
	covariance := func(lag int) float64 {
		s := k.acf[0] * k.gamma[lag]
		for _, i := range k.apart[1:] {
			back := lag - i
			if back < 0 {
				back = -back
			}
			s += k.acf[i] * (k.gamma[back] + k.gamma[lag+i])
		}
		return s
	}
	k.f = covariance(0)
	// g[i-1] = Cov(x_{t+1}[i-1], w_t) = Σ_{j≥i} φ_j γ_w(j-i) + θ_j ψ_{j-i}; ψ_j is the effect of e_t on w_{t+j}.
	for lag := range k.arMax {
		c := covariance(lag)
		for _, j := range k.ar {
			if j > lag {
				k.g[j-lag-1] += k.phi[j] * c
			}
		}
	}
	for lag := range k.maMax {
		psi := k.theta[lag]
		for _, j := range k.ar {
			if j > lag {
				break
			}
			psi += k.phi[j] * k.psi[lag-j]
		}
		k.psi[lag] = psi
		for _, j := range k.ma {
			if j > lag {
				k.g[j-lag-1] += k.theta[j] * psi
			}
		}
	}
	copy(k.l, k.g)
	return k.f > 0 && !math.IsInf(k.f, 0)
}

// small reports whether a vector has died out; it began with a length near one.
func small(x []float64) bool {
	const gone = 1e-24
	s := 0.0
	for _, v := range x {
		if s += v * v; s > gone {
			return false
		}
	}
	return true
}

// run filters the columns over all of their values, from the stationary state; start comes first.
func (k *filter) run(columns []column) {
	for i := range columns {
		clear(columns[i].x)
		if columns[i].first > 0 || columns[i].brief > 0 {
			clear(columns[i].e)
		}
	}
	k.resume(columns)
}

// resume filters the columns from the states at place 0 of theirs. columns[0].first is 0.
func (k *filter) resume(columns []column) {
	n, r := len(columns[0].w), k.r
	check := max(8, r/2) // steps between two looks at the length of l
	product := 1.0
	for i := range columns {
		columns[i].end = n
	}
	for t := range n {
		f := k.f
		scale := 1.0
		if f != 1 {
			scale = 1 / math.Sqrt(f)
			if product *= f; product > 1e200 {
				k.logF += math.Log(product)
				product = 1
			}
		}
		for i := range columns {
			c := &columns[i]
			if t < c.first || t >= c.end {
				continue
			}
			v := c.w[t] - c.x[t]
			c.e[t] = v * scale
			k.advance(c.x, t, v)
			if c.brief > 0 && t >= c.brief && t%check == 0 && small(c.x[t+1:t+1+r]) {
				c.end = t + 1
			}
		}
		if !k.steady {
			k.step(t)
			if t%check == check-1 {
				k.settle(t + 1)
			}
		}
	}
	k.logF += math.Log(product)
}

// advance moves the state in x from place t to t+1, after the innovation v. The gains are those of t.
func (k *filter) advance(x []float64, t int, v float64) {
	if k.steady {
		w := x[t] + v
		for _, j := range k.ar {
			x[t+j] += k.phi[j] * w
		}
		for _, j := range k.ma {
			x[t+j] += k.theta[j] * v
		}
		return
	}
	at := x[t]
	for _, j := range k.ar {
		x[t+j] += k.phi[j] * at
	}
	v /= k.f
	next := x[t+1 : t+1+len(k.g)]
	for i, g := range k.g {
		next[i] += g * v
	}
}

// step moves f, g and l from t to t+1.
func (k *filter) step(t int) {
	first := k.l[t]
	if first == 0 {
		return // T l is a mere shift, and g and f stay
	}
	for _, j := range k.ar {
		k.l[t+j] += k.phi[j] * first
	}
	c := first / k.f
	k.f = max(1, k.f-c*first) // 1 is the error with an infinite past; only rounding can go below
	g := k.g
	l := k.l[t+1 : t+1+len(g)]
	for i, gi := range g {
		li := l[i]
		l[i] = li - c*gi
		g[i] = gi - c*li
	}
}

// settle looks whether l, which stands from place t on, has died out, and if so makes the filter steady.
func (k *filter) settle(t int) {
	if math.Abs(k.f-1) > 1e-9 || !small(k.l[t:t+k.r]) {
		return
	}
	k.steady, k.f = true, 1
	clear(k.g)
	for _, j := range k.ar {
		k.g[j-1] = k.phi[j]
	}
	for _, j := range k.ma {
		k.g[j-1] += k.theta[j]
	}
}
