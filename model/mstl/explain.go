package mstl

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/season"
)

// Explain implements [fleet.Explainer]: the parts of Rest, and each season as its last round.
func (m MSTL) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	first := slices.IndexFunc(s.Values, func(v float64) bool { return v == v })
	if first < 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "none of its %d values is known", len(s.Values))
	}
	y := slices.Clone(s.Values[first:])
	seasons := kept(season.WithWeek(s.Seasons, s.Grid.Freq), len(y))
	parts := m.split(y, seasons) // y is without them now
	f := &model{n: len(y), cycles: lastRounds(parts, seasons)}
	inner, err := fleet.Explain(m.Rest, f.without(s, y, first), steps, rng)
	if err != nil {
		return nil, err
	}
	n := len(s.Values)
	a := &tidewatch.Account{Form: "MSTL", Parameters: inner.Parameters}
	if inner.Form != "" {
		a.Form += " + " + inner.Form
	}
	shifted := func(v []float64) []float64 {
		out := make([]float64, first, n+steps)
		for t := range out {
			out[t] = math.NaN()
		}
		return append(out, v...)
	}
	for _, p := range inner.Parts {
		a.Parts = append(a.Parts, tidewatch.Part{Kind: p.Kind, Name: p.Name, Values: shifted(p.Values)})
	}
	at := 0
	for i, part := range parts {
		if part == nil {
			continue
		}
		cycle := f.cycles[at]
		at++
		v := slices.Clone(part)
		for h := range steps {
			v = append(v, cycle[(len(y)+h)%len(cycle)])
		}
		a.Parts = append(a.Parts, tidewatch.Part{Kind: tidewatch.SeasonPart, Name: strconv.Itoa(seasons[i]), Values: shifted(v)})
	}
	return a, nil
}
