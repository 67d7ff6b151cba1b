package job

import (
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/report"
)

// marks are the events of the calendar that a report marks from the first value of the panel to the end of the forecast: public holidays,
// festivals, sales, and own events. Festivals that hardly move demand are minor. The days of a sale's presale and season are one event with it; a festival is not
// marked beside the days off given for it.
func marks(cal *calendar.Calendar, p *tidewatch.Panel, steps int) []report.Event {
	if cal.Empty() || p.Len() == 0 {
		return nil
	}
	first := p.Series(0).Start
	for i := range p.Len() {
		first = min(first, p.Series(i).Start)
	}
	grid := p.Grid()
	list := cal.Events(calendar.DayOf(grid.Stamp(first)), calendar.DayOf(grid.Stamp(p.End()+steps)))
	breaks, began := map[string]bool{}, map[string]calendar.Day{}
	at := func(e calendar.Event, key string) string {
		return e.Region + " " + key + " " + e.First.Time().Format("2006")
	}
	for _, e := range list {
		if key, ok := strings.CutSuffix(e.Key, "-break"); ok {
			breaks[at(e, key)] = true
		}
		for _, suffix := range []string{"-presale", "-season"} {
			if key, ok := strings.CutSuffix(e.Key, suffix); ok {
				if day, known := began[at(e, key)]; !known || e.First < day {
					began[at(e, key)] = e.First
				}
			}
		}
	}
	var events []report.Event
	for _, e := range list {
		switch e.Kind {
		case calendar.Holiday, calendar.Own:
		case calendar.Festival:
			if breaks[at(e, e.Key)] {
				continue
			}
		case calendar.Shopping:
			if strings.HasSuffix(e.Key, "-presale") || strings.HasSuffix(e.Key, "-season") {
				continue
			}
			if day, ok := began[at(e, e.Key)]; ok {
				e.First = day
			}
		default:
			continue
		}
		events = append(events, report.Event{English: e.English, Chinese: e.Chinese, First: e.First.Time(), Last: e.Last.Time(), Promotion: e.Kind == calendar.Shopping,
			Major: e.Kind != calendar.Festival || e.Lead+e.Lag > 2})
	}
	return events
}
