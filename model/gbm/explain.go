package gbm

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/tree"
)

// explained bounds the fitted values that are accounted for: Shapley values take longer than forecasts.
const explained = 60

// Explain implements [tidewatch.Explainer]: the Shapley values of the trees (package tree), summed by what features are made of. Where trees learn
// logarithms, the value is parted in proportion to its logarithm's parts by the logarithmic mean (Ang 2004, Decomposition analysis for policymaking in
// energy, Energy Policy 32), which leaves nothing over. Of the history, the last values are accounted for, each as seen one step before.
func (m *Model) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	s := m.panel.Series(i)
	a := &tidewatch.Account{ID: s.ID, Method: m.String(), Form: string(m.target), First: s.Start, Known: len(s.Values)}
	length := len(s.Values) + steps
	blank := a.Part(tidewatch.LevelPart, "", length)
	for t := range s.Values {
		blank[t] = math.NaN()
	}
	if m.abstains(s) != "" || steps < 1 {
		return a, nil
	}
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Levels: []float64{.5}, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	b, err := m.ahead(m.panel, tidewatch.Ask{}, steps)
	if err != nil {
		return nil, err
	}
	var rows []feature.Row
	from := max(s.Start+1, s.End()-explained)
	if m.Span > 0 {
		from = max(from, m.end-m.Span)
	}
	for t := from; t < s.End(); t++ {
		rows = append(rows, feature.Row{Time: int32(t), Step: 1})
	}
	for h := range steps {
		rows = append(rows, feature.Row{Time: int32(s.End() + h), Step: int32(h + 1)})
	}
	t := &table{series: []int{i}, rows: [][]feature.Row{rows}}
	if err := t.fill(ctx, b, 1); err != nil {
		return nil, err
	}
	if err := m.account(ctx, a, t, b.Features(), s, length); err != nil {
		return nil, err
	}
	// What was multiplied or held within bounds afterwards, and the days that are shut.
	other, total := a.Part(tidewatch.OtherPart, "", length), a.Total()
	for h, v := range f.Rows[0].Mean {
		other[len(s.Values)+h] += v - total[len(s.Values)+h]
	}
	a.Trim()
	return a, nil
}

// account adds the mean over the models of the parts of each row of t.
func (m *Model) account(ctx context.Context, a *tidewatch.Account, t *table, features []feature.Feature, s tidewatch.Series, length int) error {
	for _, row := range t.rows[0] {
		a.Parts[0].Values[int(row.Time)-s.Start] = 0
	}
	models := 0
	for _, part := range m.parts {
		models += len(part.models[part.of[t.series[0]]])
	}
	for _, part := range m.parts {
		for _, trees := range part.models[part.of[t.series[0]]] {
			shares, err := trees.Explain(ctx, tree.Columns[float32](t.columns), 1)
			if err != nil {
				return err
			}
			width := len(features) + 1
			for r, row := range t.rows[0] {
				x, at := shares[r*width:(r+1)*width], int(row.Time)-s.Start
				base, unit := m.unit(x, float64(t.levels[r]))
				a.Part(tidewatch.LevelPart, "", length)[at] += base / float64(models)
				for c, f := range features {
					kind, name := kindOf(f)
					a.Part(kind, name, length)[at] += x[c] * unit / float64(models)
				}
			}
		}
	}
	return nil
}

// unit is what a row's value would be by the mean score alone, and by how much a unit of a column's share moves it.
func (m *Model) unit(shares []float64, level float64) (base, unit float64) {
	last := len(shares) - 1
	sum := 0.0
	for _, v := range shares[:last] {
		sum += v
	}
	if m.target == Ratio {
		return shares[last] * level, level
	}
	if m.target == Count {
		level = 1
	}
	base = math.Exp(shares[last]) * level
	if math.Abs(sum) < 1e-9 {
		return base, base
	}
	return base, base * math.Expm1(sum) / sum
}

// kindOf is what a feature tells of: the first covariate it is made of, the season, or earlier values.
func kindOf(f feature.Feature) (tidewatch.PartKind, string) {
	for _, in := range f.Inputs {
		if in != "value" && in != "time" && in != "step" {
			if slices.Contains(f.Inputs, "value") {
				return tidewatch.PastPart, "" // of the series alike in it
			}
			return tidewatch.CovariatePart, in
		}
	}
	if slices.Contains(f.Inputs, "time") || f.Seasonal {
		return tidewatch.SeasonPart, ""
	}
	return tidewatch.PastPart, ""
}
