// Package theta is the Theta method (Assimakopoulos & Nikolopoulos 2000).
package theta

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/num/smooth"
	"github.com/tidewatch/tidewatch/season"
)

// STM is the standard Theta method, winner of the M3 competition: the mean of the linear trend and of simple exponential smoothing of the
// series with its curvature doubled. It equals exponential smoothing with half the slope of the trend as drift (Hyndman & Billah 2003,
// equation 8). A series that passes the test of seasonality at 90 % is adjusted by classical decomposition before and after:
// multiplicative where all its values are above zero, additive otherwise.
type STM struct{}

func (STM) String() string { return "stm" }

// Fit implements [fleet.Method]. It needs four known values.
func (STM) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	x, a := adjust(s.Values, s.Seasons)
	level, ok := smooth.Fit(x, smooth.MinAlpha, smooth.MaxAlpha)
	if !ok || level.N < 4 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "the Theta method needs 4 known values")
	}
	return &stm{level, a, slope(x) / 2, len(x)}, nil
}

// Load implements [fleet.Loader].
func (STM) Load(r *fleet.Reader) (fleet.Model, error) {
	m := &stm{drift: r.Finite(), n: r.Count(1, math.MaxInt32)}
	m.Level = smooth.Level{Alpha: r.Finite(), Last: r.Finite(), SSE: r.Finite(), N: r.Count(4, math.MaxInt32), Gap: r.Count(0, math.MaxInt32)}
	if !(m.SSE >= 0) || !(m.Alpha > 0 && m.Alpha <= 1) {
		r.Fail("the model file is damaged: α %g, squared errors %g", m.Alpha, m.SSE)
	}
	m.adjustment = loadAdjustment(r)
	return m, r.Err()
}

// adjustment is a season taken out of a series; none where index is empty.
type adjustment struct {
	index []float64 // [phase], phase 0 is that of the first value
	kind  season.Kind
}

// adjust tests y for the first of the seasons that it shows, and takes it out.
func adjust(y []float64, seasons []int) ([]float64, adjustment) {
	for _, length := range seasons {
		if !season.Test(y, length, season.Level90) {
			continue
		}
		for _, kind := range []season.Kind{season.Multiplicative, season.Additive} {
			if index, ok := season.Classical(y, length, kind); ok {
				return season.Remove(y, index, kind), adjustment{index, kind}
			}
		}
	}
	return y, adjustment{}
}

func (a *adjustment) save(w *fleet.Writer) {
	w.Int(int(a.kind))
	w.Floats(a.index)
}

func loadAdjustment(r *fleet.Reader) adjustment {
	a := adjustment{kind: season.Kind(r.Count(0, 1)), index: r.FiniteFloats()}
	if a.kind == season.Multiplicative {
		for _, v := range a.index {
			if !(v > 0) {
				r.Fail("the model file is damaged: a seasonal index of %g", v)
			}
		}
	}
	return a
}

// remove is v, at phase position t, without the season.
func (a *adjustment) remove(v float64, t int) float64 {
	switch {
	case len(a.index) == 0:
		return v
	case a.kind == season.Multiplicative:
		return v / a.index[t%len(a.index)]
	}
	return v - a.index[t%len(a.index)]
}

// restore puts the season back into means and standard deviations of the steps that follow n values.
func (a *adjustment) restore(n int, mean, sd []float64) {
	if len(a.index) == 0 {
		return
	}
	for h := range mean {
		i := a.index[(n+h)%len(a.index)]
		if a.kind == season.Multiplicative {
			mean[h] *= i
			sd[h] *= i
		} else {
			mean[h] += i
		}
	}
}

// slope is that of the least-squares line through the known values.
func slope(y []float64) float64 {
	var n, st, sy float64
	for t, v := range y {
		if v == v {
			n++
			st += float64(t)
			sy += v
		}
	}
	mt, my := st/n, sy/n
	var tt, ty float64
	for t, v := range y {
		if v == v {
			d := float64(t) - mt
			tt += d * d
			ty += d * (v - my)
		}
	}
	if tt == 0 {
		return 0
	}
	return ty / tt
}

type stm struct {
	smooth.Level
	adjustment
	drift float64
	n     int // values seen, known or not
}

// Update implements [fleet.Updater]. The slope and the seasonal indices stay.
func (m *stm) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		one := [1]float64{m.remove(v, m.n)}
		m.Advance(one[:])
		m.n++
	}
}

// Forecast implements [fleet.Model]. The level of exponential smoothing lags the trend by 1/α periods; the drift makes up for it
// (Hyndman & Billah 2003, equation 8).
func (m *stm) Forecast(levels, mean, q []float64) {
	sd := make([]float64, len(mean))
	lag := (1 - math.Pow(1-m.Alpha, float64(m.n))) / m.Alpha
	for h := range mean {
		ahead := float64(h + m.Gap)
		mean[h] = m.Last + m.drift*(ahead+lag)
		sd[h] = math.Sqrt(m.Variance() * (1 + ahead*m.Alpha*m.Alpha))
	}
	m.restore(m.n, mean, sd)
	fleet.Gaussian(levels, mean, sd, q)
}

// Save implements [fleet.Saver].
func (m *stm) Save(w *fleet.Writer) {
	w.Float(m.drift)
	w.Int(m.n)
	w.Float(m.Alpha)
	w.Float(m.Last)
	w.Float(m.SSE)
	w.Int(m.N)
	w.Int(m.Gap)
	m.adjustment.save(w)
}
