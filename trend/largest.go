package trend

import (
	"github.com/tidewatch/tidewatch/trend/life"
)

// largest is the kind that has most series, the first of equals.
func (a *analysis) largest() int {
	count := make([]int, len(a.market))
	best := 0
	for _, k := range a.o.Kind {
		count[k]++
	}
	for k, n := range count {
		if n > count[best] {
			best = k
		}
	}
	return best
}

// radar compares what is new with past launches, within the largest kind.
func (a *analysis) radar() {
	if a.year < 4 || len(a.market) == 0 {
		return
	}
	kind := a.largest()
	var of []int
	for i, k := range a.o.Kind {
		if k == kind {
			of = append(of, i)
		}
	}
	p := a.p.Select(of)
	r, err := life.NewRadar(p, max(2, a.year/2), max(1, a.year/12))
	if err != nil {
		return // too few launches: none are told
	}
	a.story.Launches = r.Launches()
	a.story.Prospects = r.New(p, max(2, a.year/26), max(1, a.year/12))
}
