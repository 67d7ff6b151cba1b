package tree

// gradientPair is a row's first and second derivative of the loss, times its weight.
type gradientPair struct{ g, h float32 }

// gradientStep is the number of rows an objective gets at a time.
const gradientStep = 256

// gradientScratch is what one task hands to the objective.
type gradientScratch struct {
	g, h  [][]float32
	score [][]float64
}

func newGradientScratch(outputs int) gradientScratch {
	s := gradientScratch{make([][]float32, outputs), make([][]float32, outputs), make([][]float64, outputs)}
	for k := range outputs {
		s.g[k], s.h[k] = make([]float32, gradientStep), make([]float32, gradientStep)
	}
	return s
}

// gradients fills pairs and extents from scores.
func (tr *trainer) gradients() {
	tr.team.chunked(tr.n, chunkRows, func(part, lo, hi int) {
		for k := range tr.extents {
			tr.extents[k][part] = noExtent
		}
		g, h, score := tr.scratch[part].g, tr.scratch[part].h, tr.scratch[part].score
		const step = gradientStep
		for ; lo < hi; lo += step {
			n := min(step, hi-lo)
			for k := range g {
				g[k], h[k], score[k] = g[k][:n], h[k][:n], tr.score[k][lo:lo+n]
			}
			tr.cfg.Objective.Gradients(tr.ds.target[lo:lo+n], score, g, h)
			for k := range g {
				pair := tr.pairs[k][lo : lo+n]
				for i := range pair {
					pair[i] = gradientPair{g[k][i], h[k][i]}
				}
				if tr.ds.weight != nil {
					for i, w := range tr.ds.weight[lo : lo+n] {
						pair[i].g *= float32(w)
						pair[i].h *= float32(w)
					}
				}
				tr.extents[k][part].add(extentOf(pair))
			}
		}
	})
}
