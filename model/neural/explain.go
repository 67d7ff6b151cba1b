package neural

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"gonum.org/v1/gonum/integrate/quad"
)

const (
	explained = 24   // fitted values that are accounted for: attribution takes longer than forecasts
	nodes     = 16   // of the integral
	nudge     = .01  // by which shares are moved to measure slopes
	chunk     = 1024 // rows that go through a network together
)

// Explain implements [tidewatch.Explainer] by integrated gradients (Sundararajan, Taly and Yan 2017, Axiomatic attribution for deep networks,
// equation 1) of the mean forecast, for groups of inputs: along the straight way from a window that is flat at its level, with usual covariates,
// to the window as it is, what each group's growth adds. The level is what is forecast at the start of the way. The integral is a Gauss-Legendre
// sum; what it leaves over, a thousandth or so, is counted as earlier values, and so is what is forecast from forecasts beyond the trained horizon.
// Of the history, the last values are accounted for, each as seen one step before.
func (m *Model) Explain(ctx context.Context, _ *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Levels: []float64{.5}, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	s := m.panel.Series(i)
	if f.Rows[0].Abstains() {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has no forecast", s.ID)
	}
	known := len(s.Values)
	a := &tidewatch.Account{ID: s.ID, Method: m.config.Family, Form: m.config.String(), First: s.Start, Known: known}
	length := known + steps
	level := a.Part(tidewatch.LevelPart, "", length)
	from := max(1, known-explained)
	for t := range from {
		level[t] = math.NaN()
	}
	nets := m.replicas()
	for t := from; t < known; t++ {
		if _, err := m.attribute(ctx, a, nets, frame.At{Series: i, Position: t}, 1, length); err != nil {
			return nil, err
		}
	}
	near := min(steps, m.horizon)
	if _, err := m.attribute(ctx, a, nets, frame.At{Series: i, Position: known}, near, length); err != nil {
		return nil, err
	}
	total := a.Total()
	past := a.Part(tidewatch.PastPart, "", length)
	for h, v := range f.Rows[0].Mean {
		past[known+h] += v - total[known+h]
	}
	a.Trim()
	return a, nil
}

// attribute adds to the account what the forecast of so many steps from a window on is made of, and returns what the integral left over.
func (m *Model) attribute(ctx context.Context, a *tidewatch.Account, nets []frame.Net, at frame.At, steps, length int) (over []float64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	inputs := m.members[0].windows.Inputs()
	for _, k := range m.members[1:] { // networks that see less have no season
		for _, in := range k.windows.Inputs() {
			if !slices.Contains(inputs, in) {
				inputs = append(inputs, in)
			}
		}
	}
	// Rows: the start of the way, its end, and at every node each group a little less and a little more.
	level := func(v float64) []float64 { return slices.Repeat([]float64{v}, len(inputs)) }
	shares := [][]float64{level(0), level(1)}
	x, weight := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(x, weight, 0, 1)
	for _, v := range x {
		for g := range inputs {
			for _, d := range []float64{-nudge, nudge} {
				row := level(v)
				row[g] += d
				shares = append(shares, row)
			}
		}
	}
	y := m.means(nets, at, steps, inputs, shares)
	base := a.Part(tidewatch.LevelPart, "", length)
	past := a.Part(tidewatch.PastPart, "", length)
	for h := range steps {
		t := at.Position + h
		base[t] += y[h]
		left := y[steps+h] - y[h]
		for g, in := range inputs {
			sum := 0.
			for k, w := range weight {
				row := 2 + 2*(k*len(inputs)+g)
				sum += w * (y[(row+1)*steps+h] - y[row*steps+h]) / (2 * nudge)
			}
			a.Part(in.Kind, in.Name, length)[t] += sum
			left -= sum
		}
		past[t] += left
		over = append(over, left)
	}
	return over, nil
}

// means are the mean forecasts [row][step] of a window whose inputs are shaded.
func (m *Model) means(nets []frame.Net, at frame.At, steps int, inputs []frame.Input, shares [][]float64) []float64 {
	n := len(levels)
	sum := make([]float64, len(shares)*steps*n)
	q := make([]float64, n)
	for k, net := range nets {
		w := m.members[k].windows
		var whole, shaded frame.Batch
		w.Fill(&whole, []frame.At{at})
		for from := 0; from < len(shares); from += chunk {
			rows := shares[from:min(len(shares), from+chunk)]
			w.Shade(&shaded, &whole, 0, inputs, rows)
			y := net.Forward(&nn.Pass{}, &shaded)
			for r := range rows {
				for h := range steps {
					for l := range q {
						q[l] = shaded.Value(r, h, y.Data[(r*m.horizon+h)*n+l])
					}
					slices.Sort(q)
					for l, v := range q {
						sum[((from+r)*steps+h)*n+l] += v / float64(len(nets))
					}
				}
			}
		}
	}
	out := make([]float64, len(shares)*steps)
	for k := range out {
		out[k] = fleet.MeanOf(levels, sum[k*n:(k+1)*n])
	}
	return out
}
