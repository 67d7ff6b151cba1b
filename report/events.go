package report

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Event is a festival, a holiday or a promotion that charts mark.
type Event struct {
	English, Chinese string    // names; either may be "" and then the other is shown
	First, Last      time.Time // days, both included; a zero Last is First
	Promotion        bool      // a sales event, marked apart from festivals and holidays
	Major            bool      // moves the market: named on the chart; others are named when one points at them
}

// name is the event's name in each language.
func (e Event) name() both {
	return each(func(l message.Lang) string {
		if l == message.Chinese {
			return cmp.Or(e.Chinese, e.English)
		}
		return cmp.Or(e.English, e.Chinese)
	})
}

func (e Event) last() time.Time {
	if e.Last.Before(e.First) {
		return e.First
	}
	return e.Last
}

// events are Data.Events in order of time, one of each name and day: calendars of several regions share many.
func (p *page) events() []Event {
	list := slices.Clone(p.data.Events)
	slices.SortStableFunc(list, func(a, b Event) int {
		return cmp.Or(a.First.Compare(b.First), a.last().Compare(b.last()), cmp.Compare(a.English, b.English), cmp.Compare(a.Chinese, b.Chinese))
	})
	return slices.CompactFunc(list, func(a, b Event) bool {
		return a.First.Equal(b.First) && a.English == b.English && a.Chinese == b.Chinese
	})
}

// day is the moment on the clock of the grid that a calendar's day begins.
func (p *page) day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.data.Panel.Grid().Anchor.Location())
}

// place is the periods an event falls into, as grid indices. Periods longer than a month hold too many events to tell anything.
func (p *page) place(e Event) (first, last int, ok bool) {
	if p.freq.Unit == tidewatch.Quarter || p.freq.Unit == tidewatch.Year || p.freq.Unit == tidewatch.Month && p.freq.N > 1 {
		return 0, 0, false
	}
	grid := p.data.Panel.Grid()
	first = grid.Index(p.day(e.First))
	last = max(first, grid.Index(p.day(e.last()).AddDate(0, 0, 1).Add(-time.Nanosecond)))
	return first, last, true
}

// marks are the events of the periods from..end as the script wants them: [first period, last period, English, Chinese, 1 = a promotion, 1 = major].
func (p *page) marks(from, end int) [][]any {
	marks := [][]any{}
	for _, e := range p.events() {
		first, last, ok := p.place(e)
		if !ok || last < from || first >= end {
			continue
		}
		flag := func(set bool) int {
			if set {
				return 1
			}
			return 0
		}
		marks = append(marks, []any{max(first, from) - from, min(last, end-1) - from, e.name().in(message.English), e.name().in(message.Chinese), flag(e.Promotion), flag(e.Major)})
	}
	return marks
}

// aheadEvent is an event within the forecast.
type aheadEvent struct {
	Name, Days both
	Promotion  bool
}

// maxAhead bounds the list of events below the chart.
const maxAhead = 12

// ahead are the events within the forecast of the lead.
func (p *page) ahead() []aheadEvent {
	grid, f := p.data.Panel.Grid(), p.Lead.Row.forecast
	from, end := grid.Stamp(f.First), grid.Stamp(f.First+p.data.Forecast.Steps)
	var list []aheadEvent
	for _, e := range p.events() {
		if first, last := p.day(e.First), p.day(e.last()); last.Before(from) || !first.Before(end) || len(list) == maxAhead {
			continue
		}
		days := date(e.First)
		if !e.last().Equal(e.First) {
			days = say("to", date(e.First), date(e.last()))
		}
		list = append(list, aheadEvent{e.name(), days, e.Promotion})
	}
	return list
}

// floats are numbers as JSON, what is not finite as null.
type floats []float64

// MarshalJSON implements [json.Marshaler].
func (f floats) MarshalJSON() ([]byte, error) { return appendNumbers(nil, f), nil }

func known(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
