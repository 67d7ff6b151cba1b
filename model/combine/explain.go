package combine

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Explain implements [fleet.Explainer]: the mean of the members' parts, and as another part by how much the median differs from their mean.
func (m Median) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	var accounts []*tidewatch.Account
	var forms []string
	var first error
	for _, x := range m.Members {
		a, err := fleet.Explain(x, s, steps, rng)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		accounts = append(accounts, a)
		forms = append(forms, a.Form)
	}
	if accounts == nil {
		return nil, first
	}
	n := len(s.Values) + steps
	weight := make([]float64, len(accounts))
	for i := range weight {
		weight[i] = 1 / float64(len(accounts))
	}
	out := tidewatch.Mix(accounts, weight)
	out.Form = strings.Join(forms, ", ")
	total := out.Total()
	other := out.Part(tidewatch.OtherPart, "", n)
	totals := make([][]float64, len(accounts))
	for i, a := range accounts {
		totals[i] = a.Total()
	}
	x := make([]float64, len(accounts))
	for t := range other {
		for i := range totals {
			x[i] = totals[i][t]
		}
		slices.Sort(x)
		other[t] = (x[(len(x)-1)/2]+x[len(x)/2])/2 - total[t]
	}
	return out, nil
}
