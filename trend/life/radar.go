package life

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Radar compares new items with those that were new before them.
type Radar struct {
	Reach  int       // periods after the first sale over which a launch is judged
	Decile float64   // what the best tenth of the cohort sold in them at least
	cohort []curve   // of past launches
	totals []float64 // ascending
}

// curve is a past launch: log(1 + sales so far) by age.
type curve struct {
	id    string
	logs  []float64
	total float64
}

// Prospect is a new item as the radar sees it.
type Prospect struct {
	ID    string
	Age   int     // periods since the first sale, the first included
	Sold  float64 // so far
	Rank  float64 // share of the cohort that had sold less at that age; ties count half
	Star  float64 // probability to sell as much as the best tenth of the cohort did over Reach
	Reach Band    // what the nearest curves make of it by then
	Bass  Bass    // zero where it is too young
	Like  []string
}

// Band is a median with its 80 % interval.
type Band struct{ Low, Median, High float64 }

const (
	fewestLaunches = 20
	likely         = 3 // launches that are named
)

// NewRadar gathers the launches of p: series whose first sale lies at least after periods behind the beginning of all data (what was there from
// the start is no launch) and at least reach periods before the end. It fails with CodeTooShort for fewer than 20.
func NewRadar(p *tidewatch.Panel, reach, after int) (*Radar, error) {
	r := &Radar{Reach: reach}
	first := p.End()
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 {
			first = min(first, s.Start)
		}
	}
	for i := range p.Len() {
		s := p.Series(i)
		sales := launched(s)
		if sales == nil || len(sales) < reach || s.End()-len(sales) < first+after {
			continue
		}
		c := curve{id: s.ID, logs: make([]float64, reach)}
		for t := range reach {
			c.total += max(0, known(sales[t]))
			c.logs[t] = math.Log1p(c.total)
		}
		r.cohort = append(r.cohort, c)
		r.totals = append(r.totals, c.total)
	}
	if len(r.cohort) < fewestLaunches {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%d past launches are too few to compare new items with: at least %d of %d periods are needed", len(r.cohort), fewestLaunches, reach)
	}
	slices.Sort(r.totals)
	r.Decile = r.totals[int(.9*float64(len(r.totals)))]
	return r, nil
}

// Launches is how many past launches there are.
func (r *Radar) Launches() int { return len(r.cohort) }

// launched is what s sold from its first sale on; nil if nothing.
func launched(s tidewatch.Series) []float64 {
	v := s.Demand()
	for k, x := range v {
		if x > 0 {
			return v[k:]
		}
	}
	return nil
}

// New are the prospects of the items of p that are younger than reach and at least least periods old, the likeliest stars first, ties by id.
// Items that were there when the data began are not new: after is as in NewRadar.
func (r *Radar) New(p *tidewatch.Panel, least, after int) []Prospect {
	first := p.End()
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 {
			first = min(first, s.Start)
		}
	}
	var out []Prospect
	for i := range p.Len() {
		s := p.Series(i)
		sales := launched(s)
		if len(sales) < least || len(sales) >= r.Reach || s.End()-len(sales) < first+after {
			continue
		}
		out = append(out, r.Of(s.ID, sales))
	}
	slices.SortFunc(out, func(a, b Prospect) int {
		return cmp.Or(cmp.Compare(b.Star, a.Star), cmp.Compare(b.Sold, a.Sold), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// Of is the prospect of an item that sold this from its first sale on. Its neighbours are the launches whose curves up to that age came nearest, in
// size (the log of what was sold so far) and course, as many as the root of the cohort's size times two; each stands for the item with what it sold
// afterwards, in proportion to what it had sold by then, and counts the more the nearer it was.
func (r *Radar) Of(id string, sales []float64) Prospect {
	age := min(len(sales), r.Reach)
	pr := Prospect{ID: id, Age: age}
	logs := make([]float64, age)
	for t := range age {
		pr.Sold += max(0, known(sales[t]))
		logs[t] = math.Log1p(pr.Sold)
	}
	pr.Bass, _ = FitBass(sales[:age])
	type near struct {
		k    int
		away float64
	}
	list := make([]near, len(r.cohort))
	for k, c := range r.cohort {
		d := 0.
		for t := range age {
			// The course matters as much as the size; the latest period most.
			d += square(logs[t]-c.logs[t]) * float64(t+1) / float64(age*(age+1)) * 2
		}
		d += square(logs[age-1] - c.logs[age-1])
		list[k] = near{k, d}
		switch {
		case c.logs[age-1] < logs[age-1]:
			pr.Rank++
		case c.logs[age-1] == logs[age-1]:
			pr.Rank += .5
		}
	}
	pr.Rank /= float64(len(r.cohort))
	slices.SortFunc(list, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(r.cohort[a.k].id, r.cohort[b.k].id))
	})
	list = list[:min(len(list), 2*int(math.Ceil(math.Sqrt(float64(len(list))))))]
	scale := list[len(list)/2].away + .05
	ends, weights := make([]float64, len(list)), make([]float64, len(list))
	star, all := .1, 1. // one neighbour in all says what holds for any launch: one in ten
	for j, n := range list {
		c := r.cohort[n.k]
		w := math.Exp(-n.away / scale)
		end := pr.Sold + (c.total-math.Expm1(c.logs[age-1]))*(pr.Sold+1)/(math.Expm1(c.logs[age-1])+1)
		ends[j], weights[j] = end, w
		all += w
		if end >= r.Decile {
			star += w
		}
	}
	pr.Star = star / all
	pr.Reach = Band{weighted(ends, weights, .1), weighted(ends, weights, .5), weighted(ends, weights, .9)}
	for _, n := range list[:min(likely, len(list))] {
		pr.Like = append(pr.Like, r.cohort[n.k].id)
	}
	return pr
}

// weighted is the quantile of weighted values.
func weighted(x, w []float64, level float64) float64 {
	order := make([]int, len(x))
	total := 0.
	for i := range order {
		order[i] = i
		total += w[i]
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(x[a], x[b]), a-b) })
	sum := 0.
	for _, i := range order {
		if sum += w[i]; sum >= level*total {
			return x[i]
		}
	}
	return x[order[len(order)-1]]
}
