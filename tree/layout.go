package tree

import "slices"

// layout says how the bins of a row are stored for histograms.
//
// A histogram is one slice: the bins of every lane, then those of the features that share a lane. Adding a row to it costs one addition
// a lane. Features with few bins therefore share one, which holds their bins as the digits of one number; the features' own histograms
// are the margins of the lane's.
type layout struct {
	start, bins []int32 // of each feature in a histogram
	size        int     // of a histogram
	blocks      [][]lane
}

// laneBins is the room a lane has in a histogram. It is not a power of two: the first bins of the lanes must not share the sets of
// the processor's cache.
const laneBins = maxBins + 1

// of is the part of a histogram that belongs to feature f.
func (l *layout) of(hist []int64, f int32) []int64 {
	return hist[l.start[f] : l.start[f]+l.bins[f]]
}

// lane is one byte of a stored row.
type lane struct {
	start    int32 // of its bins in a histogram
	bins     int
	features []int32 // one: the byte is the feature's bin
	first    []uint8 // joint: the lowest bin of each feature
	radix    []int32 // joint: what a step of each feature's bin adds
}

func (l *lane) joint() bool { return len(l.features) > 1 }

func newLayout(features []feature) layout {
	l := layout{start: make([]int32, len(features)), bins: make([]int32, len(features))}
	order := make([]int, 0, len(features))
	for i, f := range features {
		l.bins[i] = int32(f.bins)
		if digits(&f) > 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return digits(&features[b]) - digits(&features[a]) })
	var lanes []lane
	for _, i := range order {
		n := digits(&features[i])
		at := slices.IndexFunc(lanes, func(l lane) bool { return l.bins*n <= maxBins })
		if at < 0 {
			at = len(lanes)
			lanes = append(lanes, lane{bins: 1})
		}
		ln := &lanes[at]
		ln.features = append(ln.features, int32(i))
		ln.first = append(ln.first, uint8(features[i].bins-n))
		ln.radix = append(ln.radix, int32(ln.bins))
		ln.bins *= n
	}
	l.size = len(lanes) * laneBins
	for i := range lanes {
		ln := &lanes[i]
		ln.start = int32(i * laneBins)
		if !ln.joint() {
			l.start[ln.features[0]], ln.first[0] = ln.start, 0
			continue
		}
		for _, f := range ln.features {
			l.start[f] = int32(l.size)
			l.size += features[f].bins
		}
	}
	blocks := max(min(2, len(lanes)), (len(lanes)+maxLaneBlocks-1)/maxLaneBlocks)
	for b := range blocks {
		l.blocks = append(l.blocks, lanes[b*len(lanes)/blocks:(b+1)*len(lanes)/blocks])
	}
	return l
}

// digits is the number of bins of f that occur.
func digits(f *feature) int {
	if f.categorical || f.missing {
		return f.bins
	}
	return f.bins - 1
}

// block holds some lanes of all rows, row after row.
type block struct {
	lanes  []lane
	start  int // of the first lane in a histogram; the others follow
	stride int
	data   []uint8
}

func newBlock(t *team, lanes []lane, ds *Dataset) block {
	b := block{lanes: lanes, start: int(lanes[0].start), stride: 8}
	if len(lanes) > 8 {
		b.stride = 16
	}
	b.data = make([]uint8, ds.rows*b.stride+paddingAtEnd)
	t.chunked(ds.rows, chunkRows, func(_, lo, hi int) {
		for i := range lanes {
			for j, f := range lanes[i].features {
				column, first, radix := ds.columns[f], lanes[i].first[j], uint8(lanes[i].radix[j])
				for r := lo; r < hi; r++ {
					b.data[r*b.stride+i] += (column[r] - first) * radix
				}
			}
		}
	})
	return b
}

// margins fills the histograms of the features of the block's joint lanes.
func (b *block) margins(hist []int64, l *layout) {
	for i := range b.lanes {
		ln := &b.lanes[i]
		if !ln.joint() {
			continue
		}
		joint := hist[ln.start : int(ln.start)+ln.bins]
		for j, f := range ln.features {
			own := l.of(hist, f)
			clear(own)
			radix, digits := int(ln.radix[j]), len(own)-int(ln.first[j])
			own = own[ln.first[j]:]
			for at := 0; at < len(joint); {
				for d := range digits {
					sum := int64(0)
					for _, v := range joint[at : at+radix] {
						sum += v
					}
					own[d] += sum
					at += radix
				}
			}
		}
	}
}
