package conform

import (
	"math"
	"slices"
)

// Adaptive keeps intervals about point forecasts honest while data drift, one value after another: after a miss intervals are made for fewer
// misses, and after none for more, so that over time they miss as often as they should whatever the data do (adaptive conformal inference:
// Gibbs & Candès 2021). It is not safe for concurrent use. Make one with [NewAdaptive].
type Adaptive struct {
	target, rate, alpha float64
	errors              []float64 // the last ones, oldest first
	window              int
}

// NewAdaptive makes intervals that miss with probability target, from the sizes of the last window errors. rate is how fast they react: .01
// to .05 for data that change slowly or at once.
func NewAdaptive(target, rate float64, window int) *Adaptive {
	return &Adaptive{target: target, rate: rate, alpha: target, window: max(window, 1)}
}

// Reach is how far the interval about the next forecast reaches on both sides: 0 where no misses are too many, and infinite where no error
// yet seen is far enough.
func (a *Adaptive) Reach() float64 {
	n := len(a.errors)
	switch {
	case a.alpha >= 1:
		return 0
	case a.alpha <= 0 || n == 0:
		return math.Inf(1)
	}
	sorted := slices.Sorted(slices.Values(a.errors))
	k := int(math.Ceil((1-a.alpha)*float64(n+1))) - 1
	if k >= n {
		return math.Inf(1)
	}
	return sorted[max(k, 0)]
}

// Observe takes the value that came with its forecast, and says whether it lay outside. An unknown value teaches nothing.
func (a *Adaptive) Observe(y, forecast float64) (missed bool) {
	e := math.Abs(y - forecast)
	if math.IsNaN(e) {
		return false
	}
	missed = e > a.Reach()
	if missed {
		a.alpha += a.rate * (a.target - 1)
	} else {
		a.alpha += a.rate * a.target
	}
	if len(a.errors) == a.window {
		a.errors = a.errors[1:]
	}
	a.errors = append(a.errors, e)
	return missed
}
