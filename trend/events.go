package trend

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/trend/change"
	"github.com/tidewatch/tidewatch/trend/slope"
)

// Unusual is one of the last values outside the band that was expected of it.
type Unusual struct {
	From, To int // grid indices of the bin: the first, and the one after the last
	change.Band
	Q float64 // its p-value, corrected for all values looked at (Benjamini & Hochberg)
}

// What counts as a burst, and how many of the last values are judged.
const (
	burstTimes  = 2  // times the usual rate
	burstGamma  = 2  // of the cost of going up, in logs of the number of bins
	leastBurst  = 30 // units of a series over the time looked at, for its share to be known
	judgedLates = 2  // bins
)

// bursts finds where the share of a series in what it is a part of was twice as high or more (Kleinberg 2002), of the last three years. Units come in
// lots: part and whole are divided by how much more the share varies than that of single buyers would.
func (a *analysis) bursts(bins, whole []float64) []change.Turn {
	n := min(len(bins), len(whole), max(156, 3*a.perYear))
	part, all := slices.Clone(bins[len(bins)-n:]), slices.Clone(whole[len(whole)-n:])
	r, d := 0., 0.
	for t := range part {
		if part[t] != part[t] || !(all[t] > 0) || part[t] > all[t] {
			part[t], all[t] = 0, 0
		}
		r, d = r+part[t], d+all[t]
	}
	share := r / d
	if r < leastBurst || !(share < .5) || n < 26 {
		return nil
	}
	var z []float64
	for t := range part {
		if all[t] > 0 {
			z = append(z, math.Abs(part[t]-share*all[t])/math.Sqrt(all[t]*share*(1-share)))
		}
	}
	slices.Sort(z)
	lot := max(1, math.Pow(z[len(z)/2]/.6745, 2))
	for t := range part {
		part[t], all[t] = part[t]/lot, all[t]/lot
	}
	var out []change.Turn
	for _, b := range change.Bursts(part, all, burstTimes, burstGamma) {
		turn := change.Turn{Kind: change.Bursting, From: b.From, To: b.To + 1}
		sold, usual, size := 0., 0., 0.
		for t := b.From; t <= b.To; t++ {
			if all[t] > 0 {
				sold, usual, size = sold+lot*part[t], usual+share*lot*all[t], size+1
			}
		}
		turn.Before, turn.After = usual/size, sold/size
		out = append(out, turn)
	}
	// What comes back at the same time of another year is a festival.
	for k := range out {
		for j := range out {
			for _, year := range []int{-a.perYear, a.perYear} {
				if a.perYear > 1 && j != k && out[j].From+year-2 < out[k].To && out[k].From < out[j].To+year+2 {
					out[k].Kind = change.Festival
				}
			}
		}
	}
	return out
}

// joined are turns and bursts, without bursts that begin where another turn does or lie within a spike: they tell of the same.
func joined(turns, bursts []change.Turn) []change.Turn {
	const near = 3
	for _, b := range bursts {
		same := slices.ContainsFunc(turns, func(t change.Turn) bool {
			if t.Kind == change.Shift {
				return t.After > t.Before && t.From-near <= b.From && b.From <= t.From+near
			}
			return t.From <= b.To && b.From <= t.To
		})
		if !same {
			turns = append(turns, b)
		}
	}
	slices.SortStableFunc(turns, func(x, y change.Turn) int { return cmp.Compare(x.From, y.From) })
	return turns
}

// expect judges the last values of a series.
func (a *analysis) expect(pr *Profile, plain []float64) {
	places, bands := change.Expected(plain, judgedLates)
	for k, at := range places {
		if len(plain)-at > judgedLates { // unknown since
			continue
		}
		end := a.end - (len(plain)-1-at)*a.binned
		u := Unusual{From: end - a.binned, To: end, Band: bands[k]}
		scale := a.seasonAt(pr, len(plain)-1-at)
		u.Value, u.Expected, u.Low, u.High = u.Value*scale, u.Expected*scale, u.Low*scale, u.High*scale
		pr.Unusual = append(pr.Unusual, u)
	}
}

// seasonAt is the season of the kind of a series, so many bins before the end.
func (a *analysis) seasonAt(pr *Profile, back int) float64 {
	index := a.index[a.o.Kind[pr.row]]
	if index == nil {
		return 1
	}
	return index[back%len(index)]
}

// unusual keeps the values that are no chance findings among all that were judged: those of series that are asked about.
func (a *analysis) unusual() {
	var p []float64
	for i := range a.story.Profiles {
		if a.story.Profiles[i].Claim == nil {
			a.story.Profiles[i].Unusual = nil
		}
		for _, u := range a.story.Profiles[i].Unusual {
			p = append(p, u.P)
		}
	}
	q := slope.Adjust(p)
	for i := range a.story.Profiles {
		pr := &a.story.Profiles[i]
		kept := pr.Unusual[:0]
		for _, u := range pr.Unusual {
			u.Q, q = q[0], q[1:]
			if u.Q <= called {
				kept = append(kept, u)
			}
		}
		if pr.Unusual = kept; len(kept) == 0 {
			pr.Unusual = nil
		}
	}
	a.story.Judged = len(p)
}
