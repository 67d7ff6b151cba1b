// Package smooth is the kernel of simple exponential smoothing, which several methods build on.
package smooth

import "math"

// MinAlpha and MaxAlpha are the bounds of α within which it is estimated, those of R's ets.
const (
	MinAlpha = 1e-4
	MaxAlpha = 0.9999
)

// Level is a level smoothed exponentially: l_t = l_{t-1} + α e_t with e_t = y_t - l_{t-1}.
type Level struct {
	Alpha   float64
	Initial float64 // the level before the first value
	Last    float64 // the level after the last value
	SSE     float64 // of the one-step errors
	N       int     // known values
	Gap     int     // unknown values after the last known one
}

// Variance is the variance of the one-step errors, with N-2 degrees of freedom.
func (f *Level) Variance() float64 { return f.SSE / float64(max(1, f.N-2)) }

// Advance takes in new values, parameters kept.
func (f *Level) Advance(y []float64) {
	for _, v := range y {
		if v != v {
			f.Gap++
			continue
		}
		e := v - f.Last
		f.Last += f.Alpha * e
		f.SSE += e * e
		f.N++
		f.Gap = 0
	}
}

// Fit smooths y with the α in [lo, hi] that minimises the squared one-step errors, the best initial level given. It is false
// with fewer than three known values.
func Fit(y []float64, lo, hi float64) (Level, bool) {
	x := make([]float64, 0, len(y))
	gap := 0
	for _, v := range y {
		if v == v {
			x = append(x, v)
			gap = 0
		} else {
			gap++
		}
	}
	if len(x) < 3 {
		return Level{}, false
	}
	// A coarse look finds the valley (the sum of squares can have two), golden section its bottom.
	grid := [...]float64{lo, .03, .08, .16, .28, .42, .58, .75, .9, hi}
	best, least := 0, math.Inf(1)
	for i, a := range grid {
		if a < lo || a > hi {
			continue
		}
		if s, _ := profile(x, a); s < least {
			best, least = i, s
		}
	}
	a, b := max(lo, grid[max(best-1, 0)]), min(hi, grid[min(best+1, len(grid)-1)])
	alpha := Golden(func(a float64) float64 { s, _ := profile(x, a); return s }, a, b, 1e-5)
	if s, _ := profile(x, alpha); s > least {
		alpha = grid[best]
	}
	f := At(x, alpha)
	f.Gap = gap
	return f, true
}

// At is the fit with a given α of values that are all known, with the best initial level.
func At(x []float64, alpha float64) Level {
	f := Level{Alpha: alpha}
	_, f.Initial = profile(x, alpha)
	f.Last = f.Initial
	f.Advance(x)
	return f
}

// profile is the sum of squared one-step errors of x at α, minimal over the initial level, and that level. With l_0 = x_0 + d the
// error at t is e_t - (1-α)^t d, e_t being the errors from l_0 = x_0; the best d is a one-variable regression.
func profile(x []float64, alpha float64) (sse, level float64) {
	var ee, ew, ww float64
	w, l, keep := 1.0, x[0], 1-alpha
	for _, v := range x {
		e := v - l
		ee += e * e
		ew += e * w
		ww += w * w
		l += alpha * e
		if w *= keep; w < 1e-30 {
			w = 0 // and not a denormal number, which is slow
		}
	}
	d := ew / ww
	return max(0, ee-d*ew), x[0] + d
}

// Golden is the minimum of f on [a, b] by golden section search (Kiefer 1953), to a width of tol.
func Golden(f func(float64) float64, a, b, tol float64) float64 {
	const r = 0.6180339887498949
	c, d := b-r*(b-a), a+r*(b-a)
	fc, fd := f(c), f(d)
	for b-a > tol {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - r*(b-a)
			fc = f(c)
		} else {
			a, c, fc = c, d, fd
			d = a + r*(b-a)
			fd = f(d)
		}
	}
	return (a + b) / 2
}

// Trace is the level before each value of y, which f was fitted on, and before each of the steps that follow; NaN before the first known value.
func (f *Level) Trace(y []float64, steps int) []float64 {
	out := make([]float64, len(y)+steps)
	l, begun := f.Initial, false
	for t, v := range y {
		begun = begun || v == v
		out[t] = l
		if !begun {
			out[t] = math.NaN()
		}
		if v == v {
			l += f.Alpha * (v - l)
		}
	}
	for h := range steps {
		out[len(y)+h] = f.Last
	}
	return out
}
