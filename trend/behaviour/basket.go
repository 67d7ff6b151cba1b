package behaviour

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Baskets is what is known of the size of baskets: different items in each.
type Baskets struct {
	Baskets int
	Items   Mean // a basket
	Single  Rate // share of one item
	// Before and Now are of the last window and of the one before; Change is that of the mean with its interval (Welch 1947).
	Before, Now       Mean
	Change, Low, High float64
}

// Mean is a mean with its interval.
type Mean struct {
	N                int
	Value, Low, High float64
	error            float64
}

func mean(n int, sum, squares, level float64) Mean {
	m := Mean{N: n, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), error: math.NaN()}
	if n < 1 {
		return m
	}
	m.Value = sum / float64(n)
	if n > 1 {
		m.error = math.Sqrt(max(0, squares-sum*m.Value) / float64(n-1) / float64(n))
		half := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile((1+level)/2) * m.error
		m.Low, m.High = m.Value-half, m.Value+half
	}
	return m
}

// together are the different items of every basket, in order of item, and the day of each.
func together(l *Log) (items [][]int32, days []int64) {
	count := make([]int32, l.Baskets+2)
	at := make([]int64, l.Baskets+1)
	total := 0
	for _, a := range l.Acts {
		if a.Kind == Buy && a.Basket > 0 && a.Item > 0 {
			if count[a.Basket] == 0 {
				at[a.Basket] = a.Day()
			}
			count[a.Basket]++
			total++
		}
	}
	all := make([]int32, total)
	sets := make([][]int32, l.Baskets+1)
	used := 0
	for b := range sets {
		n := int(count[b])
		sets[b] = all[used : used : used+n]
		used += n
	}
	for _, a := range l.Acts {
		if a.Kind == Buy && a.Basket > 0 && a.Item > 0 {
			sets[a.Basket] = append(sets[a.Basket], a.Item)
		}
	}
	for b, s := range sets {
		if len(s) == 0 {
			continue
		}
		slices.Sort(s)
		items, days = append(items, slices.Compact(s)), append(days, at[b])
	}
	return items, days
}

// sizes measures baskets.
func sizes(items [][]int32, days []int64, last int64, window int, level float64) Baskets {
	var n [3]int // all, before, now
	var sum, squares [3]float64
	single := 0
	for b, s := range items {
		x := float64(len(s))
		if len(s) == 1 {
			single++
		}
		k := []int{0}
		switch ago := last - days[b]; {
		case window == 0:
		case ago < int64(window):
			k = append(k, 2)
		case ago < 2*int64(window):
			k = append(k, 1)
		}
		for _, k := range k {
			n[k]++
			sum[k], squares[k] = sum[k]+x, squares[k]+x*x
		}
	}
	of := func(k int) Mean { return mean(n[k], sum[k], squares[k], level) }
	out := Baskets{Baskets: n[0], Items: of(0), Single: Wilson(single, n[0], level), Before: of(1), Now: of(2)}
	out.Change = out.Now.Value - out.Before.Value
	half := distuv.UnitNormal.Quantile((1+level)/2) * math.Hypot(out.Before.error, out.Now.error)
	out.Low, out.High = out.Change-half, out.Change+half
	return out
}

// Pair is two items that are bought together.
type Pair struct {
	A, B       string // ids
	NameA      string // for people, "" = the id
	NameB      string
	Together   int     // baskets with both
	Support    float64 // their share of all baskets
	Lift       float64 // times as often as if they had nothing to do with each other (Brin et al. 1997)
	Low        float64 // lower end of the interval of Lift, on the log scale
	Confidence Rate    // of the baskets with A, those with B; A is the rarer one
	P          float64 // of at least so many by chance (normal approximation to the hypergeometric, with continuity correction)
}

// First is the name of A.
func (p Pair) First() string { return cmp.Or(p.NameA, p.A) }

// Second is the name of B.
func (p Pair) Second() string { return cmp.Or(p.NameB, p.B) }

// mostPaired is among how many items pairs are looked for: the most frequent.
const mostPaired = 2000

// sure is a pair, before all of it is known: the lower end of its lift, how often it was, and its items.
type sure struct {
	low      float64
	together int
	a, b     int32
}

// Pairs are the pairs of items in at least least baskets, the surest lifts first, ties by name; of more than 2,000 items that are in so many, those
// of the most frequent. Baskets hold each item once. Looked is how many pairs of items were compared.
func Pairs(baskets [][]int32, names []string, least int, level float64) (pairs []Pair, looked int) {
	least = max(1, least)
	count := make([]int, len(names))
	for _, b := range baskets {
		for _, x := range b {
			count[x]++
		}
	}
	var kept []int32
	for x, n := range count {
		if x > 0 && n >= least { // a pair is no more frequent than either item (Agrawal & Srikant 1994)
			kept = append(kept, int32(x))
		}
	}
	slices.SortFunc(kept, func(x, y int32) int {
		return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(names[x], names[y]))
	})
	kept = kept[:min(mostPaired, len(kept))]
	m := len(kept)
	place := make([]int32, len(names)) // from 1
	for k, x := range kept {
		place[x] = int32(k + 1)
	}
	both := make([]uint32, m*m)
	var row []int32
	for _, b := range baskets {
		row = row[:0]
		for _, x := range b {
			if p := place[x]; p > 0 {
				row = append(row, p-1)
			}
		}
		slices.Sort(row)
		for i, x := range row {
			line := both[int(x)*m : int(x+1)*m]
			for _, y := range row[i+1:] {
				line[y]++
			}
		}
	}
	n := float64(len(baskets))
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	var found []sure
	for i := range m {
		for j := i + 1; j < m; j++ {
			k := int(both[i*m+j])
			if k < least {
				continue
			}
			b, a := kept[i], kept[j] // the later is the rarer
			na, nb, f := float64(count[a]), float64(count[b]), float64(k)
			// The log of a ratio of shares has about this spread (Katz et al. 1978).
			low := f * n / (na * nb) * math.Exp(-z*math.Sqrt(max(0, 1/f-1/na)+max(0, 1/nb-1/n)))
			found = append(found, sure{low, k, a, b})
		}
	}
	slices.SortFunc(found, func(x, y sure) int {
		if x.low != y.low {
			return cmp.Compare(y.low, x.low)
		}
		return cmp.Or(y.together-x.together, cmp.Compare(names[x.a], names[y.a]), cmp.Compare(names[x.b], names[y.b]))
	})
	pairs = slices.Grow(pairs, len(found))
	for _, s := range found {
		na, nb, f := float64(count[s.a]), float64(count[s.b]), float64(s.together)
		p := Pair{A: names[s.a], B: names[s.b], Together: s.together, Support: f / n, Lift: f * n / (na * nb), Low: s.low,
			Confidence: Wilson(s.together, count[s.a], level)}
		mean := na * nb / n
		p.P = 1
		if sd := math.Sqrt(mean * (1 - na/n) * (n - nb) / max(1, n-1)); sd > 0 {
			p.P = distuv.UnitNormal.Survival((f - .5 - mean) / sd)
		}
		pairs = append(pairs, p)
	}
	return pairs, m * (m - 1) / 2
}
