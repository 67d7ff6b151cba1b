package arima

import "math"

// problem is a differenced series with what is linear in its model: the columns a fit works on.
type problem struct {
	d, sd, m int
	n        int         // length of the differenced columns
	w        [][]float64 // the series (gaps filled with anything), then one column a gap, then the regressors
	first    []int       // columns are zero before
	brief    []int       // and, in the case of gaps, from here on; 0 = not
	gaps     int
	bridged  int // unknown values that have been filled in
}

// known is the number of values the likelihood is about.
func (p *problem) known() int { return max(1, p.n-p.gaps-p.bridged) }

// regressors is the number of regression coefficients: mean or drift, and covariates.
func (p *problem) regressors() int { return len(p.w) - 1 - p.gaps }

// difference applies (1-L)^d (1-L^m)^D; the result is d+Dm shorter.
func difference(y []float64, d, sd, m int) []float64 {
	w := append([]float64(nil), y...)
	for ; sd > 0; sd-- {
		w = lagged(w, m)
	}
	for ; d > 0; d-- {
		w = lagged(w, 1)
	}
	return w
}

func lagged(w []float64, lag int) []float64 {
	n := max(0, len(w)-lag)
	for t := range n {
		w[t] = w[t+lag] - w[t]
	}
	return w[:n]
}

// newProblem differences y, whose unknown values become gaps, and the regressors x. A regressor that differencing makes zero is left
// out; kept says which are in.
//
// A gap is a regressor that is one at its place: integrating its coefficient out under a flat prior gives the likelihood of what is
// known (the additive-outlier approach: Gómez, Maravall & Peña 1999), so that no other filter is needed.
func newProblem(y []float64, x [][]float64, o Order) (p *problem, kept []bool) {
	p = &problem{d: o.D, sd: o.SD, m: o.Season}
	filled, gaps := fill(y, o)
	p.w = append(p.w, difference(filled, o.D, o.SD, o.Season))
	p.n = len(p.w[0])
	p.first, p.brief = append(p.first, 0), append(p.brief, 0)
	p.gaps = len(gaps)
	for _, at := range gaps {
		one := make([]float64, len(y))
		one[at] = 1
		p.w = append(p.w, difference(one, o.D, o.SD, o.Season))
		p.first, p.brief = append(p.first, max(0, at-o.lost())), append(p.brief, at+1)
	}
	kept = make([]bool, len(x))
	for i, v := range x {
		dv := difference(v, o.D, o.SD, o.Season)
		size, left := 0.0, 0.0
		for _, a := range v {
			size = max(size, math.Abs(a))
		}
		for _, a := range dv {
			left = max(left, math.Abs(a))
		}
		if kept[i] = left > 1e-10*size; kept[i] {
			p.w = append(p.w, dv)
			p.first, p.brief = append(p.first, 0), append(p.brief, 0)
		}
	}
	return p, kept
}

// fill is a copy of y with something near in the place of unknown values, and their places. Near only keeps numbers small: the
// likelihood does not depend on it. y begins and ends with known values.
func fill(y []float64, o Order) (filled []float64, gaps []int) {
	filled = append([]float64(nil), y...)
	last := math.NaN()
	for t, v := range y {
		if v == v {
			last = v
			continue
		}
		gaps = append(gaps, t)
		next := t + 1
		for next < len(y) && y[next] != y[next] {
			next++
		}
		switch back := t - o.Season; {
		case o.Season > 1 && back >= 0 && o.SD > 0:
			filled[t] = filled[back]
		case next < len(y):
			filled[t] = (last + y[next]) / 2
		default:
			filled[t] = last
		}
		if filled[t] != filled[t] {
			filled[t] = 0
		}
	}
	return filled, gaps
}
