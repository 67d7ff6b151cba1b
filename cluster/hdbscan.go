package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// HDBSCAN finds clusters of different densities without a radius (Campello, Moulavi & Sander 2013; McInnes & Healy 2017): of the clusters
// that DBSCAN finds at all radii at once, those that last longest. Distances that are equal part a cluster at once into all its parts, so that the
// order of the rows decides nothing; implementations that take them one by one find other leaves there.
type HDBSCAN struct {
	MinSize int    // of a cluster; 0 = 5
	MinRows int    // rows, itself counted, as far as which a row's density is measured; 0 = MinSize
	Leaves  bool   // take the smallest clusters rather than those that last longest
	Metric  Metric // nil = Euclidean
}

// Fit finds the clusters. Where rows never part into two clusters, all are [Noise]. Probability is 1 for the rows at the heart of a cluster
// and falls to 0 for noise. Its time is quadratic in the number of rows.
func (m HDBSCAN) Fit(ctx context.Context, p Points) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	size, least, dist := m.MinSize, m.MinRows, m.Metric
	if size == 0 {
		size = 5
	}
	if least == 0 {
		least = size
	}
	if dist == nil {
		dist = Euclidean
	}
	if size < 2 || least < 1 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "clusters of at least %d rows, density by %d: use at least 2 and 1", size, least)
	}
	if least > p.N {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "density by %d rows cannot be measured: there are %d", least, p.N)
	}
	merges, err := reachability(ctx, p, least, dist)
	if err != nil {
		return nil, err
	}
	tree := ordered(p.N, merges)
	c := condense(tree, size)
	labels, probability, k := c.extract(p.N, m.Leaves)
	r := &Result{K: k, Labels: labels, Probability: probability, Converged: true}
	r.renumber()
	r.Centre(p)
	return r, nil
}

// reachability is the least spanning tree of the mutual reachability distances (the greatest of a distance and the core distances of its
// ends), by Prim's algorithm.
func reachability(ctx context.Context, p Points, least int, dist Metric) ([]Merge, error) {
	core := make([]float64, p.N)
	if err := parallel(ctx, p.N, func(i int) {
		all := make([]float64, p.N)
		for j := range all {
			all[j] = dist(p.Row(i), p.Row(j))
		}
		all[i] = 0
		slices.Sort(all)
		core[i] = all[least-1]
	}); err != nil {
		return nil, err
	}
	near, done := make([]float64, p.N), make([]bool, p.N)
	for i := range near {
		near[i] = math.Inf(1)
	}
	var merges []Merge
	x := 0
	for {
		done[x] = true
		if len(merges) == p.N-1 {
			return merges, nil
		}
		if err := each(ctx, p.N, func(_, lo, hi int) {
			for j := lo; j < hi; j++ {
				if !done[j] {
					if v := max(dist(p.Row(x), p.Row(j)), core[x], core[j]); v < near[j] {
						near[j] = v
					}
				}
			}
		}); err != nil {
			return nil, err
		}
		next := -1
		for j, v := range near {
			if !done[j] && (next < 0 || v < near[next]) {
				next = j
			}
		}
		merges = append(merges, Merge{A: x, B: next, Height: near[next]})
		x = next
	}
}

// falls is a row, or a cluster, that leaves a cluster as the radius shrinks. Density is one over the distance.
type falls struct {
	parent, child int // clusters from 0, the root; rows where size is 1
	row           bool
	density       float64
	size          int
}

// condensed is a tree of clusters of a least size.
type condensed struct {
	list  []falls
	count int // clusters
}

const densest = 1e300 // of equal rows

// parts are the clusters that a merge joined, and those that merges of the same height joined below it: which of them came first means nothing.
func (t *Tree) parts(node int) []int {
	height := t.Merges[node-t.N].Height
	var parts []int
	for stack := []int{node}; len(stack) > 0; {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if x >= t.N && t.Merges[x-t.N].Height == height {
			stack = append(stack, t.Merges[x-t.N].B, t.Merges[x-t.N].A)
		} else {
			parts = append(parts, x)
		}
	}
	return parts
}

// condense keeps the parts of the tree that are large enough: a smaller one leaves its cluster row by row.
func condense(t *Tree, size int) *condensed {
	c := &condensed{count: 1}
	if t.N < 2 {
		return c
	}
	weight := func(node int) int {
		if node < t.N {
			return 1
		}
		return t.Merges[node-t.N].Size
	}
	leave := func(node, cluster int, density float64) {
		for stack := []int{node}; len(stack) > 0; {
			x := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if x < t.N {
				c.list = append(c.list, falls{parent: cluster, child: x, row: true, density: density, size: 1})
			} else {
				stack = append(stack, t.Merges[x-t.N].B, t.Merges[x-t.N].A)
			}
		}
	}
	type place struct{ node, cluster int }
	for queue := []place{{t.N + len(t.Merges) - 1, 0}}; len(queue) > 0; {
		at := queue[0]
		queue = queue[1:]
		if at.node < t.N {
			continue
		}
		m := t.Merges[at.node-t.N]
		density := densest
		if m.Height > 0 {
			density = min(densest, 1/m.Height)
		}
		var large []int
		for _, part := range t.parts(at.node) {
			if weight(part) >= size {
				large = append(large, part)
			} else {
				leave(part, at.cluster, density)
			}
		}
		for _, part := range large {
			child := at.cluster
			if len(large) > 1 {
				child = c.count
				c.count++
				c.list = append(c.list, falls{parent: at.cluster, child: child, density: density, size: weight(part)})
			}
			queue = append(queue, place{part, child})
		}
	}
	return c
}

// extract chooses clusters and gives the rows to them.
func (c *condensed) extract(n int, leaves bool) (labels []int, probability []float64, k int) {
	parent, children := make([]int, c.count), make([][]int, c.count)
	birth, death, stability := make([]float64, c.count), make([]float64, c.count), make([]float64, c.count)
	for _, f := range c.list {
		if !f.row {
			parent[f.child], birth[f.child] = f.parent, f.density
			children[f.parent] = append(children[f.parent], f.child)
		}
		death[f.parent] = max(death[f.parent], f.density)
	}
	for _, f := range c.list {
		stability[f.parent] += (f.density - birth[f.parent]) * float64(f.size)
	}
	chosen := make([]bool, c.count)
	for x := c.count - 1; x > 0; x-- { // children have greater numbers
		below := 0.0
		for _, y := range children[x] {
			below += stability[y]
		}
		switch {
		case leaves:
			chosen[x] = len(children[x]) == 0
		case below > stability[x]:
			stability[x] = below
		default:
			chosen[x] = true
		}
	}
	of := make([]int, c.count) // label of a cluster, or of the chosen one it lies in
	of[0] = Noise
	for x := 1; x < c.count; x++ {
		switch of[x] = of[parent[x]]; {
		case of[x] == Noise && chosen[x]:
			of[x] = k
			k++
		case of[x] != Noise:
			chosen[x] = false // a larger one holds it
		}
	}
	top := make([]float64, k)
	for x := 1; x < c.count; x++ {
		if chosen[x] {
			top[of[x]] = death[x]
		}
	}
	labels, probability = make([]int, n), make([]float64, n)
	for i := range labels {
		labels[i] = Noise
	}
	for _, f := range c.list {
		if l := of[f.parent]; f.row && l != Noise {
			labels[f.child], probability[f.child] = l, 1
			if top[l] > 0 && f.density < top[l] {
				probability[f.child] = f.density / top[l]
			}
		}
	}
	return labels, probability, k
}
