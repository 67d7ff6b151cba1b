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
	English string // name
	Chinese string // name
}

// Days is how many days the event lasts.
func (e Event) Days() int { return int(e.Last-e.First) + 1 }

// On reports whether d is a day of the event.
func (e Event) On(d Day) bool { return e.First <= d && d <= e.Last }

// sortEvents orders by day, then region, kind, key and length.
func sortEvents(events []Event) {
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Region, b.Region), cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)),
			cmp.Compare(a.Key, b.Key), cmp.Compare(a.Last, b.Last))
	})
}
