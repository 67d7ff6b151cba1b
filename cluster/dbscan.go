package cluster

import (
	"context"

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
