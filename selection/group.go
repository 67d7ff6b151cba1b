package selection

import (
	"context"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
)

// group is series of one kind, their candidates, and what was chosen for them.
type group struct {
	series  []int  // of the whole panel
	teacher *group // of the same kind, whose pool this one learns from; nil: its own
	panel   *tidewatch.Panel
	kind    int  // series of this kind in the whole panel
	counts  bool // small whole numbers: conform.Support.Count

	methods []tidewatch.Method
	names   []string
	floor   int // the seasonal naive forecast, in methods
	plan    backtest.Plan

	pool        []float64   // [method] relative losses
	share       []float64   // [method] in the pool of all series; nil where losses alone decide
	members     []member    // [method]
	weight      [][]float64 // [series][method], summing to 1
	calibration *conform.Calibration
	choices     []Choice

	keep bool      // in Auto.Keep, once it is finished
	key  fleet.Key // there
}

// candidates sets the methods to choose from and the origins to try them at.
func (g *group) candidates(a Auto) error {
	methods, windows, err := a.candidates(g.counts, g.kind)
	if err != nil {
		return err
	}
	g.methods = methods
	for _, m := range methods {
		g.names = append(g.names, m.String())
	}
	g.floor = slices.Index(g.names, backtest.Baseline().String())
	if g.teacher != nil {
		g.plan = g.teacher.plan
		return nil
	}
	g.plan = conform.Origins(g.panel, a.Horizon, windows)
	g.plan.Seed = a.Seed
	return nil
}

// work is how many fits the group takes.
func (g *group) work() int { return (g.plan.Windows + 1) * len(g.methods) }

// fit tries, weighs, calibrates and fits. done is called after every fit.
func (g *group) fit(ctx context.Context, a Auto, done func()) error {
	if g.keep {
		g.key = g.keyOf(a)
		if ok, err := g.recall(ctx, a.Keep); err != nil || ok {
			for range g.work() {
				done()
			}
			return err
		}
	}
	g.plan.Progress = func(int, int) { done() }
	t, err := try(ctx, g.panel, g.methods, g.plan, a.Loss)
	if err != nil {
		return err
	}
	losses := t.relative()
	if g.teacher != nil {
		losses.pool = g.teacher.pool
		if g.share = g.teacher.share; g.share != nil {
			losses.shares = slices.Repeat([][]float64{g.share}, 1+g.plan.Windows)
		}
		origins, err := t.blended(ctx, losses, g.counts, g.floor)
		if err != nil {
			return err
		}
		g.calibration = g.teacher.calibration.For(origins)
	} else {
		if g.counts && a.Loss.Kind == Pinball {
			g.share = losses.learnShares(t.pooling())
		}
		origins, err := t.blended(ctx, losses, g.counts, g.floor)
		if err != nil {
			return err
		}
		g.calibration = conform.Learn(origins, a.Seed)
	}
	g.pool = losses.pool
	n := g.panel.Len()
	g.weight, g.choices = make([][]float64, n), make([]Choice, n)
	err = fleet.Each(ctx, n, 0, func(i int) {
		expected := losses.expected(i, -1)
		g.weight[i] = losses.weights(i, -1, t.usable(i), g.floor)
		g.choices[i] = choice(g.panel.ID(i), g.names, g.weight[i], expected, g.floor)
	})
	if err != nil {
		return err
	}
	for k, method := range g.methods {
		member, err := fitMember(ctx, g.panel, method, g.needs(k))
		if err != nil {
			return err
		}
		g.members = append(g.members, member)
		done()
	}
	if g.keep {
		a.Keep.Save(g.key, g.state())
	}
	return nil
}

// needs tells which series the k-th member is fitted for.
func (g *group) needs(k int) func(i int) bool {
	return func(i int) bool { return k == g.floor || g.weight[i][k] > 0 }
}

// forecast answers a, whose series are those of the group.
func (g *group) forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	fine := a
	fine.Levels = conform.Grid()
	answers := make([]answer, len(g.members))
	for k, member := range g.members {
		var err error
		if answers[k], err = member.forecast(ctx, fine, g.panel.Len()); err != nil {
			return nil, err
		}
	}
	f := tidewatch.NewForecast(g.panel, fine)
	err := fleet.Each(ctx, len(f.Rows), 0, func(k int) {
		row := &f.Rows[k]
		weight := able(g.weight[a.Row(k)], answers, k, g.floor)
		if weight == nil {
			row.Mean, row.Quantiles = nil, nil
			return
		}
		row.Method = label(g.names, weight)
		blend(answers, k, weight, g.counts, f.Steps, row.Mean, row.Quantiles)
	})
	if err != nil {
		return nil, err
	}
	for k := range f.Rows {
		if row := &f.Rows[k]; row.Mean == nil {
			f.Problems = append(f.Problems, reason(row.ID, answers[g.floor].forecast))
		}
	}
	return g.calibration.Apply(g.panel, f, a), nil
}

// able is the weights of those members that can forecast row k, summing to 1: the seasonal naive forecast alone where none can, nil
// where not even that.
func able(weight []float64, answers []answer, k, floor int) []float64 {
	w := make([]float64, len(weight))
	sum := 0.0
	for m := range w {
		if weight[m] > 0 && answers[m].usable(k) {
			w[m] = weight[m]
			sum += w[m]
		}
	}
	if sum == 0 {
		if !answers[floor].usable(k) {
			return nil
		}
		w[floor], sum = 1, 1
	}
	for m := range w {
		w[m] /= sum
	}
	return w
}

// reason says why nothing could forecast a series: what the seasonal naive forecast said.
func reason(id string, floor *tidewatch.Forecast) tidewatch.Problem {
	for _, p := range floor.Problems {
		if p.ID == id {
			p.Method = ""
			return p
		}
	}
	return tidewatch.Problem{ID: id, Code: tidewatch.CodeNumeric, Reason: "no candidate gave a finite forecast"}
}

// label names a combination: "auto(stm+ses)".
func label(names []string, weight []float64) string {
	var in []string
	for k, w := range weight {
		if w > 0 {
			in = append(in, names[k])
		}
	}
	return "auto(" + strings.Join(in, "+") + ")"
}
