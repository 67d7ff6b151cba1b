package selection

import (
	"context"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Weighted is a method with its weight.
type Weighted struct {
	Method tidewatch.Method
	Weight float64 // above 0; the weights of a mixture need not sum to 1
}

// Mixture forecasts by several methods, whose distributions it mixes with fixed weights (the linear opinion pool, Stone 1961, The opinion pool, Annals of
// Mathematical Statistics 32): of its sample paths each method has a share, and its mean is the mean of theirs. It is for panels of so many series
// that methods cannot be tried at past origins. Of a series that one method abstains from, the others' forecast is taken.
type Mixture struct {
	Name    string
	Members []Weighted
}

// String implements [tidewatch.Method].
func (m Mixture) String() string { return m.Name }

type mixtureModel struct {
	Mixture
	panel   *tidewatch.Panel
	models  []tidewatch.Model
	weights []float64
}

// Fit fits every member.
func (m Mixture) Fit(ctx context.Context, p *tidewatch.Panel) (tidewatch.Model, error) {
	out := &mixtureModel{Mixture: m, panel: p}
	sum := 0.0
	for _, x := range m.Members {
		sum += x.Weight
	}
	for _, x := range m.Members {
		if !(x.Weight > 0) || math.IsInf(sum, 0) {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: the weight of %s is %g: it must be above 0", m, x.Method, x.Weight)
		}
		model, err := x.Method.Fit(ctx, p)
		if err != nil {
			return nil, err
		}
		out.models, out.weights = append(out.models, model), append(out.weights, x.Weight/sum)
	}
	return out, nil
}

// Forecast implements [tidewatch.Model].
func (m *mixtureModel) Forecast(ctx context.Context, a tidewatch.Ask) (*tidewatch.Forecast, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	fine := a
	fine.Levels = conform.Grid()
	answers := make([]answer, len(m.models))
	for k, model := range m.models {
		f, err := model.Forecast(ctx, fine)
		if err != nil {
			return nil, err
		}
		if answers[k], err = newAnswer(ctx, f, nil); err != nil {
			return nil, err
		}
	}
	out := tidewatch.NewForecast(m.panel, a)
	problem := map[string]tidewatch.Problem{} // of the first member: what a series lacks is told once
	for _, p := range answers[0].forecast.Problems {
		problem[p.ID] = p
	}
	cells := make([]float64, a.Steps*len(fine.Levels))
	for k := range out.Rows {
		row := &out.Rows[k]
		weight := able(m.weights, answers, k, 0)
		if weight == nil {
			row.Mean, row.Quantiles = nil, nil
			if p, ok := problem[row.ID]; ok {
				out.Problems = append(out.Problems, p)
			}
			continue
		}
		row.Method = m.label(answers, weight, k)
		blend(answers, k, weight, true, a.Steps, row.Mean, cells)
		support := conform.SupportOf(m.panel.Series(a.Row(k)).Demand())
		for h := range a.Steps {
			q := out.At(k, h)
			for l, level := range a.Levels {
				q[l] = tidewatch.Interpolate(fine.Levels, cells[h*len(fine.Levels):(h+1)*len(fine.Levels)], level)
			}
			support.Fit(&row.Mean[h], q)
		}
	}
	return out, nil
}

// label names what a row is made of: "gbm+auto(count)".
func (m *mixtureModel) label(answers []answer, weight []float64, k int) string {
	var in []string
	for n, w := range weight {
		if w > 0 {
			in = append(in, answers[n].forecast.Rows[k].Method)
		}
	}
	return strings.Join(in, "+")
}

// Sample implements [tidewatch.Sampler]: of n paths every member draws its share, as whole numbers allow.
func (m *mixtureModel) Sample(ctx context.Context, a tidewatch.Ask, n int) (*tidewatch.Paths, error) {
	a, err := a.Check(m.panel.Len())
	if err != nil {
		return nil, err
	}
	var out *tidewatch.Paths
	from, upTo := 0, 0.0
	have := make([]bool, a.Rows(m.panel.Len())) // rows that have paths
	for k, model := range m.models {
		upTo += m.weights[k]
		to := int(math.Round(upTo * float64(n)))
		own, err := conform.Sample(ctx, model, m.panel, a, n) // what a model makes for all n it has made already for its forecast
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = &tidewatch.Paths{Grid: own.Grid, IDs: own.IDs, First: own.First, Steps: own.Steps, Samples: n, Values: make([]float64, len(own.Values))}
		}
		for r := range have {
			first := own.Path(r, 0)
			switch {
			case len(first) > 0 && first[0] != first[0]: // it abstains
				if !have[r] { // and so did those before
					fill(out, r, 0, to, math.NaN())
				} else {
					again(out, r, from, to)
				}
			case !have[r]: // it has the shares of those before too
				take(out, own, r, 0, to)
				have[r] = true
			default:
				take(out, own, r, from, to)
			}
		}
		from = to
	}
	return out, nil
}

// take takes paths from to to of a row of another's, spread evenly over all of them.
func take(out, own *tidewatch.Paths, row, from, to int) {
	for s := from; s < to; s++ {
		copy(out.Path(row, s), own.Path(row, (s-from)*own.Samples/(to-from)))
	}
}

// again fills paths from to to of a row with those before them.
func again(out *tidewatch.Paths, row, from, to int) {
	for s := from; s < to && from > 0; s++ {
		copy(out.Path(row, s), out.Path(row, (s-from)%from))
	}
}

func fill(out *tidewatch.Paths, row, from, to int, v float64) {
	for s := from; s < to; s++ {
		path := out.Path(row, s)
		for h := range path {
			path[h] = v
		}
	}
}

// Explain implements [tidewatch.Explainer]: the weighted parts of the members.
func (m *mixtureModel) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	f, err := m.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	if f.Rows[0].Abstains() {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has no forecast", p.ID(i))
	}
	var accounts []*tidewatch.Account
	var weight []float64
	var forms []string
	sum := 0.0
	for k, model := range m.models {
		a, err := conform.Account(ctx, model, p, i, steps)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || len(a.Parts) == 0 { // it abstains
			continue
		}
		accounts, weight = append(accounts, a), append(weight, m.weights[k])
		sum += m.weights[k]
		if a.Form != "" {
			forms = append(forms, a.Form)
		}
	}
	for k := range weight {
		weight[k] /= sum
	}
	out := tidewatch.Mix(accounts, weight)
	s := p.Series(i)
	out.ID, out.Form, out.First, out.Known = s.ID, strings.Join(forms, ", "), s.Start, len(s.Values)
	conform.Settle(out, f)
	return out, nil
}
