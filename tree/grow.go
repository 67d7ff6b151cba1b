package tree

import (
	"context"
	"math"
)

// grower grows trees on one dataset; its buffers serve tree after tree.
type grower struct {
	ds        *Dataset
	cfg       *Config
	team      *team
	rows, gh  []uint32 // rows in order of leaves, and their quantised gradients
	tempRows  [2][]uint32
	tempGH    [2][]uint32
	free      [][]int64 // histograms
	partials  [][]int64 // of parts of a leaf's rows
	candidate [2][]split
	leaves    []leaf
	splits    []split // of the nodes
	nodes     []node
	allowed   []bool // features drawn for the tree
	drawn     []bool // of those, for the split
	quantizer
}

// leaf is a node that may still be split.
type leaf struct {
	lo, hi       int // its part of grower.rows
	total        int64
	hist         []int64
	best         split
	depth        int
	lower, upper float64 // bounds of its value
	parent       int32   // ^node for a left child, node for a right child; noParent for the root
}

const noParent = math.MaxInt32

// padded is room for n rows and what vector instructions may touch beyond.
func padded(n int) []uint32 { return make([]uint32, n+16)[:n] }

func newGrower(ds *Dataset, cfg *Config, t *team, rows int) *grower {
	g := &grower{ds: ds, cfg: cfg, team: t, rows: padded(rows), gh: padded(rows)}
	for i := range min(2, t.size) {
		g.tempRows[i], g.tempGH[i] = padded(rows), padded(rows)
	}
	for i := range g.candidate {
		g.candidate[i] = make([]split, len(ds.features))
	}
	g.allowed, g.drawn = make([]bool, len(ds.features)), make([]bool, len(ds.features))
	return g
}

// grow finds the structure of a tree whose root has the rows and quantised gradients in g.rows and g.gh. Leaf values remain to be set.
func (g *grower) grow(ctx context.Context, first leaf, key uint64) (structure, error) {
	g.nodes, g.splits = g.nodes[:0], g.splits[:0]
	for i := range g.leaves {
		g.release(&g.leaves[i])
	}
	g.leaves = append(g.leaves[:0], first)
	root := &g.leaves[0]
	if g.splittable(root) {
		root.hist = g.histogram()
		g.search(root, nil, mix(key))
	}
	for len(g.leaves) < g.cfg.MaxLeaves {
		if err := ctx.Err(); err != nil {
			return structure{}, err
		}
		best := g.next()
		if best < 0 {
			break
		}
		g.split(best, mix(key+uint64(len(g.leaves))))
	}
	return structure{nodes: append([]node(nil), g.nodes...), values: make([]float64, len(g.leaves)), covers: make([]float64, len(g.leaves))}, nil
}

// next is the leaf to split, -1 if none can be.
func (g *grower) next() int {
	best := -1
	for i := range g.leaves {
		l := &g.leaves[i]
		if l.best.gain <= 0 || best >= 0 && g.cfg.Growth == DepthWise && l.depth > g.leaves[best].depth {
			continue
		}
		if best < 0 || l.best.gain > g.leaves[best].best.gain || g.cfg.Growth == DepthWise && l.depth < g.leaves[best].depth {
			best = i
		}
	}
	return best
}

// splittable says whether looking for a split of l can succeed.
func (g *grower) splittable(l *leaf) bool {
	return l.hi-l.lo >= 2*g.cfg.MinRows && (g.cfg.MaxDepth == 0 || l.depth < g.cfg.MaxDepth) &&
		float64(hessianSum(l.total))*g.hessUnit >= 2*g.cfg.MinHessian && g.gradUnit > 0
}

func (g *grower) histogram() []int64 {
	if n := len(g.free); n > 0 {
		h := g.free[n-1]
		g.free = g.free[:n-1]
		return h
	}
	return make([]int64, g.ds.layout.size)
}

func (g *grower) release(l *leaf) {
	if l.hist != nil {
		g.free = append(g.free, l.hist)
		l.hist = nil
	}
}

// split divides leaf at: the left child takes its place, the right one is a new leaf.
func (g *grower) split(at int, key uint64) {
	old := g.leaves[at]
	s := old.best
	id := int32(len(g.nodes))
	g.nodes = append(g.nodes, g.node(&s, &old, at))
	g.splits = append(g.splits, s)
	switch {
	case old.parent == noParent:
	case old.parent < 0:
		g.nodes[^old.parent].left = id
	default:
		g.nodes[old.parent].right = id
	}
	mid := old.lo + g.partition(&s, old.lo, old.hi)
	left := leaf{lo: old.lo, hi: mid, total: s.left, depth: old.depth + 1, lower: old.lower, upper: old.upper, parent: ^id}
	right := leaf{lo: mid, hi: old.hi, total: old.total - s.left, depth: old.depth + 1, lower: old.lower, upper: old.upper, parent: id}
	if m := g.monotone(s.feature); m != 0 && !s.categorical {
		search := newSearcher(g.cfg, &g.quantizer, &old)
		middle := (search.value(left.total, search.l2) + search.value(right.total, search.l2)) / 2 * g.gradUnit / g.hessUnit
		if m > 0 {
			left.upper, right.lower = min(left.upper, middle), max(right.lower, middle)
		} else {
			left.lower, right.upper = max(left.lower, middle), min(right.upper, middle)
		}
	}
	g.leaves[at] = left
	g.leaves = append(g.leaves, right)
	small, large := &g.leaves[at], &g.leaves[len(g.leaves)-1]
	if small.hi-small.lo > large.hi-large.lo {
		small, large = large, small
	}
	large.hist = old.hist
	if len(g.leaves) == g.cfg.MaxLeaves || !g.splittable(small) && !g.splittable(large) {
		g.release(large)
		return
	}
	small.hist = g.histogram()
	g.search(small, large, key)
	for _, l := range []*leaf{small, large} {
		if l.best.gain <= 0 {
			g.release(l)
		}
	}
}

func (g *grower) monotone(feature int32) int8 {
	if g.cfg.Monotone == nil {
		return 0
	}
	return g.cfg.Monotone[feature]
}

// node describes split s of leaf number at.
func (g *grower) node(s *split, l *leaf, at int) node {
	f := &g.ds.features[s.feature]
	n := node{feature: s.feature, left: ^int32(at), right: ^int32(len(g.leaves)), gain: s.gain * g.gradUnit * g.gradUnit / g.hessUnit}
	if s.categorical {
		n.missing = missingRight
		for bin := 1; bin < f.bins; bin++ {
			if s.goesLeft(bin) {
				n.codes = append(n.codes, f.codes[bin-1])
			}
		}
		sortCodes(n.codes)
		return n
	}
	n.missing = missingFill
	if f.missing {
		n.missing = missingRight
		if s.missingLeft {
			n.missing = missingLeft
		}
	}
	switch {
	case s.bin == 0: // only missing values go left
		n.threshold = math.Inf(-1)
	case int(s.bin)-1 < len(f.edges):
		n.threshold = f.edges[s.bin-1]
	default:
		n.threshold = math.Inf(1)
	}
	return n
}

// parallelRows is the size of a leaf from which its rows are worth dividing among the team.
const parallelRows = 16 * chunkRows / 4

// partition puts the rows [lo, hi) that go left first and returns their number.
func (g *grower) partition(s *split, lo, hi int) int {
	var table sides
	for bin := range g.ds.features[s.feature].bins {
		if s.goesLeft(bin) {
			table[bin] = math.MaxUint32
		}
	}
	column := g.ds.columns[s.feature]
	rows, gh := g.rows[lo:hi], g.gh[lo:hi]
	if g.team.size == 1 || hi-lo < parallelRows {
		left := partition(column, &table, rows, gh, g.tempRows[0], g.tempGH[0])
		copy(rows[left:], g.tempRows[0])
		copy(gh[left:], g.tempGH[0])
		return left
	}
	// Parts are partitioned where they are, copied out, and copied to where they belong.
	n := hi - lo
	parts := min(4*g.team.size, n/chunkRows)
	ends := make([]int, parts) // number of left rows of each part, then of all parts before
	bounds := func(p int) (int, int) { return p * n / parts / 16 * 16, (p + 1) * n / parts / 16 * 16 }
	part := func(p int) (int, int) {
		a, b := bounds(p)
		if p == parts-1 {
			b = n
		}
		return a, b
	}
	g.team.run(parts, func(p int) {
		a, b := part(p)
		ends[p] = partition(column, &table, rows[a:b], gh[a:b], g.tempRows[0][a:b], g.tempGH[0][a:b])
		copy(g.tempRows[1][a:], rows[a:a+ends[p]])
		copy(g.tempGH[1][a:], gh[a:a+ends[p]])
	})
	left := 0
	for p, e := range ends {
		ends[p] = left
		left += e
	}
	g.team.run(parts, func(p int) {
		a, b := part(p)
		n := left - ends[p]
		if p+1 < parts {
			n = ends[p+1] - ends[p]
		}
		copy(rows[ends[p]:], g.tempRows[1][a:a+n])
		copy(gh[ends[p]:], g.tempGH[1][a:a+n])
		to := left + a - ends[p]
		copy(rows[to:], g.tempRows[0][a:b-n])
		copy(gh[to:], g.tempGH[0][a:b-n])
	})
	return left
}

// search fills the histograms of small and of its sibling large, whose hist holds the parent's, and finds their best splits.
// large is nil for the root.
func (g *grower) search(small, large *leaf, key uint64) {
	g.draw(key)
	blocks := g.ds.blocks
	rows, gh := g.rows[small.lo:small.hi], g.gh[small.lo:small.hi]
	parts := 1 // of the rows, each with a histogram of its own
	if n := g.team.size; n > 1 && len(blocks)%n != 0 {
		parts = max(1, min(n, len(rows)/chunkRows))
	}
	for len(g.partials) < parts-1 {
		g.partials = append(g.partials, g.histogram())
	}
	if parts > 1 {
		g.team.run(parts*len(blocks), func(task int) {
			b, p := task/parts, task%parts
			hist := small.hist
			if p > 0 {
				hist = g.partials[p-1]
			}
			lo, hi := p*len(rows)/parts, (p+1)*len(rows)/parts
			blocks[b].clear(hist)
			blocks[b].accumulate(hist, rows[lo:hi], gh[lo:hi])
		})
	}
	searchSmall := newSearcher(g.cfg, &g.quantizer, small)
	var searchLarge searcher
	if large != nil {
		searchLarge = newSearcher(g.cfg, &g.quantizer, large)
	}
	g.team.run(len(blocks), func(i int) {
		b := &blocks[i]
		if parts == 1 {
			b.clear(small.hist)
			b.accumulate(small.hist, rows, gh)
		}
		for p := range parts - 1 {
			b.add(small.hist, g.partials[p])
		}
		b.margins(small.hist, &g.ds.layout)
		for _, l := range b.lanes {
			for _, f := range l.features {
				hist := g.ds.layout.of(small.hist, f)
				g.candidate[0][f] = g.best(&searchSmall, small, hist, f)
				if large != nil {
					other := g.ds.layout.of(large.hist, f)
					subtract(other, hist)
					g.candidate[1][f] = g.best(&searchLarge, large, other, f)
				}
			}
		}
	})
	for i, l := range []*leaf{small, large} {
		if l == nil {
			continue
		}
		for _, b := range blocks {
			for _, ln := range b.lanes {
				for _, f := range ln.features {
					if c := &g.candidate[i][f]; c.gain > l.best.gain || c.gain == l.best.gain && c.gain > 0 && f < l.best.feature {
						l.best = *c
					}
				}
			}
		}
	}
}

// best is the best split of leaf l by feature f.
func (g *grower) best(s *searcher, l *leaf, hist []int64, f int32) split {
	if !g.drawn[f] || !g.splittable(l) {
		return split{}
	}
	if g.ds.features[f].categorical {
		return s.categorical(hist, f, &g.quantizer)
	}
	return s.numeric(hist, f, g.ds.features[f].missing, g.monotone(f))
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
