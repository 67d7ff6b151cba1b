package trend

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/lead"
	"github.com/tidewatch/tidewatch/trend/slope"
)

// enoughSteps is how many steps of a lag the data must hold for leads to be looked for at their length.
const enoughSteps = 60

// leads looks for leads among the largest series of the largest kind, and of other measures over the same series.
func (a *analysis) leads(ctx context.Context) error {
	if len(a.market) == 0 {
		return nil
	}
	if err := a.leadsOfSeries(ctx); err != nil || len(a.o.Beside) == 0 {
		return err
	}
	return a.leadsOfMeasures(ctx)
}

// watched are the series among which leads are looked for: the largest of a kind by share.
func (a *analysis) watched(kind int) []int {
	var of []int
	for i, k := range a.o.Kind {
		if k == kind && a.story.Profiles[i].Share > 0 {
			of = append(of, i)
		}
	}
	slices.SortFunc(of, func(i, j int) int {
		return cmp.Or(cmp.Compare(a.story.Profiles[j].Share, a.story.Profiles[i].Share), i-j)
	})
	return of[:min(mostLed, len(of))]
}

// leadsOfSeries looks for leads of one series over another.
func (a *analysis) leadsOfSeries(ctx context.Context) error {
	kind := a.largest()
	of := a.watched(kind)
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
		a.story.Leads = append(a.story.Leads, Leading{Leader: a.p.ID(of[l.Leader]), Follower: a.p.ID(of[l.Follower]), Per: a.binned, Lead: l})
	}
	return nil
}

// step is the length of the steps of a lag of one measure over another, in periods, and how many of them make the season that is taken out: weeks with
// none if there are enough of them, otherwise days with that of the week, otherwise hours with that of the day.
func (a *analysis) step() (per, season int) {
	length := 0
	for i := range a.p.Len() {
		length = max(length, len(a.p.Series(i).Values))
	}
	f := a.p.Grid().Freq
	switch {
	case length/a.binned >= enoughSteps || a.binned == 1:
		return a.binned, 1
	case f == (tidewatch.Freq{N: 1, Unit: tidewatch.Hour}) && length/24 >= enoughSteps:
		return 24, 7
	case f == (tidewatch.Freq{N: 1, Unit: tidewatch.Hour}):
		return 1, 24
	case f == (tidewatch.Freq{N: 1, Unit: tidewatch.Day}):
		return 1, 7
	}
	return 1, 1
}

// leadsOfMeasures looks for leads of another measure over the same series: of the largest kind, and of kinds of one series, such as the total. They are
// a family of questions of their own: their p-values are corrected for their own number. What the market has in common is not taken out: where few are
// sold, what is left of a share is the market alone.
func (a *analysis) leadsOfMeasures(ctx context.Context) error {
	per, season := a.step()
	var of []int
	kinds := make([]int, len(a.market))
	for _, k := range a.o.Kind {
		kinds[k]++
	}
	for k, n := range kinds {
		if n == 1 || k == a.largest() {
			of = append(of, a.watched(k)...)
		}
	}
	from := a.end
	for _, i := range of {
		from = min(from, a.p.Series(i).Start)
	}
	from = a.end - (a.end-from)/per*per
	// series[m][j]: of measure m, 0 = that of the panel; nil where too little is known.
	series := make([][][]float64, len(a.o.Beside)+1)
	for m := range series {
		series[m] = make([][]float64, len(of))
		for j, i := range of {
			if err := ctx.Err(); err != nil {
				return err
			}
			var v []float64
			if m > 0 {
				v = a.o.Beside[m-1].Of(i, from)
			} else {
				v = a.values(i, from)
			}
			if v == nil {
				continue
			}
			if v = summed(v, per); !sold(v) {
				continue // next to nothing in a step: there is no course to follow
			}
			index := a.index[a.o.Kind[i]]
			for t := range v {
				v[t] = math.Log(v[t] + 1)
				if index != nil && per == a.binned {
					v[t] -= math.Log(index[(len(v)-1-t)%len(index)])
				}
			}
			withoutSeason(v, season)
			series[m][j] = v
		}
	}
	// One list: the followers, then every measure's.
	list := slices.Clone(series[0])
	for _, s := range series[1:] {
		list = append(list, s...)
	}
	n := len(of)
	asked := func(leader, follower int) bool {
		return follower < n && leader >= n && leader%n == follower && list[leader] != nil && list[follower] != nil
	}
	looked := 0
	for l := range list {
		for f := range n {
			if asked(l, f) {
				looked++
			}
		}
	}
	most := 8
	if season == 24 {
		most = 24
	}
	found, err := lead.Search{Most: most, Adjust: slope.Adjust, Asked: asked}.Find(ctx, list)
	if err != nil {
		return err
	}
	a.story.Looked += looked
	var leads []Leading
	for _, l := range found {
		leads = append(leads, Leading{Leader: a.p.ID(of[l.Leader%n]), Follower: a.p.ID(of[l.Follower]), Measure: a.o.Beside[l.Leader/n-1].Name, Per: per, Lead: l})
	}
	a.story.Leads = append(leads, a.story.Leads...)
	return nil
}

// values are those of series i from period from on to the end of the panel; before it begins, and after it ends, they are not known.
func (a *analysis) values(i, from int) []float64 {
	s := a.p.Series(i)
	v := s.Demand()
	out := make([]float64, a.end-from)
	for t := range out {
		out[t] = math.NaN()
		if k := from + t - s.Start; k >= 0 && k < len(v) {
			out[t] = max(0, v[k])
		}
	}
	return out
}

// summed adds up values to steps of per periods.
func summed(v []float64, per int) []float64 {
	out := make([]float64, len(v)/per)
	for t := range out {
		for _, x := range v[t*per : (t+1)*per] {
			out[t] += x
		}
	}
	return out
}

// withoutSeason takes the mean of each phase of the first two thirds out of v: the last third is that in which leads must show, and is not looked at.
func withoutSeason(v []float64, season int) {
	if season < 2 {
		return
	}
	sum, n := make([]float64, season), make([]float64, season)
	for t, x := range v[:len(v)-len(v)/3] {
		if x == x {
			sum[t%season] += x
			n[t%season]++
		}
	}
	for t := range v {
		if k := t % season; n[k] > 0 {
			v[t] -= sum[k] / n[k]
		}
	}
}
