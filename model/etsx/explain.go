package etsx

import (
	"context"
	"math"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Explain implements [tidewatch.Explainer]: the level, and what the season, the day of the month and each known influence add to it. They
// multiply: what all of them add is shared in proportion to their logarithms (Ang 2004, Decomposition analysis for policymaking in energy, Energy Policy 32).
func (m *Model) Explain(ctx context.Context, _ *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	s, r := m.panel.Series(i), m.rows[i]
	if r == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has no forecast: %s", s.ID, m.why[i])
	}
	n := len(s.Values)
	a := &tidewatch.Account{ID: s.ID, Method: Method{}.String(), Form: "ETSX(M,N,M)", First: s.Start, Known: n}
	alpha := 0.0
	for c, w := range r.level.weight {
		alpha += w * alphas[c/len(shares)]
	}
	a.Parameters = []tidewatch.Parameter{{Name: "alpha", Value: alpha}}
	level := a.Part(tidewatch.LevelPart, "", n+steps)
	one := make([]float64, 1)
	for t := range n {
		level[t] = math.NaN()
		if t > 0 && r.level.smooth[0][t-1] == r.level.smooth[0][t-1] {
			r.level.into(t, one)
			level[t] = one[0]
		}
	}
	copy(level[n:], r.level.forecast(n, steps))
	for t := range n + steps {
		if level[t] != level[t] {
			continue
		}
		r.share(a, level[t], t, r.design.at(s.Start+t, s.Covariate))
	}
	a.Trim()
	return a, ctx.Err()
}

// share adds to the parts of a what the regressors of period t add to its level.
func (r *row) share(a *tidewatch.Account, level float64, t int, cells []cell) {
	length := len(a.Parts[0].Values)
	if r.design.dead[t%r.design.slots] {
		a.Part(tidewatch.SeasonPart, strconv.Itoa(r.design.slots), length)[t] -= level * (1 - r.ratio)
		return
	}
	for _, c := range cells {
		if r.closed[c.column] {
			a.Part(tidewatch.CovariatePart, r.name(c.column), length)[t] -= level * (1 - r.ratio)
			return
		}
	}
	sum := r.design.dot(cells, r.b)
	if sum == 0 {
		return
	}
	unit := level * math.Expm1(sum) / sum
	for _, c := range cells {
		kind := tidewatch.CovariatePart
		if c.column < r.design.slots {
			kind = tidewatch.SeasonPart
		}
		a.Part(kind, r.name(c.column), length)[t] += unit * c.x * r.b[c.column]
	}
}

// name is what a column stands for; the days around an event go by its name.
func (r *row) name(column int) string {
	d := r.design
	k := column - (len(d.sd) - len(d.terms))
	switch {
	case column < d.slots:
		return strconv.Itoa(d.slots)
	case k < 0:
		return "day of the month"
	}
	cov := d.s.Covariates()[d.terms[k].covariate]
	if d.terms[k].label >= 0 {
		return cov.Name + "=" + cov.Labels[d.terms[k].label]
	}
	return cov.Name
}
