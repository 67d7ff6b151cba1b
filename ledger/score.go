package ledger

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Scored is a claim and what came of it.
type Scored struct {
	Claim
	Entry *Entry // it stands in
	Place int    // in the entry's claims
	Known bool   // it was scored
	Value float64
	True  bool
}

// Claims are all claims in their order, with what is known of them.
func (l *Ledger) Claims() []Scored {
	var all []Scored
	first := map[int]int{} // by number of the entry
	for i := range l.Entries {
		e := &l.Entries[i]
		first[e.Number] = len(all)
		for k := range e.Claims {
			all = append(all, Scored{Claim: e.Claims[k], Entry: e, Place: k, Value: math.NaN()})
		}
		for _, o := range e.Outcomes {
			at, ok := first[o.Entry]
			if at += o.Claim; !ok || o.Claim < 0 || at >= len(all) || all[at].Entry.Number != o.Entry {
				continue
			}
			all[at].Known, all[at].Value, all[at].True = true, o.Value, o.Came
		}
	}
	return all
}

// Score is what came of claims of the scope and the frequency of p, by the values of p: of those whose periods are all known by now, and whose
// outcome is not in the ledger yet or another. A period in which stock was out is not known: what was sold then is not what was wanted.
func (l *Ledger) Score(p *tidewatch.Panel, scope string) []Outcome {
	number := make(map[string]int, p.Len())
	for i := range p.Len() {
		number[p.ID(i)] = i
	}
	grid := p.Grid()
	var out []Outcome
	for _, c := range l.Claims() {
		i, ok := number[c.Series]
		if !ok || c.Entry.Scope != scope || c.Entry.Freq != grid.Freq.String() {
			continue
		}
		from, to := grid.Index(c.From), grid.Index(c.To)
		if !grid.Stamp(from).Equal(c.From) || !grid.Stamp(to).Equal(c.To) {
			continue
		}
		s := p.Series(i)
		v, ok := sum(s, from, to)
		if !ok || c.Known && v == c.Value {
			continue
		}
		out = append(out, Outcome{c.Entry.Number, c.Place, v, c.Came(v)})
	}
	return out
}

// sum is the sum of periods from to to of the grid, both included; false where one is not known.
func sum(s tidewatch.Series, from, to int) (float64, bool) {
	if from < s.Start || to >= s.End() || to < from {
		return 0, false
	}
	total := 0.0
	for t := from - s.Start; t <= to-s.Start; t++ {
		if s.Unavailable != nil && s.Unavailable[t] {
			return 0, false
		}
		total += s.Values[t]
	}
	return total, !math.IsNaN(total) && !math.IsInf(total, 0)
}
