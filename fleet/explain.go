package fleet

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// Explainer is a method that says what its fitted values and forecasts are made of.
type Explainer interface {
	Method
	// Explain fits s and accounts for its values and for the given number of periods after them. ID and Method need not be set.
	Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error)
}

// Explain implements [tidewatch.Explainer]: the series is fitted anew, by the method that made its forecast.
func (f *Fitted) Explain(_ context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	if p.Len() != len(f.rows) || i < 0 || i >= len(f.rows) || p.ID(i) != f.rows[i].id {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "series %d is not one that was fitted", i)
	}
	r := &f.rows[i]
	method := f.method
	switch r.by {
	case byFallback:
		method = f.fallback
	case byNothing:
		return nil, tidewatch.Errorf(r.problem.Code, "series %q has no forecast: %s", r.id, r.problem.Reason)
	}
	s := p.Series(i)
	s.Values = s.Demand()
	if r.exp != 0 {
		s.Values = scaled(s.Values, -r.exp)
	}
	a, err := Explain(method, s, steps, newGenerator().seed(f.seed, r.id))
	if err != nil {
		return nil, err
	}
	a.ID, a.Method, a.First, a.Known = r.id, method.String(), s.Start, len(s.Values)
	if r.exp != 0 {
		rescale(a, r.exp)
	}
	a.Trim()
	return a, nil
}

// rescale puts an account into units of 2^-exp. Parts whose sums would be beyond the largest float64 become one.
func rescale(a *tidewatch.Account, exp int) {
	whole := tidewatch.Part{Kind: tidewatch.LevelPart, Values: scaled(a.Total(), exp)}
	for _, part := range a.Parts {
		copy(part.Values, scaled(part.Values, exp))
	}
	for _, v := range a.Total() {
		if math.IsInf(v, 0) {
			a.Parts = []tidewatch.Part{whole}
			return
		}
	}
}

// Explain accounts for s by a method that is part of another: it asks the method, or follows its forecasts.
func Explain(m Method, s tidewatch.Series, steps int, rng *rand.Rand) (a *tidewatch.Account, err error) {
	defer func() {
		if v := recover(); v != nil {
			a, err = nil, tidewatch.Errorf(tidewatch.CodeInternal, "%s failed to explain series %q: %v", m, s.ID, v)
		}
	}()
	if e, ok := m.(Explainer); ok {
		return e.Explain(s, steps, rng)
	}
	return Follow(m, tidewatch.LevelPart, "", s, steps, rng)
}

// Follow accounts for a method of a single part, by its own forecasts: it is fitted on the first values that it can be fitted on, and
// updated value by value. For methods that estimate nothing these are the fitted values.
func Follow(m Method, kind tidewatch.PartKind, name string, s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	n := len(s.Values)
	values := make([]float64, n+steps)
	for t := range n {
		values[t] = math.NaN()
	}
	var fit Model
	for k := 1; k <= n; k++ {
		if fit != nil {
			one := values[k-1 : k]
			fit.Forecast(nil, one, nil)
		}
		part := s
		part.Values = s.Values[:k:k]
		if u, ok := fit.(Updater); ok {
			u.Update(part, k-1)
			continue
		}
		var err error
		if fit, err = m.Fit(part, rng); err != nil {
			if k == n {
				return nil, err
			}
			fit = nil
		}
	}
	if fit == nil {
		_, err := m.Fit(s, rng)
		return nil, err
	}
	if steps > 0 {
		fit.Forecast(nil, values[n:], nil)
	}
	return &tidewatch.Account{Parts: []tidewatch.Part{{Kind: kind, Name: name, Values: values}}}, nil
}
