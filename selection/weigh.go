package selection

import (
	"cmp"
	"math"
	"slices"
)

// scales of the shrinkage and the sharpness of the weights, chosen on the last horizon of the training parts of the benchmark sets.
const (
	priorWindows = 8.0 // windows of a series' own losses that weigh as much as the pool's ranking
	sharpness    = 6.0 // weights fall with the relative loss to this power
	mostMembers  = 5   // of a combination
)

// table of relative losses: what each candidate lost, by the mean over the candidates of the same series and window.
type relative struct {
	windows, series, methods int
	loss                     []float64 // [window][series][method], NaN where there is none
	pool                     []float64 // [method] mean over all
	// shares of the methods in a linear pool, [1 + the window left out][method], the first without none; nil where losses alone decide.
	shares [][]float64
}

func (t *trials) relative() *relative {
	r := &relative{windows: len(t.windows), series: len(t.loss) / max(1, len(t.windows)*t.candidate), methods: t.candidate}
	r.loss = make([]float64, len(t.loss))
	r.pool = make([]float64, t.candidate)
	n := make([]float64, t.candidate)
	for at := 0; at < len(t.loss); at += t.candidate {
		row, out := t.loss[at:at+t.candidate], r.loss[at:at+t.candidate]
		sum, k := 0.0, 0.0
		for _, l := range row {
			if !math.IsNaN(l) {
				sum += min(l, math.MaxFloat64/1e3)
				k++
			}
		}
		for m, l := range row {
			out[m] = math.NaN()
			if !math.IsNaN(l) && sum > 0 {
				out[m] = min(l/(sum/k), 5)
				r.pool[m] += out[m]
				n[m]++
			}
		}
	}
	for m := range r.pool {
		if n[m] > 0 {
			// Shrunk to 1, so that a method that was rarely possible is not ranked by a few lucky windows.
			r.pool[m] = (r.pool[m] + 5) / (n[m] + 5)
		} else {
			r.pool[m] = 1
		}
	}
	return r
}

// expected is each method's relative loss for series i: its own windows without the one left out (-1: none), shrunk to the pool.
func (r *relative) expected(i, without int) []float64 {
	s := make([]float64, r.methods)
	for m := range s {
		sum, n := priorWindows*r.pool[m], priorWindows
		for w := range r.windows {
			if l := r.loss[(w*r.series+i)*r.methods+m]; w != without && !math.IsNaN(l) {
				sum += l
				n++
			}
		}
		s[m] = sum / n
	}
	return s
}

// weights of the methods for series i, from all windows but one (-1: from all): only of those that can forecast and are expected to lose no
// more than the floor (the seasonal naive forecast), at most mostMembers of them. They fall with the expected loss; where shares of a pool
// were learnt, from those shares on as far as it differs from the pool's. If none can forecast, all weights are 0.
func (r *relative) weights(i, without int, usable []bool, floor int) []float64 {
	expected := r.expected(i, without)
	w := make([]float64, len(expected))
	best := math.Inf(1)
	for m, e := range expected {
		if usable[m] {
			best = min(best, e)
		}
	}
	fall := func(shares []float64) (any bool) {
		for m, e := range expected {
			if usable[m] && (!usable[floor] || e <= expected[floor]) {
				w[m] = math.Pow(e/best, -sharpness)
				if shares != nil {
					w[m] = shares[m] * math.Pow(e/r.pool[m], -sharpness)
				}
				any = any || w[m] > 0
			}
		}
		return any
	}
	if r.shares == nil || !fall(r.shares[without+1]) {
		fall(nil)
	}
	order := make([]int, len(w))
	for m := range order {
		order[m] = m
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w[b], w[a]) })
	sum := 0.0
	for k, m := range order {
		if k >= mostMembers {
			w[m] = 0
		}
		sum += w[m]
	}
	for m := range w {
		if sum > 0 {
			w[m] /= sum
		}
	}
	return w
}
