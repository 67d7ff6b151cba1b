package gbm

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/tree"
)

// Model is a fitted Method.
type Model struct {
	*fitter
	panel  *tidewatch.Panel
	parts  []partition
	anchor *anchor
	spread *spread
}

// batch is how many cells are forecast at a time: it bounds memory.
const batch = 400_000

// Forecast implements [tidewatch.Model].
func (m *Model) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	f := tidewatch.NewForecast(m.panel, a)
	if len(m.parts) > 0 {
		if f, err = m.forecast(ctx, a); err != nil {
			return nil, err
		}
	}
	m.finish(f, a)
	return f, nil
}

// forecast is the forecast before it is fitted to what values can be.
func (m *Model) forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	f := tidewatch.NewForecast(m.panel, a)
	for k := range f.Rows {
		f.Rows[k].Method = m.String()
	}
	p := m.panel
	for from := 0; from < a.Steps; from += m.Block {
		if from > 0 {
			longer, err := m.fedBack(p, f, a, from)
			if err != nil {
				return nil, err
			}
			p = longer
		}
		to := min(from+m.Block, a.Steps)
		if m.Block >= m.Horizon {
			to = a.Steps // direct: steps beyond the horizon are forecast like the last one
		}
		b, err := m.ahead(p, a, to-from)
		if err != nil {
			return nil, err
		}
		each := max(1, batch/(to-from))
		for lo := 0; lo < len(f.Rows); lo += each {
			if err := m.cells(ctx, b, p, a, f, lo, min(lo+each, len(f.Rows)), from, to); err != nil {
				return nil, err
			}
		}
		if to == a.Steps {
			break
		}
	}
	return f, nil
}

func (m *Model) ahead(p *tidewatch.Panel, a tidewatch.Ask, steps int) (*feature.Builder, error) {
	f := *m.fitter
	f.Horizon = max(f.Horizon, steps)
	return f.builder(p, a.Future)
}

// fedBack is the panel with the first steps forecast taken as known.
func (m *Model) fedBack(p *tidewatch.Panel, f *tidewatch.Forecast, a tidewatch.Ask, from int) (*tidewatch.Panel, error) {
	series := make([]tidewatch.Series, p.Len())
	row := make(map[int]int, len(f.Rows))
	for k := range f.Rows {
		row[a.Row(k)] = k
	}
	for i := range series {
		s := m.panel.Series(i)
		if k, ok := row[i]; ok {
			s.Values = append(append(make([]float64, 0, len(s.Values)+from), s.Demand()...), f.Rows[k].Mean[:from]...)
		} else {
			s.Values = s.Demand()
		}
		s.Unavailable = nil
		series[i] = s
	}
	return tidewatch.NewPanel(p.Grid(), p.Seasons(), series, covariatesOf(m.panel)...)
}

// cells forecasts steps [from, to) of rows [lo, hi) of f.
func (m *Model) cells(ctx context.Context, b *feature.Builder, p *tidewatch.Panel, a tidewatch.Ask, f *tidewatch.Forecast, lo, hi, from, to int) error {
	t := &table{series: make([]int, hi-lo), rows: make([][]feature.Row, hi-lo)}
	for k := range t.series {
		t.series[k] = a.Row(lo + k)
		end := p.Series(t.series[k]).End()
		for h := range to - from {
			t.rows[k] = append(t.rows[k], feature.Row{Time: int32(end + h), Step: int32(h + 1)})
		}
	}
	if err := t.fill(ctx, b, m.Workers); err != nil {
		return err
	}
	mean := make([]float64, len(t.levels))
	for _, part := range m.parts {
		rows := make([][]int, len(part.models))
		for k, i := range t.series {
			for h := range to - from {
				rows[part.of[i]] = append(rows[part.of[i]], t.first[k]+h)
			}
		}
		for n, at := range rows {
			if len(at) == 0 {
				continue
			}
			share := 1 / float64(len(part.models[n])*len(m.parts))
			for _, trees := range part.models[n] {
				v, err := trees.Predict(ctx, picked{t.columns, at}, m.Workers)
				if err != nil {
					return err
				}
				for j, r := range at {
					mean[r] += share * m.target.invert(v[j], float64(t.levels[r]))
				}
			}
		}
	}
	for k, i := range t.series {
		for h := range to - from {
			mean[t.first[k]+h] *= m.anchor.at(i, from+h)
		}
		copy(f.Rows[lo+k].Mean[from:to], mean[t.first[k]:])
	}
	return m.around(ctx, t, mean, f, lo, from)
}

// around sets the quantiles of the cells of the table.
func (m *Model) around(ctx context.Context, t *table, mean []float64, f *tidewatch.Forecast, lo, from int) error {
	s := m.spread
	if s == nil { // only means are wanted
		return nil
	}
	if len(s.widths) == 0 {
		return nil // finish says so
	}
	t.columns = append(t.columns, make([]float32, len(mean)))
	for r, v := range mean {
		t.columns[len(t.columns)-1][r] = float32(v / float64(t.levels[r]))
	}
	width := make([]float64, len(mean))
	for _, trees := range s.widths {
		v, err := trees.Scores(ctx, tree.Columns[float32](t.columns), m.Workers)
		if err != nil {
			return err
		}
		for r := range v {
			width[r] += v[r] / float64(len(s.widths))
		}
	}
	for k := range t.series {
		for h := range t.rows[k] {
			r := t.first[k] + h
			level := float64(t.levels[r])
			s.quantiles(m.target, mean[r], level, m.place(mean[r], level), width[r], f.Levels, f.At(lo+k, from+h))
			if m.target == Log && !m.Percent {
				f.Rows[lo+k].Mean[from+h] *= s.bias
			}
		}
	}
	return nil
}

// finish shuts what is shut and keeps forecasts where values can be.
func (m *Model) finish(f *tidewatch.Forecast, a tidewatch.Ask) {
	for k := range f.Rows {
		row := &f.Rows[k]
		s := m.panel.Series(a.Row(k))
		if why := m.abstains(s); why != "" {
			row.Mean, row.Quantiles = nil, nil
			f.Problems = append(f.Problems, tidewatch.Problem{ID: row.ID, Code: tidewatch.CodeTooShort, Reason: why})
			continue
		}
		positive, whole := true, true
		for _, v := range s.Values {
			positive = positive && !(v < 0)
			whole = whole && (v != v || v == math.Trunc(v))
		}
		for h := range f.Steps {
			q := f.At(k, h)
			shut := m.gate >= 0 && s.Covariate(m.gate, s.End()+h) == 0
			if shut {
				row.Mean[h] = 0
			}
			for l := range q {
				switch {
				case shut:
					q[l] = 0
				case positive && q[l] < 0:
					q[l] = 0
				case whole:
					q[l] = math.Round(q[l])
				}
			}
			if positive {
				row.Mean[h] = max(row.Mean[h], 0)
			}
		}
	}
}

// abstains says why s has no forecast; "" if it has one.
func (m *Model) abstains(s tidewatch.Series) string {
	switch {
	case len(m.parts) == 0:
		return "no series of the panel has a past to learn from"
	case len(m.spread.widths) == 0:
		return "the panel is too short to learn from its last periods how far forecasts are off"
	case m.described && m.target == Count:
		return "" // what it is tells something even of a new item
	}
	for _, v := range s.Demand() {
		if v == v {
			return ""
		}
	}
	return "none of its values is known"
}
