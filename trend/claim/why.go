package claim

import (
	"cmp"
	"math"
	"slices"
)

// ReasonKind is a family of signs that move a chance.
type ReasonKind string

// The kinds of reasons.
const (
	Reverts  ReasonKind = "reverts"  // the last change; such changes mostly fall back, or, where the weight says so, go on
	Level    ReasonKind = "level"    // where the last window stands against the usual level, less the same of its group
	Momentum ReasonKind = "momentum" // the later part of the last window against its whole
	YearAgo  ReasonKind = "yearAgo"  // what the series itself did at this time last year
	Market   ReasonKind = "market"   // where its whole group is moving
	Unsteady ReasonKind = "unsteady" // how much it varies, how small and how new it is: it may go either way
)

// Reason is what one family of signs adds to the log odds of a claim, beyond what is usual.
type Reason struct {
	Kind   ReasonKind
	Weight float64 // in log odds
	// Change is the sign itself as a share: of Reverts, Level, Momentum, YearAgo and Market how far the one lies above the other.
	Change float64
}

// families says which family each term belongs to, in their order.
var families = [width]ReasonKind{"", Reverts, Level, Level, Momentum, Momentum, Market, YearAgo, Reverts, Unsteady, Unsteady, Unsteady, Unsteady,
	Reverts, Reverts, Level, Level, Unsteady, Unsteady, Reverts, Level, Level, Reverts, Level, Unsteady}

// Why are the reasons for the chance of series i at origin t that it rises, and that it falls, strongest first: those that speak for it.
func (j *Judge) Why(i, t int) (up, down []Reason) {
	x := j.board.at(i, t)
	if j.width != width {
		return nil, nil
	}
	var terms, z [width]float64
	j.learned.standard(x.terms(terms[:]), z[:])
	size := map[ReasonKind]float64{Reverts: x.change, Level: x.long, Momentum: x.half, YearAgo: x.yearAgo, Market: x.market}
	// The signs are held within bounds; what is told is not.
	s, h, season := &j.board.series[i], j.board.Steps, j.board.season[j.board.group[i]]
	long := 13 * h
	if j.board.Year > 0 {
		long = min(long, j.board.Year)
	}
	a, was := s.of(t-h, t), s.of(t-2*h, t-h)
	if was > 0 && a > 0 {
		size[Reverts] = math.Log(a/was) - season[t-h]
	}
	g := &j.board.groups[j.board.group[i]]
	if usual := float64(h) * s.mean(max(0, t-long), t); usual > 0 && a > 0 {
		size[Level] = math.Log(a / usual * float64(h) * g.mean(max(0, t-long), t) / g.of(t-h, t))
	}
	if k := h / 2; k > 0 && a > 0 {
		size[Momentum] = math.Log(max(1e-9, s.of(t-k, t)*float64(h)/float64(k)/a))
	}
	for o, list := range []*[]Reason{&up, &down} {
		sums := map[ReasonKind]float64{}
		for k := 1; k < width; k++ {
			sums[families[k]] += z[k] * j.learned.weight[o][k]
		}
		for kind, w := range sums {
			if w > .05 {
				*list = append(*list, Reason{kind, w, math.Expm1(size[kind])})
			}
		}
		slices.SortFunc(*list, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Kind, b.Kind)) })
	}
	return up, down
}
