package arima

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// Explain implements [fleet.Explainer]: what each covariate adds, the mean where there is one, and what the past values say.
func (m Method) Explain(s tidewatch.Series, steps int, _ *rand.Rand) (*tidewatch.Account, error) {
	f, err := m.fit(s)
	if err != nil {
		return nil, err
	}
	n := len(s.Values)
	past := append(f.Fitted(s), make([]float64, steps)...)
	if steps > 0 {
		f.moments(past[n:], make([]float64, steps))
	}
	a := &tidewatch.Account{Form: f.notation()}
	beta, _ := f.estimate()
	first := 0
	for first < n && s.Values[first] != s.Values[first] {
		first++
	}
	for c, t := range f.terms {
		if t.line { // a drift is not worth a part of its own: what it has added so far is in the past values
			a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: t.Name, Value: beta[c] * f.scale})
			continue
		}
		kind, name := tidewatch.CovariatePart, t.Name
		if t.Covariate < 0 {
			kind, name = tidewatch.LevelPart, ""
		}
		part := a.Part(kind, name, n+steps)
		for i, x := range t.values(s, s.Start, n, 0) {
			part[i] = beta[c] * x * f.scale
		}
		for h := range steps {
			part[n+h] = beta[c] * f.future(c, h) * f.scale
		}
		for i := range part {
			if past[i] != past[i] {
				part[i] = math.NaN()
			} else {
				past[i] -= part[i]
			}
		}
		a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: t.Name, Value: beta[c] * f.scale})
	}
	a.Parts = append(a.Parts, tidewatch.Part{Kind: tidewatch.PastPart, Values: past})
	ar, ma, sar, sma := f.Coefficients()
	for _, group := range []struct {
		name string
		coef []float64
	}{{"ar", ar}, {"ma", ma}, {"sar", sar}, {"sma", sma}} {
		for i, v := range group.coef {
			a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: group.name + string(rune('1'+i)), Value: v})
		}
	}
	a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "sigma", Value: math.Sqrt(f.Sigma2())})
	return a, nil
}

// notation is the order as it is written in the field: "ARIMA(2,1,1)(0,1,1)[12]".
func (m *Model) notation() string {
	form := m.order.String()
	if len(form) > 5 {
		return "ARIMA" + form[5:]
	}
	return form
}
