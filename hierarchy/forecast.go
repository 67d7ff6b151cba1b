package hierarchy

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidewatch/tidewatch"
)

// Means makes the means of base forecasts of all nodes, in their order, coherent, [step][node]. Where nodes begin their forecasts at
// different times it is an error: they would sum what is not of one time.
func (r *Reconciler) Means(ctx context.Context, base *tidewatch.Forecast, nonNegative bool) ([][]float64, error) {
	if len(base.Rows) != r.h.Len() {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "%d forecasts for a hierarchy of %d nodes", len(base.Rows), r.h.Len())
	}
	if err := together(base); err != nil {
		return nil, err
	}
	means := make([][]float64, base.Steps)
	err := each(ctx, base.Steps, func() func(int) {
		s, b := r.scratch(), make([]float64, r.h.Len()-r.h.Bottom())
		return func(step int) {
			y := make([]float64, r.h.Len())
			for v := range y {
				y[v] = math.NaN()
				if row := &base.Rows[v]; !row.Abstains() {
					y[v] = row.Mean[step]
				}
			}
			var idle []bool
			if nonNegative {
				idle = r.h.idle(func(v int) bool { return y[v] == 0 })
			}
			r.values(y, nonNegative, false, s, b, idle)
			means[step] = y
		}
	})
	return means, err
}

func together(f *tidewatch.Forecast) error {
	first := -1
	for v := range f.Rows {
		switch row := &f.Rows[v]; {
		case row.Abstains():
		case first < 0:
			first = v
		case row.First != f.Rows[first].First:
			return tidewatch.Errorf(tidewatch.CodeData, "%q and %q begin their forecasts at different times and cannot add up", f.Rows[first].ID, row.ID)
		}
	}
	return nil
}

// aligned says whether all series begin their forecasts at the same time.
func aligned(f *tidewatch.Forecast) bool { return together(f) == nil }

// Paths makes joint sample paths of the base forecasts of all nodes coherent, in place: each path by itself is projected, so that in every
// one of them every node is the sum of its bottom series (Panagiotelis, Gamakumara, Athanasopoulos & Hyndman 2023).
func (r *Reconciler) Paths(ctx context.Context, p *tidewatch.Paths, nonNegative bool) error {
	if len(p.IDs) != r.h.Len() {
		return tidewatch.Errorf(tidewatch.CodeInternal, "paths of %d series for a hierarchy of %d nodes", len(p.IDs), r.h.Len())
	}
	idle := make([][]bool, p.Steps)
	for step := range idle {
		if nonNegative {
			idle[step] = r.h.idle(func(v int) bool {
				for k := range p.Samples {
					if p.Path(v, k)[step] != 0 {
						return false
					}
				}
				return true
			})
		}
	}
	return each(ctx, p.Samples, func() func(int) {
		s, b := r.scratch(), make([]float64, r.h.Len()-r.h.Bottom())
		block := make([]float64, p.Steps*r.h.Len()) // [step][node]
		return func(sample int) {
			for v := range r.h.Len() {
				for step, x := range p.Path(v, sample) {
					block[step*r.h.Len()+v] = x
				}
			}
			for step := range p.Steps {
				r.values(block[step*r.h.Len():(step+1)*r.h.Len()], nonNegative, true, s, b, idle[step])
			}
			for v := range r.h.Len() {
				path := p.Path(v, sample)
				for step := range path {
					path[step] = block[step*r.h.Len()+v]
				}
			}
		}
	})
}

// Forecast is the coherent forecast of all nodes: means that add up, and quantiles of coherent paths at the levels of base. Without paths
// (nil) the base forecast's quantiles move with its mean. round, if not nil, moves the quantiles of a node into what its values can be.
// Bottom series without a base forecast count as zero in sums and stay without one; nodes above get theirs from the others.
func (r *Reconciler) Forecast(ctx context.Context, base *tidewatch.Forecast, paths *tidewatch.Paths, nonNegative bool, round func(node int, q []float64)) (*tidewatch.Forecast, error) {
	means, err := r.Means(ctx, base, nonNegative)
	if err != nil {
		return nil, err
	}
	out := &tidewatch.Forecast{Grid: base.Grid, Steps: base.Steps, Levels: slices.Clone(base.Levels), Rows: make([]tidewatch.ForecastRow, len(base.Rows))}
	begins := 0
	for v := range base.Rows {
		if !base.Rows[v].Abstains() {
			begins = base.Rows[v].First
		}
	}
	for _, p := range base.Problems { // a node above that had no forecast has one now
		if v := slices.Index(r.h.ids[:r.h.Bottom()], p.ID); p.Method != "" || v < 0 {
			out.Problems = append(out.Problems, p)
		}
	}
	err = each(ctx, len(base.Rows), func() func(int) {
		sample := make([]float64, 0, 1000)
		return func(v int) {
			row := base.Rows[v]
			if row.Abstains() && v >= r.h.Bottom() {
				out.Rows[v] = row
				return
			}
			n := len(out.Levels)
			to := tidewatch.ForecastRow{ID: row.ID, First: begins, Method: row.Method, Mean: make([]float64, out.Steps), Quantiles: make([]float64, n*out.Steps)}
			if row.Abstains() {
				to.Method = string(r.method)
			}
			for step := range out.Steps {
				to.Mean[step] = means[step][v]
				q := to.Quantiles[step*n : (step+1)*n]
				if paths != nil {
					sample = sample[:0]
					for k := range paths.Samples {
						sample = append(sample, paths.Path(v, k)[step])
					}
					Quantiles(sample, out.Levels, q)
				} else {
					for l := range q {
						q[l] = means[step][v]
						if !row.Abstains() {
							q[l] += row.Quantiles[step*n+l] - row.Mean[step]
						}
						if nonNegative {
							q[l] = max(q[l], 0)
						}
					}
				}
				if round != nil {
					round(v, q)
				}
			}
			out.Rows[v] = to
		}
	})
	return out, err
}

// Quantiles fills q with the quantiles of a sample at the levels, piecewise linear through the middles of its steps (Hyndman & Fan 1996, type
// 5): of values at even quantiles it gives those back. It sorts x.
func Quantiles(x, levels, q []float64) {
	slices.Sort(x)
	for l, p := range levels {
		at := min(max(p*float64(len(x))-.5, 0), float64(len(x)-1))
		k := int(at)
		q[l] = x[k]
		if k+1 < len(x) {
			q[l] += (at - float64(k)) * (x[k+1] - x[k])
		}
	}
}

// Spread is the variance of base forecasts as their quantiles foresee it, averaged over the steps, [row]; infinite without a forecast.
func Spread(f *tidewatch.Forecast) []float64 {
	variance := make([]float64, len(f.Rows))
	for v := range f.Rows {
		variance[v] = math.Inf(1)
		if f.Rows[v].Abstains() || len(f.Levels) == 0 {
			continue
		}
		sum := 0.0
		for step := range f.Steps {
			sum += spreadAt(f, v, step)
		}
		variance[v] = sum / float64(f.Steps)
	}
	return variance
}

// each calls what worker returns with every number up to n, in as many goroutines as there are processors. No result may depend on which
// one does which.
func each(ctx context.Context, n int, worker func() func(int)) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			do := worker()
			for ctx.Err() == nil {
				k := int(next.Add(1)) - 1
				if k >= n {
					return
				}
				do(k)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}
