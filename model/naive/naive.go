// Package naive holds the benchmarks every other method must beat: the last value, the last season, the drift and the mean
// (Hyndman & Athanasopoulos 2021, Forecasting: Principles and Practice, 3rd edition, sections 5.2 and 5.5).
package naive

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Naive repeats the last known value: a random walk. The variance of step h is h times the mean squared change from one period to the
// next; a gap of k unknown periods counts as k steps. With one known value nothing is known of changes, and the
// standard deviation is taken to be the size of the value itself.
type Naive struct{}

func (Naive) String() string { return "naive" }

// Fit implements [fleet.Method].
func (Naive) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	m := &walk{season: 1, last: make([]float64, 1), age: []int{unseen}}
	m.Update(s, 0)
	if m.age[0] == unseen {
		return nil, nothing(s)
	}
	return m, nil
}

// Load implements [fleet.Loader].
func (Naive) Load(r *fleet.Reader) (fleet.Model, error) { return loadWalk(r) }

func nothing(s tidewatch.Series) error {
	return tidewatch.Errorf(tidewatch.CodeTooShort, "none of its %d values is known", len(s.Values))
}

// Seasonal repeats the last season: each step is the last known value of its phase. The variance of a step is the mean squared change
// from one season to the next, times the number of seasons since that value. Phases never seen take the mean of the others.
type Seasonal struct {
	Season int // periods; 0 = the series' first season, none = 1, which makes it Naive
}

func (m Seasonal) String() string { return "snaive" + bracket(m.Season) }

// Fit implements [fleet.Method].
func (m Seasonal) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	season := m.Season
	if season == 0 {
		season = s.Season()
	}
	// A season longer than the history: the phases that were not seen need no room.
	w := &walk{season: season, last: make([]float64, season), age: make([]int, season)}
	for p := range w.age {
		w.age[p] = unseen
	}
	w.Update(s, 0)
	for _, a := range w.age {
		if a != unseen {
			return w, nil
		}
	}
	return nil, nothing(s)
}

// Load implements [fleet.Loader].
func (Seasonal) Load(r *fleet.Reader) (fleet.Model, error) { return loadWalk(r) }

const unseen = -1

// walk is a seasonal random walk; the season is 1 for a plain one.
type walk struct {
	season int
	n      int       // values seen, known or not; the phase of the next is n % season
	last   []float64 // [phase] the last known value
	age    []int     // [phase] how many seasons before the next value of the phase it stood, at least 1; unseen
	sum    float64   // of squared changes, a change over k seasons counted as its square over k
	count  int       // of changes
}

// Update implements [fleet.Updater].
func (w *walk) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		p := w.n % w.season
		w.n++
		if w.age[p] != unseen {
			if v == v {
				d := v - w.last[p]
				w.sum += d * d / float64(w.age[p])
				w.count++
			} else {
				w.age[p]++
			}
		}
		if v == v {
			w.last[p], w.age[p] = v, 1
		}
	}
}

// Forecast implements [fleet.Model].
func (w *walk) Forecast(levels, mean, q []float64) {
	other, seen := 0.0, 0
	for p, a := range w.age {
		if a != unseen {
			other += w.last[p]
			seen++
		}
	}
	other /= float64(seen)
	variance := w.sum / float64(w.count)
	if w.count == 0 { // no season has come round yet: the spread of the values, and of one value its size
		variance = w.spread(other, seen)
	}
	sd := make([]float64, len(mean))
	for h := range mean {
		p, ahead := (w.n+h)%w.season, h/w.season
		if w.age[p] == unseen {
			mean[h], sd[h] = other, math.Sqrt(max(variance, w.spread(other, seen))*float64(1+ahead))
		} else {
			mean[h], sd[h] = w.last[p], math.Sqrt(variance*float64(w.age[p]+ahead))
		}
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// spread is the mean squared distance of the last values from their mean; the squared mean if there is but one.
func (w *walk) spread(mean float64, seen int) float64 {
	if seen == 1 {
		return mean * mean
	}
	sum := 0.0
	for p, a := range w.age {
		if a != unseen {
			sum += (w.last[p] - mean) * (w.last[p] - mean)
		}
	}
	return sum / float64(seen-1)
}

// Save implements [fleet.Saver].
func (w *walk) Save(to *fleet.Writer) {
	to.Int(w.n)
	to.Float(w.sum)
	to.Int(w.count)
	to.Floats(w.last)
	for _, a := range w.age {
		to.Int(a)
	}
}

func loadWalk(r *fleet.Reader) (fleet.Model, error) {
	w := &walk{n: r.Count(0, math.MaxInt32), sum: r.Finite(), count: r.Count(0, math.MaxInt32), last: r.FiniteFloats()}
	w.season = len(w.last)
	w.age = make([]int, w.season)
	seen := false
	for p := range w.age {
		w.age[p] = r.Count(unseen, math.MaxInt32)
		seen = seen || w.age[p] > 0
		if w.age[p] == 0 {
			r.Fail("the model file is damaged: a value of age 0")
		}
	}
	if !seen || !(w.sum >= 0) {
		r.Fail("the model file is damaged: a naive forecast without a value")
	}
	return w, r.Err()
}

// Explain implements [fleet.Explainer]: the last season.
func (m Seasonal) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	season := m.Season
	if season == 0 {
		season = s.Season()
	}
	return fleet.Follow(Seasonal{season}, tidewatch.PastPart, strconv.Itoa(season), s, steps, rng)
}
