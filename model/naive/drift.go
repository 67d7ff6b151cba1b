package naive

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

func bracket(n int) string {
	if n == 0 {
		return ""
	}
	return "(" + strconv.Itoa(n) + ")"
}

// Drift is a random walk with drift: the line through the first and the last known value, drawn on. With n changes, slope b and the
// residual variance s² of the changes (n-1 degrees of freedom), the variance of step h is s² (h + h²/n).
type Drift struct{}

func (Drift) String() string { return "drift" }

// Fit implements [fleet.Method]. It needs three known values.
func (Drift) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	m := &drift{}
	m.Update(s, 0)
	if m.changes < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "the drift needs 3 known values")
	}
	return m, nil
}

// Load implements [fleet.Loader].
func (Drift) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &drift{started: true, last: r.Finite(), age: r.Count(1, math.MaxInt32), total: r.Finite(), periods: r.Count(2, math.MaxInt32),
		squares: r.Finite(), changes: r.Count(2, math.MaxInt32)}
	return m, r.Err()
}

type drift struct {
	started bool
	last    float64
	age     int     // periods since last, at least 1
	total   float64 // last less first
	periods int     // from first to last
	squares float64 // of changes, each over the periods it took
	changes int
}

// Update implements [fleet.Updater].
func (m *drift) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		switch {
		case v != v:
			if m.started {
				m.age++
			}
		case !m.started:
			m.started, m.last, m.age = true, v, 1
		default:
			d := v - m.last
			m.total += d
			m.periods += m.age
			m.squares += d * d / float64(m.age)
			m.changes++
			m.last, m.age = v, 1
		}
	}
}

// Forecast implements [fleet.Model].
func (m *drift) Forecast(levels, mean, q []float64) {
	n := float64(m.periods)
	slope := m.total / n
	// A change d over k periods has mean k b and variance k s²: Σ (d-kb)²/k = Σ d²/k - n b².
	variance := max(0, m.squares-n*slope*slope) / float64(m.changes-1)
	sd := make([]float64, len(mean))
	for h := range mean {
		ahead := float64(h + m.age)
		mean[h] = m.last + slope*ahead
		sd[h] = math.Sqrt(variance * (ahead + ahead*ahead/n))
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// Save implements [fleet.Saver].
func (m *drift) Save(w *fleet.Writer) {
	w.Float(m.last)
	w.Int(m.age)
	w.Float(m.total)
	w.Int(m.periods)
	w.Float(m.squares)
	w.Int(m.changes)
}

// Mean is the mean of all known values; the variance of every step is s² (1 + 1/n).
type Mean struct{}

func (Mean) String() string { return "mean" }

// Fit implements [fleet.Method]. It needs two known values.
func (Mean) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	m := &mean{}
	m.Update(s, 0)
	if m.n < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "the mean needs 2 known values")
	}
	return m, nil
}

// Load implements [fleet.Loader].
func (Mean) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &mean{n: r.Count(2, math.MaxInt32), mean: r.Finite(), squares: r.Finite()}
	if !(m.squares >= 0) {
		r.Fail("the model file is damaged: a negative variance")
	}
	return m, r.Err()
}

type mean struct {
	n       int
	mean    float64
	squares float64 // of distances from the mean
}

// Update implements [fleet.Updater] (Welford 1962).
func (m *mean) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		if v == v {
			m.n++
			d := v - m.mean
			m.mean += d / float64(m.n)
			m.squares += d * (v - m.mean)
		}
	}
}

// Forecast implements [fleet.Model].
func (m *mean) Forecast(levels, mean, q []float64) {
	n := float64(m.n)
	sd := make([]float64, len(mean))
	for h := range mean {
		mean[h], sd[h] = m.mean, math.Sqrt(m.squares/(n-1)*(1+1/n))
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// Save implements [fleet.Saver].
func (m *mean) Save(w *fleet.Writer) {
	w.Int(m.n)
	w.Float(m.mean)
	w.Float(m.squares)
}
