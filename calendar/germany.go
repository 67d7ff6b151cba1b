package calendar

import (
	"slices"
	"time"
)

var germanyRules = append([]rule{
	newYear,
	{key: "rose-monday", kind: Festival, first: easterly(-48)},
	goodFriday,
	easterSunday,
	easterMonday,
	labourDay,
	mothersDay,
	ascension,
	whitMonday,
	{key: "unity-de", kind: Holiday, first: fixed(time.October, 3)},
	{key: "reformation", kind: Holiday, first: once(2017, time.October, 31)},
	{key: "saint-nicholas", kind: Festival, first: fixed(time.December, 6)},
	christmas,
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
