// Package structural is the basic structural model: a series as level, trend, seasons, known influences and noise, each moving by a random
// walk of its own (Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, chapter 2).
package structural

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/regressor"
	"github.com/tidewatch/tidewatch/num/quasinewton"
)

// Structural is the model
//
//	y_t = μ_t + Σ γ_t + x_t'β + ε_t,   μ_{t+1} = μ_t + ν_t + η_t,   ν_{t+1} = ν_t + ζ_t
//
// with normal ε, η and ζ. A season of up to 13 periods is a dummy season, whose effects sum to a normal error over a round (Harvey
// 1989, equation 2.3.39); a longer one is trigonometric with up to [harmonics] pairs (2.3.47). The coefficients β do not move. States
// without a distribution to begin with are diffuse: variance 10⁶ times that of the series, and the first values, one for each, are left
// out of the likelihood. Variances maximise it; with the zero value, whether the level has a slope, and whether there are seasons, is chosen by AICc.
type Structural struct {
	Form Form // "" = choose
}

// Form is a choice of what the model has.
type Form string

// The forms.
const (
	Level       Form = "level"        // a random walk plus noise
	Trend       Form = "trend"        // with a slope that moves
	LevelSeason Form = "level,season" // with the series' seasons
	TrendSeason Form = "trend,season" // the basic structural model
)

// Forms are all of them.
var Forms = []Form{Level, Trend, LevelSeason, TrendSeason}

func (m Structural) String() string {
	if m.Form == "" {
		return "structural"
	}
	return "structural(" + string(m.Form) + ")"
}

const (
	longestDummy = 13
	harmonics    = 4
	fewest       = 5 // known values needed
	kappa        = 1e6
)

// Fit implements [fleet.Method]. It needs five known values; a form with a season two full ones.
func (m Structural) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	first := slices.IndexFunc(s.Values, func(v float64) bool { return v == v })
	known, centre := 0, 0.0
	for _, v := range s.Values {
		if v == v {
			known++
			centre += v
		}
	}
	if known < fewest {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "a structural model needs %d known values, not %d", fewest, known)
	}
	y := slices.Clone(s.Values[first:])
	centre /= float64(known)
	unit := 0.0
	for _, v := range y {
		if v == v {
			unit += (v - centre) * (v - centre)
		}
	}
	if unit = math.Sqrt(unit / float64(known)); unit == 0 {
		unit = max(math.Abs(centre), 1)
	}
	for t := range y {
		y[t] = (y[t] - centre) / unit
	}
	terms, x := regressor.Of(s, s.Start+first, len(y))
	terms, x = regressor.Relevant(y, terms, x, known/10)
	forms := []Form{m.Form}
	seasons := seasonsOf(s.Seasons, len(y))
	if m.Form == "" {
		forms = []Form{Level, Trend}
		if len(seasons) > 0 {
			forms = Forms
		}
	} else if strings.HasSuffix(string(m.Form), "season") && len(seasons) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%s needs a season and two full ones of values", m)
	}
	var best *model
	least := math.Inf(1)
	for _, form := range forms {
		f := newModel(form, seasons, terms, x)
		if f.size() >= known {
			continue
		}
		if c := f.estimate(y, known, starts[0]); best == nil || c < least {
			best, least = f, c
		}
	}
	if best != nil { // the likelihood can have several peaks
		at := best.logs()
		if c := best.estimate(y, known, starts[1]); c < least {
			least = c
		} else {
			best.set(at)
		}
	}
	if best == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%s has as many states as there are known values", m)
	}
	if math.IsInf(least, 1) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "%s found no variances", m)
	}
	best.centre, best.unit = centre, unit
	best.filter(y, nil)
	best.x, best.seen = nil, len(y)
	for _, t := range best.terms {
		best.ahead = append(best.ahead, t.Ahead(s))
	}
	return best, nil
}

// seasonsOf is the seasons that n values show two rounds of.
func seasonsOf(seasons []int, n int) []int {
	return slices.DeleteFunc(slices.Clone(seasons), func(m int) bool { return m < 2 || n < 2*m })
}

// starts are logarithms of variances to search from: of the noise, the level, the slope and the seasons.
var starts = [2][4]float64{{-1, -2, -7, -5}, {-3, -.5, -4, -3}}

// estimate finds the variances that maximise the likelihood, and returns AICc.
func (f *model) estimate(y []float64, known int, start [4]float64) float64 {
	n := f.variances()
	scale, at := make([]float64, n), make([]float64, n)
	for i := range scale {
		scale[i] = 1
	}
	copy(at, start[:])
	if f.slope < 0 && n > 2 { // no variance of the slope: the seasons' takes its place
		at[2] = start[3]
	}
	value := func(x, grad []float64) float64 {
		v := f.deviance(y, x)
		const step = 1e-5
		for i := range x {
			was := x[i]
			x[i] = was + step
			grad[i] = (f.deviance(y, x) - v) / step
			x[i] = was
		}
		return v
	}
	least := quasinewton.New(n).Minimize(value, at, quasinewton.Settings{Scale: scale, Iterations: 40, Tolerance: 1e-3})
	if math.IsInf(least, 1) {
		return least
	}
	f.set(at)
	k := float64(n + f.size())
	left := float64(known) - k - 1
	if left <= 0 {
		return math.MaxFloat64
	}
	return least + 2*k + 2*k*(k+1)/left
}

// bounds of the logarithms of variances, relative to that of the series.
const lowest, highest = -20, 5

// deviance is -2 log L at the logarithms x of the variances.
func (f *model) deviance(y, x []float64) float64 {
	for _, v := range x {
		if !(v >= 3*lowest && v <= 3*highest) {
			return math.Inf(1)
		}
	}
	f.set(x)
	penalty := 0.0 // what is beyond the bounds is worth nothing more, and a little less, so that the search comes back
	for _, v := range x {
		if d := max(lowest-v, v-highest); d > 0 {
			penalty += 1e-3 * d * d
		}
	}
	return f.filter(y, nil) + penalty
}
