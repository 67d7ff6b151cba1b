package calendar

import (
	"math"
	"time"
)

var japanRules = []rule{
	newYear,
	{key: "coming-of-age", kind: Holiday, first: nth(2, time.Monday, time.January, 0), since: 2000},
	{key: "foundation-jp", kind: Holiday, first: fixed(time.February, 11)},
	{key: "emperor", kind: Holiday, first: fixed(time.February, 23), since: 2020},
	{key: "vernal-equinox", kind: Holiday, first: equinox(time.March, 20.8431, .242194)},
	{key: "showa", kind: Holiday, first: fixed(time.April, 29), since: 2007},
	{key: "greenery", kind: Holiday, first: fixed(time.April, 29), since: 1989, until: 2006},
	{key: "enthronement", kind: Holiday, first: once(2019, time.May, 1)},
	{key: "constitution-jp", kind: Holiday, first: fixed(time.May, 3)},
	{key: "greenery", kind: Holiday, first: fixed(time.May, 4), since: 2007},
	{key: "childrens-day-jp", kind: Holiday, first: fixed(time.May, 5)},
	{key: "marine", kind: Holiday, first: fixed(time.July, 20), since: 1996, until: 2002},
	{key: "marine", kind: Holiday, first: olympic(nth(3, time.Monday, time.July, 0), Date(2020, time.July, 23), Date(2021, time.July, 22)), since: 2003},
	{key: "mountain", kind: Holiday, first: olympic(fixed(time.August, 11), Date(2020, time.August, 10), Date(2021, time.August, 8)), since: 2016},
	{key: "respect-aged", kind: Holiday, first: fixed(time.September, 15), until: 2002},
	{key: "respect-aged", kind: Holiday, first: nth(3, time.Monday, time.September, 0), since: 2003},
	{key: "autumnal-equinox", kind: Holiday, first: equinox(time.September, 23.2488, .242194)},
	{key: "sports", kind: Holiday, first: olympic(nth(2, time.Monday, time.October, 0), Date(2020, time.July, 24), Date(2021, time.July, 23)), since: 2000},
	{key: "enthronement", kind: Holiday, first: once(2019, time.October, 22)},
	{key: "culture", kind: Holiday, first: fixed(time.November, 3)},
	{key: "labor-thanksgiving", kind: Holiday, first: fixed(time.November, 23)},
	{key: "emperor", kind: Holiday, first: fixed(time.December, 23), since: 1989, until: 2018},

	valentines,
	{key: "white-day", kind: Festival, first: fixed(time.March, 14)},
	mothersDay,
	fathersDay,
	{key: "tanabata", kind: Festival, first: fixed(time.July, 7)},
	{key: "obon", kind: Festival, first: fixed(time.August, 13), days: 4},
	{key: "halloween", kind: Festival, first: fixed(time.October, 31)},
	{key: "black-friday", kind: Shopping, first: blackFriday, since: 2016},
	{key: "christmas-eve", kind: Festival, first: fixed(time.December, 24)},
	{key: "christmas", kind: Festival, first: fixed(time.December, 25)},
	{key: "year-end-jp", kind: Festival, first: fixed(time.December, 29), days: 6},
}

// equinox is the date in Japan, by the formula customary for 1980 to 2099.
func equinox(m time.Month, c, year float64) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		n := float64(y - 1980)
		return Date(y, m, int(math.Floor(c+year*n-math.Floor(n/4)))), true
	}
}

// olympic is a holiday that was moved for the games of Tokyo, planned for 2020 and held in 2021.
func olympic(usual func(int) (Day, bool), in2020, in2021 Day) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		switch y {
		case 2020:
			return in2020, true
		case 2021:
			return in2021, true
		}
		return usual(y)
	}
}

// japan gives a free day for each holiday on a Sunday, and for a weekday between two holidays (Act on National Holidays, article 3).
func japan(year int) []Event {
	list := expand(japanRules, year)
	off := map[Day]bool{}
	for _, e := range list {
		off[e.First] = off[e.First] || e.Kind == Holiday
	}
	for _, e := range list {
		if e.Kind != Holiday {
			continue
		}
		if e.First.Weekday() == time.Sunday {
			d := e.First + 1
			for off[d] {
				d++
			}
			off[d] = true
			list = append(list, Event{Key: e.Key, Kind: Substitute, First: d, Last: d})
		}
	}
	for _, e := range list {
		if d := e.First + 1; e.Kind == Holiday && !off[d] && off[d+1] && d.Weekday() != time.Sunday && isHoliday(list, d+1) {
			off[d] = true
			list = append(list, Event{Key: "citizens-jp", Kind: Holiday, First: d, Last: d})
		}
	}
	return list
}

func isHoliday(list []Event, d Day) bool {
	for _, e := range list {
		if e.Kind == Holiday && e.First == d {
			return true
		}
	}
	return false
}

// india are the central government's holidays, and feasts at which much is bought.
var india = join([]rule{
	{key: "republic-in", kind: Holiday, first: fixed(time.January, 26)},
	valentines,
	goodFriday,
	{key: "ambedkar", kind: Holiday, first: fixed(time.April, 14)},
	{key: "independence-in", kind: Holiday, first: fixed(time.August, 15)},
	{key: "gandhi", kind: Holiday, first: fixed(time.October, 2)},
	christmas,
	{key: "navratri", kind: Festival, first: before("dussehra", 9), days: 9},
	{key: "dhanteras", kind: Festival, first: before("diwali", 2)},
	{key: "black-friday", kind: Shopping, first: blackFriday, since: 2016},
	{key: "new-years-eve", kind: Festival, first: fixed(time.December, 31)},
}, feast("maha-shivaratri", "maha-shivaratri", Holiday), feast("holi", "holi", Holiday), feast("ram-navami", "ram-navami", Holiday),
	feast("mahavira", "mahavira", Holiday), feast("buddha-purnima", "buddha-purnima", Holiday), feast("eid-al-fitr", "eid-al-fitr-in", Holiday),
	feast("eid-al-adha", "eid-al-adha-in", Holiday), feast("ashura", "ashura", Holiday), feast("mawlid", "mawlid", Holiday),
	feast("raksha-bandhan", "raksha-bandhan", Festival), feast("janmashtami", "janmashtami", Holiday),
	feast("ganesh-chaturthi", "ganesh-chaturthi", Festival), feast("dussehra", "dussehra", Holiday), feast("diwali", "diwali", Holiday),
	feast("guru-nanak", "guru-nanak", Holiday))

// before is some days before a feast of the table.
func before(table string, days Day) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		d, ok := moving(table, 0)(y)
		return d - days, ok
	}
}

func join(lists ...[]rule) (all []rule) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var australia = append([]rule{
	newYear,
	{key: "australia-day", kind: Holiday, first: fixed(time.January, 26)},
	goodFriday,
	{key: "easter-saturday", kind: Regional, first: easterly(-1)},
	{key: "easter", kind: Regional, first: easterly(0)},
	easterMonday,
	{key: "anzac", kind: Holiday, first: fixed(time.April, 25)},
	mothersDay,
	{key: "monarchs-birthday", kind: Regional, first: nth(2, time.Monday, time.June, 0)},
	{key: "fathers-day", kind: Festival, first: nth(1, time.Sunday, time.September, 0)},
	{key: "mourning-au", kind: Holiday, first: once(2022, time.September, 22)},
	{key: "melbourne-cup", kind: Regional, first: nth(1, time.Tuesday, time.November, 0)},
	christmas,
	{key: "boxing-day", kind: Holiday, first: fixed(time.December, 26)},
	springFestival,
}, western...)
