package etsx

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

const (
	rounds   = 3
	halfLife = 1000 // periods after which a value teaches half as much
	memory   = 3    // years that teach effects, of daily series
	robust   = 2.5  // standard deviations beyond which an error counts less
	startSD  = .15
)

// live reports the periods whose values teach effects and level: known, and neither of dead seasonal positions nor of closed events. It sets
// closed and ratio.
func (r *row) live(y []float64) []bool {
	d := r.design
	window := 2 * d.slots
	value, n := make([]float64, len(y)+1), make([]float64, len(y)+1)
	for t, v := range y {
		value[t+1], n[t+1] = value[t], n[t]
		if v == v && !d.dead[t%d.slots] {
			value[t+1], n[t+1] = value[t]+v, n[t]+1
		}
	}
	low := make([]bool, len(y))
	for t, v := range y {
		lo, hi := max(0, t-window), min(len(y), t+window+1)
		low[t] = v <= closedBelow*(value[hi]-value[lo])/max(n[hi]-n[lo], 1)
	}
	r.closed = make([]bool, len(d.sd))
	shut, seen := make([]int, len(d.sd)), make([]int, len(d.sd))
	for t, v := range y {
		for _, c := range d.rows[t] {
			if v == v && !d.dead[t%d.slots] && d.event(c.column) {
				seen[c.column]++
				if low[t] {
					shut[c.column]++
				}
			}
		}
	}
	for c := range r.closed {
		r.closed[c] = seen[c] >= 2 && 10*shut[c] >= 9*seen[c]
	}
	valid := make([]bool, len(y))
	sold, level := 0.0, 0.0
	for t, v := range y {
		valid[t] = v == v && !d.dead[t%d.slots]
		for _, c := range d.rows[t] {
			if r.closed[c.column] && valid[t] {
				lo, hi := max(0, t-window), min(len(y), t+window+1)
				sold, level = sold+v, level+(value[hi]-value[lo])/max(n[hi]-n[lo], 1)
				valid[t] = false
			}
		}
	}
	r.ratio = sold / max(level, 1e-300)
	return valid
}

// regress estimates b, and says how many free parameters it took.
func (r *row) regress(y []float64, valid []bool) (free float64) {
	d := r.design
	n, k := len(y), len(d.sd)
	from := 0
	if d.s.Grid.Freq == tidewatch.Daily {
		from = max(0, n-memory*365)
	}
	teaches := slices.Clone(valid) // zeros have no log
	for t, v := range y {
		teaches[t] = valid[t] && v > 0
	}
	z := make([]float64, n)
	middle := tidewatch.SampleQuantiles(slices.DeleteFunc(slices.Clone(y), func(v float64) bool { return !(v > 0) }), []float64{.5})[0]
	for t, v := range y {
		z[t] = math.Log(max(v, closedBelow*middle))
	}
	r.b = make([]float64, k)
	left, spread := make([]float64, n), startSD
	sums, right := make([]float64, k*k), make([]float64, k)
	gram := mat.NewSymDense(k, sums)
	var solve mat.Cholesky
	for round := range rounds {
		for t := from; t < n; t++ {
			left[t] = math.NaN()
			if teaches[t] {
				left[t] = z[t] - d.dot(d.rows[t], r.b)
			}
		}
		level := around(left[from:], 2*d.slots)
		if round > 0 {
			var sizes []float64
			for t := from; t < n; t++ {
				if teaches[t] {
					sizes = append(sizes, math.Abs(left[t]-level[t-from]))
				}
			}
			spread = max(1.4826*tidewatch.SampleQuantiles(sizes, []float64{.5})[0], 1e-6)
		}
		clear(sums)
		clear(right)
		for t := from; t < n; t++ {
			if !teaches[t] {
				continue
			}
			weight := math.Exp2(-float64(n-t) / halfLife)
			if e := math.Abs(left[t] - level[t-from]); round > 0 && e > robust*spread {
				weight *= robust * spread / e
			}
			e := z[t] - level[t-from]
			for i, a := range d.rows[t] {
				right[a.column] += weight * a.x * e
				for _, b := range d.rows[t][i:] { // columns ascend: this is the upper triangle
					sums[a.column*k+b.column] += weight * a.x * b.x
				}
			}
		}
		diagonal := make([]float64, k)
		for c := range k {
			diagonal[c] = sums[c*k+c]
			sums[c*k+c] += spread * spread / (d.sd[c] * d.sd[c])
		}
		if !solve.Factorize(gram) {
			break // as it was
		}
		b := mat.NewVecDense(k, r.b)
		_ = solve.SolveVecTo(b, mat.NewVecDense(k, right))
		if round == rounds-1 {
			for c := range k {
				free += diagonal[c] / sums[c*k+c]
			}
		}
	}
	return free
}

// around is the mean of the known values within a window on both sides.
func around(x []float64, window int) []float64 {
	sum, n := make([]float64, len(x)+1), make([]float64, len(x)+1)
	for t, v := range x {
		sum[t+1], n[t+1] = sum[t], n[t]
		if v == v {
			sum[t+1], n[t+1] = sum[t]+v, n[t]+1
		}
	}
	out := make([]float64, len(x))
	for t := range x {
		lo, hi := max(0, t-window), min(len(x), t+window+1)
		out[t] = (sum[hi] - sum[lo]) / max(n[hi]-n[lo], 1)
	}
	return out
}
