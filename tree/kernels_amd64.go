package tree

import "golang.org/x/sys/cpu"

var hasAVX512 = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ

//go:noescape
func accumulateRows(hist *int64, data *uint8, stride int, rows, gh *uint32, n, lanes int)

//go:noescape
func partition16(column *uint8, s *sides, rows, gh, right, rightGH *uint32, groups int) (left int)

func accumulateFast(b *block, hist []int64, rows, gh []uint32) bool {
	accumulateRows(&hist[b.start], &b.data[0], b.stride, &rows[0], &gh[0], len(rows), len(b.lanes))
	return true
}

// partitionFast does as many rows as are a multiple of 16.
func partitionFast(column []uint8, s *sides, rows, gh, right, rightGH []uint32) (done, left int) {
	groups := len(rows) / 16
	if groups == 0 || !hasAVX512 {
		return 0, 0
	}
	return groups * 16, partition16(&column[0], s, &rows[0], &gh[0], &right[0], &rightGH[0], groups)
}

//go:noescape
func walk64(nodes *fastNode, n int, sets *[4]uint64, leaves *float64, bytes *uint8, score *[blockRows]float64, reach *[2 * fastLeaves]uint64)

// walkBlock adds a tree of at most 256 leaves to the scores of a block of rows.
func walkBlock(nodes []fastNode, sets [][4]uint64, leaves []float64, w *worker, output int32) bool {
	if !hasAVX512 {
		return false
	}
	var first *[4]uint64
	if len(sets) > 0 {
		first = &sets[0]
	}
	walk64(&nodes[0], len(nodes), first, &leaves[0], &w.bytes[0], &w.scores[output], &w.reach)
	return true
}

//go:noescape
func below32(edges *float64, top int, dst *uint8, values *float64, groups int)

// belowFast does as many values as are a multiple of 32, and returns how many.
func belowFast(s *search, dst []uint8, values []float64) int {
	groups := len(values) / 32
	if groups == 0 || !hasAVX512 {
		return 0
	}
	_ = dst[groups*32-1]
	below32(&s.edges[0], s.top, &dst[0], &values[0], groups)
	return groups * 32
}
