package ces

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Explain implements [fleet.Explainer]: the level, in which the trend is contained, and the season where it is a part of its own.
func (m CES) Explain(s tidewatch.Series, steps int, _ *rand.Rand) (*tidewatch.Account, error) {
	f, known, err := m.choose(s)
	if err != nil {
		return nil, err
	}
	end := f.model(known)
	// The states before the first value: those that backcasting left.
	f.start.copyTo(&f.now)
	for t := range f.y {
		f.step(&f.par, t, false)
	}
	for t := len(f.y) - 1; t >= 0; t-- {
		f.step(&f.par, t, false)
	}
	run := end.clone()
	for i := range run.level {
		run.level[i] = f.now.level[i].pair
	}
	for i := range run.season {
		run.season[i] = f.now.season[i].pair
	}
	n := len(s.Values)
	level, seasonal := make([]float64, n+steps), make([]float64, n+steps)
	for t := range level {
		k := t - (n - len(f.y))
		if k < 0 {
			level[t], seasonal[t] = math.NaN(), math.NaN()
			continue
		}
		level[t], seasonal[t] = run.level[0].a, run.next()-run.level[0].a
		e := 0.0
		if t < n && s.Values[t] == s.Values[t] {
			e = s.Values[t] - run.next()
		}
		run.step(e)
	}
	kind := tidewatch.LevelPart
	a := &tidewatch.Account{Form: "CES(" + string(rune(end.kind)) + ")", Parts: []tidewatch.Part{{Kind: kind, Values: level}}}
	if end.season != nil {
		a.Parts = append(a.Parts, tidewatch.Part{Kind: tidewatch.SeasonPart, Name: strconv.Itoa(len(end.season)), Values: seasonal})
	}
	for i, name := range []string{"alpha0", "alpha1", "beta0", "beta1"}[:f.n] {
		a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: name, Value: end.par[i]})
	}
	return a, nil
}
