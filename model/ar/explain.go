package ar

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/season"
)

// Explain implements [fleet.Explainer]: all of it is what the past values say.
func (m AR) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := fit.(*model)
	n := len(s.Values)
	values := make([]float64, n+steps)
	x, _, gap := filled(s.Values, season.WithWeek(s.Seasons, s.Grid.Freq))
	first, longest := n-gap-len(x), f.longest()
	run := *f
	run.gap = 0
	for t := range n {
		k := t - first
		if k < longest || k >= len(x) {
			values[t] = math.NaN()
			continue
		}
		run.last = slices.Clone(x[k-longest : k])
		run.Forecast(nil, values[t:t+1], nil)
	}
	if after := n - gap; gap > 0 && len(x) >= longest { // unknown values at the end: the forecasts made for them
		run.last = f.last
		run.Forecast(nil, values[after:n], nil)
	}
	if steps > 0 {
		f.Forecast(nil, values[n:], nil)
	}
	a := &tidewatch.Account{Form: "AR", Parts: []tidewatch.Part{{Kind: tidewatch.PastPart, Values: values}}}
	// The weighted coefficients of the parts that are not of logarithms would mislead beside those that are: lags are told by their weight.
	weight := make([]float64, len(f.lags))
	for _, p := range f.parts {
		for i := range f.lags {
			weight[i] += p.weight * p.coef[i]
		}
	}
	for i, l := range f.lags {
		if math.Abs(weight[i]) >= .1 {
			a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "lag " + strconv.Itoa(l), Value: weight[i]})
		}
	}
	return a, nil
}
