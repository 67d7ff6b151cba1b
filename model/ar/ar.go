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
// season. The regression is Bayesian, with a normal prior around a simple forecast, and its choices are weighed by their marginal likelihood
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
	var shortest int
	m.lags, shortest = lagsFor(seasons, len(x))
	for _, logs := range []bool{false, true} {
		if !logs || positive {
			m.parts = append(m.parts, regress(x, known, m.lags, shortest, logs)...)
		}
	}
	m.weigh()
	if len(m.parts) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "autoregression found no coefficients")
	}
	m.last = slices.Clone(x[len(x)-m.longest():])
	return m, nil
}

// lagsFor is the lags for n values, ascending, and the shortest season among them, 1 if there is none. They leave at least as many values to
// learn from as the longest lag takes away.
func lagsFor(seasons []int, n int) (lags []int, shortest int) {
	most := max(1, (n-fewest)/2)
	if len(seasons) == 0 || seasons[0]+1 > most {
		return []int{1, 2}[:min(2, most)], 1
	}
	lags = []int{1, 2, 3}
	for i, m := range seasons {
		lags = append(lags, m-1, m, m+1, m+2)
		if i == 1 {
			lags = append(lags, 2*seasons[0], 2*seasons[0]+1, m-seasons[0])
		}
	}
	lags = slices.DeleteFunc(lags, func(l int) bool { return l < 1 || l > most })
	slices.Sort(lags)
	return slices.Compact(lags), seasons[0]
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
