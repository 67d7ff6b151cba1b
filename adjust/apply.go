package adjust

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// Adjusted is a forecast beside the one it was made of.
type Adjusted struct {
	Model    *tidewatch.Forecast // as the model made it
	Forecast *tidewatch.Forecast // with the adjustments
	Numbers  [][][]int           // [row][step] the adjustments that changed it, in their order
	Cells    int                 // how many steps of series were changed
	Unused   []int               // adjustments in force that no step of the forecast is about
}

// Apply applies adjustments to a forecast, in their order, without changing it. Where a period is longer than the days of an adjustment it is
// changed by their share.
func Apply(f *tidewatch.Forecast, entries []Entry) Adjusted {
	copied := *f
	copied.Rows = slices.Clone(f.Rows)
	a := Adjusted{Model: f, Forecast: &copied, Numbers: make([][][]int, len(f.Rows))}
	row := map[string]int{}
	for k, r := range f.Rows {
		a.Numbers[k] = make([][]int, f.Steps)
		if !r.Abstains() {
			row[r.ID] = k
		}
	}
	for _, e := range entries {
		k, ok := row[e.ID]
		used := false
		if ok {
			r := &copied.Rows[k]
			for h := range f.Steps {
				share := shareOf(f.Grid, r.First+h, e)
				if share == 0 {
					continue
				}
				if &r.Mean[0] == &f.Rows[k].Mean[0] {
					r.Mean, r.Quantiles = slices.Clone(r.Mean), slices.Clone(r.Quantiles)
				}
				if len(a.Numbers[k][h]) == 0 {
					a.Cells++
				}
				a.Numbers[k][h] = append(a.Numbers[k][h], e.Number)
				e.Change.apply(&r.Mean[h], copied.At(k, h), share)
				used = true
			}
		}
		if !used {
			a.Unused = append(a.Unused, e.Number)
		}
	}
	return a
}

// shareOf is the share of the days of period i that an adjustment is about.
func shareOf(g tidewatch.Grid, i int, e Entry) float64 {
	first, last := calendar.Period(g, i)
	from, to := max(first, e.From), min(last, e.To)
	if to < from {
		return 0
	}
	return float64(to-from+1) / float64(last-first+1)
}
