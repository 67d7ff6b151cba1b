package selection

import (
	"context"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
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
	Keep     fleet.Keep // where finished groups of a large panel are kept; nil = nowhere
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
	total, done := 0, 0
	for _, g := range a.groups(p) {
		for k, i := range g.series {
			m.member[i], m.row[i] = len(m.groups), k
		}
		if err := g.candidates(a); err != nil {
			return nil, err
		}
		total += g.work()
		m.groups = append(m.groups, g)
	}
	for _, g := range m.groups {
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

// groupSize bounds the memory of what is tried and forecast at a time; a pool of that size knows its ranking and its errors well.
const groupSize = 3000

// groups splits the series of p by kind. Of a kind with many series an even sample is first, and teaches the others, which follow in
// pieces. A method that learns across series sees all of a kind.
func (a Auto) groups(p *tidewatch.Panel) []*group {
	local := true
	for _, m := range a.Methods {
		_, one := m.(fleet.Lifted)
		local = local && one
	}
	var kinds [2][]int
	for i := range p.Len() {
		kind := 0
		if conform.SupportOf(p.Series(i).Demand()).Count {
			kind = 1
		}
		kinds[kind] = append(kinds[kind], i)
	}
	var groups []*group
	for kind, series := range kinds {
		if len(series) == 0 {
			continue
		}
		pieces := [][]int{series}
		if local && len(series) > 2*groupSize {
			var sample, rest []int
			every := len(series) / groupSize
			for k, i := range series {
				if k%every == 0 {
					sample = append(sample, i)
				} else {
					rest = append(rest, i)
				}
			}
			pieces = append([][]int{sample}, slices.Collect(slices.Chunk(rest, groupSize))...)
		}
		var teacher *group
		for _, piece := range pieces {
			g := &group{series: piece, panel: p.Select(piece), kind: len(series), counts: kind == 1, teacher: teacher,
				keep: a.Keep != nil && a.Keep.Wants(p.Len())}
			if teacher == nil {
				teacher = g
			}
			groups = append(groups, g)
		}
	}
	return groups
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
