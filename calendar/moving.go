package calendar

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

//go:embed data/moving.txt
var movingText string

// movingDays are the days of each feast of data/moving.txt, ascending.
var movingDays = sync.OnceValue(func() map[string][]Day {
	all := map[string][]Day{}
	for line := range strings.Lines(movingText) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		for _, w := range words[1:] {
			all[words[0]] = append(all[words[0]], mustDay(w))
		}
	}
	return all
})

func mustDay(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err) // a table of the package; a test reads all of them
	}
	return d
}

// moving is the k-th day in a year of a feast in the table: an Islamic year is shorter than a year.
func moving(key string, k int) func(int) (Day, bool) {
	return func(y int) (Day, bool) {
		for _, d := range movingDays()[key] {
			if d.Year() == y {
				if k == 0 {
					return d, true
				}
				k--
			}
		}
		return 0, false
	}
}

// feast is the rules of a feast in the table under its key, or under another one, such as india's own dates.
func feast(key, table string, kind Kind) []rule {
	return []rule{{key: key, kind: kind, first: func(y int) (Day, bool) { return moving(table, 0)(y) }},
		{key: key, kind: kind, first: func(y int) (Day, bool) { return moving(table, 1)(y) }}}
}

// ramadan is the fasting months that begin in a year, until the day before Eid al-Fitr.
func ramadan(year int) []Event {
	var list []Event
	for k := range 2 {
		first, ok := moving("ramadan-start", k)(year)
		if !ok {
			continue
		}
		for _, eid := range movingDays()["eid-al-fitr"] {
			if eid > first {
				list = append(list, Event{Key: "ramadan", Kind: Festival, First: first, Last: eid - 1})
				break
			}
		}
	}
	return list
}

// mothers and fathers are the second Sunday of May and the third of June.
var (
	mothers = nth(2, time.Sunday, time.May, 0)
	fathers = nth(3, time.Sunday, time.June, 0)
)
