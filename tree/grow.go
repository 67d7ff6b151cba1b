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
	sides     sides  // of the split being made
	lookup    lookup // the search being made
	// The loops of a search, as values made once.
	accumulatePart, searchBlock func(task int)
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
	g.accumulatePart, g.searchBlock = g.addPart, g.findInBlock
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
