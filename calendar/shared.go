package calendar

import "time"

// The days that many countries share.
var (
	newYear        = rule{key: "new-year", kind: Holiday, first: fixed(time.January, 1)}
	christmas      = rule{key: "christmas", kind: Holiday, first: fixed(time.December, 25)}
	mothersDay     = rule{key: "mothers-day", kind: Festival, first: mothers}
	fathersDay     = rule{key: "fathers-day", kind: Festival, first: fathers}
	goodFriday     = rule{key: "good-friday", kind: Holiday, first: easterly(-2)}
	labourDay      = rule{key: "labour-day", kind: Holiday, first: fixed(time.May, 1)}
	easterMonday   = rule{key: "easter-monday", kind: Holiday, first: easterly(1)}
	valentines     = rule{key: "valentines-day", kind: Festival, first: fixed(time.February, 14)}
	springFestival = rule{key: "spring-festival", kind: Festival, first: lunar(1, 1, 0)}
	ascension      = rule{key: "ascension", kind: Holiday, first: easterly(39)}
	whitMonday     = rule{key: "whit-monday", kind: Holiday, first: easterly(50)}
	assumption     = rule{key: "assumption", kind: Holiday, first: fixed(time.August, 15)}
	allSaints      = rule{key: "all-saints", kind: Holiday, first: fixed(time.November, 1)}
	easterSunday   = rule{key: "easter", kind: Festival, first: easterly(0)}
)

var (
	blackFriday = nth(4, time.Thursday, time.November, 1)
	cyberMonday = nth(4, time.Thursday, time.November, 4)
)

// western are the feasts and sales that the western countries share.
var western = []rule{
	valentines,
	{key: "womens-day", kind: Festival, first: fixed(time.March, 8)},
	{key: "halloween", kind: Festival, first: fixed(time.October, 31)},
	{key: "black-friday", kind: Shopping, first: blackFriday, since: 2010},
	{key: "cyber-monday", kind: Shopping, first: cyberMonday, since: 2010},
	{key: "christmas-eve", kind: Festival, first: fixed(time.December, 24)},
	{key: "new-years-eve", kind: Festival, first: fixed(time.December, 31)},
}
