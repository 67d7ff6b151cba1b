package calendar

import (
	"slices"
	"time"
)

var france = append([]rule{
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	easterSunday,
	{key: "easter-monday", kind: Holiday, first: easterly(1)},
	{key: "labour-day", kind: Holiday, first: fixed(time.May, 1)},
	{key: "victory-1945", kind: Holiday, first: fixed(time.May, 8)},
	{key: "ascension", kind: Holiday, first: easterly(39)},
	{key: "whit-monday", kind: Holiday, first: easterly(50)},
	{key: "mothers-day", kind: Festival, first: mothersFrance},
	{key: "fathers-day", kind: Festival, first: fathers},
	{key: "bastille-day", kind: Holiday, first: fixed(time.July, 14)},
	{key: "assumption", kind: Holiday, first: fixed(time.August, 15)},
	{key: "all-saints", kind: Holiday, first: fixed(time.November, 1)},
	{key: "armistice", kind: Holiday, first: fixed(time.November, 11)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
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
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	{key: "epiphany", kind: Holiday, first: fixed(time.January, 6)},
	{key: "unification-it", kind: Holiday, first: once(2011, time.March, 17)},
	{key: "fathers-day", kind: Festival, first: fixed(time.March, 19)},
	{key: "easter", kind: Holiday, first: easterly(0)},
	{key: "easter-monday", kind: Holiday, first: easterly(1)},
	{key: "liberation-it", kind: Holiday, first: fixed(time.April, 25)},
	{key: "labour-day", kind: Holiday, first: fixed(time.May, 1)},
	{key: "mothers-day", kind: Festival, first: mothers},
	{key: "republic-it", kind: Holiday, first: fixed(time.June, 2)},
	{key: "assumption", kind: Holiday, first: fixed(time.August, 15)},
	{key: "saint-francis", kind: Holiday, first: fixed(time.October, 4), since: 2026},
	{key: "all-saints", kind: Holiday, first: fixed(time.November, 1)},
	{key: "unity-it", kind: Holiday, first: nth(1, time.Sunday, time.November, 0)},
	{key: "immaculate-conception", kind: Holiday, first: fixed(time.December, 8)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
	{key: "saint-stephen", kind: Holiday, first: fixed(time.December, 26)},
}, western...)

var spainRules = append([]rule{
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	{key: "epiphany", kind: Holiday, first: fixed(time.January, 6)},
	{key: "fathers-day", kind: Festival, first: fixed(time.March, 19)},
	{key: "maundy-thursday", kind: Regional, first: easterly(-3)},
	{key: "good-friday", kind: Holiday, first: easterly(-2)},
	easterSunday,
	{key: "easter-monday", kind: Regional, first: easterly(1)},
	{key: "labour-day", kind: Holiday, first: fixed(time.May, 1)},
	{key: "mothers-day", kind: Festival, first: nth(1, time.Sunday, time.May, 0)},
	{key: "assumption", kind: Holiday, first: fixed(time.August, 15)},
	{key: "national-day-es", kind: Holiday, first: fixed(time.October, 12)},
	{key: "all-saints", kind: Holiday, first: fixed(time.November, 1)},
	{key: "constitution-es", kind: Holiday, first: fixed(time.December, 6)},
	{key: "immaculate-conception", kind: Holiday, first: fixed(time.December, 8)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
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
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	{key: "good-friday", kind: Holiday, first: easterly(-2)},
	{key: "easter", kind: Holiday, first: easterly(0)},
	{key: "easter-monday", kind: Holiday, first: easterly(1)},
	{key: "queens-day-nl", kind: Holiday, first: fixed(time.April, 30), until: 2013},
	{key: "kings-day", kind: Holiday, first: fixed(time.April, 27), since: 2014},
	{key: "liberation-nl", kind: Holiday, first: fixed(time.May, 5)},
	{key: "mothers-day", kind: Festival, first: mothers},
	{key: "ascension", kind: Holiday, first: easterly(39)},
	{key: "whit-sunday", kind: Holiday, first: easterly(49)},
	{key: "whit-monday", kind: Holiday, first: easterly(50)},
	{key: "fathers-day", kind: Festival, first: fathers},
	{key: "sinterklaas", kind: Festival, first: fixed(time.December, 5)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
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

var unitedKingdomRules = append([]rule{
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	{key: "mothers-day", kind: Festival, first: easterly(-21)},
	{key: "good-friday", kind: Holiday, first: easterly(-2)},
	easterSunday,
	{key: "wedding-uk", kind: Holiday, first: once(2011, time.April, 29)},
	{key: "early-may", kind: Holiday, first: earlyMay},
	{key: "coronation", kind: Holiday, first: once(2023, time.May, 8)},
	{key: "spring-bank", kind: Holiday, first: springBank},
	{key: "jubilee", kind: Holiday, first: once(2002, time.June, 3)},
	{key: "jubilee", kind: Holiday, first: once(2012, time.June, 5)},
	{key: "jubilee", kind: Holiday, first: once(2022, time.June, 3)},
	{key: "fathers-day", kind: Festival, first: fathers},
	{key: "royal-funeral", kind: Holiday, first: once(2022, time.September, 19)},
	{key: "guy-fawkes", kind: Festival, first: fixed(time.November, 5)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
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

var germanyRules = append([]rule{
	{key: "new-year", kind: Holiday, first: fixed(time.January, 1)},
	{key: "rose-monday", kind: Festival, first: easterly(-48)},
	{key: "good-friday", kind: Holiday, first: easterly(-2)},
	easterSunday,
	{key: "easter-monday", kind: Holiday, first: easterly(1)},
	{key: "labour-day", kind: Holiday, first: fixed(time.May, 1)},
	{key: "mothers-day", kind: Festival, first: mothers},
	{key: "ascension", kind: Holiday, first: easterly(39)},
	{key: "whit-monday", kind: Holiday, first: easterly(50)},
	{key: "unity-de", kind: Holiday, first: fixed(time.October, 3)},
	{key: "reformation", kind: Holiday, first: once(2017, time.October, 31)},
	{key: "saint-nicholas", kind: Festival, first: fixed(time.December, 6)},
	{key: "christmas", kind: Holiday, first: fixed(time.December, 25)},
	{key: "second-christmas", kind: Holiday, first: fixed(time.December, 26)},
}, western...)

var (
	easternLander  = []string{"BB", "MV", "SN", "ST", "TH"}
	northernLander = []string{"HB", "HH", "NI", "SH"}
)

var germanyParts = []nation{
	{rule{key: "epiphany", first: fixed(time.January, 6)}, []string{"BW", "BY", "ST"}},
	{rule{key: "womens-day", first: fixed(time.March, 8), since: 2019}, []string{"BE"}},
	{rule{key: "womens-day", first: fixed(time.March, 8), since: 2023}, []string{"MV"}},
	{rule{key: "easter", first: easterly(0)}, []string{"BB"}},
	{rule{key: "whit-sunday", first: easterly(49)}, []string{"BB"}},
	{rule{key: "corpus-christi", first: easterly(60)}, []string{"BW", "BY", "HE", "NW", "RP", "SL"}},
	{rule{key: "assumption", first: fixed(time.August, 15)}, []string{"SL"}},
	{rule{key: "childrens-day-th", first: fixed(time.September, 20), since: 2019}, []string{"TH"}},
	{rule{key: "reformation", first: fixed(time.October, 31), until: 2016}, easternLander},
	{rule{key: "reformation", first: fixed(time.October, 31), since: 2018}, append(slices.Clone(easternLander), northernLander...)},
	{rule{key: "all-saints", first: fixed(time.November, 1)}, []string{"BW", "BY", "NW", "RP", "SL"}},
	{rule{key: "repentance", first: repentance}, []string{"SN"}},
	{rule{key: "liberation-be", first: once(2020, time.May, 8)}, []string{"BE"}},
	{rule{key: "liberation-be", first: once(2025, time.May, 8)}, []string{"BE"}},
	{rule{key: "uprising-be", first: once(2028, time.June, 17)}, []string{"BE"}},
}

// repentance is the Wednesday before 23 November.
func repentance(y int) (Day, bool) {
	d := Date(y, time.November, 22)
	return d - Day((int(d.Weekday())-int(time.Wednesday)+7)%7), true
}

func germany(year int, part string) []Event {
	return strongest(parts(expand(germanyRules, year), germanyParts, part, year))
}

// strongest keeps one event of those with the same key and day: a holiday rather than a regional one, and that rather than a custom.
func strongest(list []Event) []Event {
	var kept []Event
	for _, e := range list {
		i := slices.IndexFunc(kept, func(k Event) bool { return k.Key == e.Key && k.First == e.First })
		switch {
		case i < 0:
			kept = append(kept, e)
		case slices.Index(Kinds, e.Kind) < slices.Index(Kinds, kept[i].Kind):
			kept[i] = e
		}
	}
	return kept
}
