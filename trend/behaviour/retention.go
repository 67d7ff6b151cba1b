package behaviour

import (
	"maps"
	"slices"
)

// Cohort is the people whose first purchase fell into one period.
type Cohort struct {
	First  int64
	People int
	Back   []Rate // [k]: bought again in the k-th period after the first, from 1; only periods that are over
}

// Retention is the cohorts of the buyers in order of time. Time of an event is the number of its period; last is the last period that is over.
func Retention(events []Event, kind string, last int64, level float64) []Cohort {
	first := map[string]int64{}
	type visit struct {
		person string
		at     int64
	}
	seen := map[visit]bool{}
	for _, e := range events {
		if e.Kind != kind || e.Time > last {
			continue
		}
		if f, ok := first[e.Person]; !ok || e.Time < f {
			first[e.Person] = e.Time
		}
		seen[visit{e.Person, e.Time}] = true
	}
	people := map[int64]int{}
	back := map[[2]int64]int{}
	for _, f := range first {
		people[f]++
	}
	for v := range seen {
		if f := first[v.person]; v.at > f {
			back[[2]int64{f, v.at - f}]++
		}
	}
	var out []Cohort
	for _, f := range slices.Sorted(maps.Keys(people)) {
		c := Cohort{First: f, People: people[f]}
		for k := int64(1); f+k <= last; k++ {
			c.Back = append(c.Back, Wilson(back[[2]int64{f, k}], people[f], level))
		}
		out = append(out, c)
	}
	return out
}

// Repeat is the share of buyers who bought again within so many units of time after their first purchase, of those whose first was so long ago at
// least that it can be told: people who came late are not counted as lost.
func Repeat(events []Event, kind string, within, last int64, level float64) Rate {
	first, again := map[string]int64{}, map[string]bool{}
	for _, e := range events { // in order of time
		if e.Kind != kind {
			continue
		}
		f, ok := first[e.Person]
		switch {
		case !ok:
			first[e.Person] = e.Time
		case e.Time > f && e.Time <= f+within:
			again[e.Person] = true
		}
	}
	of, all := 0, 0
	for p, f := range first {
		if f+within > last {
			continue
		}
		all++
		if again[p] {
			of++
		}
	}
	return Wilson(of, all, level)
}
