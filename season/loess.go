package season

import "math"

// loess is local regression on an even grid (Cleveland et al. 1990, section 2): tricube weights over a window of points, and a constant
// (degree 0) or a line (degree 1).
type loess struct {
	window int // points with weight, at least 2
	degree int // 0 or 1
	jump   int // the fit is made at every jump-th point, linear between
}

// at is the fit at position x (which may lie outside the grid) from y[lo:hi]; weight, where not nil, is each point's prior weight.
// ok is false where no point of the window has weight.
func (l loess) at(y, weight []float64, x float64, lo, hi int) (fit float64, ok bool) {
	n := len(y)
	h := max(x-float64(lo), float64(hi-1)-x)
	if l.window > n {
		h += float64((l.window - n) / 2)
	}
	// Points nearer than .001 h have full weight and those beyond .999 h none, as in the authors' program.
	var sum, sx, sxx, sy, sxy float64
	for j := lo; j < hi; j++ {
		d := float64(j) - x
		r := math.Abs(d)
		if r > .999*h {
			continue
		}
		w := 1.0
		if r > .001*h {
			r /= h
			w = 1 - r*r*r
			w = w * w * w
		}
		if weight != nil {
			if w *= weight[j]; w == 0 {
				continue
			}
		}
		sum += w
		sy += w * y[j]
		wd := w * d
		sx += wd
		sxx += wd * d
		sxy += wd * y[j]
	}
	if !(sum > 0) {
		return 0, false
	}
	fit = sy / sum
	if l.degree > 0 && h > 0 {
		// The line's value at x, unless the points are so close together that a slope means nothing.
		centre := sx / sum
		spread := sxx/sum - centre*centre
		if math.Sqrt(max(0, spread)) > .001*float64(n-1) {
			fit -= centre * (sxy/sum - centre*fit) / spread
		}
	}
	return fit, true
}

// smooth fills out (as long as y) with the fit at every point. Where no point of a window has weight, out is y.
func (l loess) smooth(y, weight, out []float64) {
	n := len(y)
	if n < 2 {
		copy(out, y)
		return
	}
	jump := min(max(1, l.jump), n-1)
	half := (l.window + 1) / 2
	fit := func(i int) {
		lo, hi := 0, n
		if l.window < n {
			lo = min(max(0, i+1-half), n-l.window)
			hi = lo + l.window
		}
		v, ok := l.at(y, weight, float64(i), lo, hi)
		if !ok {
			v = y[i]
		}
		out[i] = v
	}
	last := 0
	fit(0)
	for last < n-1 {
		i := min(last+jump, n-1)
		fit(i)
		step := (out[i] - out[last]) / float64(i-last)
		for j := last + 1; j < i; j++ {
			out[j] = out[last] + step*float64(j-last)
		}
		last = i
	}
}
