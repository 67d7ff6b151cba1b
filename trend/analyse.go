package trend

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/change"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/trend/life"
	"github.com/tidewatch/tidewatch/trend/slope"
)

// Telling says what a story is told of. The zero value of a field is its default.
type Telling struct {
	Steps int     // periods in a window, at least 1
	By    float64 // the change that counts; 0 = 0.2
	// Kind[i] is the kind of series i, from 0: series of a kind add up to a market of their own, have one season, and are compared with each
	// other. nil = all are of one kind.
	Kind []int
	// Whole[i] is the series that series i is a part of, such as the category of an item, by number; -1 = none but its kind. nil = none.
	Whole []int
	// Least is the mean of a period from which on a series is asked about; 0 = that of the largest series that make up 80 % of their kind's
	// volume, at least 12 of them.
	Least float64
	Seed  uint64
	// Beside are other measures of the series, in which leads are looked for too, such as views and carts beside purchases.
	Beside []Beside
	// Paths are the chances of each series by sample paths of a forecast that begins at its end; nil = none.
	Paths func(b *claim.Board) []claim.Chance
}

// Beside is another measure of the series of a panel. Of gives the values of series i from its period from on to the end of the panel, 0 where
// nothing happened; nil where nothing is known of it.
type Beside struct {
	Name string
	Of   func(i, from int) []float64
}

const (
	called   = .1 // false discoveries among the trends that are told
	mostLed  = 60 // series among which leads are looked for: the largest of the kind that has most
	coverage = .8
	atLeast  = 12
)

// Tell tells the story of p. It is the same at any number of processors.
func Tell(ctx context.Context, p *tidewatch.Panel, o Telling) (*Story, error) {
	if o.Kind == nil {
		o.Kind = make([]int, p.Len())
	}
	year := Year(p.Grid().Freq)
	a := &analysis{p: p, end: p.End(), o: o, story: &Story{Profiles: make([]Profile, p.Len())}, year: year, binned: max(1, year/52)}
	a.perYear = year / a.binned
	a.long = max(8, 2*a.perYear)
	if a.perYear == 0 {
		a.long = 104
	}
	a.lately = max(6, a.long/4)
	s := a.story
	s.Binned, s.Bins, s.Lately = a.binned, a.long, a.lately
	if o.Least == 0 {
		a.o.Least = a.volume()
	}
	board, err := claim.New(p, o.Kind, claim.Question{Steps: o.Steps, By: o.By, Year: year, Least: max(a.o.Least, 1e-9)})
	if err != nil {
		return nil, err
	}
	s.Question = board.Question
	a.markets()
	if err := a.each(ctx, func(i int) { a.profile(i) }); err != nil {
		return nil, err
	}
	a.discoveries()
	if err := a.claims(ctx, board); err != nil {
		return nil, err
	}
	a.unusual()
	a.radar()
	return s, a.leads(ctx)
}

type analysis struct {
	p                     *tidewatch.Panel
	end                   int // of p
	o                     Telling
	story                 *Story
	year                  int         // periods
	binned                int         // periods in a bin
	perYear, long, lately int         // bins
	market                [][]float64 // [kind]: sums by bin, from the end backwards in time order
	index                 [][]float64 // [kind]: season of each bin of the year, counted back from the end; nil = none is known
	pvalues               []float64
}

// bins adds up series i to whole bins, aligned at the panel's end, the latest last; NaN where any period is unknown or before the first sale.
func (a *analysis) bins(i int) []float64 {
	s := a.p.Series(i)
	v := s.Demand()
	first := 0
	for first < len(v) && !(v[first] > 0) {
		first++
	}
	v = v[first:]
	gap := (a.end - s.End()) / a.binned
	if (a.end-s.End())%a.binned != 0 {
		return nil
	}
	n := len(v) / a.binned
	out := make([]float64, n, n+gap)
	for b := range n {
		from := len(v) - (n-b)*a.binned
		for _, x := range v[from : from+a.binned] {
			out[b] += max(0, x)
		}
		if slices.ContainsFunc(v[from:from+a.binned], math.IsNaN) {
			out[b] = math.NaN()
		}
	}
	for range gap {
		out = append(out, math.NaN())
	}
	return out
}

// markets adds up the kinds and finds their seasons: the mean, over the years, of each bin's ratio to the mean of the year around it, as a share of
// all such means; shrunk towards 1 by n/(n+1) for n years. It needs two years.
func (a *analysis) markets() {
	kinds := 0
	for _, k := range a.o.Kind {
		kinds = max(kinds, k+1)
	}
	a.market, a.index = make([][]float64, kinds), make([][]float64, kinds)
	for i := range a.p.Len() {
		b := a.bins(i)
		k := a.o.Kind[i]
		for len(a.market[k]) < len(b) {
			a.market[k] = append([]float64{0}, a.market[k]...)
		}
		for t, v := range b {
			if v == v {
				a.market[k][len(a.market[k])-len(b)+t] += v
			}
		}
	}
	m := a.perYear
	for k, v := range a.market {
		if m < 2 || len(v) < 2*m {
			continue
		}
		logs, count := make([]float64, m), make([]float64, m)
		for t := range v {
			from := max(0, min(len(v)-m, t-m/2))
			mean := 0.
			for _, x := range v[from : from+m] {
				mean += x / float64(m)
			}
			if v[t] > 0 && mean > 0 {
				back := (len(v) - 1 - t) % m
				logs[back] += math.Log(v[t] / mean)
				count[back]++
			}
		}
		index := make([]float64, m)
		for b := range index {
			index[b] = math.Exp(logs[b] / (count[b] + 1))
		}
		a.index[k] = index
	}
}

// plain is bins without the season of the kind.
func (a *analysis) plain(bins []float64, kind int) []float64 {
	index := a.index[kind]
	if index == nil {
		return bins
	}
	out := make([]float64, len(bins))
	for t, v := range bins {
		out[t] = v / index[(len(bins)-1-t)%len(index)]
	}
	return out
}

func (a *analysis) profile(i int) {
	pr := &a.story.Profiles[i]
	pr.ID, pr.row = a.p.ID(i), i
	bins := a.bins(i)
	plain := a.plain(bins, a.o.Kind[i])
	long := plain[max(0, len(plain)-a.long):]
	var line slope.Line
	pr.Growth, line = a.growth(long)
	pr.Recent, _ = a.growth(plain[max(0, len(plain)-a.lately):])
	pr.Acceleration = Growth{math.NaN(), math.NaN(), math.NaN()}
	if len(long) >= 2*a.lately { // otherwise the two are all but the same
		pr.Acceleration = pr.Recent.less(pr.Growth)
	}
	a.pvalues[i] = slope.Dependent(long, line.Slope).P
	market := a.whole(pr, i)
	share := make([]float64, len(long))
	now, all := 0., 0.
	window := max(1, a.o.Steps/a.binned)
	for t := range share {
		whole := math.NaN()
		if at := len(market) - len(share) + t; at >= 0 {
			whole = market[at]
		}
		share[t] = math.NaN()
		if whole > 0 {
			share[t] = 100 * bins[len(bins)-len(share)+t] / whole
		}
		if t >= len(share)-window && share[t] == share[t] {
			now, all = now+bins[len(bins)-len(share)+t], all+whole
		}
	}
	pr.Share = now / all
	pr.ShareGrowth = Growth{math.NaN(), math.NaN(), math.NaN()}
	if l := slope.TheilSen(share, .8); l.Slope == l.Slope && a.perYear > 0 {
		y := float64(a.perYear)
		pr.ShareGrowth = Growth{l.Slope * y, l.Low * y, l.High * y}
	}
	pr.Stage = life.Of(life.Record{Values: bins, Year: a.perYear, Low: pr.Growth.Low, High: pr.Growth.High})
	a.turns(pr, plain)
	if sold(plain) {
		pr.Turns = joined(pr.Turns, a.placed(a.bursts(bins, market), min(len(bins), len(market), max(156, 3*a.perYear))))
		a.expect(pr, plain)
	}
}

// whole are the bins of what series i is a share of.
func (a *analysis) whole(pr *Profile, i int) []float64 {
	if a.o.Whole != nil && a.o.Whole[i] >= 0 {
		pr.Whole = a.p.ID(a.o.Whole[i])
		return a.bins(a.o.Whole[i])
	}
	return a.market[a.o.Kind[i]]
}

// sold reports whether a series sells one a bin at least: of less, a level is no more than chance.
func sold(v []float64) bool {
	sum, n := 0., 0
	for _, x := range v {
		if x == x {
			sum, n = sum+x, n+1
		}
	}
	return n > 0 && sum >= float64(n)
}

// placed puts turns found in the last n bins on the grid.
func (a *analysis) placed(turns []change.Turn, n int) []change.Turn {
	at := func(bin int) int { return a.end - (n-bin)*a.binned }
	for k := range turns {
		turns[k].From, turns[k].To = at(turns[k].From), at(turns[k].To)
	}
	return turns
}

// growth is the slope of v a year, as a share of its median level.
func (a *analysis) growth(v []float64) (Growth, slope.Line) {
	l := slope.TheilSen(v, .8)
	known := make([]float64, 0, len(v))
	sum := 0.
	for _, x := range v {
		if x == x {
			known = append(known, x)
			sum += x
		}
	}
	if len(known) < 6 {
		return Growth{math.NaN(), math.NaN(), math.NaN()}, l
	}
	slices.Sort(known)
	level := (known[(len(known)-1)/2] + known[len(known)/2]) / 2
	if level == 0 {
		level = sum / float64(len(known))
	}
	y := float64(max(1, a.perYear)) / level
	if level <= 0 {
		y = math.NaN()
	}
	return Growth{l.Slope * y, l.Low * y, l.High * y}, l
}

// turns finds where the last three years turned, and whether the level changed lately.
func (a *analysis) turns(pr *Profile, plain []float64) {
	span := 3 * a.perYear
	if span == 0 {
		span = 156
	}
	v := plain[max(0, len(plain)-span):]
	if !sold(v) {
		return
	}
	pr.Turns = a.placed(change.Turns{Year: a.perYear}.Find(v), len(v))
	m := change.Monitor{}
	for t, x := range v {
		if m.Add(x) && len(v)-t <= max(1, a.perYear/4) {
			pr.Turned = true
		}
	}
}

// discoveries corrects the p-values for the number of series of each kind.
func (a *analysis) discoveries() {
	for k := range a.market {
		var of []int
		var p []float64
		for i, kind := range a.o.Kind {
			if kind == k {
				of, p = append(of, i), append(p, a.pvalues[i])
			}
		}
		for j, q := range slope.Adjust(p) {
			a.story.Profiles[of[j]].Q = q
		}
	}
}

// Trending reports whether the series has a trend: one that is no chance finding among all those looked at.
func (p *Profile) Trending() bool { return p.Q <= called && p.Growth.Sure() }

// each calls do for every series, on all processors.
func (a *analysis) each(ctx context.Context, do func(i int)) error {
	if a.pvalues == nil {
		a.pvalues = make([]float64, a.p.Len())
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for from := range next {
				for i := from; i < min(from+64, a.p.Len()); i++ {
					do(i)
				}
			}
		})
	}
	var err error
	for from := 0; from < a.p.Len() && err == nil; from += 64 {
		select {
		case next <- from:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	close(next)
	wg.Wait()
	return err
}
