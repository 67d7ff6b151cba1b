package behaviour

import (
	"cmp"
	"math"
	"slices"
)

// Passage is how many go from one step to another: of those who did From, the share that did To afterwards, or at the same moment.
type Passage struct {
	From, To Kind
	Whole    Rate
	// Before and Now are of the last window and of the one before it, each looked at alone: what was begun in one and ended in the next counts in
	// neither, so that both are cut off alike. All is 0 where no two windows fit.
	Before, Now Rate
	// Change is Now less Before with its interval, and P the two-sided p-value. Most people are in both windows; taking them for different people
	// makes the interval too wide rather than too narrow. NaN where there is none.
	Change, Low, High, P float64
}

// steps are the passages that are looked for, in the order they are shown.
var steps = [...][2]Kind{{View, Cart}, {View, Favourite}, {Cart, Buy}, {Favourite, Buy}, {View, Buy}}

// Passages are those between kinds of acts that occur. A case is a person, or with byItem a person and an item: the cases of a person are alike,
// which the intervals heed. Window is in days; acts must be in order of time.
func Passages(l *Log, byItem bool, window int, level float64) []Passage {
	// A case's acts together, those of a person's cases after each other.
	order := make([]int32, 0, len(l.Acts))
	for i, a := range l.Acts {
		if a.Person > 0 && (!byItem || a.Item > 0) {
			order = append(order, int32(i))
		}
	}
	slices.SortStableFunc(order, func(i, j int32) int {
		a, b := &l.Acts[i], &l.Acts[j]
		if c := cmp.Compare(a.Person, b.Person); c != 0 || !byItem {
			return c
		}
		return cmp.Compare(a.Item, b.Item)
	})
	all := passed(l, order, byItem, math.MinInt64, math.MaxInt64)
	var before, now [len(steps)]clusters
	windows := window > 0 && l.Last-l.First+1 >= int64(2*window)
	if windows {
		end := l.Last + 1
		before = passed(l, order, byItem, end-2*int64(window), end-int64(window))
		now = passed(l, order, byItem, end-int64(window), end)
	}
	count := l.Count()
	var out []Passage
	for k, s := range steps {
		if count[s[0]] == 0 || count[s[1]] == 0 {
			continue
		}
		p := Passage{From: s[0], To: s[1], Whole: all[k].rate(level), Before: before[k].rate(level), Now: now[k].rate(level)}
		p.Change, p.Low, p.High, p.P = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		if p.Before.All > 0 && p.Now.All > 0 {
			p.Change, p.Low, p.High, p.P = Difference(p.Now, p.Before)
		}
		out = append(out, p)
	}
	return out
}

// passed counts the passages of the days from first up to, not including, end.
func passed(l *Log, order []int32, byItem bool, first, end int64) (out [len(steps)]clusters) {
	for from := 0; from < len(order); {
		head := &l.Acts[order[from]]
		to := from + 1
		for to < len(order) && l.Acts[order[to]].Person == head.Person && (!byItem || l.Acts[order[to]].Item == head.Item) {
			to++
		}
		var began [Kinds]bool
		var ended [len(steps)]bool
		for _, i := range order[from:to] {
			a := &l.Acts[i]
			if d := a.Day(); d < first || d >= end {
				continue
			}
			for k, s := range steps {
				if a.Kind == s[1] && began[s[0]] {
					ended[k] = true
				}
			}
			began[a.Kind] = true
		}
		for k, s := range steps {
			if began[s[0]] {
				out[k].add(int(head.Person), ended[k])
			}
		}
		from = to
	}
	return out
}
