package conform

import (
	"math"

	"github.com/tidewatch/tidewatch/score"
)

// Reliability is how often values of a group of series, some steps ahead, fell under the quantile of a level. An honest one has
// Below <= Level <= AtMost; they differ where a value may equal a quantile.
type Reliability struct {
	Group     string // "" = all series
	Step      int    // steps ahead, from 1; 0 = all
	Level     float64
	Below     float64
	AtMost    float64
	Values    int
	Low, High float64 // where the share nearest to the level truly lies, with 95 % confidence, if origins are drawn anew
}

// bootstrapDraws is enough for the ends of a 95 % interval to be known to a tenth of its width.
const bootstrapDraws = 400

// Report is the calibration of past forecasts, at the levels they hold: of all series, of each group, and of each step, at every level.
// group names the group of a series by its number; nil = no groups. The intervals are of a bootstrap over origins and steps in blocks
// of a quarter of the horizon, since what comes together is missed together.
func Report(origins []Origin, group func(series int) string, seed uint64) []Reliability {
	if len(origins) == 0 {
		return nil
	}
	levels, steps := origins[0].Forecast.Levels, origins[0].Forecast.Steps
	names := []string{""}
	number := map[string]int{"": 0}
	of := make([]int, len(origins[0].Forecast.Rows))
	if group != nil {
		for i := range of {
			name := group(i)
			if _, seen := number[name]; !seen {
				number[name] = len(names)
				names = append(names, name)
			}
			of[i] = number[name]
		}
	}
	type cell struct{ below, atMost, n int }
	// [group][level][origin*steps+step]
	cells := make([][][]cell, len(names))
	for g := range cells {
		cells[g] = make([][]cell, len(levels))
		for l := range levels {
			cells[g][l] = make([]cell, len(origins)*steps)
		}
	}
	for o, origin := range origins {
		for i := range origin.Forecast.Rows {
			if origin.Forecast.Rows[i].Abstains() {
				continue
			}
			for h, y := range origin.Actual[i] {
				if math.IsNaN(y) {
					continue
				}
				for l, q := range origin.Forecast.At(i, h) {
					for _, g := range []int{0, of[i]}[:min(2, 1+of[i])] {
						c := &cells[g][l][o*steps+h]
						c.n++
						if y < q {
							c.below++
						}
						if y <= q {
							c.atMost++
						}
					}
				}
			}
		}
	}
	var out []Reliability
	add := func(g, l, step int) {
		var use []cell
		for k, c := range cells[g][l] {
			if c.n > 0 && (step == 0 || k%steps == step-1) {
				use = append(use, c)
			}
		}
		all := func(index []int) (below, atMost float64, n int) {
			for _, k := range index {
				below, atMost, n = below+float64(use[k].below), atMost+float64(use[k].atMost), n+use[k].n
			}
			return below / float64(n), atMost / float64(n), n
		}
		whole := make([]int, len(use))
		for k := range whole {
			whole[k] = k
		}
		if len(use) == 0 {
			return
		}
		r := Reliability{Group: names[g], Step: step, Level: levels[l]}
		r.Below, r.AtMost, r.Values = all(whole)
		block := 1
		if step == 0 {
			block = (steps + 3) / 4
		}
		r.Low, r.High = score.BlockBootstrap(len(use), block, bootstrapDraws, .95, seed, func(index []int) float64 {
			below, atMost, _ := all(index)
			return score.Coverage{Level: r.Level, Below: below, AtMost: atMost}.Nearest()
		})
		out = append(out, r)
	}
	for g := range names {
		for l := range levels {
			add(g, l, 0)
		}
	}
	for step := 1; step <= steps; step++ {
		for l := range levels {
			add(0, l, step)
		}
	}
	return out
}
