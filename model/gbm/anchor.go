package gbm

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
)

// anchor holds the forecasts of sparse series to a forecast of their groups' totals, which a model of the totals knows better: days that
// move all series at once are few, however many series there are.
type anchor struct {
	of     []int32     // [series] its group
	factor [][]float64 // [group][step]
}

const (
	anchorSeries = 20 // a group has on average, or its total tells nothing
	leastFactor  = .5
	mostFactor   = 2
	regressed    = .65 // weight of the regression beside the trees
)

// at is what series i at step h (from 0) is multiplied by.
func (a *anchor) at(i, h int) float64 {
	if a == nil {
		return 1
	}
	f := a.factor[a.of[i]]
	return f[min(h, len(f)-1)]
}

// anchored learns the totals of the groups that the builder's finest crossing of attributes makes, forecasts them by trees and by regression on
// the calendar, and compares. The trees learn logarithms: the regression's variance makes means of what they forecast.
func (m *Model) anchored(ctx context.Context, b *feature.Builder) (*anchor, error) {
	of := b.Crossing()
	if m.target != Count || m.Anchor < 0 || of == nil {
		return nil, nil
	}
	groups := int(slices.Max(of)) + 1
	if groups < 2 || m.panel.Len() < groups*anchorSeries || m.panel.End()-first(m.panel) < 4*m.Horizon {
		return nil, nil
	}
	p, err := totals(m.panel, of, groups)
	if err != nil {
		return nil, err
	}
	method := Method{Horizon: m.Horizon, Span: everything, Draws: 3, Rounds: 200, Leaves: 31, MinRows: 30, Anchor: -1, Omit: m.Omit, Seed: m.Seed, Workers: m.Workers}
	top, err := method.fit(ctx, p)
	if err != nil || len(top.parts) == 0 {
		return nil, err
	}
	a := tidewatch.Ask{Steps: m.Horizon, Levels: []float64{.5}}
	above, err := top.means(ctx, a)
	if err != nil {
		return nil, err
	}
	calendar, variance, err := newRegression(p, m.Horizon).forecast(ctx, m.Workers)
	if err != nil {
		return nil, err
	}
	for g, v := range calendar {
		for h := range v {
			above[g][h] = (1-regressed)*math.Exp(variance[g]/2)*above[g][h] + regressed*v[h]
		}
	}
	below, err := m.means(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &anchor{of: of, factor: make([][]float64, groups)}
	for g := range out.factor {
		out.factor[g] = make([]float64, m.Horizon)
	}
	for i, g := range of {
		for h, v := range below[i] {
			out.factor[g][h] += v
		}
	}
	for g, f := range out.factor {
		for h, sum := range f {
			f[h] = 1
			if r := above[g][h] / sum; r > 0 && !math.IsInf(r, 0) {
				f[h] = min(max(math.Pow(r, m.Anchor), leastFactor), mostFactor)
			}
		}
	}
	return out, nil
}

// means is the mean forecast of every series.
func (m *Model) means(ctx context.Context, a tidewatch.Ask) ([][]float64, error) {
	bare := *m
	bare.anchor, bare.spread = nil, nil
	f, err := bare.forecast(ctx, a)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(f.Rows))
	for k := range out {
		out[k] = f.Rows[k].Mean
	}
	return out, nil
}

func first(p *tidewatch.Panel) int {
	at := p.End()
	for i := range p.Len() {
		at = min(at, p.Series(i).Start)
	}
	return at
}

// totals is the panel of the groups' sums. A total of nothing is unknown: what stops all of a group at once is not its demand. Of the
// covariates, it has those that are the same in the whole of each group.
func totals(p *tidewatch.Panel, of []int32, groups int) (*tidewatch.Panel, error) {
	from := first(p)
	series, head := make([]tidewatch.Series, groups), make([]int, groups)
	for g := range series {
		series[g] = tidewatch.Series{Start: from, Values: make([]float64, p.End()-from)}
		head[g] = -1
	}
	for i, g := range of {
		s := p.Series(i)
		if head[g] < 0 {
			head[g], series[g].ID = i, s.ID
		}
		for t, v := range s.Demand() {
			if v == v {
				series[g].Values[s.Start+t-from] += v
			}
		}
	}
	for _, s := range series {
		for t, v := range s.Values {
			if v == 0 {
				s.Values[t] = math.NaN()
			}
		}
	}
	var covariates []tidewatch.Covariate
	for c, cov := range covariatesOf(p) {
		if cov.Scope != tidewatch.ByTime && !alike(p, c, of, head) {
			continue
		}
		switch cov.Scope {
		case tidewatch.BySeries:
			cov.Values = pick(cov.Values, head)
		case tidewatch.ByCell:
			cov.Cells = pick(cov.Cells, head)
		}
		covariates = append(covariates, cov)
	}
	return tidewatch.NewPanel(p.Grid(), p.Seasons(), series, covariates...)
}

func pick[T any](x []T, at []int) []T {
	out := make([]T, len(at))
	for k, i := range at {
		out[k] = x[i]
	}
	return out
}

// alike reports whether the series of each group have the same values of covariate c, over the last periods and the next.
func alike(p *tidewatch.Panel, c int, of []int32, head []int) bool {
	end := p.End() // asking for it goes through all series
	for i, g := range of {
		s, t := p.Series(i), p.Series(head[g])
		for at := max(s.Start, end-60); at < end+14; at++ {
			if x, y := s.Covariate(c, at), t.Covariate(c, at); x != y && (x == x || y == y) {
				return false
			}
		}
	}
	return true
}
