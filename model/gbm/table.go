package gbm

import (
	"context"
	"runtime"
	"sync"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/tree"
)

// table is rows of features of some series, with their targets.
type table struct {
	series  []int // of the panel
	rows    [][]feature.Row
	first   []int // [series] the number of its first row
	columns [][]float32
	levels  []float32
	target  []float64 // as the trees learn it; nil in a table to forecast
}

// lay sets where each series' rows are.
func (t *table) lay() int {
	n := 0
	t.first = make([]int, len(t.rows))
	for k, rows := range t.rows {
		t.first[k] = n
		n += len(rows)
	}
	return n
}

// fill makes the features of all rows.
func (t *table) fill(ctx context.Context, b *feature.Builder, workers int) error {
	n := t.lay()
	cells := make([]float32, n*len(b.Features()))
	t.columns = make([][]float32, len(b.Features()))
	for c := range t.columns {
		t.columns[c] = cells[c*n : (c+1)*n : (c+1)*n]
	}
	t.levels = make([]float32, n)
	return parallel(ctx, len(t.series), workers, func() func(int) {
		w := b.Worker()
		dst := make([][]float32, len(t.columns))
		return func(k int) {
			rows := t.rows[k]
			if len(rows) == 0 {
				return
			}
			for c := range dst {
				dst[c] = t.columns[c][t.first[k]:]
			}
			w.Fill(t.series[k], rows, dst)
			copy(t.levels[t.first[k]:], w.Levels())
		}
	})
}

// parallel calls what worker returns for 0 ... n-1. Each call must write to places of its own.
func parallel(ctx context.Context, n, workers int, worker func() func(int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			do := worker()
			for i := k; i < n && ctx.Err() == nil; i += workers {
				do(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// mix is SplitMix64 (Steele, Lea & Flood 2014): a number that looks random from one that does not.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// learnable lists the rows of the series to learn from: every known value of the span, each seen from an origin drawn at random from
// the steps of the block before it. until is the first index that is not to be learnt from.
func (f *fitter) learnable(p *tidewatch.Panel, series []int, seed uint64, until int) *table {
	t := &table{series: series, rows: make([][]feature.Row, len(series))}
	most := ^uint64(0)
	if f.keep < 1 {
		most = uint64(f.keep * (1 << 63) * 2)
	}
	for k, i := range series {
		s := p.Series(i)
		y := s.Demand()
		from, to := f.within(s, until)
		rows := make([]feature.Row, 0, 1+int(f.keep*float64(to-from)))
		for at := from; at < to; at++ {
			v := y[at-s.Start]
			if v != v || f.target == Log && v <= 0 {
				continue
			}
			h := mix(mix(seed^uint64(i)<<32) + uint64(at))
			if mix(h) > most {
				continue
			}
			row := feature.Row{Time: int32(at), Step: 1 + int32(h>>33)%int32(f.Block)}
			if row.Origin() > s.Start || f.described && f.target == Count {
				rows = append(rows, row)
			}
		}
		t.rows[k] = rows
	}
	return t
}

func (f *fitter) within(s tidewatch.Series, until int) (from, to int) {
	to = min(s.End(), until)
	from = s.Start
	if f.Span > 0 {
		from = max(from, f.end-f.Span)
	}
	return from, max(from, to)
}

func (f *fitter) count(s tidewatch.Series, until int) int {
	from, to := f.within(s, until)
	return to - from
}

// targets computes what the trees learn of each row.
func (f *fitter) targets(p *tidewatch.Panel, t *table) {
	n := len(t.levels)
	t.target = make([]float64, n)
	for k, i := range t.series {
		s := p.Series(i)
		y := s.Demand()
		for r, row := range t.rows[k] {
			at := t.first[k] + r
			t.target[at] = f.target.of(y[int(row.Time)-s.Start], float64(t.levels[at]))
			if f.target == Ratio {
				t.target[at] = min(max(t.target[at], -mostRatio), mostRatio)
			}
		}
	}
}

// mostRatio bounds how many levels a value may be from zero in what is learnt: one that is further tells nothing about others.
const mostRatio = 20

// categorical are the numbers of the categorical features.
func categorical(b *feature.Builder) (out []int, names []string) {
	for c, f := range b.Features() {
		names = append(names, f.Name)
		if f.Categorical {
			out = append(out, c)
		}
	}
	return out, names
}

// binRows decide the bins of features: where many models are averaged, their luck is, too.
const binRows = 200_000

// train learns one model.
func (f *fitter) train(ctx context.Context, t *table, b *feature.Builder, seed uint64) (*tree.Model, error) {
	cats, names := categorical(b)
	ds, err := tree.NewDataset(ctx, tree.Data{X: tree.Columns[float32](t.columns), Target: t.target, Names: names, Categorical: cats, MaxBins: f.Bins, BinRows: binRows, Threads: f.Workers})
	if err != nil {
		return nil, err
	}
	t.columns = nil // binned: the memory is needed
	n := len(t.target)
	c := tree.Config{Rounds: f.Rounds, LearningRate: f.Rate, MaxLeaves: min(f.Leaves, max(8, n/100)), MinRows: min(f.MinRows, max(5, n/2000)),
		FeatureFraction: f.Features, RowFraction: f.Bagging, Seed: seed, Threads: f.Workers}
	if f.target == Count {
		c.Objective = tree.Tweedie{Power: f.Power}
	}
	if f.target == Log && f.Percent {
		c.Objective = percent{}
	}
	return tree.Train(ctx, ds, c)
}
