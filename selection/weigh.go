package selection

import (
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

// weights of the methods, from their expected losses: only of those that can forecast and are expected to lose no more than the floor
// (the seasonal naive forecast), at most mostMembers of them. If none can, all weights are 0.
func weights(expected []float64, usable []bool, floor int) []float64 {
	w := make([]float64, len(expected))
	order := make([]int, 0, len(w))
	for m, e := range expected {
		if usable[m] && (!usable[floor] || e <= expected[floor]) {
			order = append(order, m)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case expected[a] < expected[b]:
			return -1
		case expected[a] > expected[b]:
			return 1
		}
		return 0
	})
	sum := 0.0
	for _, m := range order[:min(mostMembers, len(order))] {
		w[m] = math.Pow(expected[m]/expected[order[0]], -sharpness)
		sum += w[m]
	}
	for m := range w {
		if sum > 0 {
			w[m] /= sum
		}
	}
	return w
}
