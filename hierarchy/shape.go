package hierarchy

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Spreads are the mean absolute differences of the paths' values from their means, averaged over the steps, [row].
func Spreads(ctx context.Context, p *tidewatch.Paths) ([]float64, error) {
	spread := make([]float64, len(p.IDs))
	err := each(ctx, len(spread), func() func(int) {
		mean := make([]float64, p.Steps)
		return func(v int) {
			clear(mean)
			for k := range p.Samples {
				for step, x := range p.Path(v, k) {
					mean[step] += x / float64(p.Samples)
				}
			}
			for k := range p.Samples {
				for step, x := range p.Path(v, k) {
					spread[v] += math.Abs(x-mean[step]) / float64(p.Samples*p.Steps)
				}
			}
		}
	})
	return spread, err
}

// positive reports whether the 5 %-quantile is above zero in most steps.
func positive(f *tidewatch.Forecast, v int) bool {
	n := 0
	for step := range f.Steps {
		if f.Quantile(v, step, .05) > 0 {
			n++
		}
	}
	return 2*n > f.Steps
}

// Shape gives the quantiles of f, a coherent forecast, the shape of those of base, which are known finely, in place of that of its paths, which are few:
// around the coherent mean, as much wider or narrower as reconciling made the paths of the node (before and after: their [Spreads]). Counts,
// nodes that may sell nothing, and those without a base forecast stay as they are: adding up has made their shape another.
func Shape(f, base *tidewatch.Forecast, before, after []float64, support []conform.Support) {
	for v := range f.Rows {
		row, own := &f.Rows[v], &base.Rows[v]
		if row.Abstains() || own.Abstains() || support[v].Count || !(before[v] > 0) || !positive(base, v) {
			continue
		}
		wide := after[v] / before[v]
		for step := range f.Steps {
			q := f.At(v, step)
			for l, level := range f.Levels {
				q[l] = row.Mean[step] + wide*(base.Quantile(v, step, level)-own.Mean[step])
			}
			mean := row.Mean[step]
			support[v].Fit(&mean, q)
		}
	}
}
