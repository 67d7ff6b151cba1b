package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/score"
)

// rowDamage is the damage that is done to rows, before they are values.
const rowDamage = "rows"

// damages are what is done to the known part of a series. What comes after, and the scale that errors are measured in, stay as they are.
var damages = map[string]func(y []float64, season int, rng *rand.Rand){
	"clean":   func([]float64, int, *rand.Rand) {},
	"spikes":  spikes,
	"gaps":    func(y []float64, _ int, rng *rand.Rand) { gaps(y, math.NaN(), rng) },
	"zeros":   func(y []float64, _ int, rng *rand.Rand) { gaps(y, 0, rng) },
	"shift":   shift,
	rowDamage: func([]float64, int, *rand.Rand) {}, // see resettled
}

// damaged is p after the named damage, the same for the same seed whatever else is done.
func damaged(p *tidewatch.Panel, name string, season int, seed uint64) (*tidewatch.Panel, error) {
	series := make([]tidewatch.Series, p.Len())
	for i := range series {
		s := p.Series(i)
		y := slices.Clone(s.Values)
		damages[name](y, season, fleet.Rand(seed, s.ID))
		series[i] = tidewatch.Series{ID: s.ID, Start: s.Start, Values: y, Unavailable: s.Unavailable}
	}
	return tidewatch.NewPanel(p.Grid(), p.Seasons(), series, p.RowCovariates()...)
}

// spikes moves one value in twenty, up or down, by 5 to 15 times the mean absolute change from season to season.
func spikes(y []float64, season int, rng *rand.Rand) {
	unit := score.MASEScale(y, season)
	if !(unit > 0) {
		return
	}
	counts := true
	for _, v := range y {
		counts = counts && (v != v || v == math.Trunc(v))
	}
	for range max(1, len(y)/20) {
		t := rng.IntN(len(y))
		v := unit * (5 + 10*rng.Float64())
		if rng.IntN(2) == 0 {
			v = -v
		}
		if y[t] = max(0, y[t]+v); counts {
			y[t] = math.Round(y[t])
		}
	}
}

// gaps replaces a tenth of the values, in runs of one to four; the first and the last stay.
func gaps(y []float64, by float64, rng *rand.Rand) {
	for left := len(y) / 10; left > 0; {
		n := min(left, 1+rng.IntN(4))
		if len(y) < n+3 {
			return
		}
		t := 1 + rng.IntN(len(y)-n-1)
		for u := t; u < t+n; u++ {
			y[u] = by
		}
		left -= n
	}
}

// shift multiplies, or divides, what lies before a point between two and four fifths of the series by 1.5 to 2.5.
func shift(y []float64, _ int, rng *rand.Rand) {
	f := 1.5 + rng.Float64()
	if rng.IntN(2) == 0 {
		f = 1 / f
	}
	counts := true
	for _, v := range y {
		counts = counts && (v != v || v == math.Trunc(v))
	}
	for t := range int(float64(len(y)) * (.4 + .4*rng.Float64())) {
		if y[t] *= f; counts {
			y[t] = math.Round(y[t])
		}
	}
}
