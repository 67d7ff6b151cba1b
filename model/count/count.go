// Package count forecasts small whole numbers, such as the daily sales of one item in one shop, with distributions on the non-negative
// integers.
package count

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Mixture is an equal mixture of two kinds of distributions at several speeds of forgetting: the exponentially weighted empirical
// distribution of the past values, and the negative binomial distribution with their exponentially weighted mean and variance. The
// speeds are weighed by how well each value was foreseen one step ahead (Bayesian model averaging, Raftery, Madigan & Hoeting 1997, with
// a tempered likelihood, Grünwald 2012). Where there is a short season, the mean is multiplied by the share of its phase, and values of
// the same phase weigh more in the empirical part. A series that is not of small whole numbers gets the empirical part alone.
//
// Steps ahead differ in phase only: what is unsure is the count, not the level.
type Mixture struct{}

func (Mixture) String() string { return "count" }

var halfLives = [...]float64{4, 8, 16, 32, 64, 128}

const (
	memory         = 400  // values looked back at: enough for the longest half-life
	longest        = 24   // season that shapes the counts; longer ones are left to other methods
	phaseHalf      = 180  // half-life of the shares of the phases
	phasePrior     = 4    // values of no season that a phase's share is shrunk by
	samePhase      = 3    // how much more a value of the same phase weighs
	greatest       = 2000 // small whole numbers are at most this, and at most greatestMean on average
	greatestMean   = 200
	evidence       = 40   // values' worth of likelihood that is believed
	leastRatio     = 1.02 // of variance to mean of the negative binomial
	priorValues    = .5   // values' worth of the overall mean that a weighted mean begins with
	varianceHalf   = 28   // least half-life of the variance, which takes more values to know
	leastMean      = 1e-3
	leastVarRatio  = 1.05 // of variance to mean in the likelihood
	leastKnown     = 3
	negligibleHalf = .01 // weight of a half-life that is dropped
)

// Fit implements [fleet.Method]. It needs three known values.
func (Mixture) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	return newModel(slices.Clone(s.Values[max(0, len(s.Values)-memory):]), s.Season())
}

func newModel(y []float64, season int) (*model, error) {
	m := &model{y: y, season: season}
	if n := m.fit(); n < leastKnown {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "%d known values in the last %d: it takes %d", n, memory, leastKnown)
	}
	return m, nil
}

// model is the distribution of each phase, and the values it comes from.
type model struct {
	y      []float64 // the last values, at most memory
	season int       // of the series

	next  int         // phase of the next value
	value []float64   // ascending
	mean  []float64   // [phase]
	cdf   [][]float64 // [phase][value] P(Y <= value)
}

// Forecast implements [fleet.Model].
func (m *model) Forecast(levels, mean, q []float64) {
	for h := range mean {
		p := (m.next + h) % len(m.mean)
		mean[h] = m.mean[p]
		for l, level := range levels {
			k, _ := slices.BinarySearch(m.cdf[p], level-1e-12)
			q[h*len(levels)+l] = m.value[min(k, len(m.value)-1)]
		}
	}
}

// Update implements [fleet.Updater]: the distributions are made anew from the last values.
func (m *model) Update(s tidewatch.Series, from int) {
	y := append(m.y, s.Values[from:]...)
	before := *m
	m.y = slices.Clone(y[max(0, len(y)-memory):])
	if m.fit() < leastKnown { // long unknown: what was last known stays, further on
		m.value, m.mean, m.cdf = before.value, before.mean, before.cdf
		m.next = (before.next + len(s.Values) - from) % len(before.mean)
	}
}

// Save implements [fleet.Saver].
func (m *model) Save(w *fleet.Writer) {
	w.Int(m.season)
	w.Floats(m.y)
}

// Load implements [fleet.Loader].
func (Mixture) Load(r *fleet.Reader) (fleet.Model, error) {
	season, y := r.Count(1, math.MaxInt32), r.Floats()
	for _, v := range y {
		if math.IsInf(v, 0) {
			r.Fail("the model file is damaged: a value is %g", v)
		}
	}
	if len(y) > memory {
		r.Fail("the model file is damaged: %d values, not %d at most", len(y), memory)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	m, err := newModel(y, season)
	if err != nil {
		r.Fail("the model file is damaged: %v", err)
		return nil, r.Err()
	}
	return m, nil
}
