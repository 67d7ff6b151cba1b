package calendar

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

//go:embed data/china.txt
var chinaText string

// chinaOrders are the days off and make-up workdays of data/china.txt, by the year of their first day.
var chinaOrders = sync.OnceValue(func() map[int][]Event {
	all := map[int][]Event{}
	for line := range strings.Lines(chinaText) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		first := mustDay(words[1])
		y := first.Year()
		all[y] = append(all[y], Event{Key: words[0], Kind: Holiday, First: first, Last: mustDay(words[2])})
		for _, w := range words[3:] {
			d := mustDay(w[1:])
			all[y] = append(all[y], Event{Key: words[0], Kind: Workday, First: d, Last: d})
		}
	}
	return all
})

// The years whose days off were announced. In others there is only the statute (State Council, Regulation on Public Holidays, as of
// 1999, 2007, 2013 and 2024): its days, with a free weekday for each that falls on a weekend, without exchanges of workdays.
const (
	firstOrder = 2004
	lastOrder  = 2026
)

var chinaStatute = []rule{
	{key: "new-year-break", kind: Holiday, first: fixed(time.January, 1)},
	{key: "spring-festival-break", kind: Holiday, first: lunar(1, 1, 0), days: 3, until: 2024},
	{key: "spring-festival-break", kind: Holiday, first: lunar(1, 1, -1), days: 4, since: 2025},
	{key: "qingming-break", kind: Holiday, first: qingming, since: 2008},
	{key: "labour-day-break", kind: Holiday, first: fixed(time.May, 1), days: 3, until: 2007},
	{key: "labour-day-break", kind: Holiday, first: fixed(time.May, 1), since: 2008, until: 2024},
	{key: "labour-day-break", kind: Holiday, first: fixed(time.May, 1), days: 2, since: 2025},
	{key: "dragon-boat-break", kind: Holiday, first: lunar(5, 5, 0), since: 2008},
	{key: "national-break", kind: Holiday, first: fixed(time.October, 1), days: 3},
	{key: "mid-autumn-break", kind: Holiday, first: lunar(8, 15, 0), since: 2008},
}

var qingming = solarTerm(time.April, 4.81)

// dongzhi is the winter solstice; the formula of solarTerm is a day late in 2021, when it fell shortly before midnight.
func dongzhi(year int) (Day, bool) {
	d, ok := solarTerm(time.December, 21.94)(year)
	if year == 2021 {
		d--
	}
	return d, ok
}

var chinaFestivals = []rule{
	{key: "new-years-eve-lunar", kind: Festival, first: lunar(1, 1, -1)},
	springFestival,
	{key: "lantern", kind: Festival, first: lunar(1, 15, 0)},
	{key: "dragon-head", kind: Festival, first: lunar(2, 2, 0)},
	{key: "qingming", kind: Festival, first: qingming},
	{key: "dragon-boat", kind: Festival, first: lunar(5, 5, 0)},
	{key: "qixi", kind: Festival, first: lunar(7, 7, 0)},
	{key: "ghost-festival", kind: Festival, first: lunar(7, 15, 0)},
	{key: "mid-autumn", kind: Festival, first: lunar(8, 15, 0)},
	{key: "double-ninth", kind: Festival, first: lunar(9, 9, 0)},
	{key: "dongzhi", kind: Festival, first: dongzhi},
	{key: "laba", kind: Festival, first: lunar(12, 8, 0)},
	valentines,
	mothersDay,
	{key: "love-520", kind: Festival, first: fixed(time.May, 20), since: 2012},
	{key: "childrens-day-cn", kind: Festival, first: fixed(time.June, 1)},
	fathersDay,
	{key: "teachers-day", kind: Festival, first: fixed(time.September, 10)},
	{key: "christmas", kind: Festival, first: fixed(time.December, 25)},

	{key: "new-year-goods", kind: Shopping, first: lunar(1, 1, -28), days: 21, since: 2015},
	{key: "queens-day", kind: Shopping, first: fixed(time.March, 4), days: 5, since: 2015},
	{key: "618-presale", kind: Shopping, first: fixed(time.May, 24), days: 8, since: 2016},
	{key: "618-season", kind: Shopping, first: fixed(time.June, 1), days: 17, since: 2012},
	{key: "618", kind: Shopping, first: fixed(time.June, 18), since: 2009},
	{key: "88-members", kind: Shopping, first: fixed(time.August, 8), since: 2016},
	{key: "singles-day-presale", kind: Shopping, first: fixed(time.October, 21), days: 11, since: 2014},
	{key: "singles-day-season", kind: Shopping, first: fixed(time.November, 1), days: 10, since: 2014},
	{key: "singles-day", kind: Shopping, first: fixed(time.November, 11), since: 2009},
	{key: "black-friday", kind: Shopping, first: blackFriday, since: 2014},
	{key: "double-12", kind: Shopping, first: fixed(time.December, 12), since: 2011},
}

func china(year int) []Event {
	list := expand(chinaFestivals, year)
	if year >= firstOrder && year <= lastOrder {
		return append(list, chinaOrders()[year]...)
	}
	return append(list, substitutes(expand(chinaStatute, year), "new-year-break", "spring-festival-break", "qingming-break", "labour-day-break",
		"dragon-boat-break", "national-break", "mid-autumn-break")...)
}
