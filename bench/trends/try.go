package main

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/trend/claim"
)

// made is one claim and how it ended.
type made struct {
	p, climate, reversion float64
	came                  bool
}

// direction is the claims of one direction: all of them by origin, and what the rankings' best twenty were worth.
type direction struct {
	name   string
	claims [][]made       // [origin]
	hits   [ranks]([]hit) // [ranking][origin]
}

// hit is how many of the first 20 of a ranking came true, and how many would have by chance.
type hit struct{ true, of, base float64 }

// The rankings.
const (
	byJudge = iota
	byWeek
	byFour
	byReversion
	ranks
)

var rankNames = [ranks]string{"Tidewatch", "last period against the one before", "last window against the one before", "mean reversion"}

type trial struct {
	set     *set
	steps   int
	both    [2]direction
	series  int
	seconds float64
}

const top = 20

func try(s *set, steps int, by float64, until int, method string) (*trial, error) {
	if s.steps > 0 {
		steps = s.steps
	}
	board, err := claim.New(s.panel, s.group, claim.Question{Steps: steps, By: by, Year: s.year, Least: s.least})
	if err != nil {
		return nil, err
	}
	end := board.End()
	if until > 0 {
		end = min(end, until)
	}
	t := &trial{set: s, steps: steps, both: [2]direction{{name: "up"}, {name: "down"}}}
	var paths map[int][]claim.Chance
	if method != "" {
		if paths, err = allPaths(s, board, method, end); err != nil {
			return nil, err
		}
	}
	seen := map[int]bool{}
	var judge, reversion *claim.Judge
	for o := s.first; o+steps <= end; o += s.every {
		if judge, err = board.Learn(o, claim.Learning{From: judge}); err != nil {
			return nil, err
		}
		if reversion, err = board.Learn(o, claim.Learning{From: reversion, Reversion: true}); err != nil {
			return nil, err
		}
		var rows [2][]ranked
		var claims [2][]made
		for i := range s.panel.Len() {
			if !board.Asked(i, o) {
				continue
			}
			came, ok := board.Outcome(i, o)
			if !ok {
				continue
			}
			seen[i] = true
			c, r := judge.Chance(i, o), reversion.Chance(i, o)
			if paths != nil {
				c = claim.Pool(c, paths[o][i])
			}
			claims[0] = append(claims[0], made{c.Up, reversion.Base.Up, r.Up, came == claim.Up})
			claims[1] = append(claims[1], made{c.Down, reversion.Base.Down, r.Down, came == claim.Down})
			week := math.Log((s.value(i, o-1) + 1) / (s.value(i, o-2) + 1))
			a, b := 1., 1.
			for k := range steps {
				a += s.value(i, o-1-k)
				b += s.value(i, o-1-k-steps)
			}
			four := math.Log(a / b)
			rows[0] = append(rows[0], ranked{i, [ranks]float64{c.Up, week, four, r.Up}, came == claim.Up})
			rows[1] = append(rows[1], ranked{i, [ranks]float64{c.Down, -week, -four, r.Down}, came == claim.Down})
		}
		for d := range t.both {
			t.both[d].claims = append(t.both[d].claims, claims[d])
			for k := range ranks {
				t.both[d].hits[k] = append(t.both[d].hits[k], best(rows[d], k))
			}
		}
	}
	t.series = len(seen)
	return t, nil
}

type ranked struct {
	i    int
	by   [ranks]float64
	came bool
}

func best(rows []ranked, k int) hit {
	slices.SortStableFunc(rows, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.by[k], a.by[k]), a.i-b.i) })
	h := hit{}
	for n, r := range rows {
		if r.came {
			h.base++
			if n < top {
				h.true++
			}
		}
	}
	h.base /= float64(max(1, len(rows)))
	h.of = float64(min(top, len(rows)))
	return h
}

// allPaths are the chances by the sample paths of a method at every origin.
func allPaths(s *set, board *claim.Board, name string, end int) (map[int][]claim.Chance, error) {
	base, err := model.Panel(name, 0, 0)
	if err != nil {
		return nil, err
	}
	method := model.For(base, board.Steps)
	out := map[int][]claim.Chance{}
	for o := s.first; o+board.Steps <= end; o += s.every {
		known := s.panel.Until(o)
		var rows []int
		for i := range known.Len() {
			if board.Asked(i, o) {
				rows = append(rows, i)
			}
		}
		if len(rows) == 0 {
			continue
		}
		chances := make([]claim.Chance, known.Len())
		for i := range chances {
			chances[i] = claim.Chance{Up: math.NaN(), Down: math.NaN()}
		}
		p := known.Select(rows)
		m, err := method.Fit(context.Background(), p)
		if err != nil {
			return nil, err
		}
		done := 0
		_, err = conform.Blocks(context.Background(), m, p, tidewatch.Ask{Steps: board.Steps}, 200, 4_000_000, func(paths *tidewatch.Paths) error {
			for k := range paths.IDs {
				chances[rows[done+k]] = board.ByPaths(rows[done+k], o, paths, k)
			}
			done += len(paths.IDs)
			return nil
		})
		if err != nil {
			return nil, err
		}
		out[o] = chances
	}
	return out, nil
}
