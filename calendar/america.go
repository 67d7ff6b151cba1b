package calendar

import "time"

var unitedStatesRules = append([]rule{
	newYear,
	{key: "king-day", kind: Holiday, first: nth(3, time.Monday, time.January, 0)},
	{key: "presidents-day", kind: Holiday, first: nth(3, time.Monday, time.February, 0)},
	{key: "memorial-day", kind: Holiday, first: nth(-1, time.Monday, time.May, 0)},
	{key: "juneteenth", kind: Holiday, first: fixed(time.June, 19), since: 2021},
	{key: "independence-day-us", kind: Holiday, first: fixed(time.July, 4)},
	{key: "labor-day-us", kind: Holiday, first: nth(1, time.Monday, time.September, 0)},
	{key: "columbus-day", kind: Holiday, first: nth(2, time.Monday, time.October, 0)},
	{key: "veterans-day", kind: Holiday, first: fixed(time.November, 11)},
	{key: "thanksgiving", kind: Holiday, first: nth(4, time.Thursday, time.November, 0)},
	christmas,

	springFestival,
	{key: "super-bowl", kind: Festival, first: nth(1, time.Sunday, time.February, 0), since: 2004, until: 2021},
	{key: "super-bowl", kind: Festival, first: nth(2, time.Sunday, time.February, 0), since: 2022},
	{key: "ash-wednesday", kind: Festival, first: easterly(-46)},
	{key: "saint-patrick", kind: Festival, first: fixed(time.March, 17)},
	{key: "good-friday", kind: Festival, first: easterly(-2)},
	easterSunday,
	{key: "easter-orthodox", kind: Festival, first: orthodox},
	{key: "cinco-de-mayo", kind: Festival, first: fixed(time.May, 5)},
	mothersDay,
	fathersDay,
	{key: "black-friday", kind: Shopping, first: blackFriday, until: 2009},
	{key: "cyber-monday", kind: Shopping, first: cyberMonday, since: 2005, until: 2009},
}, append(feast("eid-al-fitr", "eid-al-fitr", Festival), append(feast("eid-al-adha", "eid-al-adha", Festival),
	append(feast("diwali", "diwali", Festival), western...)...)...)...)

func unitedStates(year int) []Event {
	list := append(expand(unitedStatesRules, year), ramadan(year)...)
	for _, e := range list {
		switch e.Key {
		case "new-year", "juneteenth", "independence-day-us", "veterans-day", "christmas":
			// Federal law: a Saturday's holiday is observed on Friday, a Sunday's on Monday.
			switch e.First.Weekday() {
			case time.Saturday:
				list = append(list, Event{Key: e.Key, Kind: Substitute, First: e.First - 1, Last: e.First - 1})
			case time.Sunday:
				list = append(list, Event{Key: e.Key, Kind: Substitute, First: e.First + 1, Last: e.First + 1})
			}
		}
	}
	return list
}

var canadaRules = append([]rule{
	newYear,
	{key: "family-day", kind: Regional, first: nth(3, time.Monday, time.February, 0), since: 2008},
	goodFriday,
	easterSunday,
	{key: "easter-monday", kind: Regional, first: easterly(1)},
	mothersDay,
	{key: "victoria-day", kind: Regional, first: victoriaDay},
	fathersDay,
	{key: "canada-day", kind: Holiday, first: fixed(time.July, 1)},
	{key: "civic-holiday", kind: Regional, first: nth(1, time.Monday, time.August, 0)},
	{key: "labor-day-us", kind: Holiday, first: nth(1, time.Monday, time.September, 0)},
	{key: "truth-day", kind: Regional, first: fixed(time.September, 30), since: 2021},
	{key: "thanksgiving-ca", kind: Regional, first: nth(2, time.Monday, time.October, 0)},
	{key: "remembrance-day", kind: Regional, first: fixed(time.November, 11)},
	christmas,
	{key: "boxing-day", kind: Regional, first: fixed(time.December, 26)},
}, western...)

// victoriaDay is the Monday before 25 May.
func victoriaDay(y int) (Day, bool) {
	d := Date(y, time.May, 24)
	return d - Day((int(d.Weekday())+6)%7), true
}

func canada(year int) []Event {
	return substitutes(expand(canadaRules, year), "new-year", "christmas")
}

var mexico = append([]rule{
	newYear,
	{key: "epiphany", kind: Festival, first: fixed(time.January, 6)},
	{key: "constitution-mx", kind: Holiday, first: nth(1, time.Monday, time.February, 0), since: 2006},
	{key: "juarez", kind: Holiday, first: nth(3, time.Monday, time.March, 0), since: 2006},
	{key: "maundy-thursday", kind: Festival, first: easterly(-3)},
	{key: "good-friday", kind: Festival, first: easterly(-2)},
	easterSunday,
	{key: "childrens-day-mx", kind: Festival, first: fixed(time.April, 30)},
	labourDay,
	{key: "mothers-day", kind: Festival, first: fixed(time.May, 10)},
	fathersDay,
	{key: "independence-mx", kind: Holiday, first: fixed(time.September, 16)},
	{key: "government-mx", kind: Holiday, first: newGovernment},
	{key: "day-of-the-dead", kind: Festival, first: fixed(time.November, 2)},
	{key: "revolution-mx", kind: Holiday, first: nth(3, time.Monday, time.November, 0), since: 2006},
	{key: "buen-fin", kind: Shopping, first: nth(3, time.Monday, time.November, -3), days: 4, since: 2011},
	{key: "guadalupe", kind: Festival, first: fixed(time.December, 12)},
	christmas,
}, western...)

// newGovernment is the day, every six years, on which Mexico's president changes: 1 December, from 2024 1 October.
func newGovernment(y int) (Day, bool) {
	if y >= 2024 {
		return Date(y, time.October, 1), (y-2024)%6 == 0
	}
	return Date(y, time.December, 1), (y-2000)%6 == 0
}

var brazil = append([]rule{
	newYear,
	{key: "carnival", kind: Festival, first: easterly(-48), days: 2},
	goodFriday,
	easterSunday,
	{key: "tiradentes", kind: Holiday, first: fixed(time.April, 21)},
	labourDay,
	mothersDay,
	{key: "corpus-christi", kind: Regional, first: easterly(60)},
	{key: "lovers-day-br", kind: Festival, first: fixed(time.June, 12)},
	{key: "fathers-day", kind: Festival, first: nth(2, time.Sunday, time.August, 0)},
	{key: "independence-br", kind: Holiday, first: fixed(time.September, 7)},
	{key: "consumers-day", kind: Shopping, first: fixed(time.March, 15), since: 2014},
	{key: "aparecida", kind: Holiday, first: fixed(time.October, 12)},
	{key: "all-souls", kind: Holiday, first: fixed(time.November, 2)},
	{key: "republic-br", kind: Holiday, first: fixed(time.November, 15)},
	{key: "black-awareness", kind: Regional, first: fixed(time.November, 20), since: 2003, until: 2023},
	{key: "black-awareness", kind: Holiday, first: fixed(time.November, 20), since: 2024},
	christmas,
}, western...)
