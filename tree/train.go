package tree

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// gradientPair is a row's first and second derivative of the loss, times its weight.
type gradientPair struct{ g, h float32 }

// trainer is the state of training.
type trainer struct {
	ds      *Dataset
	cfg     Config
	team    *team
	grower  *grower
	n       int // rows
	outputs int
	start   []float64
	score   [][]float64 // [output][row]
	pairs   [][]gradientPair
	extents [][]extent        // [output][part of the rows] of pairs
	scratch []gradientScratch // [part of the rows]
	in, out []uint32          // rows drawn for the round, and the others
	trees   []structure
	valid   [][]float64 // scores of the validation rows
}

// Train fits trees to ds. It stops with ctx's error soon after ctx ends.
func Train(ctx context.Context, ds *Dataset, cfg Config) (*Model, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if ds == nil || ds.blocks == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "tree: the training set must come from NewDataset")
	}
	cfg = cfg.withDefaults()
	if err := checkData(ds, &cfg); err != nil {
		return nil, err
	}
	tr := &trainer{ds: ds, cfg: cfg, n: ds.rows, outputs: cfg.Objective.Outputs(), team: newTeam(threads(cfg.Threads))}
	defer tr.team.close()
	return tr.train(ctx)
}

// checkData says what is wrong with the configuration for these data.
func checkData(ds *Dataset, cfg *Config) error {
	outputs := cfg.Objective.Outputs()
	if cfg.Monotone != nil && len(cfg.Monotone) != len(ds.features) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Monotone has %d elements for %d columns", len(cfg.Monotone), len(ds.features))
	}
	for i, m := range cfg.Monotone {
		if m != 0 && ds.features[i].categorical {
			return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Monotone of column %d: categories have no order", i)
		}
	}
	if cfg.Valid != nil && (len(cfg.Valid.features) != len(ds.features) || &cfg.Valid.features[0] != &ds.features[0]) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Valid must be made by the training set's Like")
	}
	for _, d := range []*Dataset{ds, cfg.Valid} {
		if d == nil {
			continue
		}
		if d.offset != nil && len(d.offset) != d.rows*outputs {
			return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d offsets for %d rows and %d outputs", len(d.offset), d.rows, outputs)
		}
		for i, y := range d.target {
			if err := cfg.Objective.Check(y); err != nil {
				return tidewatch.Errorf(tidewatch.CodeData, "row %d: %w", i, err)
			}
		}
	}
	return nil
}

// The uses of random numbers.
const (
	keyRows = iota
	keyFeatures
	keyRounding
	keySplits
	keys
)

// key seeds the random numbers of one use.
func (tr *trainer) key(round, output, use int) uint64 {
	return mix(mix(tr.cfg.Seed) ^ uint64((round*tr.outputs+output)*keys+use+1))
}

func (tr *trainer) train(ctx context.Context) (*Model, error) {
	tr.start = slices.Clone(tr.cfg.Objective.Start(tr.ds.target, tr.ds.weight))
	if tr.ds.offset != nil {
		clear(tr.start)
	}
	tr.score = startScores(tr.ds, tr.start)
	if tr.cfg.Valid != nil {
		tr.valid = startScores(tr.cfg.Valid, tr.start)
	}
	tr.pairs = make([][]gradientPair, tr.outputs)
	for k := range tr.pairs {
		tr.pairs[k] = make([]gradientPair, tr.n)
	}
	parts := (tr.n + chunkRows - 1) / chunkRows
	tr.extents = make([][]extent, tr.outputs)
	for k := range tr.extents {
		tr.extents[k] = make([]extent, parts)
	}
	tr.scratch = make([]gradientScratch, parts)
	for i := range tr.scratch {
		tr.scratch[i] = newGradientScratch(tr.outputs)
	}
	tr.grower = newGrower(tr.ds, &tr.cfg, tr.team, tr.n)
	tr.in = make([]uint32, 0, tr.n)
	best, lowest := 0, math.Inf(1)
	for round := range tr.cfg.Rounds {
		if round == 0 || !tr.cfg.Forest || tr.cfg.GOSSTop > 0 {
			tr.gradients()
		}
		tr.drawRows(round)
		leaves := 0
		for k := range tr.outputs {
			t, err := tr.tree(ctx, round, k)
			if err != nil {
				return nil, err
			}
			leaves += len(t.values)
			tr.trees = append(tr.trees, t)
		}
		p := Progress{Round: round + 1, Rounds: tr.cfg.Rounds, Leaves: leaves, Valid: math.NaN()}
		if tr.cfg.Valid != nil {
			p.Valid = tr.validLoss(round + 1)
			if math.IsNaN(p.Valid) {
				return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "tree: the validation loss is not a number after round %d: lower LearningRate", round+1)
			}
			if p.Valid < lowest {
				best, lowest = round+1, p.Valid
			}
			p.Best = best
		}
		if tr.cfg.Progress != nil {
			tr.cfg.Progress(p)
		}
		if tr.cfg.Patience > 0 && round+1-best >= tr.cfg.Patience {
			break
		}
	}
	if tr.cfg.Patience > 0 {
		tr.trees = tr.trees[:best*tr.outputs]
	}
	return tr.model()
}

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

// tree grows one tree of output k, sets its leaf values and adds it to the scores.
func (tr *trainer) tree(ctx context.Context, round, k int) (structure, error) {
	pair, in, g := tr.pairs[k], tr.in, tr.grower
	extents := tr.extents[k]
	if len(in) < tr.n {
		extents = make([]extent, (len(in)+chunkRows-1)/chunkRows)
		tr.team.chunked(len(in), chunkRows, func(part, lo, hi int) { extents[part] = extentOfRows(in[lo:hi], pair) })
	}
	total := noExtent
	for _, e := range extents {
		total.add(e)
	}
	if math.IsNaN(total.sumG+total.sumH) || math.IsInf(total.sumG+total.sumH, 0) || total.minH < 0 {
		return structure{}, tidewatch.Errorf(tidewatch.CodeNumeric, "tree: the gradients of round %d are not finite, or a Hessian is negative: lower LearningRate or look at the targets", round+1)
	}
	g.quantizer = newQuantizer(total)
	key := tr.key(round, k, keyRounding)
	quanta := make([]int64, len(extents))
	tr.team.chunked(len(in), chunkRows, func(part, lo, hi int) {
		copy(g.rows[lo:hi], in[lo:hi])
		if total.sumG > 0 {
			quanta[part] = g.quantize(g.gh[lo:hi], in[lo:hi], pair, key)
		}
	})
	g.drawFeatures(tr.key(round, k, keyFeatures))
	root := leaf{hi: len(in), lower: math.Inf(-1), upper: math.Inf(1), parent: noParent}
	for _, q := range quanta {
		root.total += q
	}
	t, err := g.grow(ctx, root, tr.key(round, k, keySplits))
	if err != nil {
		return structure{}, err
	}
	t.output = k
	tr.fitLeaves(&t, k)
	if !tr.cfg.Forest {
		tr.addOut(&t, k)
	}
	if tr.valid != nil {
		g.walk(&t, tr.cfg.Valid, nil, tr.valid[k])
	}
	return t, nil
}

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

// model makes the trained model.
func (tr *trainer) model() (*Model, error) {
	if tr.cfg.Forest {
		for i := range tr.trees {
			for l := range tr.trees[i].values {
				tr.trees[i].values[l] /= float64(tr.cfg.Rounds)
			}
		}
	}
	m := &Model{trees: tr.trees, start: tr.start, link: tr.cfg.Objective.Link()}
	for i, f := range tr.ds.features {
		name := ""
		if tr.ds.names != nil {
			name = tr.ds.names[i]
		}
		m.features = append(m.features, modelFeature{name: name, fill: f.fill, categorical: f.categorical})
	}
	return m.compile()
}
