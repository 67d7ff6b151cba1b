package tree

// A bin of a histogram holds the sums of the quantised gradients (high 32 bits, signed) and Hessians (low 32 bits, unsigned) of its
// rows, in one integer: one addition adds both, and a subtraction of histograms subtracts both. quantize chooses the units such
// that neither sum can overflow.

// gradientSum is the sum of the gradients in a bin, or in a sum of bins.
func gradientSum(v int64) int64 { return v >> 32 }

// hessianSum is the sum of the Hessians.
func hessianSum(v int64) int64 { return v & (1<<32 - 1) }

// unpack makes an addend for a bin from a row's quantised gradient (high 16 bits, signed) and Hessian (low 16 bits).
func unpack(gh uint32) int64 { return int64(int32(gh)>>16)<<32 | int64(gh&0xffff) }

// accumulate adds the rows of a leaf to its histogram. The slice rows must have room for 16 more elements.
func (b *block) accumulate(hist []int64, rows []uint32, gh []uint32) {
	if len(rows) == 0 || len(b.lanes) == 0 {
		return
	}
	if !accumulateFast(b, hist, rows, gh) {
		b.accumulatePortable(hist, rows, gh)
	}
}

func (b *block) accumulatePortable(hist []int64, rows []uint32, gh []uint32) {
	hist = hist[b.start : b.start+len(b.lanes)*laneBins]
	for i, r := range rows {
		add, at := unpack(gh[i]), 0
		for _, bin := range b.data[int(r)*b.stride:][:len(b.lanes)] {
			hist[at+int(bin)] += add
			at += laneBins
		}
	}
}

// subtract turns parent into the histogram of the other child.
func subtract(parent, child []int64) {
	child = child[:len(parent)]
	for i := range parent {
		parent[i] -= child[i]
	}
}

// clear empties the part of hist that the block adds to.
func (b *block) clear(hist []int64) {
	for i := range b.lanes {
		l := &b.lanes[i]
		clear(hist[l.start : int(l.start)+l.bins])
	}
}

// add adds the block's part of other to hist.
func (b *block) add(hist, other []int64) {
	for i := range b.lanes {
		l := &b.lanes[i]
		h, o := hist[l.start:int(l.start)+l.bins], other[l.start:int(l.start)+l.bins]
		for j, v := range o {
			h[j] += v
		}
	}
}
