package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// DBSCAN finds clusters of any form where rows lie close (Ester, Kriegel, Sander & Xu 1996): rows with MinRows rows, themselves counted, at
// most Radius away are cores; cores in reach of each other share a cluster, other rows in reach of a core belong to the first that reaches
// them, and the rest is [Noise].
type DBSCAN struct {
	Radius  float64
	MinRows int    // 0 = 5
	Metric  Metric // nil = Euclidean
}

// Fit finds the clusters. Its time is quadratic in the number of rows.
func (m DBSCAN) Fit(ctx context.Context, p Points) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if !(m.Radius > 0) || m.MinRows < 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a radius of %v and at least %d rows: the radius must be above 0, the rows not below 0", m.Radius, m.MinRows)
	}
	least, dist := m.MinRows, m.Metric
	if least == 0 {
		least = 5
	}
	if dist == nil {
		dist = Euclidean
	}
	core := make([]bool, p.N)
	if err := parallel(ctx, p.N, func(i int) {
		n := 0
		for j := 0; j < p.N && n < least; j++ {
			if dist(p.Row(i), p.Row(j)) <= m.Radius {
				n++
			}
		}
		core[i] = n >= least
	}); err != nil {
		return nil, err
	}
	r := &Result{Labels: make([]int, p.N), Converged: true}
	for i := range r.Labels {
		r.Labels[i] = Noise
	}
	var queue []int
	for i := range p.N {
		if !core[i] || r.Labels[i] != Noise {
			continue
		}
		r.Labels[i] = r.K
		queue = append(queue[:0], i)
		for len(queue) > 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			x := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			for j := range p.N {
				if r.Labels[j] == Noise && dist(p.Row(x), p.Row(j)) <= m.Radius {
					r.Labels[j] = r.K
					if core[j] {
						queue = append(queue, j)
					}
				}
			}
		}
		r.K++
	}
	r.renumber()
	r.Centre(p)
	return r, nil
}

// Radius is one for [DBSCAN] with that many rows around a core: the knee of the Euclidean distances of all rows to their k-th nearest, the row itself
// counted, in ascending order (the k-dist graph of Ester et al. 1996, section 4.2), which is where they lie furthest below the line from the first to the last
// (Satopaa, Albrecht, Irwin & Raghavan 2011). It fails where all rows are alike. Its time is quadratic in the number of rows.
func Radius(ctx context.Context, p Points, least int) (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	k := min(max(least, 1), p.N) - 1
	far := make([]float64, p.N)
	if err := parallel(ctx, p.N, func(i int) {
		d := make([]float64, p.N)
		for j := range d {
			d[j] = Euclidean(p.Row(i), p.Row(j))
		}
		slices.Sort(d)
		far[i] = d[k]
	}); err != nil {
		return 0, err
	}
	slices.Sort(far)
	first, last := far[0], far[len(far)-1]
	if !(last > 0) {
		return 0, tidewatch.Errorf(tidewatch.CodeData, "all %d rows are alike: no radius parts them", p.N)
	}
	knee, deepest := last, math.Inf(-1)
	for i, d := range far {
		if below := first + (last-first)*float64(i)/float64(max(1, len(far)-1)) - d; d > 0 && below > deepest {
			knee, deepest = d, below
		}
	}
	return knee, nil
}
