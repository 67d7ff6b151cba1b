package arima

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Method is ARIMA; its zero value chooses the order of every series by AICc, stepwise.
type Method struct {
	Form *Order // a fixed form; nil = chosen. A Season of 0 is the series' own
	Full bool   // try every order up to the bounds instead of going stepwise
}

func (m Method) String() string {
	switch {
	case m.Form != nil:
		return m.Form.String()
	case m.Full:
		return "arima(full)"
	}
	return "arima"
}

// Fit implements [fleet.Method]. It needs three known values; a fixed form one more than it has coefficients and takes by differencing.
// Covariates that are known ahead become regressors where AICc is the better for them. It is deterministic.
func (m Method) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	fitted, err := m.fit(s)
	if err != nil {
		return nil, err
	}
	return fitted, nil
}

func (m Method) fit(s tidewatch.Series) (*Model, error) {
	lo, hi, known := 0, 0, 0
	top := 0.0
	for t, v := range s.Values {
		if v != v {
			continue
		}
		if known == 0 {
			lo = t
		}
		hi = t + 1
		known++
		top = max(top, math.Abs(v))
	}
	if known < 3 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%s needs at least 3 known values: series %q has %d", m, s.ID, known)
	}
	if math.IsInf(top, 0) {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "%s: series %q has an infinite value", m, s.ID)
	}
	scale := 1.0
	if top > 0 {
		_, e := math.Frexp(top)
		scale = math.Ldexp(1, min(max(e, -1000), 1000))
	}
	y := make([]float64, hi-lo)
	for t := range y {
		y[t] = s.Values[lo+t] / scale
	}
	terms, x := covariates(s, y, s.Start+lo, known/8)
	f, p, z, err := m.settled(s, y, x)
	if err != nil {
		return nil, err
	}
	if len(x) > 0 {
		if g, q, v, err := m.settled(s, y, nil); err == nil && g.aicc <= f.aicc {
			f, p, z, terms, x = g, q, v, nil, nil
		}
	}
	y = z
	fitted := &Model{order: f.order, scale: scale, deviance: f.deviance, aicc: f.aicc, count: p.known(), terms: terms}
	if f.order.Constant {
		fitted.terms = append([]term{constant(f.order)}, terms...)
	}
	fitted.begin(f, y, regressors(y, x, f.order), p)
	if hi < len(s.Values) {
		fitted.Update(s, hi)
	}
	fitted.ahead = plan(fitted.terms, s)
	return fitted, nil
}

// estimate chooses and fits an order.
func (m Method) estimate(s tidewatch.Series, y []float64, x [][]float64) (fit, *problem, error) {
	period := s.Season()
	if m.Form != nil {
		o := *m.Form
		if o.SP+o.SD+o.SQ > 0 && o.Season == 0 {
			o.Season = period
		}
		if err := o.check(); err != nil {
			return fit{}, nil, err
		}
		if o.SP+o.SD+o.SQ == 0 {
			o.Season = 0
		}
		if len(y) <= o.lost() {
			return fit{}, nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%s: series %q spans %d periods, and differencing takes %d", m, s.ID, len(y), o.lost())
		}
		p, _ := newProblem(y, regressors(y, x, o), o)
		if p.known() < o.coefficients()+p.regressors()+1 {
			return fit{}, nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%s: series %q leaves %d values after differencing for %d coefficients", m, s.ID, p.known(), o.coefficients()+p.regressors()+1)
		}
		f, ok := solver{most: 200, tolerance: 1e-8, beat: math.Inf(1)}.thorough(newObjective(p, o), nil)
		if !ok {
			return fit{}, nil, tidewatch.Errorf(tidewatch.CodeNumeric, "%s: series %q has no finite likelihood; a phase of the season may never be known", m, s.ID)
		}
		return f, p, nil
	}
	space := newSearch(y, x, period)
	look := (*search).stepwise
	if m.Full {
		look = (*search).full
	}
	f := space.run(look)
	if math.IsInf(f.aicc, 1) {
		return space.last(s, m)
	}
	return f, space.problem(f.order.Constant), nil
}

// last is the model of a series too short, or too odd, for any that AICc could judge: a random walk, or a mean where even that fails.
func (s *search) last(series tidewatch.Series, m Method) (fit, *problem, error) {
	for _, o := range []Order{{D: 1}, {Constant: true}} {
		p, _ := newProblem(s.y, regressors(s.y, s.x, o), o)
		if p.known() <= p.regressors() {
			continue
		}
		if f, ok := (solver{}).minimise(newObjective(p, o), nil); ok {
			return f, p, nil
		}
	}
	return fit{}, nil, tidewatch.Errorf(tidewatch.CodeNumeric, "%s: no model of series %q has a finite likelihood", m, series.ID)
}

// begin sets the state at the end of y.
func (m *Model) begin(f fit, y []float64, x [][]float64, p *problem) {
	o := m.order
	m.coef = make([]float64, o.coefficients())
	o.expand(f.x, m.coef)
	k := newFilter(o.shape(), 1)
	k.set(o.parts(m.coef))
	k.start()
	m.f, m.g, m.l, m.steady = k.f, k.g, k.l[:k.r], k.steady
	filled, gaps := fill(y, o)
	lost := o.lost()
	levels := append([][]float64{filled}, x...)
	for _, v := range levels {
		m.columns = append(m.columns, memory{make([]float64, k.r), append([]float64(nil), v[:lost]...)})
	}
	m.info, m.score = make([]float64, len(x)*len(x)), make([]float64, len(x))
	for i := range levels {
		levels[i] = levels[i][lost:]
	}
	m.seen = lost
	var rest []int
	for _, at := range gaps {
		if at < lost {
			tail := make([]float64, lost)
			tail[at] = 1
			m.add(memory{make([]float64, k.r), tail})
		} else {
			rest = append(rest, at-lost)
		}
	}
	m.extend(levels, rest)
	if free := p.known() - p.regressors() - o.coefficients(); free > 0 {
		b := newObjective(p, o)
		u := make([]float64, p.n)
		if sum, ok := b.at(f.x, u); ok && sum > 1e-29*float64(p.known()) {
			m.sigma2 = sum / (b.scale * b.scale) / float64(free)
		}
	}
}
