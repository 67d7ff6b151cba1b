package arima

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Model is one fitted series.
type Model struct {
	order  Order
	coef   []float64 // φ, θ, Φ, Θ
	terms  []term    // the regressors, the constant first
	sigma2 float64   // Var e, in units of scale²
	scale  float64   // values are divided by it; a power of two

	deviance, aicc float64
	count          int // known values of the fit

	seen    int     // values since the fit's first, up to the state
	f       float64 // the filter's state, see [filter]
	g, l    []float64
	steady  bool
	columns []memory  // the series, the regressors, and recent gaps
	info    []float64 // X'X of the filtered columns but the first, row by row
	score   []float64 // X'w
	ahead   [][]float64
}

// memory is what the future needs to know of a column.
type memory struct {
	x    []float64 // the filter's state
	tail []float64 // the last d+Dm values before differencing
}

// mostGaps bounds the unknown values a model keeps estimating as more arrives; older ones are settled.
const mostGaps = 12

// extend moves the state over more values of every column: levels[0] is the series, in units of scale, with anything for unknown
// values, whose places are gaps; levels[1:] are the regressors. In a fresh model the state is the stationary one and the columns begin
// with the first d+Dm values as tails.
func (m *Model) extend(levels [][]float64, gaps []int) {
	n := len(levels[0])
	if n == 0 {
		return
	}
	lost := m.order.lost()
	k := newFilter(m.order.shape(), n)
	k.set(m.order.parts(m.coef))
	k.f, k.steady = m.f, m.steady
	copy(k.g, m.g)
	copy(k.l, m.l)
	all := make([][]float64, len(m.columns), len(m.columns)+len(gaps))
	copy(all, levels)
	for _, at := range gaps {
		one := make([]float64, n)
		one[at] = 1
		m.add(memory{make([]float64, k.r), make([]float64, lost)})
		all = append(all, one)
	}
	columns := make([]column, len(all))
	for i, level := range all {
		if level == nil { // an older gap
			level = make([]float64, n)
		}
		level = append(slices.Clone(m.columns[i].tail), level...)
		columns[i] = newColumn(difference(level, m.order.D, m.order.SD, m.order.Season), 0, k.r)
		copy(columns[i].x, m.columns[i].x)
		m.columns[i].tail = slices.Clone(level[len(level)-lost:])
	}
	k.resume(columns)
	for i := range columns {
		m.columns[i].x = slices.Clone(columns[i].x[n : n+k.r])
	}
	q := len(columns) - 1
	for i := range q {
		m.score[i] += dot(columns[i+1].e, columns[0].e)
		for j := range q {
			m.info[i*q+j] += dot(columns[i+1].e, columns[j+1].e)
		}
	}
	m.f, m.g, m.l, m.steady = k.f, k.g, slices.Clone(k.l[n:n+k.r]), k.steady
	m.seen += n
	if more := len(m.columns) - 1 - len(m.terms) - mostGaps; more > 0 {
		m.settle(more)
	}
}

// add appends a column about which nothing is known.
func (m *Model) add(c memory) {
	q := len(m.columns) - 1
	m.columns = append(m.columns, c)
	info := make([]float64, (q+1)*(q+1))
	for i := range q {
		copy(info[i*(q+1):], m.info[i*q:(i+1)*q])
	}
	m.info = info
	m.score = append(m.score, 0)
}

// settle fixes the coefficients of the oldest gaps at what they are estimated to be now, which does not move the others, and takes their
// columns out.
func (m *Model) settle(gaps int) {
	beta, _ := m.estimate()
	q, lo := len(m.columns)-1, len(m.terms)
	hi := lo + gaps
	for i := lo; i < hi; i++ {
		c := m.columns[i+1]
		for t, v := range c.x {
			m.columns[0].x[t] -= beta[i] * v
		}
		for t, v := range c.tail {
			m.columns[0].tail[t] -= beta[i] * v
		}
	}
	var info, score []float64
	for r := range q {
		if r >= lo && r < hi {
			continue
		}
		s := m.score[r]
		for i := lo; i < hi; i++ {
			s -= beta[i] * m.info[r*q+i]
		}
		score = append(score, s)
		info = append(info, m.info[r*q:r*q+lo]...)
		info = append(info, m.info[r*q+hi:(r+1)*q]...)
	}
	m.info, m.score = info, score
	m.columns = slices.Delete(m.columns, lo+1, hi+1)
}

// estimate is the generalised least-squares estimate of the columns' coefficients, and the Cholesky factor [row*q+column] of their
// information; the row of a column that depends on those before it is zero, and so is its coefficient.
func (m *Model) estimate() (beta, factor []float64) {
	q := len(m.columns) - 1
	beta, factor = make([]float64, q), make([]float64, q*q)
	for i := range q {
		for j := range i + 1 {
			s := m.info[i*q+j]
			for l := range j {
				s -= factor[i*q+l] * factor[j*q+l]
			}
			switch {
			case i > j:
				if d := factor[j*q+j]; d > 0 {
					factor[i*q+j] = s / d
				}
			case s > 1e-12*m.info[i*q+i]:
				factor[i*q+i] = math.Sqrt(s)
			default:
				clear(factor[i*q : (i+1)*q])
			}
		}
	}
	for i := range q {
		beta[i] = m.score[i]
		for l := range i {
			beta[i] -= factor[i*q+l] * beta[l]
		}
		if d := factor[i*q+i]; d > 0 {
			beta[i] /= d
		} else {
			beta[i] = 0
		}
	}
	for i := q - 1; i >= 0; i-- {
		if factor[i*q+i] == 0 {
			continue
		}
		for l := i + 1; l < q; l++ {
			beta[i] -= factor[l*q+i] * beta[l]
		}
		beta[i] /= factor[i*q+i]
	}
	return beta, factor
}

// Update implements fleet.Updater: the coefficients and σ² stay; the state, and with it the regression and the estimates of recent
// unknown values, move on as if the whole series had been filtered with them.
func (m *Model) Update(s tidewatch.Series, from int) {
	for from < len(s.Values) {
		// No more than a few unknown values at a time: each is a column until it is settled.
		to, gaps := from, 0
		for to < len(s.Values) && gaps < mostGaps {
			if v := s.Values[to]; v != v {
				gaps++
			}
			to++
		}
		m.advance(s, from, to)
		from = to
	}
	m.ahead = plan(m.terms, s)
}

// advance moves the state over s.Values[from:to].
func (m *Model) advance(s tidewatch.Series, from, to int) {
	y := s.Values[from:to]
	levels := make([][]float64, 1+len(m.terms))
	levels[0] = make([]float64, len(y))
	var gaps []int
	last := 0.0
	if t := m.columns[0].tail; len(t) > 0 {
		last = t[len(t)-1]
	}
	for t, v := range y {
		if v == v {
			last = v / m.scale
		} else {
			gaps = append(gaps, t)
		}
		levels[0][t] = last
	}
	for i, term := range m.terms {
		levels[i+1] = term.values(s, s.Start+from, len(y), m.seen)
	}
	m.extend(levels, gaps)
}

// Order is the form of the model.
func (m *Model) Order() Order { return m.order }

// Coefficients are φ, θ, Φ and Θ.
func (m *Model) Coefficients() (ar, ma, sar, sma []float64) {
	return m.order.parts(slices.Clone(m.coef))
}

// Regressors are the names of the regressors and their coefficients, in units of the series.
func (m *Model) Regressors() (names []string, beta []float64) {
	b, _ := m.estimate()
	for i, t := range m.terms {
		names = append(names, t.String())
		beta = append(beta, b[i]*m.scale)
	}
	return names, beta
}

// Sigma2 is the variance of the innovations, corrected for the number of coefficients.
func (m *Model) Sigma2() float64 { return m.sigma2 * m.scale * m.scale }

// LogLik is the exact Gaussian log-likelihood of the known values, given those that differencing takes.
func (m *Model) LogLik() float64 { return m.deviance/-2 - float64(m.count)*math.Log(m.scale) }

// AICc is the corrected information criterion (Hurvich & Tsai 1989).
func (m *Model) AICc() float64 { return m.aicc + 2*float64(m.count)*math.Log(m.scale) }
