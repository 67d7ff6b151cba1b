package ets

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Explain implements [fleet.Explainer]: level, trend and season. What is multiplied is told as what it adds.
func (m Method) Explain(s tidewatch.Series, steps int, _ *rand.Rand) (*tidewatch.Account, error) {
	f, best, scale, err := m.choose(s)
	if err != nil {
		return nil, err
	}
	end := finish(f, best, scale)
	run := *end // the states before the first value
	run.level, run.growth, run.gap = best.p.level*scale, best.p.growth, 0
	if best.form.Trend != Multiplicative {
		run.growth *= scale
	}
	run.season = slices.Clone(best.p.season)
	if best.form.Season == Additive {
		for i := range run.season {
			run.season[i] *= scale
		}
	}
	if best.form.Season == None {
		run.season = nil
	}
	n := len(s.Values)
	level, trend, seasonal := make([]float64, n+steps), make([]float64, n+steps), make([]float64, n+steps)
	first := n - len(f.y)
	for t := range n {
		if t < first {
			level[t], trend[t], seasonal[t] = math.NaN(), math.NaN(), math.NaN()
			continue
		}
		q, mu := run.next(run.level, run.growth, run.phi, 0)
		level[t], trend[t], seasonal[t] = run.level, q-run.level, mu-q
		one := tidewatch.Series{Values: s.Values[t : t+1]}
		run.Update(one, 0)
	}
	at, growth := end.level, end.growth
	for h := range steps {
		q, mu := end.next(at, growth, end.phi, h)
		if end.form.Trend == Multiplicative {
			growth = math.Pow(growth, end.phi)
			mu = bounded(mu, end.level)
		} else {
			growth *= end.phi
		}
		at = q
		if end.form.Season == Multiplicative { // the level is what would be without the season
			seasonal[n+h] = mu - q
		} else {
			seasonal[n+h] = end.current(h)
		}
		level[n+h] = end.level
		trend[n+h] = mu - seasonal[n+h] - end.level
	}
	a := &tidewatch.Account{Form: best.form.notation(), Parts: []tidewatch.Part{{Kind: tidewatch.LevelPart, Values: level}}}
	if best.form.Trend != None {
		a.Parts = append(a.Parts, tidewatch.Part{Kind: tidewatch.TrendPart, Values: trend})
	}
	if best.form.Season != None {
		a.Parts = append(a.Parts, tidewatch.Part{Kind: tidewatch.SeasonPart, Name: strconv.Itoa(f.m), Values: seasonal})
	}
	a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "alpha", Value: end.alpha})
	if best.form.Trend != None {
		a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "beta", Value: end.beta})
	}
	if best.form.Season != None {
		a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "gamma", Value: end.gamma})
	}
	if best.form.Damped {
		a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "phi", Value: end.phi})
	}
	a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: "sigma", Value: math.Sqrt(end.variance)})
	return a, nil
}

// notation is the form as HKOS write it: "ETS(M,Ad,A)".
func (f Form) notation() string {
	trend := string(rune(f.Trend))
	if f.Damped {
		trend += "d"
	}
	return "ETS(" + string(rune(f.Error)) + "," + trend + "," + string(rune(f.Season)) + ")"
}
