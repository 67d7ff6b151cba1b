package tree

import (
	"math"
	"slices"
)

// maxBins is the number of bins of a histogram: 255 for values and bin 0 for what is missing (numeric) or not listed (categorical).
const maxBins = 256

// feature says how the values of one column become bins.
//
// A numeric value x is in bin 1 + (number of edges below x), NaN in bin 0. A category is in the bin 1 + (its position in codes), every
// other one in bin 0.
type feature struct {
	edges       []float64 // ascending, numeric features only
	codes       []int32   // the most frequent first, categorical features only
	categorical bool
	missing     bool    // a numeric feature that has missing values in the training rows
	fill        float64 // where missing is false: NaN is taken as this value, the training median
	bins        int     // including bin 0
}

// numericFeature chooses at most max bins that hold about equally many values of the sample each. Where the sample has no more distinct
// values than that, each has its own bin; a value more frequent than a bin's share always has. Bins hold at least minRows of the sample.
// It sorts sample, which may hold NaN.
func numericFeature(sample []float64, max, minRows int) feature {
	sample = keep(sample, func(x float64) bool { return x == x })
	if len(sample) == 0 {
		return feature{bins: 2}
	}
	slices.Sort(sample)
	f := feature{fill: sample[len(sample)/2]}
	values, counts := distinct(sample)
	if len(values) == 1 {
		f.bins = 2
		return f
	}
	for _, last := range binEnds(counts, len(sample), max, minRows) {
		f.edges = append(f.edges, between(values[last], values[last+1]))
	}
	f.bins = len(f.edges) + 2
	return f
}

// keep moves the values that are wanted to the front and returns them.
func keep(values []float64, wanted func(float64) bool) []float64 {
	n := 0
	for _, x := range values {
		if wanted(x) {
			values[n] = x
			n++
		}
	}
	return values[:n]
}

// distinct returns the distinct values of sorted and how often each occurs.
func distinct(sorted []float64) (values []float64, counts []int) {
	n := 0
	for i, x := range sorted {
		if i == 0 || x != sorted[i-1] {
			n++
		}
	}
	values, counts = make([]float64, 0, n), make([]int, 0, n)
	start := 0
	for i := 1; i <= len(sorted); i++ {
		if i == len(sorted) || sorted[i] != sorted[start] {
			values, counts = append(values, sorted[start]), append(counts, i-start)
			start = i
		}
	}
	return values, counts
}

// binEnds returns the position of the last value of every bin but the last one.
func binEnds(counts []int, total, max, minRows int) (ends []int) {
	max = min(max, total/minRows)
	if max < 2 {
		return nil
	}
	heavy := func(i int) bool { return counts[i]*max >= total } // fills a bin alone
	share, light, bins := 0.0, total, max                       // rows a bin should get; rows and bins left for values that are not heavy
	if len(counts) > max {
		for i, c := range counts {
			if heavy(i) {
				light -= c
				bins--
			}
		}
		share = float64(light) / float64(bins)
	}
	in, rest := 0, total // rows in the open bin; rows from it on
	for i, c := range counts[:len(counts)-1] {
		in += c
		if !heavy(i) {
			light -= c
		}
		full := float64(in) >= share || heavy(i) || heavy(i+1) && float64(in) >= share/2
		if !full || in < minRows || rest-in < minRows {
			continue
		}
		ends = append(ends, i)
		if len(ends) == max-1 {
			break
		}
		rest -= in
		in = 0
		if share > 0 && !heavy(i) {
			bins--
			share = float64(light) / float64(bins)
		}
	}
	return ends
}

// between is a number from [a, b), the midpoint if it can be told from b.
func between(a, b float64) float64 {
	m := a/2 + b/2
	if m >= b || m < a {
		return a
	}
	return m
}

// categoricalFeature gives the at most max most frequent non-negative integers of the sample a bin each. Categories seen less than
// minRows times share bin 0 with those never seen.
func categoricalFeature(sample []float64, max, minRows int) feature {
	f := feature{categorical: true, bins: 1}
	sample = keep(sample, func(x float64) bool { _, ok := category(x); return ok })
	slices.Sort(sample)
	values, counts := distinct(sample)
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	for _, i := range order {
		if len(f.codes) == max || counts[i] < minRows {
			break
		}
		f.codes = append(f.codes, int32(values[i]))
	}
	f.bins += len(f.codes)
	return f
}

// category returns the code of a category; ok is false for NaN, negative and too large numbers. Fractions are cut off.
func category(x float64) (code int32, ok bool) {
	if !(x >= 0 && x <= math.MaxInt32) {
		return 0, false
	}
	return int32(x), true
}

// search finds the place of values among at most 255 ascending edges.
type search struct {
	edges []float64 // the edges, then +Inf: 2 x top elements
	top   int       // the first step of the binary search, a power of two
}

func newSearch(edges []float64) search {
	s := search{top: 1}
	for s.top*2 <= len(edges) {
		s.top *= 2
	}
	s.edges = make([]float64, 2*s.top)
	for i := copy(s.edges, edges); i < len(s.edges); i++ {
		s.edges[i] = math.Inf(1)
	}
	return s
}

// below writes the number of edges below each value; 0 for NaN.
func (s *search) below(dst []uint8, values []float64) {
	for i := belowFast(s, dst, values); i < len(values); i++ {
		at, x := 0, values[i]
		for step := s.top; step > 0; step >>= 1 {
			next := at + step
			if s.edges[next-1] < x {
				at = next
			}
		}
		dst[i] = uint8(at)
	}
}

// binner turns blocks of values of one feature into bins.
type binner struct {
	search search
	codes  []codeBin // ascending code
}

type codeBin struct {
	code int32
	bin  uint8
}

func newBinner(f *feature) *binner {
	b := &binner{search: newSearch(f.edges)}
	for i, c := range f.codes {
		b.codes = append(b.codes, codeBin{c, uint8(i + 1)})
	}
	slices.SortFunc(b.codes, func(x, y codeBin) int { return int(x.code) - int(y.code) })
	return b
}

// numeric writes 1 + the number of edges below each value, 0 for NaN. It reports whether there was a NaN.
func (b *binner) numeric(dst []uint8, values []float64) (missing bool) {
	b.search.below(dst, values)
	for i, x := range values {
		dst[i]++
		if x != x {
			dst[i], missing = 0, true
		}
	}
	return missing
}

func (b *binner) categorical(dst []uint8, values []float64) {
	for i, x := range values {
		dst[i] = 0
		c, ok := category(x)
		if !ok {
			continue
		}
		if at, found := slices.BinarySearchFunc(b.codes, c, func(e codeBin, c int32) int { return int(e.code) - int(c) }); found {
			dst[i] = b.codes[at].bin
		}
	}
}
