package conform

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
)

// CQR is a method with intervals that are widened or narrowed by as much as past ones missed or overshot (conformalised quantile regression:
// Romano, Patterson & Candès 2019): for each central interval, by the quantile of how far values lay outside it. Unlike [Calibrated] it keeps
// the shape that the method foresees, and changes only how far its quantiles lie. Misses are pooled by step and its neighbours, over series
// that are alike, in units of each series' own changes, so that short series are calibrated too. A zero field is its default.
type CQR struct {
	Method  tidewatch.Method
	Horizon int // steps to calibrate for; 0 = one season, at least 8. Steps beyond are treated like the last one.
	Windows int // past origins; 0 = 4
	// HalfLife, in origins, is how soon old misses count half: weighted conformal prediction (Barber, Candès, Ramdas & Tibshirani 2023) for
	// data that change. 0 = all count alike.
	HalfLife float64
	Seed     uint64
}

// String is the inner method's name.
func (c CQR) String() string { return c.Method.String() }

type cqrModel struct {
	panel *tidewatch.Panel
	inner tidewatch.Model
	scale []float64 // [series]
	kind  []int     // [series] the pool it belongs to
	move  []outward // [kind]
}

// outward is by how much each central interval of the grid moves outwards, in scales: [step][pair], the widest pair first.
type outward [][]float64

// miss is how far a value lay outside an interval, in scales of its series; negative inside.
type miss struct{ by, weight float64 }

// Fit forecasts at past origins, learns the misses, and fits the inner method on all of p.
func (c CQR) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if !(c.HalfLife >= 0) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a half-life of %g origins: it cannot be below 0", c.HalfLife)
	}
	plan := Origins(p, c.Horizon, c.Windows)
	plan.Seed = c.Seed
	m := &cqrModel{panel: p, scale: make([]float64, p.Len()), kind: make([]int, p.Len())}
	kinds := 0
	for i := range m.kind {
		m.kind[i] = alike(p.Series(i))
		kinds = max(kinds, m.kind[i]+1)
		m.scale[i] = 100 * leastSpread(p.Series(i)) // the mean absolute change
	}
	misses := make([][][][]miss, kinds) // [kind][step][pair]
	for k := range misses {
		misses[k] = make([][][]miss, plan.Horizon)
		for h := range misses[k] {
			misses[k][h] = make([][]miss, atMedian)
		}
	}
	err := backtest.Each(ctx, p, []tidewatch.Method{c.Method}, plan, func(t backtest.Try) error {
		weight := 1.0
		if c.HalfLife > 0 {
			weight = math.Exp2(-float64(plan.Windows-1-t.Window) / c.HalfLife)
		}
		for i := range p.Len() {
			if t.Forecast.Rows[i].Abstains() {
				continue
			}
			scale := 100 * leastSpread(t.Known.Series(i))
			for h, y := range backtest.Actuals(p, t.Known, i, plan.Horizon) {
				q := t.Forecast.At(i, h)
				for k := range atMedian {
					if by := max(q[k]-y, y-q[len(q)-1-k]) / scale; !math.IsNaN(by) {
						misses[m.kind[i]][h][k] = append(misses[m.kind[i]][h][k], miss{by, weight})
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.move = make([]outward, kinds)
	for kind := range m.move {
		m.move[kind] = make(outward, plan.Horizon)
		for h := range plan.Horizon {
			m.move[kind][h] = make([]float64, atMedian)
			for k := range atMedian {
				var pool []miss
				for near := max(0, h-(h+1)/8); near <= min(plan.Horizon-1, h+(h+1)/8); near++ {
					pool = append(pool, misses[kind][near][k]...)
				}
				m.move[kind][h][k] = outwards(pool, 1-2*grid[k])
			}
		}
	}
	m.inner, err = c.Method.Fit(ctx, p)
	return m, err
}

// alike is the pool of a series: counts apart from amounts, those that are mostly zero apart, and steady ones apart from changing ones.
// A pool of one such kind holds series of any length.
func alike(s tidewatch.Series) int {
	zero, n, mean, change := 0.0, 0.0, 0.0, 0.0
	for t, v := range s.Values {
		if v != v {
			continue
		}
		n++
		mean += math.Abs(v)
		if v == 0 {
			zero++
		}
		if t > 0 && !math.IsNaN(s.Values[t-1]) {
			change += math.Abs(v - s.Values[t-1])
		}
	}
	switch support := SupportOf(s.Demand()); {
	case support.Count && 2*zero > n:
		return 0
	case support.Count:
		return 1
	case change > .3*mean:
		return 2
	}
	return 3
}

// fewest is how many misses say anything of a level: with fewer the intervals stay.
const fewest = 10

// outwards is the level-th quantile of the misses by weight, with the value yet to come counted as one that lies furthest (split conformal:
// what makes the coverage hold). Where even the furthest miss is not enough, it is that.
func outwards(pool []miss, level float64) float64 {
	if len(pool) < fewest {
		return 0
	}
	slices.SortFunc(pool, func(a, b miss) int { return cmp.Compare(a.by, b.by) })
	total := 1.0
	for _, x := range pool {
		total += x.weight
	}
	sum := 0.0
	for _, x := range pool {
		if sum += x.weight; sum >= level*total {
			return x.by
		}
	}
	return pool[len(pool)-1].by
}

// Forecast implements [tidewatch.Model].
func (m *cqrModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	fine := a
	fine.Levels = grid
	f, err := m.inner.Forecast(ctx, fine)
	if err != nil {
		return nil, err
	}
	out := tidewatch.NewForecast(m.panel, a)
	out.Problems = f.Problems
	cell := make([]float64, len(grid))
	for k := range f.Rows {
		row, i := &out.Rows[k], a.Row(k)
		row.Method = f.Rows[k].Method
		if f.Rows[k].Abstains() {
			row.Mean, row.Quantiles = nil, nil
			continue
		}
		support := SupportOf(m.panel.Series(i).Demand())
		move := m.move[m.kind[i]]
		for h := range f.Steps {
			copy(cell, f.At(k, h))
			for pair, by := range move[min(h, len(move)-1)] {
				cell[pair] = min(cell[pair]-by*m.scale[i], cell[atMedian])
				cell[len(cell)-1-pair] = max(cell[len(cell)-1-pair]+by*m.scale[i], cell[atMedian])
			}
			slices.Sort(cell) // intervals that would cross change places
			row.Mean[h] = f.Rows[k].Mean[h]
			q := out.At(k, h)
			for l, level := range a.Levels {
				q[l] = tidewatch.Interpolate(grid, cell, level)
			}
			support.Fit(&row.Mean[h], q)
		}
	}
	return out, nil
}
