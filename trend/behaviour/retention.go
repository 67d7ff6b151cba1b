package behaviour

import (
	"maps"
	"slices"
)

// Cohort is the people whose first purchase fell into one period.
type Cohort struct {
	First  int64
	People int
	Back   []Rate // [k]: bought again in the k+1-th period after the first; only periods that are over
}

// Retention is the cohorts of the buyers in order of time, and the shares of all of them together by age: [k] is that of the k+1-th period after the
// first. Period is the number of an act's period; last is the last period that is over.
func Retention(l *Log, period func(a Act) int64, last int64, level float64) (cohorts []Cohort, ages []Rate) {
	first := make([]int64, l.People+1)
	known := make([]bool, l.People+1)
	type visit struct {
		person int32
		at     int64
	}
	seen := map[visit]bool{}
	for _, a := range l.Acts {
		if a.Kind != Buy || a.Person == 0 {
			continue
		}
		at := period(a)
		if at > last {
			continue
		}
		if !known[a.Person] || at < first[a.Person] {
			first[a.Person], known[a.Person] = at, true
		}
		seen[visit{a.Person, at}] = true
	}
	people, back := map[int64]int{}, map[[2]int64]int{}
	for p, f := range first {
		if known[p] {
			people[f]++
		}
	}
	for v := range seen {
		if f := first[v.person]; v.at > f {
			back[[2]int64{f, v.at - f}]++
		}
	}
	var of, all []int
	for _, f := range slices.Sorted(maps.Keys(people)) {
		c := Cohort{First: f, People: people[f]}
		for k := int64(1); f+k <= last; k++ {
			n := back[[2]int64{f, k}]
			c.Back = append(c.Back, Wilson(n, people[f], level))
			if int(k) > len(of) {
				of, all = append(of, 0), append(all, 0)
			}
			of[k-1], all[k-1] = of[k-1]+n, all[k-1]+people[f]
		}
		cohorts = append(cohorts, c)
	}
	for k := range of {
		ages = append(ages, Wilson(of[k], all[k], level))
	}
	return cohorts, ages
}

// Again is how many buy again within so many days after the day of their first purchase, of those whose first was so long ago that it can be told:
// people who came late are not counted as lost.
type Again struct {
	Days  int
	Whole Rate
	// Before and Now are of new customers: people whose first purchase fell into the earlier and into the later half of the time that can be told,
	// without the first third of the data, in which those who had long been customers turn up too. All is 0 where there are none.
	Before, Now          Rate
	Change, Low, High, P float64 // Now less Before
}

// Repeat is how many buy again within so many days. Acts must be in order of time.
func Repeat(l *Log, within int, level float64) Again {
	first := make([]int64, l.People+1)
	known, again := make([]bool, l.People+1), make([]bool, l.People+1)
	for _, a := range l.Acts {
		if a.Kind != Buy || a.Person == 0 {
			continue
		}
		switch day := a.Day(); {
		case !known[a.Person]:
			first[a.Person], known[a.Person] = day, true
		case day > first[a.Person] && day <= first[a.Person]+int64(within):
			again[a.Person] = true
		}
	}
	end := l.Last - int64(within) // of the first days that can be told
	begin := l.First + (l.Last-l.First+1)/3
	middle := floorDiv(begin+end+1, 2)
	var of, all [3]int
	for p, yes := range known {
		if !yes || first[p] > end {
			continue
		}
		half := 0
		switch {
		case first[p] >= middle && first[p] >= begin:
			half = 2
		case first[p] >= begin:
			half = 1
		}
		all[half]++
		if again[p] {
			of[half]++
		}
	}
	r := Again{Days: within, Whole: Wilson(of[0]+of[1]+of[2], all[0]+all[1]+all[2], level), Before: Wilson(of[1], all[1], level), Now: Wilson(of[2], all[2], level)}
	r.Change, r.Low, r.High, r.P = Difference(r.Now, r.Before)
	return r
}

// Often is the buyers with so many orders, and the orders they made.
type Often struct{ From, To, People, Orders int }

// Oftenness counts buyers by the number of their orders: 1, 2, 3 to 5, 6 to 10, and more (To is 0).
func Oftenness(l *Log) []Often {
	out := []Often{{From: 1, To: 1}, {From: 2, To: 2}, {From: 3, To: 5}, {From: 6, To: 10}, {From: 11}}
	counted := make([]bool, l.Baskets+1)
	orders := make([]int, l.People+1)
	for _, a := range l.Acts {
		if a.Kind == Buy && a.Person > 0 && a.Basket > 0 && !counted[a.Basket] {
			counted[a.Basket] = true
			orders[a.Person]++
		}
	}
	for _, n := range orders {
		for k := range out {
			if o := &out[k]; n >= o.From && (n <= o.To || o.To == 0) {
				o.People++
				o.Orders += n
			}
		}
	}
	return out
}
