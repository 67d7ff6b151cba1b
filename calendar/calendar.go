package calendar

import (
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// FirstYear and LastYear bound the lunar dates and the moving feasts that stand in tables. Events that follow from the Gregorian year alone
// are known in any year.
const (
	FirstYear = 2000
	LastYear  = 2050
)

// Calendar is the events of some regions, with own ones. The zero value has none.
type Calendar struct {
	regions []string
	own     []Event
}

// New is the calendar of regions such as CN, US or DE-BY. An unknown one is a usage error that names the nearest known.
func New(regions ...string) (*Calendar, error) {
	c := &Calendar{}
	for _, name := range regions {
		r := strings.ToUpper(strings.TrimSpace(name))
		if r == "UK" || strings.HasPrefix(r, "UK-") {
			r = "GB" + r[2:]
		}
		if _, ok := events(r, FirstYear); !ok {
			hint := ""
			if near := tidewatch.Nearest(r, Regions()); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "no calendar for %q%s: use %s, or your own file of events", name, hint, strings.Join(Regions(), ", "))
		}
		if !slices.Contains(c.regions, r) {
			c.regions = append(c.regions, r)
		}
	}
	return c, nil
}

// With is the calendar with own events added.
func (c *Calendar) With(own []Event) *Calendar {
	return &Calendar{c.regions, append(slices.Clone(c.own), own...)}
}

// Regions are the regions of the calendar.
func (c *Calendar) Regions() []string { return slices.Clone(c.regions) }

// Empty reports whether the calendar can have no event.
func (c *Calendar) Empty() bool { return c == nil || len(c.regions) == 0 && len(c.own) == 0 }

// Events are the events that have a day from the first to the last given, in order of their first day.
func (c *Calendar) Events(first, last Day) []Event {
	if c.Empty() || last < first {
		return nil
	}
	var all []Event
	add := func(list []Event) {
		for _, e := range list {
			if e.First <= last && e.Last >= first {
				all = append(all, e)
			}
		}
	}
	for _, r := range c.regions {
		for y := first.Year() - 1; y <= last.Year()+1; y++ { // substitute days and seasons cross the turn of the year
			list, _ := events(r, y)
			add(list)
		}
	}
	for _, e := range c.own {
		if e.Region == "" || slices.ContainsFunc(c.regions, func(r string) bool { return r == e.Region || strings.HasPrefix(r, e.Region+"-") }) {
			add([]Event{e})
		}
	}
	sortEvents(all)
	return all
}

// Events are the events of one region that have a day from the first to the last given, in order of their first day.
func Events(region string, first, last Day) ([]Event, error) {
	c, err := New(region)
	if err != nil {
		return nil, err
	}
	return c.Events(first, last), nil
}

// Regions are all regions there are calendars for: countries by their ISO 3166 codes, then parts of countries.
func Regions() []string {
	return []string{"CN", "US", "GB", "DE", "FR", "BR", "JP", "IN", "CA", "AU", "MX", "ES", "IT", "NL",
		"GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR",
		"DE-BB", "DE-BE", "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV", "DE-NI", "DE-NW", "DE-RP", "DE-SH", "DE-SL", "DE-SN", "DE-ST", "DE-TH"}
}

// events are the events that belong to a year of a region, even if some of their days lie in the year before or after.
func events(region string, year int) ([]Event, bool) {
	country, part, _ := strings.Cut(region, "-")
	if part != "" && !slices.Contains(Regions(), region) {
		return nil, false
	}
	var list []Event
	switch country {
	case "CN":
		list = china(year)
	case "US":
		list = unitedStates(year)
	case "CA":
		list = canada(year)
	case "MX":
		list = expand(mexico, year)
	case "BR":
		list = expand(brazil, year)
	case "GB":
		list = unitedKingdom(year, part)
	case "DE":
		list = germany(year, part)
	case "FR":
		list = expand(france, year)
	case "ES":
		list = spain(year)
	case "IT":
		list = expand(italy, year)
	case "NL":
		list = netherlands(year)
	case "JP":
		list = japan(year)
	case "IN":
		list = expand(india, year)
	case "AU":
		list = expand(australia, year)
	default:
		return nil, false
	}
	for i := range list {
		e := &list[i]
		e.Region = region
		e.Off = e.Kind == Holiday || e.Kind == Substitute
		e.Lead, e.Lag = reach(*e)
		name := names[e.Key]
		e.English, e.Chinese = name.english, name.chinese
		switch e.Kind {
		case Substitute:
			e.English += " (substitute day)"
			e.Chinese += "（补休）"
		case Workday:
			e.English += " (working day)"
			e.Chinese += "（调休上班）"
		}
	}
	return list, true
}
