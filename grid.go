package tidewatch

import "time"

// Grid is a regular grid of time stamps: stamp i is the anchor plus i periods, true to the calendar of the anchor's location, so that a
// daily stamp is at the same hour of the day before and after a change to daylight saving. A monthly, quarterly or yearly grid whose
// anchor is the last day of its month stands on the last day of every month; another day that a month lacks becomes its last one.
// The stamp is the name of its period and, except on such month-end grids, its first moment.
type Grid struct {
	Freq   Freq
	Anchor time.Time // the stamp of index 0
}

// Stamp is the time of index i; i may be negative.
func (g Grid) Stamp(i int) time.Time {
	a := g.Anchor
	switch g.Freq.Unit {
	case Hour:
		// Not Add: a time.Duration spans only 292 years.
		return time.Unix(a.Unix()+int64(i)*int64(g.Freq.N)*3600, int64(a.Nanosecond())).In(a.Location())
	case Day:
		return a.AddDate(0, 0, i*g.Freq.N)
	case Week:
		return a.AddDate(0, 0, 7*i*g.Freq.N)
	}
	y, m, d := a.Date()
	first := time.Date(y, m+time.Month(i*g.Freq.months()), 1, a.Hour(), a.Minute(), a.Second(), a.Nanosecond(), a.Location())
	last := daysIn(first)
	if d > last || g.monthEnd() {
		d = last
	}
	return first.AddDate(0, 0, d-1)
}

// Index is the index of the period that contains t: the last stamp not after t. On a month-end grid it is the first stamp whose day is
// not before t's, because a month's last day names the whole month.
func (g Grid) Index(t time.Time) int {
	t = t.In(g.Anchor.Location())
	i := g.near(t)
	if g.monthEnd() {
		day := func(t time.Time) int { return t.Year()*10000 + int(t.Month())*100 + t.Day() }
		for day(g.Stamp(i)) < day(t) {
			i++
		}
		for day(g.Stamp(i-1)) >= day(t) {
			i--
		}
		return i
	}
	for g.Stamp(i).After(t) {
		i--
	}
	for !g.Stamp(i + 1).After(t) {
		i++
	}
	return i
}

// near guesses the index of t within a period or two.
func (g Grid) near(t time.Time) int {
	if n := g.Freq.months(); n > 0 {
		m := (t.Year()-g.Anchor.Year())*12 + int(t.Month()) - int(g.Anchor.Month())
		return floorDiv(m, n)
	}
	hours := g.Freq.N * map[Unit]int{Hour: 1, Day: 24, Week: 168}[g.Freq.Unit]
	// In seconds: a time.Duration spans only 292 years.
	return floorDiv(int(t.Unix()-g.Anchor.Unix()), hours*3600)
}

// monthEnd reports whether the grid stands on the last days of months.
func (g Grid) monthEnd() bool {
	return g.Freq.months() > 0 && g.Anchor.Day() > 27 && g.Anchor.Day() == daysIn(g.Anchor)
}

// daysIn is the number of days in t's month.
func daysIn(t time.Time) int { return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
