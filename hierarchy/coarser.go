package hierarchy

import (
	"math"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Coarser is the panel of the sums of p over whole periods of a coarser frequency: a period under way at either end of a series is left out, and
// the sum of one with an unknown value is unknown. Weeks begin on weekStart, periods of several units with the first value of p.
// A period sums the finer ones that begin in it. Covariates are left out. A frequency that is no coarser is an error.
func Coarser(p *tidewatch.Panel, freq tidewatch.Freq, weekStart time.Weekday) (*tidewatch.Panel, error) {
	fine := p.Grid()
	first := math.MaxInt
	for i := range p.Len() {
		first = min(first, p.Series(i).Start)
	}
	if p.Len() == 0 {
		first = 0
	}
	grid := tidewatch.Grid{Freq: freq, Anchor: freq.Floor(fine.Stamp(first))}
	if freq.Unit == tidewatch.Week {
		grid.Anchor = grid.Anchor.AddDate(0, 0, (int(weekStart)+6)%7)
		if grid.Anchor.After(fine.Stamp(first)) {
			grid.Anchor = grid.Anchor.AddDate(0, 0, -7)
		}
	}
	if one := fine.Stamp(first + 1); !grid.Stamp(1).After(one) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a grain of %v is no coarser than the series' %v", freq, fine.Freq)
	}
	series := make([]tidewatch.Series, p.Len())
	for i := range series {
		s := p.Series(i)
		series[i].ID = s.ID
		at := grid.Index(fine.Stamp(s.Start))
		if index(fine, grid.Stamp(at)) < s.Start {
			at++
		}
		series[i].Start = at
		for ; ; at++ {
			from, to := index(fine, grid.Stamp(at)), index(fine, grid.Stamp(at+1))
			if to > s.End() {
				break
			}
			sum := 0.0
			for _, v := range s.Values[from-s.Start : to-s.Start] {
				sum += v
			}
			series[i].Values = append(series[i].Values, sum)
		}
	}
	var seasons []int
	if m := freq.Season(); m > 1 {
		seasons = []int{m}
	}
	return tidewatch.NewPanel(grid, seasons, series)
}

// Within is the part of a coarser forecast that Temporal makes agree with the finest one: the steps that its horizon covers wholly, of all series the same
// number; nil if there are none.
func Within(fine, coarse *tidewatch.Forecast) *tidewatch.Forecast {
	spans := calendars([]*tidewatch.Forecast{fine, coarse})
	steps := coarse.Steps
	skip := make([]int, len(coarse.Rows))
	for i, row := range coarse.Rows {
		all := spans[[3]int{1, row.First, fine.Rows[i].First}]
		for skip[i] < len(all) && all[skip[i]].from < 0 {
			skip[i]++
		}
		end := skip[i]
		for end < len(all) && all[end].to <= fine.Steps {
			end++
		}
		if !row.Abstains() {
			steps = min(steps, end-skip[i])
		}
	}
	if steps < 1 {
		return nil
	}
	out := *coarse
	out.Steps, out.Rows = steps, slices.Clone(coarse.Rows)
	n := len(coarse.Levels)
	for i := range out.Rows {
		row := &out.Rows[i]
		row.First += skip[i]
		if !row.Abstains() {
			row.Mean, row.Quantiles = row.Mean[skip[i]:skip[i]+steps], row.Quantiles[skip[i]*n:(skip[i]+steps)*n]
		}
	}
	return &out
}
