package trend

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Base names what a ranking compares the next steps with.
type Base uint8

// The bases.
const (
	LastPeriods Base = iota // as many periods just observed
	YearBefore              // the same periods a year earlier
)

// Of is the change of m against the base.
func (b Base) Of(m Move) Change {
	if b == YearBefore {
		return m.YearAgo
	}
	return m.Recent
}

// RankOptions says how to rank. The zero value is the documented default.
type RankOptions struct {
	Base Base
	// MinVolume is the least From of a series to be ranked at all: small ones double by chance, and what rises from nothing has no
	// rate. 0 = [Volume] at a share of 0.8: the largest series of the base period that together make up 80 % of it, and at least 12.
	MinVolume float64
	N         int // how many of each at most; 0 = 8
}

// Ranking is which series rise and which fall most.
type Ranking struct {
	Base      Base
	MinVolume float64
	Ranked    int // series that were large enough and had a base to compare with
	// Risers and Fallers are more likely than not to rise and to fall. They are ordered by the size of the change, weighed by its
	// certainty: |log((Next+MinVolume) / (From+MinVolume))| times |2*Rise - 1|, Next being the median. Adding MinVolume to both keeps
	// the ratio finite.
	Risers, Fallers []Move
}

// Rank orders moves. The order depends on nothing but the moves: ties are broken by id.
func Rank(moves []Move, o RankOptions) (Ranking, error) {
	if o.MinVolume < 0 || math.IsNaN(o.MinVolume) || o.N < 0 {
		return Ranking{}, tidewatch.Errorf(tidewatch.CodeUsage, "ranking of the %d largest changes above volume %g: neither may be negative", o.N, o.MinVolume)
	}
	if o.N == 0 {
		o.N = 8
	}
	if o.MinVolume == 0 {
		o.MinVolume = Volume(moves, o.Base, .8)
	}
	r := Ranking{Base: o.Base, MinVolume: o.MinVolume}
	for _, m := range moves {
		c := o.Base.Of(m)
		if !c.Known() || c.From < o.MinVolume || c.From <= 0 {
			continue
		}
		r.Ranked++
		switch {
		case c.Rise > .5 && c.Difference.Median > 0:
			r.Risers = append(r.Risers, m)
		case c.Rise < .5 && c.Difference.Median < 0:
			r.Fallers = append(r.Fallers, m)
		}
	}
	strength := func(m Move) float64 {
		c := o.Base.Of(m)
		return math.Abs(math.Log((m.Next.Median+o.MinVolume)/(c.From+o.MinVolume))) * math.Abs(2*c.Rise-1)
	}
	strongest := func(a, b Move) int { return cmp.Compare(strength(b), strength(a)) }
	r.Risers, r.Fallers = sorted(r.Risers, strongest), sorted(r.Fallers, strongest)
	r.Risers, r.Fallers = r.Risers[:min(o.N, len(r.Risers))], r.Fallers[:min(o.N, len(r.Fallers))]
	return r, nil
}

const fewest = 12 // series that are ranked by default, however little they weigh

// Volume is the least base volume (From) of the largest series that together make up the given share of the volume of all, and are at
// least 12, if there are so many.
func Volume(moves []Move, b Base, share float64) float64 {
	var sizes []float64
	total := 0.
	for _, m := range moves {
		if s := b.Of(m).From; s > 0 { // not NaN
			sizes = append(sizes, s)
		}
	}
	slices.Sort(sizes)
	for _, s := range sizes {
		total += s
	}
	for at, i := 0., len(sizes)-1; i >= 0; i-- {
		if at += sizes[i]; (at >= share*total && len(sizes)-i >= fewest) || i == 0 {
			return sizes[i]
		}
	}
	return 0
}
