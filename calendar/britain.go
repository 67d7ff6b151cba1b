package calendar

import (
	"slices"
	"time"
)

var unitedKingdomRules = append([]rule{
	newYear,
	{key: "mothers-day", kind: Festival, first: easterly(-21)},
	goodFriday,
	easterSunday,
	{key: "wedding-uk", kind: Holiday, first: once(2011, time.April, 29)},
	{key: "early-may", kind: Holiday, first: earlyMay},
	{key: "coronation", kind: Holiday, first: once(2023, time.May, 8)},
	{key: "spring-bank", kind: Holiday, first: springBank},
	{key: "jubilee", kind: Holiday, first: once(2002, time.June, 3)},
	{key: "jubilee", kind: Holiday, first: once(2012, time.June, 5)},
	{key: "jubilee", kind: Holiday, first: once(2022, time.June, 3)},
	fathersDay,
	{key: "royal-funeral", kind: Holiday, first: once(2022, time.September, 19)},
	{key: "guy-fawkes", kind: Festival, first: fixed(time.November, 5)},
	christmas,
	{key: "boxing-day", kind: Holiday, first: fixed(time.December, 26)},
}, western...)

// earlyMay is the first Monday of May, in 2020 the Friday of Victory in Europe.
func earlyMay(y int) (Day, bool) {
	if y == 2020 {
		return Date(y, time.May, 8), true
	}
	return nth(1, time.Monday, time.May, 0)(y)
}

// springBank is the last Monday of May, in years of a jubilee beside its holiday in June.
func springBank(y int) (Day, bool) {
	switch y {
	case 2002, 2012:
		return Date(y, time.June, 4), true
	case 2022:
		return Date(y, time.June, 2), true
	}
	return nth(-1, time.Monday, time.May, 0)(y)
}

// nation is a holiday of parts of a country.
type nation struct {
	rule
	parts []string
}

var unitedKingdomParts = []nation{
	{rule{key: "new-year-2", first: fixed(time.January, 2)}, []string{"SCT"}},
	{rule{key: "saint-patrick", first: fixed(time.March, 17)}, []string{"NIR"}},
	{rule{key: "easter-monday", first: easterly(1)}, []string{"ENG", "WLS", "NIR"}},
	{rule{key: "boyne", first: fixed(time.July, 12)}, []string{"NIR"}},
	{rule{key: "summer-bank-sct", first: nth(1, time.Monday, time.August, 0)}, []string{"SCT"}},
	{rule{key: "summer-bank", first: nth(-1, time.Monday, time.August, 0)}, []string{"ENG", "WLS", "NIR"}},
	{rule{key: "saint-andrew", first: fixed(time.November, 30), since: 2007}, []string{"SCT"}},
}

// parts are the holidays of a part of a country; those of all parts, as regional ones, where it is "".
func parts(list []Event, nations []nation, part string, year int) []Event {
	for _, n := range nations {
		n.kind = Regional
		if slices.Contains(n.parts, part) {
			n.kind = Holiday
		} else if part != "" {
			continue
		}
		list = append(list, expand([]rule{n.rule}, year)...)
	}
	return list
}

func unitedKingdom(year int, part string) []Event {
	list := parts(expand(unitedKingdomRules, year), unitedKingdomParts, part, year)
	if part == "SCT" && year == 2026 {
		list = append(list, Event{Key: "world-cup-sct", Kind: Holiday, First: Date(2026, time.June, 15), Last: Date(2026, time.June, 15)})
	}
	return substitutes(list, "new-year", "new-year-2", "saint-patrick", "boyne", "saint-andrew", "christmas", "boxing-day")
}
