package hierarchy

import "math"

// tree is the nodes of a chain of levels and the bottom series, with the messages that pass between them where the errors of base
// forecasts are uncorrelated. All of it but the variances' part of the messages is made once.
type tree struct {
	h      *Hierarchy
	chain  []int   // levels, coarsest first
	parent []int32 // [node] the next node above on the chain, -1 = none; meaningless off the chain

	variance []float64 // [node] of the base forecast's error; infinite = there is none
	prior    []float64 // [node above the bottom] variance of what its children say of it
	gain     []float64 // [node above the bottom] how far its own forecast moves what they say
	share    []float64 // [node] of what its parent is moved by, which it takes
}

// newTree builds the tree of a chain and sends the variances up it.
func newTree(h *Hierarchy, chain []int, variance []float64) *tree {
	t := &tree{h: h, chain: chain, parent: make([]int32, h.Len()), variance: variance,
		prior: make([]float64, h.Bottom()), gain: make([]float64, h.Bottom()), share: make([]float64, h.Len())}
	bottom := h.Bottom()
	for i := range h.Len() - bottom {
		above := int32(-1)
		for _, l := range chain {
			if g := h.levels[l].Of[i]; g >= 0 {
				v := int32(h.first[l]) + g
				t.parent[v] = above
				above = v
			}
		}
		t.parent[bottom+i] = above
	}
	posterior := make([]float64, h.Len())
	send := func(v int) {
		if p := t.parent[v]; p >= 0 {
			t.prior[p] += posterior[v]
		}
	}
	for v := bottom; v < h.Len(); v++ {
		posterior[v] = variance[v]
		send(v)
	}
	t.up(func(v int) {
		own := variance[v]
		posterior[v] = t.prior[v]
		if !math.IsInf(own, 1) && t.prior[v]+own > 0 {
			t.gain[v] = t.prior[v] / (t.prior[v] + own)
			posterior[v] *= own / (t.prior[v] + own)
		}
		send(v)
	})
	for v := range t.share {
		if p := t.parent[v]; p >= 0 && t.prior[p] > 0 {
			t.share[v] = posterior[v] / t.prior[p]
		}
	}
	return t
}

// up visits the nodes of the chain above the bottom, children before parents.
func (t *tree) up(visit func(v int)) {
	for k := len(t.chain) - 1; k >= 0; k-- {
		for v := t.h.first[t.chain[k]]; v < t.h.first[t.chain[k]+1]; v++ {
			visit(v)
		}
	}
}

// smooth is by how much each bottom series moves, in expectation, if the base forecasts of the nodes above differ by e [node above the
// bottom] from the sums of the bottom's. What the nodes of each subtree say of its sum is gathered upwards, and what the whole tree says
// is shared out downwards in proportion to variance: the closed form of generalised least squares on a tree. below and at are scratch,
// of a value a node.
func (t *tree) smooth(e, delta, below, at []float64) {
	bottom := t.h.Bottom()
	clear(below[:bottom])
	t.up(func(v int) {
		at[v] = below[v]
		if k := t.gain[v]; k > 0 {
			at[v] += k * (e[v] - below[v])
		}
		if p := t.parent[v]; p >= 0 {
			below[p] += at[v]
		}
	})
	for _, l := range t.chain {
		for v := t.h.first[l]; v < t.h.first[l+1]; v++ {
			if p := t.parent[v]; p >= 0 {
				at[v] += t.share[v] * (at[p] - below[p])
			}
		}
	}
	for i := range delta {
		delta[i] = 0
		if p := t.parent[bottom+i]; p >= 0 {
			delta[i] = t.share[bottom+i] * (at[p] - below[p])
		}
	}
}

// spread applies the covariance that the tree leaves the bottom series with to r [bottom series], in place. sum and move are scratch, of a
// value a node.
func (t *tree) spread(r, sum, move []float64) {
	bottom := t.h.Bottom()
	clear(sum[:bottom])
	for i, v := range r {
		if v == 0 {
			continue
		}
		r[i] = t.variance[bottom+i] * v
		if p := t.parent[bottom+i]; p >= 0 {
			sum[p] += r[i]
		}
	}
	t.up(func(v int) {
		if p := t.parent[v]; p >= 0 {
			sum[p] += sum[v] * (1 - t.gain[v])
		}
	})
	for _, l := range t.chain {
		for v := t.h.first[l]; v < t.h.first[l+1]; v++ {
			move[v] = 0
			if t.prior[v] > 0 {
				move[v] = t.gain[v] / t.prior[v] * sum[v]
			}
			if p := t.parent[v]; p >= 0 {
				move[v] += move[p] * (1 - t.gain[v])
			}
		}
	}
	for i := range r {
		if p := t.parent[bottom+i]; p >= 0 {
			r[i] -= t.variance[bottom+i] * move[p]
		}
	}
}
