package effect

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Explain implements [tidewatch.Explainer]: the parts of the inner model, of a series without the effects, and what each effect adds. Effects
// multiply: what all of them add in a period is shared in proportion to their logarithms, by the logarithmic mean (Ang 2004, Decomposition
// analysis for policymaking in energy, Energy Policy 32), which leaves nothing over.
func (f *Model) Explain(ctx context.Context, p *tidewatch.Panel, i, steps int) (*tidewatch.Account, error) {
	a, err := conform.Account(ctx, f.inner, f.left, i, steps)
	if err != nil {
		return nil, err
	}
	out, err := f.Forecast(ctx, tidewatch.Ask{Steps: steps, Series: []int{i}})
	if err != nil {
		return nil, err
	}
	if row := f.rows[i]; row.b != nil {
		f.add(a, row, i)
	}
	conform.Settle(a, out)
	return a, nil
}

// add adds to a what the effects of series i add to its total.
func (f *Model) add(a *tidewatch.Account, row row, i int) {
	total := a.Total()
	values := tidewatch.Ask{}.Covariates(f.panel, i)
	eta := make([]float64, len(f.terms))
	for at, v := range total {
		if v == 0 || math.IsNaN(v) {
			continue
		}
		sum, shut := 0.0, -1
		for j, t := range f.terms {
			x := t.x(values(t.covariate, a.First+at), row.mean[j])
			eta[j] = x * row.b[j]
			sum += eta[j]
			if x != 0 && row.closed[j] {
				shut = j
			}
		}
		switch {
		case shut >= 0: // nothing is sold then
			a.Part(tidewatch.CovariatePart, f.terms[shut].name, len(total))[at] -= v
		case sum == 0:
		default:
			unit := v * math.Expm1(min(max(sum, -2*maxEffect), 2*maxEffect)) / sum
			for j, e := range eta {
				if e != 0 {
					a.Part(tidewatch.CovariatePart, f.terms[j].name, len(total))[at] += e * unit
				}
			}
		}
	}
}
