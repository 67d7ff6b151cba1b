package gbm

import (
	"context"
	"math"
	"slices"
	"sort"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/tree"
)

// spread is how far values lie around the mean forecast, learnt from forecasts of the last periods that did not know them: a width by
// boosted trees, and the shape of what is left by how large the forecast and how far ahead it is. Zero means nothing could be learnt.
type spread struct {
	widths []*tree.Model // of the logarithm of the width of a row: their mean
	pools  []pool
	bounds []float64 // ascending means that part the pools
	bias   float64   // Log: what the mean of the value is over the forecast
}

// pool is standardised errors (Log, Ratio), or probabilities (Count), at the levels of grid.
type pool []float64

// grid is the levels a distribution is held at; others are read off between them.
var grid = []float64{.005, .01, .025, .05, .1, .15, .2, .3, .4, .5, .6, .7, .8, .85, .9, .95, .975, .99, .995}

const (
	spreadRows   = 400_000 // learnt from, to forecast the held-out periods
	spreadCells  = 120_000 // held out
	spreadRounds = 80
	leastCells   = 300 // of a pool
	mostPools    = 8
)

// heldOut are cells whose values the forecasts did not know.
type heldOut struct {
	table *table
	mean  []float64
	y     []float64
}

// learnSpread trains on all but the last periods, forecasts those and learns from the errors. It learns from two such origins where the
// history is long enough.
func (f *fitter) learnSpread(ctx context.Context, p *tidewatch.Panel, b *feature.Builder) (*spread, error) {
	g := *f
	g.keep, g.Rounds, g.Draws = min(f.keep, spreadRows/float64(max(f.rows, 1))), min(f.Rounds, spreadRounds), 1
	g.Rate = max(f.Rate, .08)
	var cells []heldOut
	total := 0
	for k := range 2 {
		cut := p.End() - (k+1)*f.Horizon
		part, _ := partsBy(p, "")
		cell, err := g.holdOut(ctx, p, b, &part, cut)
		if err != nil || cell == nil {
			break // too short: what there is must do
		}
		cells = append(cells, *cell)
		if total += len(cell.y); total >= spreadCells/2 {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if total < leastCells/3 {
		return &spread{bias: 1}, nil
	}
	return f.spreadOf(ctx, cells)
}

// holdOut forecasts the values from index cut on, each series from its own history before it.
func (f *fitter) holdOut(ctx context.Context, p *tidewatch.Panel, b *feature.Builder, part *partition, cut int) (*heldOut, error) {
	if err := f.learn(ctx, p, b, part, cut); err != nil {
		return nil, err
	}
	t := &table{}
	every := max(1, p.Len()*f.Horizon/spreadCells)
	var y []float64
	for i := 0; i < p.Len(); i += every {
		s := p.Series(i)
		demand := s.Demand()
		var rows []feature.Row
		for at := max(cut, s.Start+1); at < min(s.End(), cut+f.Horizon); at++ {
			if v := demand[at-s.Start]; v == v && (f.target != Log || v > 0) {
				rows = append(rows, feature.Row{Time: int32(at), Step: int32(at - cut + 1)})
				y = append(y, v)
			}
		}
		if len(rows) > 0 {
			t.series, t.rows = append(t.series, i), append(t.rows, rows)
		}
	}
	if len(y) == 0 {
		return nil, nil
	}
	if err := t.fill(ctx, b, f.Workers); err != nil {
		return nil, err
	}
	v, err := part.models[0][0].Predict(ctx, tree.Columns[float32](t.columns), f.Workers)
	if err != nil {
		return nil, err
	}
	for k := range v {
		v[k] = f.target.invert(v[k], float64(t.levels[k]))
	}
	return &heldOut{t, v, y}, nil
}

// error is what the width is of: relative for Log, in levels for Ratio, in standard deviations of a Poisson variable for Count.
func (t Target) error(y, mean, level float64) float64 {
	switch t {
	case Log:
		return math.Log(y / mean)
	case Ratio:
		return (y - mean) / level
	}
	return (y - mean) / math.Sqrt(max(mean, leastMean))
}

const leastMean = .01 // of a count

// spreadOf learns from the held-out cells: widths by trees from one half of the series to be judged on the other.
func (f *fitter) spreadOf(ctx context.Context, cells []heldOut) (*spread, error) {
	var all heldOut
	all.table = &table{columns: make([][]float32, len(cells[0].table.columns)+1)}
	var fold []int
	for _, c := range cells {
		for k, column := range c.table.columns {
			all.table.columns[k] = append(all.table.columns[k], column...)
		}
		for k, i := range c.table.series {
			for range c.table.rows[k] {
				fold = append(fold, int(mix(uint64(i))&1))
			}
		}
		all.table.levels = append(all.table.levels, c.table.levels...)
		all.mean, all.y = append(all.mean, c.mean...), append(all.y, c.y...)
	}
	last := len(all.table.columns) - 1
	n := len(all.y)
	size := make([]float64, n)
	for k := range size {
		level := float64(all.table.levels[k])
		size[k] = math.Abs(f.target.error(all.y[k], all.mean[k], level))
		all.table.columns[last] = append(all.table.columns[last], float32(all.mean[k]/level))
	}
	s := &spread{}
	width := make([]float64, n)
	for part := range 2 {
		var in, out []int
		for k, at := range fold {
			if at == part {
				in = append(in, k)
			} else {
				out = append(out, k)
			}
		}
		if len(in) < leastCells/6 || len(out) < leastCells/6 {
			continue
		}
		m, err := f.trainWidth(ctx, all.table.columns, size, in)
		if err != nil {
			return nil, err
		}
		s.widths = append(s.widths, m)
		v, err := m.Scores(ctx, picked{all.table.columns, out}, f.Workers)
		if err != nil {
			return nil, err
		}
		for k, at := range out {
			width[at] = v[k]
		}
	}
	f.shapes(s, &all, width)
	return s, nil
}

// picked are some rows of columns.
type picked struct {
	columns [][]float32
	rows    []int
}

func (p picked) Dims() (rows, cols int) { return len(p.rows), len(p.columns) }

func (p picked) ReadColumn(dst []float64, col, row int) {
	for k := range dst {
		dst[k] = float64(p.columns[col][p.rows[row+k]])
	}
}

func (f *fitter) trainWidth(ctx context.Context, columns [][]float32, size []float64, rows []int) (*tree.Model, error) {
	target := make([]float64, len(rows))
	for k, at := range rows {
		target[k] = min(size[at], 1e6)
	}
	ds, err := tree.NewDataset(ctx, tree.Data{X: picked{columns, rows}, Target: target, MaxBins: 63, BinRows: binRows, Threads: f.Workers})
	if err != nil {
		return nil, err
	}
	return tree.Train(ctx, ds, tree.Config{Objective: tree.Tweedie{Power: 1.5}, Rounds: 60, LearningRate: .08, MaxLeaves: 15,
		MinRows: max(30, len(rows)/200), FeatureFraction: .3, RowFraction: .7, Seed: f.Seed, Threads: f.Workers})
}

// shapes pools what is left after the width by the size of the mean.
func (f *fitter) shapes(s *spread, h *heldOut, width []float64) {
	n := len(h.y)
	order := make([]int, n)
	for k := range order {
		order[k] = k
	}
	at := func(k int) float64 { return f.place(h.mean[k], float64(h.table.levels[k])) }
	sort.SliceStable(order, func(a, b int) bool { return at(order[a]) < at(order[b]) })
	pools := min(max(n/leastCells, 1), mostPools)
	if f.target != Count {
		pools = min(pools, 3)
	}
	sum, count := 0.0, 0.0
	for part := range pools {
		var left []float64
		for _, k := range order[part*n/pools : (part+1)*n/pools] {
			level := float64(h.table.levels[k])
			if f.target == Count {
				left = append(left, probability(h.y[k], h.mean[k], math.Exp(width[k]), mix(uint64(k))))
				continue
			}
			e := f.target.error(h.y[k], h.mean[k], level)
			if f.target == Log {
				sum += min(math.Exp(e), 10)
				count++
			}
			left = append(left, e/math.Exp(width[k]))
		}
		if part > 0 {
			s.bounds = append(s.bounds, at(order[part*n/pools]))
		}
		s.pools = append(s.pools, tidewatch.SampleQuantiles(left, grid))
	}
	s.bias = 1
	if count > 0 {
		s.bias = min(max(sum/count, .8), 1.25)
	}
}

// place is what pools are parted by.
func (f *fitter) place(mean, level float64) float64 {
	if f.target == Count {
		return mean
	}
	return mean / level
}

// quantiles sets q to the quantiles at the levels of one cell.
func (s *spread) quantiles(t Target, mean, level, place, width float64, levels, q []float64) {
	k, _ := slices.BinarySearch(s.bounds, place)
	p := s.pools[k]
	for l, at := range levels {
		z := tidewatch.Interpolate(grid, p, at)
		switch t {
		case Count:
			q[l] = countQuantile(z, mean, math.Exp(width))
		case Log:
			q[l] = mean * math.Exp(z*math.Exp(width))
		default:
			q[l] = mean + z*math.Exp(width)*level
		}
	}
	slices.Sort(q)
}
