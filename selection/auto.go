package selection

import (
	"context"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/conform"
)

// Auto is the method that chooses: for each series a weighted combination of candidates, calibrated. A zero field is its default.
type Auto struct {
	Horizon int                // steps to choose and calibrate for; 0 = one season, at least 8
	Windows int                // rolling origins; 0 = the preset's
	Loss    Loss               // what to keep small
	Preset  Preset             // the budget; "" = Standard
	Methods []tidewatch.Method // the candidates; nil = the preset's. The seasonal naive forecast always takes part
	Seed    uint64             // of what is random at past origins
	// Progress, if not nil, is told after every fitted method how many of how many are done. It is never called concurrently.
	Progress func(done, total int)
}

// String implements [tidewatch.Method].
func (a Auto) String() string { return "auto" }

// Model is a fitted Auto.
type Model struct {
	panel       *tidewatch.Panel
	names       []string
	members     []member    // [method]
	weight      [][]float64 // [series][method], summing to 1
	support     []conform.Support
	calibration *conform.Calibration
	choices     []Choice
}

// Fit tries the candidates, weighs them, calibrates the combination and fits its members on all of p.
func (a Auto) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	methods, windows, err := a.candidates()
	if err != nil {
		return nil, err
	}
	plan := conform.Origins(p, a.Horizon, windows)
	plan.Seed = a.Seed
	done := func(n int) {
		if a.Progress != nil {
			a.Progress(n, (plan.Windows+1)*len(methods))
		}
	}
	plan.Progress = func(n, _ int) { done(n) }
	t, err := try(ctx, p, methods, plan, a.Loss)
	if err != nil {
		return nil, err
	}
	m := &Model{panel: p, weight: make([][]float64, p.Len()), support: make([]conform.Support, p.Len()), choices: make([]Choice, p.Len())}
	for i := range m.support {
		m.support[i] = conform.SupportOf(p.Series(i).Demand())
	}
	for _, method := range methods {
		m.names = append(m.names, method.String())
	}
	floor := slices.Index(m.names, backtest.Baseline().String())
	losses := t.relative()
	m.calibration = conform.Learn(t.blended(losses, m.support, floor), a.Seed)
	for i := range m.weight {
		expected := losses.expected(i, -1)
		m.weight[i] = weights(expected, t.usable(i), floor)
		m.choices[i] = choice(p.ID(i), m.names, m.weight[i], expected, floor)
	}
	for k, method := range methods {
		member, err := fitMember(ctx, p, method, func(i int) bool { return k == floor || m.weight[i][k] > 0 })
		if err != nil {
			return nil, err
		}
		m.members = append(m.members, member)
		done(plan.Windows*len(methods) + k + 1)
	}
	return m, nil
}

func (a Auto) check() error {
	if a.Horizon < 0 || a.Horizon > tidewatch.MaxSteps || a.Windows < 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "horizon %d, %d windows: neither can be below 0, and the horizon is at most %d", a.Horizon, a.Windows, tidewatch.MaxSteps)
	}
	return a.Loss.check()
}

// Choices are what was decided for each series of the panel, in its order. The caller must not change them.
func (m *Model) Choices() []Choice { return m.choices }

// Forecast implements [tidewatch.Model].
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	fine := a
	fine.Levels = conform.Grid()
	answers := make([]answer, len(m.members))
	for k, member := range m.members {
		if answers[k], err = member.forecast(ctx, fine, m.panel.Len()); err != nil {
			return nil, err
		}
	}
	floor := slices.Index(m.names, backtest.Baseline().String())
	f := tidewatch.NewForecast(m.panel, fine)
	for k := range f.Rows {
		i, row := a.Row(k), &f.Rows[k]
		weight := able(m.weight[i], answers, k, floor)
		if weight == nil {
			row.Mean, row.Quantiles = nil, nil
			f.Problems = append(f.Problems, reason(row.ID, answers[floor].forecast))
			continue
		}
		row.Method = label(m.names, weight)
		blend(answers, k, weight, m.support[i].Count, f.Steps, row.Mean, row.Quantiles)
	}
	return m.calibration.Apply(m.panel, f, a), nil
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
