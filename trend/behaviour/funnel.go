// Package behaviour measures what customers do: how many go from one step to the next, come back, buy again, and buy together, each
// with an interval that says how sure so many people make it.
package behaviour

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Rate is a share with its interval.
type Rate struct {
	Of, All          int
	Value, Low, High float64
}

// Wilson is the share of of all with the score interval at a level inside (0, 1) (Wilson 1927). NaN where all is 0.
func Wilson(of, all int, level float64) Rate {
	r := Rate{of, all, math.NaN(), math.NaN(), math.NaN()}
	if all <= 0 {
		return r
	}
	z, n := distuv.UnitNormal.Quantile((1+level)/2), float64(all)
	p := float64(of) / n
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	r.Value, r.Low, r.High = p, max(0, min(p, centre-half)), min(1, max(p, centre+half))
	return r
}

// Difference is a's share less b's, with the hybrid score interval (Newcombe 1998, method 10), and the two-sided p-value of a change (pooled z test).
func Difference(a, b Rate) (value, low, high, p float64) {
	value = a.Value - b.Value
	low = value - math.Hypot(a.Value-a.Low, b.High-b.Value)
	high = value + math.Hypot(a.High-a.Value, b.Value-b.Low)
	n, m := float64(a.All), float64(b.All)
	pooled := float64(a.Of+b.Of) / (n + m)
	se := math.Sqrt(pooled * (1 - pooled) * (1/n + 1/m))
	if se == 0 {
		return value, low, high, 1
	}
	return value, low, high, 2 * distuv.UnitNormal.Survival(math.Abs(value)/se)
}

// Event is one act of one person.
type Event struct {
	Person, Item string
	Kind         string // such as view, cart, purchase
	Time         int64  // in any unit, ascending with time
}

// Step is a step of a funnel: of those who did the one before, those who did it later or at the same time.
type Step struct {
	Kind   string
	People int
	Rate   Rate // from the step before; of the first step, NaN
}

// Funnel counts the persons, or with byItem the pairs of person and item, that went through the steps in their order. Events must be in order of
// time. The order of a person's acts counts: a purchase before any view does not make one that came of it.
func Funnel(events []Event, steps []string, byItem bool, level float64) []Step {
	type who struct{ person, item string }
	place := map[string][]int{}
	for k, s := range steps {
		place[s] = append(place[s], k)
	}
	reached := map[who]int{}
	counts := make([]int, len(steps))
	for _, e := range events {
		w := who{e.Person, ""}
		if byItem {
			w.item = e.Item
		}
		for _, k := range place[e.Kind] {
			if reached[w] == k {
				reached[w]++
				counts[k]++
				break
			}
		}
	}
	out := make([]Step, len(steps))
	for k, s := range steps {
		out[k] = Step{Kind: s, People: counts[k], Rate: Rate{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}}
		if k > 0 {
			out[k].Rate = Wilson(counts[k], counts[k-1], level)
		}
	}
	return out
}
