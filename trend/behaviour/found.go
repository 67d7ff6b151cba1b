package behaviour

import (
	"context"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Level is that of all intervals of [Find].
const Level = .95

// Found is what customers do, in figures.
type Found struct {
	First, Last time.Time // days
	Share       float64   // of the people who were looked at; 1 = all
	Acts        [Kinds]int
	People      int // who did anything
	Buyers      int
	Unknown     int // purchases of which it is not known whose they are
	Left        int // acts of days at either end that hold next to nothing, left out
	Window      int // days of a window that is compared with the one before; 0 = there are too few days

	Cases  []Passage // of person and item
	Visits []Passage // of persons

	Period  Period
	Cohorts []Cohort
	Ages    []Rate
	Repeats []Again
	Often   []Often
	Baskets Baskets
	Pairs   []Pair // surest first; none that is likely to be chance
	Looked  int    // pairs of items that were compared
	Least   int    // baskets that a pair must be in
}

// Period is the length of the periods that cohorts are made by.
type Period string

// The periods.
const (
	Day   Period = "day"
	Week  Period = "week" // from Monday
	Month Period = "month"
)

// Of is the number of the period of a day that is counted from 1970-01-01.
func (p Period) Of(day int64) int64 {
	switch p {
	case Week:
		return floorDiv(day+3, 7)
	case Month:
		t := date(day)
		return int64(t.Year()-1970)*12 + int64(t.Month()) - 1
	}
	return day
}

// Begin is the first day of a period.
func (p Period) Begin(number int64) time.Time {
	switch p {
	case Week:
		return date(7*number - 3)
	case Month:
		return time.Date(1970, time.Month(number+1), 1, 0, 0, 0, 0, time.UTC)
	}
	return date(number)
}

func date(day int64) time.Time { return time.Unix(day*86400, 0).UTC() }

// Options says how to look. The zero value is the documented default.
type Options struct {
	Window int // days; 0 = 28 of at least 56, else 7 of at least 14, else half of them
	Pairs  int // told at most; 0 = 50
	// Adjust corrects p-values for their number, such as slope.Adjust. It must be set.
	Adjust func(p []float64) []float64
}

const (
	falsePairs  = .05 // false discoveries among the pairs that are told
	leastPaired = 5   // baskets, or
	leastShare  = .001
)

// Find is what the people of l do. It sorts l. It fails with CodeData where there is nothing to tell: no purchase, and no act but one kind.
func Find(ctx context.Context, l *Log, o Options) (*Found, error) {
	l.Sort()
	left := l.trim()
	f := &Found{Left: left, First: date(l.First), Last: date(l.Last), Share: l.Share, Acts: l.Count(), Window: o.Window}
	kinds := 0
	for _, n := range f.Acts {
		if n > 0 {
			kinds++
		}
	}
	if f.Acts[Buy] == 0 && kinds < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "there is nothing to tell of behaviour: no purchases, and no more than one kind of act")
	}
	days := int(l.Last - l.First + 1)
	switch {
	case o.Window > 0 && 2*o.Window > days:
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "two windows of %d days do not fit into the %d days of the data: ask for shorter ones", o.Window, days)
	case o.Window > 0:
	case days >= 56:
		f.Window = 28
	case days >= 14:
		f.Window = 7
	default:
		f.Window = days / 2
	}
	f.people(l)
	if kinds > 1 {
		f.Cases, f.Visits = Passages(l, true, f.Window, Level), Passages(l, false, f.Window, Level)
	}
	if err := ctx.Err(); err != nil || f.Acts[Buy] == 0 {
		return f, err
	}
	f.loyalty(l, days)
	items, at := together(l)
	f.Baskets = sizes(items, at, l.Last, f.Window, Level)
	f.Least = max(leastPaired, int(leastShare*float64(len(items))))
	f.pair(items, l.Items, o)
	return f, ctx.Err()
}

// people counts them.
func (f *Found) people(l *Log) {
	did, bought := make([]bool, l.People+1), make([]bool, l.People+1)
	for _, a := range l.Acts {
		if a.Person == 0 {
			if a.Kind == Buy {
				f.Unknown++
			}
			continue
		}
		did[a.Person] = true
		if a.Kind == Buy {
			bought[a.Person] = true
		}
	}
	for p := range did {
		if did[p] {
			f.People++
		}
		if bought[p] {
			f.Buyers++
		}
	}
}

// loyalty is who comes back.
func (f *Found) loyalty(l *Log, days int) {
	if f.Buyers == 0 {
		return
	}
	f.Period = Day
	switch {
	case days >= 120:
		f.Period = Month
	case days >= 28:
		f.Period = Week
	}
	last := f.Period.Of(l.Last)
	if f.Period.Of(l.Last+1) == last { // it is not over
		last--
	}
	f.Cohorts, f.Ages = Retention(l, func(a Act) int64 { return f.Period.Of(a.Day()) }, last, Level)
	for _, within := range []int{1, 7, 30, 90, 365} {
		if days >= 2*within && (within > 1 || days < 28) {
			f.Repeats = append(f.Repeats, Repeat(l, within, Level))
		}
	}
	f.Often = Oftenness(l)
}

// pair keeps the pairs that are no chance findings.
func (f *Found) pair(items [][]int32, names []string, o Options) {
	most := o.Pairs
	if most == 0 {
		most = 50
	}
	all, looked := Pairs(items, names, f.Least, Level)
	f.Looked = looked
	p := make([]float64, len(all))
	for k := range all {
		p[k] = all[k].P
	}
	q := o.Adjust(p)
	// Pairs that were in fewer baskets were looked at too; nothing speaks for them, so that they only add to the number of questions.
	more := float64(looked) / float64(max(1, len(all)))
	for k, x := range all {
		if q[k]*more <= falsePairs && x.Low > 1 && len(f.Pairs) < most {
			f.Pairs = append(f.Pairs, x)
		}
	}
}

// Name gives the items of the pairs their names, by id.
func (f *Found) Name(names map[string]string) {
	for k := range f.Pairs {
		p := &f.Pairs[k]
		p.NameA, p.NameB = names[p.A], names[p.B]
	}
}
