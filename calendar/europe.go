package calendar

import "time"

var france = append([]rule{
	newYear,
	easterSunday,
	easterMonday,
	labourDay,
	{key: "victory-1945", kind: Holiday, first: fixed(time.May, 8)},
	ascension,
	whitMonday,
	{key: "mothers-day", kind: Festival, first: mothersFrance},
	fathersDay,
	{key: "bastille-day", kind: Holiday, first: fixed(time.July, 14)},
	assumption,
	allSaints,
	{key: "armistice", kind: Holiday, first: fixed(time.November, 11)},
	christmas,
	{key: "boxing-day", kind: Regional, first: fixed(time.December, 26)},
}, western...)

// mothersFrance is the last Sunday of May, or the first of June where that is Whit Sunday.
func mothersFrance(y int) (Day, bool) {
	d, _ := nth(-1, time.Sunday, time.May, 0)(y)
	if d == Easter(y)+49 {
		d += 7
	}
	return d, true
}

var italy = append([]rule{
	newYear,
	{key: "epiphany", kind: Holiday, first: fixed(time.January, 6)},
	{key: "unification-it", kind: Holiday, first: once(2011, time.March, 17)},
	{key: "fathers-day", kind: Festival, first: fixed(time.March, 19)},
	{key: "easter", kind: Holiday, first: easterly(0)},
	easterMonday,
	{key: "liberation-it", kind: Holiday, first: fixed(time.April, 25)},
	labourDay,
	mothersDay,
	{key: "republic-it", kind: Holiday, first: fixed(time.June, 2)},
	assumption,
	{key: "saint-francis", kind: Holiday, first: fixed(time.October, 4), since: 2026},
	allSaints,
	{key: "unity-it", kind: Holiday, first: nth(1, time.Sunday, time.November, 0)},
	{key: "immaculate-conception", kind: Holiday, first: fixed(time.December, 8)},
	christmas,
	{key: "saint-stephen", kind: Holiday, first: fixed(time.December, 26)},
}, western...)

var spainRules = append([]rule{
	newYear,
	{key: "epiphany", kind: Holiday, first: fixed(time.January, 6)},
	{key: "fathers-day", kind: Festival, first: fixed(time.March, 19)},
	{key: "maundy-thursday", kind: Regional, first: easterly(-3)},
	goodFriday,
	easterSunday,
	{key: "easter-monday", kind: Regional, first: easterly(1)},
	labourDay,
	{key: "mothers-day", kind: Festival, first: nth(1, time.Sunday, time.May, 0)},
	assumption,
	{key: "national-day-es", kind: Holiday, first: fixed(time.October, 12)},
	allSaints,
	{key: "constitution-es", kind: Holiday, first: fixed(time.December, 6)},
	{key: "immaculate-conception", kind: Holiday, first: fixed(time.December, 8)},
	christmas,
}, western...)

// spain leaves out holidays on a Sunday, which each region replaces by a day of its own: they are regional then.
func spain(year int) []Event {
	list := expand(spainRules, year)
	for i := range list {
		if list[i].Kind == Holiday && list[i].First.Weekday() == time.Sunday {
			list[i].Kind = Regional
		}
	}
	return list
}

var netherlandsRules = append([]rule{
	newYear,
	goodFriday,
	{key: "easter", kind: Holiday, first: easterly(0)},
	easterMonday,
	{key: "queens-day-nl", kind: Holiday, first: fixed(time.April, 30), until: 2013},
	{key: "kings-day", kind: Holiday, first: fixed(time.April, 27), since: 2014},
	{key: "liberation-nl", kind: Holiday, first: fixed(time.May, 5)},
	mothersDay,
	ascension,
	{key: "whit-sunday", kind: Holiday, first: easterly(49)},
	whitMonday,
	fathersDay,
	{key: "sinterklaas", kind: Festival, first: fixed(time.December, 5)},
	christmas,
	{key: "second-christmas", kind: Holiday, first: fixed(time.December, 26)},
}, western...)

// netherlands keeps the royal day off Sundays, and gives Liberation Day off every fifth year.
func netherlands(year int) []Event {
	list := expand(netherlandsRules, year)
	for i := range list {
		e := &list[i]
		switch {
		case (e.Key == "kings-day" || e.Key == "queens-day-nl") && e.First.Weekday() == time.Sunday:
			e.First, e.Last = e.First-1, e.Last-1
		case e.Key == "liberation-nl" && year%5 != 0:
			e.Kind = Festival
		}
	}
	return list
}
