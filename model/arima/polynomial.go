package arima

// shape is where the coefficients of an order's multiplied-out polynomials stand.
type shape struct {
	p, q, sp, sq, m int
	ar, ma          []int // lags of φ(L)Φ(L^m) and θ(L)Θ(L^m) that can have a coefficient, ascending, 0 left out
	arMax, maMax    int   // the longest of each
	apart           []int // differences between two lags of θ(L)Θ(L^m), 0 included, ascending
	r               int   // the longest of both: the dimension of the state
}

func (o Order) shape() shape {
	s := shape{p: o.P, q: o.Q, sp: o.SP, sq: o.SQ, m: o.Season}
	s.ar = productLags(o.P, o.SP, o.Season)
	s.ma = productLags(o.Q, o.SQ, o.Season)
	s.arMax, s.maMax = o.P+o.SP*o.Season, o.Q+o.SQ*o.Season
	s.r = max(s.arMax, s.maMax)
	s.apart = append(s.apart, 0)
	on := make([]bool, s.maMax+1)
	for i, a := range s.ma {
		on[a] = true
		for _, b := range s.ma[:i] {
			on[a-b] = true
		}
	}
	for d, v := range on {
		if v {
			s.apart = append(s.apart, d)
		}
	}
	return s
}

func productLags(p, sp, m int) []int {
	on := make([]bool, p+sp*m+1)
	for j := 0; j <= sp; j++ {
		for i := 0; i <= p; i++ {
			on[i+j*m] = true
		}
	}
	var lags []int
	for lag := 1; lag < len(on); lag++ {
		if on[lag] {
			lags = append(lags, lag)
		}
	}
	return lags
}

// multiply fills out [lag] with the coefficients of (1 + Σ a_i L^i)(1 + Σ b_j L^jm), out[0] = 1.
func multiply(a, b []float64, m int, out []float64) {
	clear(out)
	for j := 0; j <= len(b); j++ {
		c := 1.0
		if j > 0 {
			c = b[j-1]
		}
		out[j*m] += c
		for i, v := range a {
			out[j*m+i+1] += c * v
		}
	}
}

// fromPartial turns partial autocorrelations into the coefficients of the stationary autoregression x_t = Σ a_i x_{t-i} + e_t that has
// them (Durbin-Levinson; Barndorff-Nielsen & Schou 1973). It works in place; len(a) is at most 9.
func fromPartial(a []float64) {
	var old [9]float64
	for k := 1; k < len(a); k++ {
		copy(old[:k], a[:k])
		for j := range k {
			a[j] = old[j] - a[k]*old[k-1-j]
		}
	}
}

// toPartial is the inverse of fromPartial. ok is false where the autoregression is not stationary.
func toPartial(a []float64) (ok bool) {
	var old [9]float64
	for k := len(a) - 1; k >= 0; k-- {
		d := 1 - a[k]*a[k]
		if !(d > 0) {
			return false
		}
		copy(old[:k], a[:k])
		for j := range k {
			a[j] = (old[j] + a[k]*old[k-1-j]) / d
		}
	}
	return true
}

// rootsBeyond reports whether all roots of 1 - Σ a_i z^i have a modulus above radius.
func rootsBeyond(a []float64, radius float64) bool {
	var b [9]float64
	scale := 1.0
	for i, v := range a {
		scale *= radius
		b[i] = v * scale
	}
	return toPartial(b[:len(a)])
}

// nearlyIntegrated is the ratio of variances, of the process to its innovations, beyond which the filter's recursion, which takes one
// down to the other, would lose too many digits. Such a process is a random walk in all but name.
const nearlyIntegrated = 1e9

// autocovariance fills gamma with the autocovariances at lags 0 ... len(gamma)-1 of x_t = Σ a[j] x_{t-j} + e_t, Var e = 1, the sum over
// lags, by Levinson's recursion backwards and forwards. a is dense, a[0] unused; levels has room for p(p+1)/2 values, p = len(a)-1. ok
// is false where x is not stationary, or hardly so.
func autocovariance(a []float64, lags []int, levels, gamma []float64) (ok bool) {
	p := len(a) - 1
	level := func(k int) []float64 { return levels[k*(k-1)/2 : k*(k+1)/2] } // the best predictor from k values
	if p > 0 {
		copy(level(p), a[1:])
	}
	gamma[0] = 1
	for k := p; k > 0; k-- {
		at := level(k)
		last := at[k-1]
		d := 1 - last*last
		if !(d > 0) {
			return false
		}
		d = 1 / d
		gamma[0] *= d
		if k == 1 {
			break
		}
		below := level(k - 1)
		if last == 0 {
			copy(below, at)
			continue
		}
		for j := range below {
			below[j] = (at[j] + last*at[k-2-j]) * d
		}
	}
	for k := 1; k < len(gamma); k++ {
		s := 0.0
		if k <= p {
			for j, v := range level(k) {
				s += v * gamma[k-1-j]
			}
		} else {
			for _, j := range lags {
				s += a[j] * gamma[k-j]
			}
		}
		gamma[k] = s
	}
	return gamma[0] < nearlyIntegrated
}
