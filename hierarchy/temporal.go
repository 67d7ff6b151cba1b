package hierarchy

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Temporal makes forecasts of the same series at several grains of time agree: days with weeks, weeks with months (temporal hierarchies:
// Athanasopoulos, Hyndman, Kourentzes & Petropoulos 2017). grains are forecasts of the same series in the same order, the finest first, of
// sums; one panel a grain. A coarser period takes part where the finest forecast covers all of it: others, such as the week under way, stay.
// Each value weighs by the variance that its quantiles foresee, and its quantiles move with its mean. If nonNegative, nothing is below 0.
func Temporal(ctx context.Context, grains []*tidewatch.Forecast, nonNegative bool) ([]*tidewatch.Forecast, error) {
	if len(grains) < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "forecasts of %d grains of time: agreeing takes at least two", len(grains))
	}
	out := make([]*tidewatch.Forecast, len(grains))
	for g, f := range grains {
		if len(f.Rows) != len(grains[0].Rows) {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "grain %d has %d series, the finest %d", g+1, len(f.Rows), len(grains[0].Rows))
		}
		for i := range f.Rows {
			if f.Rows[i].ID != grains[0].Rows[i].ID {
				return nil, tidewatch.Errorf(tidewatch.CodeUsage, "grain %d has series %q where the finest has %q", g+1, f.Rows[i].ID, grains[0].Rows[i].ID)
			}
		}
		clone := *f
		clone.Rows = slices.Clone(f.Rows)
		out[g] = &clone
	}
	failed := make([]error, len(out[0].Rows))
	known := calendars(grains)
	err := each(ctx, len(failed), func() func(int) {
		return func(i int) { failed[i] = agreeInTime(out, known, i, nonNegative) }
	})
	for _, e := range failed {
		if err == nil {
			err = e
		}
	}
	return out, err
}

// span is the periods of the finest grain, counted from the first of them forecast, that a coarser period covers.
type span struct{ from, to int }

// calendars finds, for every grain and first period of a series, the spans of its steps.
func calendars(grains []*tidewatch.Forecast) map[[3]int][]span {
	known := map[[3]int][]span{}
	fine := grains[0]
	for g, f := range grains[1:] {
		for i := range f.Rows {
			key := [3]int{g + 1, f.Rows[i].First, fine.Rows[i].First}
			if _, ok := known[key]; ok {
				continue
			}
			spans := make([]span, f.Steps)
			for step := range spans {
				begin, end := f.Grid.Stamp(key[1]+step), f.Grid.Stamp(key[1]+step+1)
				spans[step] = span{index(fine.Grid, begin) - key[2], index(fine.Grid, end) - key[2]}
			}
			known[key] = spans
		}
	}
	return known
}

// index is that of the first period of g that begins at t or later: a coarse period covers the fine ones that begin in it.
func index(g tidewatch.Grid, t time.Time) int {
	i := g.Index(t)
	if g.Stamp(i).Before(t) {
		i++
	}
	return i
}

// agreeInTime makes the grains of one series agree.
func agreeInTime(grains []*tidewatch.Forecast, known map[[3]int][]span, i int, nonNegative bool) error {
	fine := grains[0]
	if fine.Rows[i].Abstains() {
		return nil
	}
	var levels []Level
	type place struct{ grain, step int }
	var above []place // of each node, level by level
	for g := 1; g < len(grains); g++ {
		f := grains[g]
		if f.Rows[i].Abstains() {
			continue
		}
		level := Level{Name: fmt.Sprint("grain ", g), Of: slices.Repeat([]int32{-1}, fine.Steps)}
		for step, s := range known[[3]int{g, f.Rows[i].First, fine.Rows[i].First}] {
			if s.from < 0 || s.to > fine.Steps || s.from >= s.to {
				continue
			}
			for k := s.from; k < s.to; k++ {
				level.Of[k] = int32(len(level.Nodes))
			}
			level.Nodes = append(level.Nodes, fmt.Sprint(g, "/", step))
			above = append(above, place{g, step})
		}
		if len(level.Nodes) > 0 {
			levels = append(levels, level)
		}
	}
	bottom := make([]string, fine.Steps)
	for k := range bottom {
		bottom[k] = fmt.Sprint("0/", k)
		above = append(above, place{0, k})
	}
	h, err := New(bottom, levels...)
	if err != nil {
		return err
	}
	y, variance := make([]float64, h.Len()), make([]float64, h.Len())
	for v, p := range above {
		row := &grains[p.grain].Rows[i]
		y[v], variance[v] = row.Mean[p.step], spreadAt(grains[p.grain], i, p.step)
	}
	r, err := NewReconciler(h, WLS, Known{Variance: variance})
	if err != nil {
		return err
	}
	r.Values(y, nonNegative)
	done := make([]bool, len(grains))
	for v, p := range above {
		row := &grains[p.grain].Rows[i]
		if !done[p.grain] {
			done[p.grain] = true
			row.Mean, row.Quantiles = slices.Clone(row.Mean), slices.Clone(row.Quantiles)
		}
		moved := y[v] - row.Mean[p.step]
		row.Mean[p.step] = y[v]
		for l, q := range grains[p.grain].At(i, p.step) {
			if q += moved; nonNegative {
				q = max(q, 0)
			}
			row.Quantiles[p.step*len(grains[p.grain].Levels)+l] = q
		}
	}
	return nil
}

// spreadAt is the variance that the quantiles of a row foresee at a step; 1 if there are none.
func spreadAt(f *tidewatch.Forecast, row, step int) float64 {
	if len(f.Levels) == 0 {
		return 1
	}
	sum, before := 0.0, 0.0
	for l, q := range f.At(row, step) {
		until := 1.0
		if l+1 < len(f.Levels) {
			until = (f.Levels[l] + f.Levels[l+1]) / 2
		}
		d := q - f.Rows[row].Mean[step]
		sum += (until - before) * d * d
		before = until
	}
	return math.Max(sum, 0)
}
