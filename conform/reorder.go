package conform

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// reorderer makes the paths of one series after another.
//
// A history has fewer origins than there are paths as a rule, so that many paths have the same errors. Only the different ones are
// sorted at each step.
type reorderer struct {
	back    []int
	twin    []int     // the first path with the same origin
	errors  []float64 // [path][step]
	same    []int     // the first path with the same errors
	known   []int     // paths whose own origins the series can judge
	lasting []float64 // mean error of each path, where it is the first with its errors
	sources []source
	group   []int // of each path that is the first with its errors
	ends    []int // of each group in cells
	cells   []cell
}

// source is an error at a step, and the path that is the first to have it. Ties, such as of days without a sale, go by the path's mean
// error.
type source struct {
	error, lasting float64
	path           int
}

// cell is a path at a step, among those with the same error and mean error, which are in random order.
type cell struct {
	tie  float64
	path int
}

func newReorderer(back []int, steps int) reorderer {
	n := len(back)
	r := reorderer{back: back, twin: make([]int, n), errors: make([]float64, n*steps), same: make([]int, n), lasting: make([]float64, n),
		group: make([]int, n), cells: make([]cell, n)}
	first := map[int]int{}
	for i, b := range back {
		if _, ok := first[b]; !ok {
			first[b] = i
		}
		r.twin[i] = first[b]
	}
	return r
}

// row fills the paths of row k of f, the forecast of s.
func (r *reorderer) row(s tidewatch.Series, f *tidewatch.Forecast, k int, seed uint64, paths *tidewatch.Paths) {
	n := len(r.cells)
	if f.Rows[k].Abstains() {
		for i := range n {
			for h := range f.Steps {
				paths.Path(k, i)[h] = math.NaN()
			}
		}
		return
	}
	rng := rand.New(rand.NewPCG(seed, hash(f.Rows[k].ID)))
	support := SupportOf(s.Demand())
	alpha := persistence(f, k)
	if !r.pastErrors(s, f.Steps, alpha) {
		simulateErrors(rng, f.Steps, alpha, r.errors)
		for i := range r.same {
			r.same[i] = i
		}
	}
	// What lasts over a horizon is known from as many stretches as the past had, and counts for more the fewer they were: three times, as at
	// earlier origins of three shops sums were as uncertain as they should be.
	more := 3 * (fleet.Wider(float64(len(s.Values)-warmUp)/float64(f.Steps)) - 1)
	r.sources = r.sources[:0]
	for i, first := range r.same {
		if i != first {
			continue
		}
		lasting := 0.0
		for _, e := range r.errors[i*f.Steps : (i+1)*f.Steps] {
			lasting += e / float64(f.Steps)
		}
		r.lasting[i] = lasting
		r.sources = append(r.sources, source{path: i})
	}
	for h := range f.Steps {
		r.sort(f.Steps, h, more, rng)
		levels, values := f.Levels, f.At(k, h)
		at := 0 // of the first level that is not below the rank's
		for rank, c := range r.cells {
			level := (float64(rank) + .5) / float64(n)
			for at < len(levels) && levels[at] < level {
				at++
			}
			lo := max(at-1, 0)
			v := tidewatch.Interpolate(levels[lo:min(at+1, len(levels))], values[lo:min(at+1, len(levels))], level)
			if support.Integer {
				v = math.Round(v)
			}
			paths.Path(k, c.path)[h] = v
		}
	}
}

// sort puts the paths in order of their errors at step h of so many.
func (r *reorderer) sort(steps, h int, more float64, rng *rand.Rand) {
	for i := range r.sources {
		s := &r.sources[i]
		s.lasting = r.lasting[s.path]
		s.error = r.errors[s.path*steps+h] + more*s.lasting
	}
	slices.SortFunc(r.sources, func(x, y source) int {
		switch { // cmp.Compare would look for NaN, of which there are none
		case x.error < y.error:
			return -1
		case x.error > y.error:
			return 1
		case x.lasting < y.lasting:
			return -1
		case x.lasting > y.lasting:
			return 1
		}
		return 0
	})
	r.ends = r.ends[:0]
	for i, s := range r.sources {
		if i == 0 || s.error != r.sources[i-1].error || s.lasting != r.sources[i-1].lasting {
			r.ends = append(r.ends, 0)
		}
		r.group[s.path] = len(r.ends) - 1
	}
	for _, first := range r.same {
		r.ends[r.group[first]]++
	}
	from := 0
	for g, size := range r.ends { // starts for now: filling moves them to the ends
		r.ends[g] = from
		from += size
	}
	for i, first := range r.same {
		g := r.group[first]
		r.cells[r.ends[g]] = cell{rng.Float64(), i}
		r.ends[g]++
	}
	from = 0
	for _, end := range r.ends {
		shuffle(r.cells[from:end])
		from = end
	}
}

// shuffle puts cells in the order of their ties.
func shuffle(cells []cell) {
	if len(cells) > 32 {
		slices.SortFunc(cells, func(x, y cell) int { return cmp.Compare(x.tie, y.tie) })
		return
	}
	for i := 1; i < len(cells); i++ {
		c, j := cells[i], i
		for ; j > 0 && cells[j-1].tie > c.tie; j-- {
			cells[j] = cells[j-1]
		}
		cells[j] = c
	}
}

// pastErrors fills errors with those of exponential smoothing at the origins that lie back periods before the series' end, and same. Origins
// that this series cannot judge borrow from those it can; it reports false if they are fewer than eight.
func (r *reorderer) pastErrors(s tidewatch.Series, steps int, alpha float64) bool {
	x := deseasonalise(s)
	level := smooth(x, alpha)
	r.known = r.known[:0]
	distinct := 0
	for i, b := range r.back {
		if first := r.twin[i]; first < i {
			r.same[i] = r.same[first]
		} else if from := len(x) - b; from >= warmUp && errorsFrom(x, from, level, r.errors[i*steps:(i+1)*steps]) {
			r.same[i] = i
			distinct++
		} else {
			r.same[i] = unknown
		}
		if r.same[i] != unknown {
			r.known = append(r.known, i)
		}
	}
	if distinct < 8 {
		return false
	}
	next := 0
	for i := range r.same {
		if r.same[i] == unknown {
			r.same[i] = r.same[r.known[next]]
			next = (next + 1) % len(r.known)
		}
	}
	return true
}

// unknown marks an origin that a series cannot judge.
const unknown = -1

// errorsFrom fills errors with those from value number from on. It reports false if one is not known.
func errorsFrom(x []float64, from int, level, errors []float64) bool {
	if from+len(errors) > len(x) {
		return false
	}
	for h := range errors {
		errors[h] = x[from+h] - level[from-1]
		if math.IsNaN(errors[h]) {
			return false
		}
	}
	return true
}
