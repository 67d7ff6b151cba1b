package tree

import "math"

// fitLeaves sets the values and covers of the leaves from the exact gradients, and adds the values to the scores of the drawn rows.
func (tr *trainer) fitLeaves(t *structure, k int) {
	g, pair, score := tr.grower, tr.pairs[k], tr.score[k]
	quantiles, isQuantile := tr.cfg.Objective.(leafQuantiler)
	tr.team.run(len(g.leaves), func(i int) {
		l := &g.leaves[i]
		rows := g.rows[l.lo:l.hi]
		sumG, sumH := sums(rows, pair)
		v := 0.0
		switch {
		case isQuantile:
			v = tr.residualQuantile(rows, score, quantiles.leafLevel(k))
		case sumH+tr.cfg.L2 > 0:
			if a := math.Abs(sumG) - tr.cfg.L1; a > 0 {
				v = -math.Copysign(a, sumG) / (sumH + tr.cfg.L2)
			}
		}
		v = min(l.upper, max(l.lower, v)) * tr.cfg.LearningRate
		t.values[i], t.covers[i] = v, tr.cover(rows)
		if !tr.cfg.Forest {
			for _, r := range rows {
				score[r] += v
			}
		}
	})
	// Children come after their parents.
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		for _, c := range [2]int32{n.left, n.right} {
			if c < 0 {
				n.cover += t.covers[^c]
			} else {
				n.cover += t.nodes[c].cover
			}
		}
	}
}

// sums of the gradients and Hessians of rows; four partial sums, for speed.
func sums(rows []uint32, pair []gradientPair) (g, h float64) {
	var gs, hs [4]float64
	for ; len(rows) >= 4; rows = rows[4:] {
		for j := range 4 {
			p := &pair[rows[j]]
			gs[j] += float64(p.g)
			hs[j] += float64(p.h)
		}
	}
	for _, r := range rows {
		gs[0] += float64(pair[r].g)
		hs[0] += float64(pair[r].h)
	}
	return gs[0] + gs[1] + (gs[2] + gs[3]), hs[0] + hs[1] + (hs[2] + hs[3])
}

// cover is the weight of rows.
func (tr *trainer) cover(rows []uint32) float64 {
	if tr.ds.weight == nil {
		return float64(len(rows))
	}
	sum := 0.0
	for _, r := range rows {
		sum += tr.ds.weight[r]
	}
	return sum
}

func (tr *trainer) residualQuantile(rows []uint32, score []float64, level float64) float64 {
	rest := make([]float64, len(rows))
	var weight []float64
	for i, r := range rows {
		rest[i] = tr.ds.target[r] - score[r]
	}
	if tr.ds.weight == nil {
		return quantileOf(rest, level)
	}
	for _, r := range rows {
		weight = append(weight, tr.ds.weight[r])
	}
	return weightedQuantile(rest, weight, level)
}
