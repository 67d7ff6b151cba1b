package tree

import (
	"context"
	"sync"

	"github.com/tidewatch/tidewatch"
)

// Predict returns the predictions of all rows of x, row after row, as many a row as the model has outputs. The number of threads, 0
// for GOMAXPROCS, changes nothing but the time taken.
func (m *Model) Predict(ctx context.Context, x Matrix, threads int) ([]float64, error) {
	return m.predict(ctx, x, threads, m.link)
}

// Scores is Predict without the link: the plain sums of the trees.
func (m *Model) Scores(ctx context.Context, x Matrix, threads int) ([]float64, error) {
	return m.predict(ctx, x, threads, Identity)
}

// PredictRow returns the predictions for one row of values. It is the quickest way for a single row, Predict for many.
func (m *Model) PredictRow(x []float64) ([]float64, error) {
	if len(x) != len(m.features) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d values for a model of %d columns", len(x), len(m.features))
	}
	score := make([]float64, len(m.start))
	m.scoreRow(x, score)
	m.link.apply(score)
	return score, nil
}

// blocksOfTask is the number of blocks of 64 rows one task predicts.
const blocksOfTask = 16

func (m *Model) predict(ctx context.Context, x Matrix, n int, link Link) ([]float64, error) {
	rows, cols := x.Dims()
	if cols != len(m.features) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "tree: a matrix of %d columns for a model of %d", cols, len(m.features))
	}
	outputs := len(m.start)
	out := make([]float64, rows*outputs)
	t := newTeam(min(threads(n), (rows+blockRows*blocksOfTask-1)/(blockRows*blocksOfTask)))
	defer t.close()
	idle := sync.Pool{New: func() any {
		return &worker{bytes: make([]uint8, len(m.engine.columns)*blockRows+paddingAtEnd), scores: make([][blockRows]float64, outputs)}
	}}
	t.chunked(rows, blockRows*blocksOfTask, func(_, lo, hi int) {
		if ctx.Err() != nil {
			return
		}
		w := idle.Get().(*worker)
		defer idle.Put(w)
		for ; lo < hi; lo += blockRows {
			k := min(blockRows, hi-lo)
			m.block(w, x, lo, k)
			for r := range k {
				s := out[(lo+r)*outputs : (lo+r+1)*outputs]
				for o := range s {
					s[o] = w.scores[o][r]
				}
				link.apply(s)
			}
		}
	})
	return out, ctx.Err()
}

// worker is the memory of one task, and of later ones.
type worker struct {
	bytes  []uint8 // [column][row of the block]
	scores [][blockRows]float64
	values [blockRows]float64
	reach  [2 * fastLeaves]uint64
}

// block scores k rows from row lo on.
func (m *Model) block(w *worker, x Matrix, lo, k int) {
	e := &m.engine
	values := w.values[:k]
	for f := range m.features {
		first, last := e.first[f], e.first[f+1]
		if first == last {
			continue
		}
		x.ReadColumn(values, f, lo)
		if m.single {
			for i, v := range values {
				values[i] = float64(float32(v))
			}
		}
		for c := first; c < last; c++ {
			e.columns[c].bytes(w.bytes[c*blockRows:], values, e.fill[f])
		}
	}
	for o, s := range m.start {
		for r := range w.scores[o] {
			w.scores[o][r] = s
		}
	}
	for i := range e.trees {
		t := &e.trees[i]
		nodes := e.nodes[t.node : t.node+t.nodes]
		leaves := e.values[t.value : t.value+t.nodes+1]
		if t.nodes == 0 {
			for r := range w.scores[t.output] {
				w.scores[t.output][r] += leaves[0]
			}
			continue
		}
		if len(leaves) > fastLeaves || !walkBlock(nodes, e.sets, leaves, w, t.output) {
			e.walk(nodes, leaves, w.bytes, w.scores[t.output][:k])
		}
	}
}

// walk adds one tree to the scores, row by row.
func (e *engine) walk(nodes []fastNode, leaves []float64, bytes []uint8, score []float64) {
	for r := range score {
		at := uint32(0)
		for at < uint32(len(nodes)) {
			n := &nodes[at]
			b := bytes[int(n.column)+r]
			left := b <= n.threshold
			if n.isSet != 0 {
				left = e.sets[n.set][b>>6]>>(b&63)&1 != 0
			}
			if at = n.right; left {
				at = n.left
			}
		}
		score[r] += leaves[at-uint32(len(nodes))]
	}
}
