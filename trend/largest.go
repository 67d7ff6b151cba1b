package trend

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/trend/lead"
	"github.com/tidewatch/tidewatch/trend/life"
	"github.com/tidewatch/tidewatch/trend/slope"
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

// leads looks for leads among the largest series of the largest kind.
func (a *analysis) leads(ctx context.Context) error {
	if len(a.market) == 0 {
		return nil
	}
	kind := a.largest()
	var of []int
	for i, k := range a.o.Kind {
		if k == kind && a.story.Profiles[i].Share > 0 {
			of = append(of, i)
		}
	}
	slices.SortFunc(of, func(i, j int) int {
		return cmp.Or(cmp.Compare(a.story.Profiles[j].Share, a.story.Profiles[i].Share), i-j)
	})
	of = of[:min(mostLed, len(of))]
	market := a.plain(a.market[kind], kind)
	series := make([][]float64, len(of))
	for j, i := range of {
		v := a.plain(a.bins(i), kind)
		out := make([]float64, len(market))
		for t := range out {
			out[t] = math.NaN()
			if k := t - len(out) + len(v); k >= 0 && market[t] > 0 {
				// Against the market: that all rise together is no lead.
				out[t] = math.Log((v[k] + 1) / (market[t] + 1))
			}
		}
		series[j] = out
	}
	a.story.Looked = len(of) * (len(of) - 1)
	found, err := lead.Search{Most: max(1, min(8, a.perYear/6)), Adjust: slope.Adjust}.Find(ctx, series)
	if err != nil {
		return err
	}
	for _, l := range found {
		l.Leader, l.Follower = of[l.Leader], of[l.Follower]
		a.story.Leads = append(a.story.Leads, Leading{a.p.ID(l.Leader), a.p.ID(l.Follower), l})
	}
	return nil
}
