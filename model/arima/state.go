package arima

import (
	"math"

	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/regressor"
)

var (
	_ fleet.Loader  = Method{}
	_ fleet.Updater = (*Model)(nil)
	_ fleet.Sampler = (*Model)(nil)
	_ fleet.Saver   = (*Model)(nil)
)

// Save implements [fleet.Saver].
func (m *Model) Save(w *fleet.Writer) {
	o := m.order
	for _, v := range []int{o.P, o.D, o.Q, o.SP, o.SD, o.SQ, o.Season} {
		w.Int(v)
	}
	w.Bool(o.Constant)
	w.Floats(m.coef)
	w.Int(len(m.terms))
	for i, t := range m.terms {
		w.Int(t.Covariate)
		w.Int(t.Label)
		w.Bool(t.line)
		w.Text(t.Name)
		w.Float(t.Mean)
		w.Floats(m.ahead[i])
	}
	for _, v := range []float64{m.sigma2, m.scale, m.deviance, m.aicc, m.f} {
		w.Float(v)
	}
	w.Int(m.count)
	w.Int(m.seen)
	w.Bool(m.steady)
	w.Floats(m.g)
	w.Floats(m.l)
	w.Int(len(m.columns))
	for _, c := range m.columns {
		w.Floats(c.x)
		w.Floats(c.tail)
	}
	w.Floats(m.info)
	w.Floats(m.score)
}

// Load implements [fleet.Loader].
func (Method) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &Model{}
	o := &m.order
	for _, v := range []*int{&o.P, &o.D, &o.Q, &o.SP, &o.SD, &o.SQ} {
		*v = r.Count(0, 9)
	}
	o.Season = r.Count(0, math.MaxInt32)
	o.Constant = r.Bool()
	if err := o.check(); err != nil {
		r.Fail("the model file is damaged: %w", err)
	}
	m.coef = r.FiniteFloats()
	for range r.Count(0, r.Left()) {
		t := term{regressor.Term{Covariate: r.Count(-1, math.MaxInt32), Label: r.Count(-1, math.MaxInt32)}, r.Bool()}
		t.Name, t.Mean = r.Text(), r.Finite()
		m.terms = append(m.terms, t)
		m.ahead = append(m.ahead, r.FiniteFloats())
	}
	for _, v := range []*float64{&m.sigma2, &m.scale, &m.deviance, &m.aicc, &m.f} {
		*v = r.Float()
	}
	m.count = r.Count(0, math.MaxInt32)
	m.seen = r.Count(0, math.MaxInt32)
	m.steady = r.Bool()
	m.g, m.l = r.FiniteFloats(), r.FiniteFloats()
	for range r.Count(0, r.Left()) {
		m.columns = append(m.columns, memory{r.FiniteFloats(), r.FiniteFloats()})
	}
	m.info, m.score = r.FiniteFloats(), r.FiniteFloats()
	if r.Err() != nil {
		return nil, r.Err()
	}
	dim, q := max(o.P+o.SP*o.Season, o.Q+o.SQ*o.Season), len(m.columns)-1
	good := len(m.coef) == o.coefficients() && len(m.g) == dim && len(m.l) == dim && q >= len(m.terms) && len(m.info) == q*q && len(m.score) == q &&
		m.f > 0 && m.f <= math.MaxFloat64 && m.sigma2 >= 0 && m.sigma2 <= math.MaxFloat64 && m.scale > 0 && m.scale <= math.MaxFloat64
	for _, c := range m.columns {
		good = good && len(c.x) == dim && len(c.tail) == o.lost()
	}
	if !good {
		r.Fail("the model file is damaged: the parts of an ARIMA model do not fit together")
		return nil, r.Err()
	}
	return m, nil
}
