package trend

import (
	"cmp"
	"math"

	"github.com/tidewatch/tidewatch"
)

// Newcomers are the moves of series that began so lately that nothing of the same length as their forecast precedes it: they have no
// base to rise or fall from, and so are never ranked. The ones with the largest medians come first, at most n of them; ties are
// broken by id. p is the panel the moves were measured on.
func Newcomers(p *tidewatch.Panel, moves []Move, steps, n int) []Move {
	began := make(map[string]bool, p.Len())
	for i := range p.Len() {
		s := p.Series(i)
		began[s.ID] = len(s.Values) > 0 && len(s.Values) < steps
	}
	var fresh []Move
	for _, m := range moves {
		if began[m.ID] && !math.IsNaN(m.Next.Median) && m.Next.Median > 0 {
			fresh = append(fresh, m)
		}
	}
	fresh = sorted(fresh, func(a, b Move) int { return cmp.Compare(b.Next.Median, a.Next.Median) })
	return fresh[:min(max(n, 0), len(fresh))]
}
