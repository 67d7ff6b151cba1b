package tree

// startScores are the scores before the first tree.
func startScores(ds *Dataset, start []float64) [][]float64 {
	score := make([][]float64, len(start))
	for k, s := range start {
		score[k] = make([]float64, ds.rows)
		for r := range score[k] {
			score[k][r] = s
			if ds.offset != nil {
				score[k][r] += ds.offset[r*len(start)+k]
			}
		}
	}
	return score
}

// addOut adds the tree to the scores of the rows that were not drawn.
func (tr *trainer) addOut(t *structure, k int) {
	if len(tr.in) < tr.n {
		tr.grower.walk(t, tr.ds, tr.out, tr.score[k])
	}
}

// walk adds the leaf values of rows (nil: all) of ds, which has the training set's bins, to score.
func (g *grower) walk(t *structure, ds *Dataset, rows []uint32, score []float64) {
	n := ds.rows
	if rows != nil {
		n = len(rows)
	}
	g.team.chunked(n, chunkRows, func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			r := i
			if rows != nil {
				r = int(rows[i])
			}
			at := int32(0)
			if len(t.nodes) == 0 {
				at = -1
			}
			for at >= 0 {
				s := &g.splits[at]
				if s.goesLeft(int(ds.columns[s.feature][r])) {
					at = t.nodes[at].left
				} else {
					at = t.nodes[at].right
				}
			}
			score[r] += t.values[^at]
		}
	})
}

// validLoss is the loss of the validation set after so many rounds.
func (tr *trainer) validLoss(rounds int) float64 {
	v := tr.cfg.Valid
	score := func(k, r int) float64 {
		s := tr.valid[k][r]
		if tr.cfg.Forest { // the scores hold the sum of the trees
			first := tr.start[k]
			if v.offset != nil {
				first += v.offset[r*tr.outputs+k]
			}
			s = first + (s-first)/float64(rounds)
		}
		return s
	}
	if tr.cfg.Loss != nil {
		p := make([]float64, v.rows*tr.outputs)
		for r := range v.rows {
			for k := range tr.outputs {
				p[r*tr.outputs+k] = score(k, r)
			}
			tr.cfg.Objective.Link().apply(p[r*tr.outputs : (r+1)*tr.outputs])
		}
		return tr.cfg.Loss(v.target, v.weight, p)
	}
	sumsOf := make([][2]float64, (v.rows+chunkRows-1)/chunkRows)
	tr.team.chunked(v.rows, chunkRows, func(part, lo, hi int) {
		row := make([]float64, tr.outputs)
		for r := lo; r < hi; r++ {
			for k := range row {
				row[k] = score(k, r)
			}
			w := 1.0
			if v.weight != nil {
				w = v.weight[r]
			}
			sumsOf[part][0] += w * tr.cfg.Objective.Loss(v.target[r], row)
			sumsOf[part][1] += w
		}
	})
	var loss, weight float64
	for _, s := range sumsOf {
		loss += s[0]
		weight += s[1]
	}
	return loss / weight
}
