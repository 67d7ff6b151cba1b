// Package behaviour measures what customers do: how many go from one step to the next, come back, buy again, and buy together, each
// with an interval that says how sure so many people make it.
package behaviour

import (
	"cmp"
	"maps"
	"slices"
)

// Kind is what a person did.
type Kind uint8

// The kinds, in the order in which they mostly come: of acts of one moment, the earlier kind is taken for the earlier act.
const (
	View Kind = iota
	Cart
	Favourite
	Buy
)

// Kinds is how many kinds there are.
const Kinds = int(Buy) + 1

func (k Kind) String() string { return [...]string{"view", "cart", "favourite", "buy"}[k] }

// Act is one act of one person.
type Act struct {
	Person int32 // from 1; 0 = it is not known who
	Item   int32 // from 1; 0 = of no item
	Basket int32 // of a purchase, from 1; 0 = none is known
	Kind   Kind
	Time   int64 // on the clock of the shop, microseconds since 1970-01-01 00:00 there: days begin at its midnight
}

// Day is the number of the day of the act, from 1970-01-01 on.
func (a Act) Day() int64 { return floorDiv(a.Time, dayMicros) }

const dayMicros = 24 * 3600 * 1e6

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Log is what people did. Who they are is not in it.
type Log struct {
	Acts            []Act    // in order of time, after [Log.Sort]
	Items           []string // ids by number; [0] is ""
	People, Baskets int      // how many there are
	First, Last     int64    // days, the last as complete as the data are
	Share           float64  // of the people who are in it, drawn by a hash of their names; 1 = all
}

// Sort puts the acts in order of time; how they came does not matter.
func (l *Log) Sort() {
	less := func(a, b Act) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Kind, b.Kind))
	}
	if !slices.IsSortedFunc(l.Acts, less) {
		slices.SortStableFunc(l.Acts, less)
	}
}

// thin is the part of the acts of a usual day (the median) that a day at either end must hold to count.
const thin = .02

// trim leaves out days at either end that hold next to nothing: wrong clocks and late uploads, which would stretch the time that windows are laid
// over. It returns how many acts that were.
func (l *Log) trim() int {
	if len(l.Acts) == 0 {
		return 0
	}
	days := map[int64]int{}
	for i := range l.Acts {
		days[l.Acts[i].Day()]++
	}
	counts := slices.Sorted(maps.Values(days))
	least := thin * float64(counts[len(counts)/2])
	first, last := l.Acts[0].Day(), l.Acts[len(l.Acts)-1].Day()
	from, to := first, last
	for float64(days[from]) < least {
		from++
	}
	for float64(days[to]) < least {
		to--
	}
	if from == first && to == last {
		return 0
	}
	n := len(l.Acts)
	l.Acts = slices.DeleteFunc(l.Acts, func(a Act) bool { d := a.Day(); return d < from || d > to })
	if from > first {
		l.First = from
	}
	if to < last {
		l.Last = to
	}
	return n - len(l.Acts)
}

// Count is how many acts of each kind there are.
func (l *Log) Count() (n [Kinds]int) {
	for i := range l.Acts {
		n[l.Acts[i].Kind]++
	}
	return n
}
