package calendar

import (
	"cmp"
	"slices"
)

// Kind is the kind of an event.
type Kind string

// The kinds of events.
const (
	Holiday    Kind = "holiday"    // a public holiday
	Substitute Kind = "substitute" // a day off given for a holiday on a weekend
	Workday    Kind = "workday"    // a weekend day worked in exchange for a day off (China)
	Regional   Kind = "regional"   // a holiday in some parts of the country only
	Festival   Kind = "festival"   // a feast or custom that is no public holiday
	Shopping   Kind = "shopping"   // a sales event
	Own        Kind = "own"        // of the user's file
)

// Kinds are all kinds, in the order of their declaration.
var Kinds = []Kind{Holiday, Substitute, Workday, Regional, Festival, Shopping, Own}

// Event is something that happens on a day, or on several in a row.
type Event struct {
	Key     string // the same every year: "spring-festival"; a substitute day has the key of its holiday
	Region  string // "CN", "GB-ENG"; "" for own events of all regions
	Kind    Kind
	First   Day
	Last    Day    // the same as First for an event of one day
	Off     bool   // most people do not work on any of these days
	Lead    int    // for how many days before it the market moves
	Lag     int    // for how many days after it
	English string // name
	Chinese string // name
}

// Days is how many days the event lasts.
func (e Event) Days() int { return int(e.Last-e.First) + 1 }

// On reports whether d is a day of the event.
func (e Event) On(d Day) bool { return e.First <= d && d <= e.Last }

// reach is for how many days before and after it an event of the calendar moves demand: presents are bought in the days before, stores that will be
// closed are visited before and after. Where own data say otherwise, own events do.
func reach(e Event) (lead, lag int) {
	switch e.Key {
	case "christmas":
		return 7, 2
	case "spring-festival":
		return 14, 14
	case "mothers-day", "valentines-day", "qixi", "fathers-day", "white-day", "mid-autumn", "diwali", "eid-al-fitr", "eid-al-adha", "easter":
		return 3, 1
	case "thanksgiving", "black-friday":
		return 2, 2
	case "singles-day", "618", "double-12":
		return 1, 3
	}
	switch {
	case e.Kind == Holiday && e.First == e.Last:
		return 2, 1
	case e.Kind == Substitute || e.Kind == Workday:
		return 0, 0
	}
	return 1, 1
}

// sortEvents orders by day, then region, kind, key and length.
func sortEvents(events []Event) {
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Region, b.Region), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
			cmp.Compare(a.Key, b.Key), cmp.Compare(a.Last, b.Last))
	})
}
