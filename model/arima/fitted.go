package arima

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Fitted is the one-step forecast of every value of s, the series the model was fitted on or has since been updated to, with the
// coefficients the model has now: NaN before there are d+Dm values to difference by. Where s is unknown it is what the model would have
// forecast had the value been what the rest makes most likely.
func (m *Model) Fitted(s tidewatch.Series) []float64 {
	out := make([]float64, len(s.Values))
	lo, hi := len(s.Values), 0
	for t, v := range s.Values {
		out[t] = math.NaN()
		if v == v {
			lo, hi = min(lo, t), t+1
		}
	}
	o := m.order
	if hi-lo <= o.lost() {
		return out
	}
	beta, _ := m.estimate()
	z, explained := make([]float64, hi-lo), make([]float64, hi-lo)
	for c, t := range m.terms {
		for i, x := range t.values(s, s.Start+lo, hi-lo, 0) {
			explained[i] += beta[c] * x
		}
	}
	for i := range z {
		z[i] = s.Values[lo+i]/m.scale - explained[i]
	}
	filled, gaps := fill(z, o)
	if len(gaps) > 0 && !smooth(o, m.coef, filled, gaps) {
		return out
	}
	w := difference(filled, o.D, o.SD, o.Season)
	k := newFilter(o.shape(), len(w))
	k.set(o.parts(m.coef))
	if !k.start() {
		return out
	}
	x := make([]float64, len(w)+k.r+1)
	for t, v := range w {
		e := v - x[t]
		i := t + o.lost()
		out[lo+i] = (filled[i] - e + explained[i]) * m.scale
		k.advance(x, t, e)
		if !k.steady {
			k.step(t)
		}
	}
	return out
}
