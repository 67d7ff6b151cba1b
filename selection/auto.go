package selection

import (
	"context"

	"github.com/tidewatch/tidewatch"
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
	panel  *tidewatch.Panel
	groups []*group
	member []int // [series of the panel] its group
	row    []int // [series of the panel] its row there
}

// Fit tries the candidates, weighs them, calibrates the combination and fits its members on all of p. Series of small whole numbers
// and others are chosen for apart, each with candidates of their own, because neither tells much about the other.
func (a Auto) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	m := &Model{panel: p, member: make([]int, p.Len()), row: make([]int, p.Len())}
	var series [2][]int
	for i := range p.Len() {
		kind := 0
		if conform.SupportOf(p.Series(i).Demand()).Count {
			kind = 1
		}
		m.member[i], m.row[i] = kind, len(series[kind])
		series[kind] = append(series[kind], i)
	}
	total, done := 0, 0
	for kind, rows := range series {
		g := &group{series: rows, panel: p.Select(rows), counts: kind == 1}
		if err := g.candidates(a); err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			total += g.work()
		}
		m.groups = append(m.groups, g)
	}
	for _, g := range m.groups {
		if len(g.series) == 0 {
			continue
		}
		err := g.fit(ctx, a, func() {
			if done++; a.Progress != nil {
				a.Progress(done, total)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (a Auto) check() error {
	if a.Horizon < 0 || a.Horizon > tidewatch.MaxSteps || a.Windows < 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "horizon %d, %d windows: neither can be below 0, and the horizon is at most %d", a.Horizon, a.Windows, tidewatch.MaxSteps)
	}
	return a.Loss.check()
}

// Choices are what was decided for each series of the panel, in its order.
func (m *Model) Choices() []Choice {
	choices := make([]Choice, m.panel.Len())
	for i := range choices {
		choices[i] = m.groups[m.member[i]].choices[m.row[i]]
	}
	return choices
}

// Forecast implements [tidewatch.Model].
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	out := tidewatch.NewForecast(m.panel, a)
	problem := map[string]tidewatch.Problem{}
	for at, g := range m.groups {
		part := a
		part.Series = nil
		var to []int
		for k := range out.Rows {
			if i := a.Row(k); m.member[i] == at {
				part.Series = append(part.Series, m.row[i])
				to = append(to, k)
			}
		}
		if len(to) == 0 {
			continue
		}
		part.Future = covariatesOf(a.Future, g.series)
		f, err := g.forecast(ctx, part)
		if err != nil {
			return nil, err
		}
		for k, row := range f.Rows {
			out.Rows[to[k]] = row
		}
		for _, p := range f.Problems {
			problem[p.ID] = p
		}
	}
	for _, r := range out.Rows {
		if p, ok := problem[r.ID]; ok {
			out.Problems = append(out.Problems, p)
		}
	}
	return out, nil
}
