package ar

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// model is one fitted series.
type model struct {
	lags  []int
	parts []part
	last  []float64 // values up to the last known one, as many as the longest lag; unknown ones filled in
	gap   int       // unknown values since
}

func (m *model) longest() int { return m.lags[len(m.lags)-1] }

// light: parts of less than this weight are left out.
const light = .02

// weigh turns evidence into weights that sum to 1.
func (m *model) weigh() {
	top := math.Inf(-1)
	for _, p := range m.parts {
		top = max(top, p.evidence)
	}
	sum := 0.0
	m.parts = slices.DeleteFunc(m.parts, func(p part) bool { return !(math.Exp(p.evidence-top) >= light) })
	for i := range m.parts {
		p := &m.parts[i]
		p.weight = math.Exp(p.evidence - top)
		sum += p.weight
	}
	for i := range m.parts {
		m.parts[i].weight /= sum
	}
}

// run fills mean and sd, in the units of the part, for the steps after last.
func (m *model) run(p *part, mean, sd []float64) {
	n := m.longest()
	z := make([]float64, n, n+len(mean))
	for i, v := range m.last {
		if p.logs {
			v = math.Log(v)
		}
		if p.unit > 0 {
			z[i] = (v - p.centre) / p.unit
		}
	}
	constant := p.coef[len(m.lags)]
	for h := range mean {
		v := constant
		for i, l := range m.lags {
			v += p.coef[i] * z[n+h-l]
		}
		v = min(max(v, p.lo), p.hi)
		z = append(z, v)
		mean[h] = v
	}
	// ψ weights: what an error of 1 adds h steps later.
	psi := make([]float64, len(mean))
	sum := 0.0
	for h := range psi {
		if h == 0 {
			psi[0] = 1
		}
		for i, l := range m.lags {
			if l <= h {
				psi[h] += p.coef[i] * psi[h-l]
			}
		}
		psi[h] = min(max(psi[h], -2), 2)
		sum += psi[h] * psi[h]
		sd[h] = min(math.Sqrt(p.variance*sum), 2)
	}
}

// Forecast implements [fleet.Model]. Means and quantiles are weighted averages of those of the parts.
func (m *model) Forecast(levels, mean, q []float64) {
	all := m.gap + len(mean)
	mu, sd := make([]float64, all), make([]float64, all)
	clear(mean)
	clear(q)
	z := make([]float64, len(levels))
	for l, p := range levels {
		z[l] = fleet.Z(p)
	}
	for i := range m.parts {
		p := &m.parts[i]
		m.run(p, mu, sd)
		for h := range mean {
			at, s := p.centre+p.unit*mu[m.gap+h], p.unit*sd[m.gap+h]
			if p.logs {
				mean[h] += p.weight * math.Exp(at+min(s*s, 1)/2)
			} else {
				mean[h] += p.weight * at
			}
			for l := range levels {
				v := at + s*z[l]
				if p.logs {
					v = math.Exp(v)
				}
				q[h*len(levels)+l] += p.weight * v
			}
		}
	}
}

// Update implements [fleet.Updater]. Unknown values inside become what was expected of them.
func (m *model) Update(s tidewatch.Series, from int) {
	one := [1]float64{}
	for _, v := range s.Values[from:] {
		if v != v || v <= 0 && slices.ContainsFunc(m.parts, func(p part) bool { return p.logs }) {
			m.gap++ // a logarithm of it would not be finite
			continue
		}
		for ; m.gap > 0; m.gap-- {
			gap := m.gap
			m.gap = 0
			m.Forecast(nil, one[:], nil)
			m.gap = gap
			m.push(one[0])
		}
		m.push(v)
	}
}

func (m *model) push(v float64) { m.last = append(m.last[1:], v) }

// Save implements [fleet.Saver].
func (m *model) Save(w *fleet.Writer) {
	w.Int(len(m.lags))
	for _, l := range m.lags {
		w.Int(l)
	}
	w.Floats(m.last)
	w.Int(m.gap)
	w.Int(len(m.parts))
	for _, p := range m.parts {
		w.Bool(p.logs)
		for _, v := range []float64{p.centre, p.unit, p.variance, p.lo, p.hi, p.weight} {
			w.Float(v)
		}
		w.Floats(p.coef)
	}
}

// Load implements [fleet.Loader].
func (AR) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &model{lags: make([]int, r.Count(1, min(1000, r.Left())))}
	for i := range m.lags {
		m.lags[i] = r.Count(1, 1_000_000)
		if i > 0 && m.lags[i] <= m.lags[i-1] {
			r.Fail("the model file is damaged: lags that do not ascend")
		}
	}
	m.last, m.gap = r.FiniteFloats(), r.Count(0, 100_000_000)
	n := r.Count(1, 10)
	for i := 0; i < n && r.Err() == nil; i++ {
		p := part{logs: r.Bool(), centre: r.Finite(), unit: r.Finite(), variance: r.Finite(), lo: r.Finite(), hi: r.Finite(), weight: r.Finite(), coef: r.FiniteFloats()}
		if len(p.coef) != len(m.lags)+1 || !(p.variance >= 0) || !(p.unit >= 0) || !(p.lo <= p.hi) {
			r.Fail("the model file is damaged: coefficients of autoregression are missing or not valid")
		}
		if p.logs && slices.ContainsFunc(m.last, func(v float64) bool { return v <= 0 }) {
			r.Fail("the model file is damaged: a logarithm of a value not above zero")
		}
		m.parts = append(m.parts, p)
	}
	if r.Err() == nil && len(m.last) != m.longest() {
		r.Fail("the model file is damaged: %d values for a lag of %d", len(m.last), m.longest())
	}
	return m, r.Err()
}
