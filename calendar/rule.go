package calendar

import "time"

// rule says on which day of a year an event falls.
type rule struct {
	key   string
	kind  Kind
	first func(year int) (Day, bool) // false: not in this year
	days  int                        // 0 = 1
	since int                        // the first year; 0 = always
	until int                        // the last year; 0 = still
}

// expand is the events of a year by rules.
func expand(rules []rule, year int) []Event {
	var list []Event
	for _, r := range rules {
		if year < r.since || r.until > 0 && year > r.until {
			continue
		}
		if d, ok := r.first(year); ok {
			list = append(list, Event{Key: r.key, Kind: r.kind, First: d, Last: d + Day(max(r.days, 1)) - 1})
		}
	}
	return list
}

func fixed(m time.Month, d int) func(int) (Day, bool) {
	return func(y int) (Day, bool) { return Date(y, m, d), true }
}

// once is a day that was a holiday in one year only.
func once(year int, m time.Month, d int) func(int) (Day, bool) {
	return func(y int) (Day, bool) { return Date(y, m, d), y == year }
}

// nth is the n-th weekday of a month, the last one for n = -1, and shift days later.
func nth(n int, w time.Weekday, m time.Month, shift int) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		if n < 0 {
			last := Date(y, m+1, 0)
			return last - Day((int(last.Weekday())-int(w)+7)%7+shift), true
		}
		first := Date(y, m, 1)
		return first + Day((int(w)-int(first.Weekday())+7)%7+7*(n-1)+shift), true
	}
}

// easterly is a day counted from Easter Sunday.
func easterly(days int) func(int) (Day, bool) {
	return func(y int) (Day, bool) { return Easter(y) + Day(days), true }
}

// lunar is a day of the Chinese lunar year that begins in the year.
func lunar(month, day, shift int) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		d, ok := LunarDate{Year: y, Month: month, Day: day}.Solar()
		return d + Day(shift), ok
	}
}

// substitutes gives each of the holidays that falls on a weekend the next weekday that is free, in their order.
func substitutes(list []Event, keys ...string) []Event {
	taken := map[Day]bool{}
	for _, e := range list {
		if e.Kind == Holiday {
			for d := e.First; d <= e.Last; d++ {
				taken[d] = true
			}
		}
	}
	for _, key := range keys {
		for _, e := range list {
			if e.Key != key || e.Kind != Holiday {
				continue
			}
			for h := e.First; h <= e.Last; h++ {
				if !h.weekend() {
					continue
				}
				d := h
				for d.weekend() || taken[d] {
					d++
				}
				taken[d] = true
				list = append(list, Event{Key: key, Kind: Substitute, First: d, Last: d})
			}
		}
	}
	return list
}
