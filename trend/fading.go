package trend

import (
	"cmp"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Fade is a series that has all but stopped and is not expected to come back.
type Fade struct {
	Move
	Usual float64 // what it sold in as many periods on average before the last ones
	Last  int     // grid index of the last period above zero
}

// fadeShare is how little of its usual volume a series keeps that fades.
const fadeShare = .2

// Fading are the series that sold at most a fifth of their usual volume in the last steps periods and whose median forecast stays there. A
// series that was just as quiet in the coming season a year ago only waits for its season, and is not among them. Those that lost most
// come first, at most n; ties are broken by id. p is the panel the moves were measured on.
func Fading(p *tidewatch.Panel, moves []Move, steps, n int) []Fade {
	number := make(map[string]int, p.Len())
	for i := range p.Len() {
		number[p.ID(i)] = i
	}
	var fades []Fade
	for _, m := range moves {
		i, ok := number[m.ID]
		if !ok || !m.Recent.Known() {
			continue
		}
		s := p.Series(i)
		before := len(s.Values) - steps
		first, total, known := -1, 0., 0
		for k, v := range s.Values[:max(before, 0)] {
			if first < 0 && !(v > 0) {
				continue // its life begins with the first sale
			}
			if first < 0 {
				first = k
			}
			if v == v {
				total, known = total+v, known+1
			}
		}
		if known < 2*steps { // nothing can be called usual
			continue
		}
		f := Fade{Move: m, Usual: total / float64(known) * float64(steps), Last: s.Start}
		for k, v := range s.Values {
			if v > 0 {
				f.Last = s.Start + k
			}
		}
		quiet := fadeShare * f.Usual
		if f.Usual > 0 && m.Recent.From <= quiet && m.Next.Median <= quiet && !(m.YearAgo.Known() && m.YearAgo.From <= quiet) {
			fades = append(fades, f)
		}
	}
	slices.SortStableFunc(fades, func(a, b Fade) int {
		return cmp.Or(cmp.Compare(b.Usual-b.Next.Median, a.Usual-a.Next.Median), byID(a.Move, b.Move))
	})
	return fades[:min(max(n, 0), len(fades))]
}
