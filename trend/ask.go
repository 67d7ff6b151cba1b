package trend

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/trend/claim"
)

// volume is the mean of a period from which on series make up most of their kind's volume over the last six windows.
func (a *analysis) volume() float64 {
	least := math.Inf(1)
	for k := range a.kinds() {
		var sizes []float64
		total := 0.
		for i, kind := range a.o.Kind {
			if kind != k {
				continue
			}
			v := a.p.Series(i).Values
			v = v[max(0, len(v)-6*a.o.Steps):]
			sum, n := 0., 0.
			for _, x := range v {
				if x == x {
					sum, n = sum+max(0, x), n+1
				}
			}
			if n > 0 && sum > 0 {
				sizes = append(sizes, sum/n)
				total += sum / n
			}
		}
		slices.SortFunc(sizes, func(x, y float64) int { return cmp.Compare(y, x) })
		at := 0.
		for j, s := range sizes {
			if at += s; at >= coverage*total && j+1 >= atLeast || j == len(sizes)-1 {
				least = min(least, s)
				break
			}
		}
	}
	if math.IsInf(least, 1) {
		return 1
	}
	return least
}

func (a *analysis) kinds() int {
	kinds := 0
	for _, k := range a.o.Kind {
		kinds = max(kinds, k+1)
	}
	return kinds
}

// claims asks about every series that is large enough.
func (a *analysis) claims(ctx context.Context, b *claim.Board) error {
	s, end := a.story, b.End()
	judge, err := b.Learn(end, claim.Learning{Seed: a.o.Seed})
	if err != nil && tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		return err
	}
	var paths []claim.Chance
	if a.o.Paths != nil {
		paths = a.o.Paths(b)
	}
	if judge != nil {
		s.Learning = Learned{Cases: judge.Cases, Origins: judge.Origins, Base: judge.Base}
	}
	asked := make([]bool, len(s.Profiles))
	err = a.each(ctx, func(i int) {
		if !b.Asked(i, end) {
			return
		}
		c := &Claim{Expected: b.Expected(i, end), Season: b.Season(i, end), Paths: claim.Chance{Up: math.NaN(), Down: math.NaN()}}
		c.Last = c.Expected / c.Season
		if paths != nil {
			c.Paths = paths[i]
		}
		switch {
		case judge != nil:
			c.Judged = judge.Chance(i, end)
			c.Chance = claim.Pool(c.Judged, c.Paths)
			c.WhyUp, c.WhyDown = judge.Why(i, end)
		case c.Paths.Up == c.Paths.Up:
			c.Chance, c.Judged = c.Paths, claim.Chance{Up: math.NaN(), Down: math.NaN()}
		default:
			return
		}
		asked[i], s.Profiles[i].Claim = true, c
	})
	for _, yes := range asked {
		if yes {
			s.Learning.Asked++
		}
	}
	return err
}

func (s *Story) beyond(n int, keep func(id string) bool, up bool) []Beyond {
	var out []Beyond
	for i := range s.Profiles {
		p := &s.Profiles[i]
		if p.Claim == nil || keep != nil && !keep(p.ID) {
			continue
		}
		b := Beyond{p, p.Claim.Up, p.Claim.WhyUp}
		usual := s.Learning.Base.Up
		if !up {
			b.Chance, b.Why, usual = p.Claim.Down, p.Claim.WhyDown, s.Learning.Base.Down
		}
		if b.Chance > usual {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b Beyond) int {
		return cmp.Or(cmp.Compare(b.Chance, a.Chance), cmp.Compare(b.Claim.Last, a.Claim.Last), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(max(0, n), len(out))]
}
