package arima

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet/regressor"
)

// term is a regressor: the constant, or a known covariate.
type term struct {
	regressor.Term      // Covariate -1 = the constant
	line           bool // the constant is a drift
}

func (t term) String() string { return t.Name }

func constant(o Order) term {
	if o.D+o.SD > 0 {
		return term{regressor.Term{Covariate: -1, Label: -1, Name: "drift"}, true}
	}
	return term{regressor.Term{Covariate: -1, Label: -1, Name: "mean"}, false}
}

// values are the term's at n periods from grid index first on; seen is the number of periods before them since the fit began.
func (t term) values(s tidewatch.Series, first, n, seen int) []float64 {
	if t.Covariate >= 0 {
		return t.Values(s, first, n)
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
		if t.line {
			x[i] = float64(seen + i + 1)
		}
	}
	return x
}

// trend is the regressor of an order's constant.
func trend(n int, o Order) []float64 { return constant(o).values(tidewatch.Series{}, 0, n, 0) }

// covariates are the terms a series could be explained by, at most so many, over n periods from grid index first on, y being its values there.
func covariates(s tidewatch.Series, y []float64, first, most int) (terms []term, x [][]float64) {
	known, x := regressor.Of(s, first, len(y))
	known, x = regressor.Relevant(y, known, x, most)
	for _, t := range known {
		terms = append(terms, term{Term: t})
	}
	return terms, x
}

// plan is the future of each covariate among the terms, as far as it is known; nil for the constant.
func plan(terms []term, s tidewatch.Series) [][]float64 {
	ahead := make([][]float64, len(terms))
	for i, t := range terms {
		if t.Covariate >= 0 {
			ahead[i] = t.Ahead(s)
		}
	}
	return ahead
}
