// Package ar is seasonal autoregression with Bayesian shrinkage.
package ar

import (
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/season"
)

// AR regresses each value on a few earlier ones: the last three, and for each season m those around one season ago (m-1, m, m+1 and
// m+2 periods), so that several seasons are no harder than one (hours of the day and of the week); the last two where there is no
// season. Series that are long for their only season (days over most of a year) get two further seasons and two slow means. The regression is Bayesian, with a normal prior around a simple forecast, and its choices are weighed by their marginal likelihood
// (Zellner 1971, An Introduction to Bayesian Inference in Econometrics, section 3.2; MacKay 1992, Bayesian interpolation):
//   - around which forecast: nothing (white noise), the last season, or the last season with three fifths of the last change of it;
//     without a season the last value, or with half of the last change;
//   - how tightly;
//   - of the values or, where all are above zero, of their logarithms.
//
// The forecast averages the choices by that weight. Steps ahead are iterated; their variance is that of the iterated errors.
// A mean farther outside the range of history than .7 standard deviations is held there, so that no root outside the unit circle explodes.
type AR struct{}

func (AR) String() string { return "ar" }

const fewest = 8 // known values needed

// Fit implements [fleet.Method]. It needs eight known values.
func (AR) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	seasons := season.WithWeek(s.Seasons, s.Grid.Freq)
	x, known, gap := filled(s.Values, seasons)
	count := 0
	positive := true
	for t, ok := range known {
		if ok {
			count++
			positive = positive && x[t] > 0
		}
	}
	if count < fewest {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "autoregression needs %d known values", fewest)
	}
	m := &model{gap: gap}
	terms, shortest := termsFor(seasons, len(x))
	m.lags = lagsOf(terms)
	for _, logs := range []bool{false, true} {
		if !logs || positive {
			m.parts = append(m.parts, regress(x, known, terms, m.lags, shortest, logs)...)
		}
	}
	m.weigh()
	if len(m.parts) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "autoregression found no coefficients")
	}
	m.last = slices.Clone(x[len(x)-m.longest():])
	return m, nil
}

// term is what a coefficient belongs to: the mean of the values from lag near to lag far; one value where they are the same.
type term struct{ near, far int }

// long is how many rounds of its only season a series has that gets more terms: two further seasons, and the means of one and of four, by which the
// level can move slowly (as in Corsi 2009, A simple approximate long-memory model of realized volatility).
const long = 40

// termsFor is the terms for n values, single lags first, ascending, and the shortest season among them, 1 if there is none. They leave at least
// as many values to learn from as the longest lag takes away.
func termsFor(seasons []int, n int) (terms []term, shortest int) {
	most := max(1, (n-fewest)/2)
	lags := []int{1, 2, 3}
	shortest = 1
	if len(seasons) == 0 || seasons[0]+1 > most {
		lags = []int{1, 2}[:min(2, most)]
		seasons = nil
	} else {
		shortest = seasons[0]
	}
	for i, m := range seasons {
		lags = append(lags, m-1, m, m+1, m+2)
		if i == 1 {
			lags = append(lags, 2*shortest, 2*shortest+1, m-shortest)
		}
	}
	slow := len(seasons) == 1 && n >= long*shortest
	if slow {
		lags = append(lags, 2*shortest, 3*shortest)
	}
	lags = slices.DeleteFunc(lags, func(l int) bool { return l < 1 || l > most })
	slices.Sort(lags)
	for _, l := range slices.Compact(lags) {
		terms = append(terms, term{l, l})
	}
	if slow {
		terms = append(terms, term{1, shortest}, term{1, 4 * shortest})
	}
	return terms, shortest
}

// lagsOf is every lag that a term has a part in, ascending.
func lagsOf(terms []term) []int {
	var lags []int
	for _, t := range terms {
		for l := t.near; l <= t.far; l++ {
			lags = append(lags, l)
		}
	}
	slices.Sort(lags)
	return slices.Compact(lags)
}

// filled is y from its first known value to its last, unknown values inside replaced by the last of the same phase of the shortest
// season, or the last of all; which values are known; and how many unknown ones follow.
func filled(y []float64, seasons []int) (x []float64, known []bool, gap int) {
	first := slices.IndexFunc(y, func(v float64) bool { return v == v })
	if first < 0 {
		return nil, nil, 0
	}
	end := len(y)
	for y[end-1] != y[end-1] {
		end--
	}
	x = slices.Clone(y[first:end])
	known = make([]bool, len(x))
	for t, v := range x {
		if known[t] = v == v; known[t] {
			continue
		}
		x[t] = x[t-1]
		if len(seasons) > 0 && t >= seasons[0] {
			x[t] = x[t-seasons[0]]
		}
	}
	return x, known, len(y) - end
}
