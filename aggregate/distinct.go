package aggregate

import (
	"cmp"
	"math"
	"slices"

	"github.com/axiomhq/hyperloglog"
)

// exactDistinct is up to how many distinct things of one series in one bucket are counted exactly. Of more, a sketch is kept: HyperLogLog
// (Flajolet et al. 2007; Heule, Nunkesser and Hall 2013) with 2^14 registers, whose standard error is 0.81 % and which takes 16 KiB
// however many there are.
const exactDistinct = 1 << 16

// pile is the entries of one series for one part of the measure.
type pile struct {
	list[entry]
	sketches map[int64]*hyperloglog.Sketch // of the buckets with more than exactDistinct things
}

// compact puts the entries of each bucket together, in order of the buckets; sums are made in the order of the entries.
func (p *pile) compact(entries []entry, distinct bool) []entry {
	if !distinct {
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.bucket, b.bucket) })
		out := entries[:0]
		for _, e := range entries {
			if n := len(out); n > 0 && out[n-1].bucket == e.bucket {
				out[n-1].value += e.value
			} else {
				out = append(out, e)
			}
		}
		return out
	}
	entries = sortDistinct(entries)
	out := entries[:0]
	for from := 0; from < len(entries); {
		to := from
		for to < len(entries) && entries[to].bucket == entries[from].bucket {
			to++
		}
		at := entries[from].bucket
		if s := p.sketches[at]; s != nil || to-from > exactDistinct {
			if s == nil {
				s = hyperloglog.NewNoSparse()
				if p.sketches == nil {
					p.sketches = map[int64]*hyperloglog.Sketch{}
				}
				p.sketches[at] = s
			}
			for _, e := range entries[from:to] {
				s.InsertHash(math.Float64bits(e.value))
			}
		} else {
			out = append(out, entries[from:to]...)
		}
		from = to
	}
	return out
}

// sortDistinct sorts by bucket and thing, and keeps each once. Things are compared by their bits: some are no numbers.
func sortDistinct(entries []entry) []entry {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(math.Float64bits(a.value), math.Float64bits(b.value)))
	})
	return slices.CompactFunc(entries, func(a, b entry) bool {
		return a.bucket == b.bucket && math.Float64bits(a.value) == math.Float64bits(b.value)
	})
}

// fill puts entries, whose buckets are indices by now, into the values from index start on; what has none is zero. sketches are by index
// too. It may reorder entries. It reports whether any value is an estimate.
func fill(values []float64, start int, entries []entry, sketches map[int]*hyperloglog.Sketch, distinct bool) (estimated bool) {
	if !distinct {
		for _, e := range entries {
			if i := int(e.bucket) - start; i < len(values) {
				values[i] += e.value
			}
		}
		return false
	}
	for _, e := range sortDistinct(entries) {
		i := int(e.bucket)
		if s := sketches[i]; s != nil {
			s.InsertHash(math.Float64bits(e.value))
		} else if i -= start; i < len(values) {
			values[i]++
		}
	}
	for at, s := range sketches {
		if i := at - start; i >= 0 && i < len(values) {
			values[i] = float64(s.Estimate())
			estimated = true
		}
	}
	return estimated
}
