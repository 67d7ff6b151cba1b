package tree

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

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
	cfg = cfg.withDefaults(len(ds.features))
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
