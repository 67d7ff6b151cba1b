package behaviour

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pair is two items that are bought together.
type Pair struct {
	A, B       string
	Together   int     // baskets with both
	Support    float64 // their share of all baskets
	Lift       float64 // times as often as if they had nothing to do with each other (Brin et al. 1997)
	Low        float64 // lower end of the interval of Lift, on the log scale
	Confidence Rate    // of the baskets with A, those with B; A is the rarer one
	P          float64 // of at least so many by chance (normal approximation to the hypergeometric, with continuity correction)
}

// Pairs are the pairs of items in at least least baskets, the surest lifts first, ties by name. A basket's items count once.
func Pairs(baskets [][]string, least int, level float64) []Pair {
	least = max(1, least)
	count := map[string]int{}
	sets := make([][]string, 0, len(baskets))
	for _, b := range baskets {
		s := slices.Compact(slices.Sorted(slices.Values(b)))
		if len(s) > 0 {
			sets = append(sets, s)
		}
		for _, x := range s {
			count[x]++
		}
	}
	together := map[[2]string]int{}
	var kept []string
	for _, s := range sets {
		kept = kept[:0]
		for _, x := range s { // a pair is no more frequent than either item (Agrawal & Srikant 1994)
			if count[x] >= least {
				kept = append(kept, x)
			}
		}
		for i := range kept {
			for _, y := range kept[i+1:] {
				together[[2]string{kept[i], y}]++
			}
		}
	}
	n := float64(len(sets))
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	var out []Pair
	for pair, k := range together {
		if k < least {
			continue
		}
		a, b := pair[0], pair[1]
		if count[b] < count[a] {
			a, b = b, a
		}
		na, nb, f := float64(count[a]), float64(count[b]), float64(k)
		p := Pair{A: a, B: b, Together: k, Support: f / n, Lift: f * n / (na * nb), Confidence: Wilson(k, count[a], level)}
		// The log of a ratio of shares has about this spread (Katz et al. 1978).
		p.Low = p.Lift * math.Exp(-z*math.Sqrt(max(0, 1/f-1/na)+max(0, 1/nb-1/n)))
		mean := na * nb / n
		if sd := math.Sqrt(mean * (1 - na/n) * (n - nb) / max(1, n-1)); sd > 0 {
			p.P = distuv.UnitNormal.Survival((f - .5 - mean) / sd)
		} else {
			p.P = 1
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Low, x.Low), cmp.Compare(y.Together, x.Together), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	return out
}
