package neural

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
)

// Model is trained networks with the panel they forecast.
type Model struct {
	method  Method
	config  Config // without zero fields
	panel   *tidewatch.Panel
	horizon int // trained
	members []member
}

// batch is the number of series that go through a network together.
const batch = 128

// Forecast implements [tidewatch.Model]. Beyond the trained horizon it goes on from its medians as if they had been observed; there the
// spread is that of the steps before and that of the new steps, added as independent errors are.
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.panel, a)
	batches := (len(f.Rows) + batch - 1) / batch
	workers := min(m.method.workers(), max(1, batches))
	problems, errs := make([][]tidewatch.Problem, batches), make([]error, batches)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			nets := m.replicas()
			for k := w; k < batches; k += workers {
				if errs[k] = ctx.Err(); errs[k] != nil {
					return
				}
				problems[k], errs[k] = m.rows(ctx, nets, a, f, k*batch, min(len(f.Rows), (k+1)*batch))
			}
		})
	}
	wg.Wait()
	for k := range batches {
		if errs[k] != nil {
			return nil, errs[k]
		}
		f.Problems = append(f.Problems, problems[k]...)
	}
	return f, nil
}

// replicas are copies of the networks that share their weights.
func (m *Model) replicas() []frame.Net {
	nets := make([]frame.Net, len(m.members))
	for i, k := range m.members {
		nets[i] = familyOf(m.config.Family).build(m.config, k.windows.Shape, nil)
		nn.Share(k.net.Params(), nets[i].Params())
	}
	return nets
}

// rows forecasts rows [from, to) of f.
func (m *Model) rows(ctx context.Context, nets []frame.Net, a tidewatch.Ask, f *tidewatch.Forecast, from, to int) ([]tidewatch.Problem, error) {
	at := make([]frame.At, to-from)
	for r := range at {
		i := a.Row(from + r)
		at[r] = frame.At{Series: i, Position: len(m.panel.Series(i).Values)}
	}
	width := a.Steps * len(levels)
	sum := make([]float64, len(at)*width)
	for i, net := range nets {
		q, err := m.quantiles(ctx, net, m.members[i].windows.With(a.Future), at, a.Steps)
		if err != nil {
			return nil, err
		}
		for j, v := range q {
			sum[j] += v / float64(len(nets))
		}
	}
	var problems []tidewatch.Problem
	for r := range at {
		row := &f.Rows[from+r]
		row.Method = m.config.Family
		for h := range a.Steps {
			q := sum[r*width+h*len(levels):][:len(levels)]
			slices.Sort(q)
			row.Mean[h] = fleet.MeanOf(levels, q)
			for l, level := range a.Levels {
				row.Quantiles[h*len(a.Levels)+l] = fleet.Tail(levels, q, level)
			}
		}
		if !finite(row.Mean) || !finite(row.Quantiles) {
			problems = append(problems, tidewatch.Problem{ID: row.ID, Code: tidewatch.CodeNumeric, Reason: "the networks gave no finite forecast"})
			row.Mean, row.Quantiles = nil, nil
		}
	}
	return problems, nil
}

func finite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// quantiles are one network's, [row][step][level], in the unit of the series.
func (m *Model) quantiles(ctx context.Context, net frame.Net, w *frame.Windows, at []frame.At, steps int) ([]float64, error) {
	n, horizon := len(levels), m.horizon
	out := make([]float64, len(at)*steps*n)
	values := make([][]float64, len(at))
	for r := range at {
		values[r] = w.Before(at[r])
	}
	at = slices.Clone(at)
	var b frame.Batch
	middle := slices.Index(levels, .5)
	for done := 0; done < steps; done += horizon {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.From(&b, at, values)
		y := net.Forward(&nn.Pass{}, &b)
		for r := range at {
			for h := 0; h < horizon && done+h < steps; h++ {
				q := out[(r*steps+done+h)*n:][:n]
				for l := range q {
					q[l] = b.Value(r, h, y.Data[(r*horizon+h)*n+l])
				}
				slices.Sort(q) // the network's quantiles may cross
				values[r] = append(values[r], q[middle])
				if done > 0 {
					widen(q, out[(r*steps+done-1)*n:][:n], middle)
				}
			}
			values[r] = values[r][len(values[r])-w.Shape.Lags:]
			at[r].Position += horizon
		}
	}
	return out, nil
}

// widen adds the spread of before to that of q, about their medians.
func widen(q, before []float64, middle int) {
	for l := range q {
		d := math.Hypot(q[l]-q[middle], before[l]-before[middle])
		if l < middle {
			d = -d
		}
		if l != middle {
			q[l] = q[middle] + d
		}
	}
}
