package tree

import (
	"context"
	"math"
	"runtime"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Data is what a Dataset is made from. The dataset keeps Target, Weight and Offset: do not change them while it is in use.
type Data struct {
	X           Matrix
	Target      []float64 // one a row; what it may hold depends on the objective
	Weight      []float64 // one a row, not negative; nil means 1 everywhere
	Offset      []float64 // starting scores, row after row, as many a row as the objective has outputs; nil: the objective's own
	Names       []string  // of the columns; nil means none
	Categorical []int     // columns that hold category codes: non-negative integers, every other value is "other"
	MaxBins     int       // of a feature, beside the bin for missing values: 2 to 255; 0 means 255
	BinRows     int       // rows that decide the bins, spread evenly over the matrix; 0 means 2,000,000. Fewer take less time, and luck decides more
	Threads     int       // 0 means GOMAXPROCS; changes nothing but the time taken
}

const (
	binRows       = 2_000_000 // that decide the bins
	minRowsInBin  = 3         // of the sample
	chunkRows     = 4096      // rows of one task
	paddingAtEnd  = 64        // bytes that vector instructions may read past the end
	maxLaneBlocks = 16        // lanes of one block
)

// Dataset is a binned matrix with its targets, immutable and safe for concurrent use.
type Dataset struct {
	features []feature
	names    []string
	rows     int
	columns  [][]uint8 // [feature][row] bin
	blocks   []block   // the same rows laid out for histograms; nil in a dataset made by Like
	layout   layout
	target   []float64
	weight   []float64
	offset   []float64
}

// NewDataset chooses the bins from at most [Data.BinRows] rows, and bins all of them.
func NewDataset(ctx context.Context, d Data) (*Dataset, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	rows, cols := d.X.Dims()
	t := newTeam(threads(d.Threads))
	defer t.close()
	ds := &Dataset{features: make([]feature, cols), names: slices.Clone(d.Names), rows: rows}
	most := d.BinRows
	if most == 0 {
		most = binRows
	}
	var sample []int
	if rows > most {
		sample = sampleOf(rows, most)
	}
	max := d.MaxBins
	if max == 0 {
		max = maxBins - 1
	}
	t.run(min(t.size, cols), func(worker int) {
		values := make([]float64, min(rows, most))
		for c := worker; c < cols && ctx.Err() == nil; c += t.size {
			if rows <= most {
				d.X.ReadColumn(values, c, 0)
			} else {
				for i, r := range sample {
					d.X.ReadColumn(values[i:i+1], c, r)
				}
			}
			if slices.Contains(d.Categorical, c) {
				ds.features[c] = categoricalFeature(values, max, minRowsInBin)
			} else {
				ds.features[c] = numericFeature(values, max, minRowsInBin)
			}
		}
	})
	if err := ds.fill(ctx, t, d); err != nil {
		return nil, err
	}
	ds.layout = newLayout(ds.features)
	ds.blocks = make([]block, len(ds.layout.blocks))
	for i, lanes := range ds.layout.blocks {
		ds.blocks[i] = newBlock(t, lanes, ds)
	}
	return ds, ctx.Err()
}

// Like bins d the way ds is binned: for validation and for predictions while training.
func (ds *Dataset) Like(ctx context.Context, d Data) (*Dataset, error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	if _, cols := d.X.Dims(); cols != len(ds.features) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "tree: the matrix has %d columns, the dataset it should be like has %d", cols, len(ds.features))
	}
	t := newTeam(threads(d.Threads))
	defer t.close()
	rows, _ := d.X.Dims()
	like := &Dataset{features: slices.Clone(ds.features), names: ds.names, rows: rows}
	if err := like.fill(ctx, t, d); err != nil {
		return nil, err
	}
	for i := range like.features { // what was missing where training missed nothing is the median
		if f := &ds.features[i]; !f.missing && like.features[i].missing {
			b := newBinner(f)
			var fill [1]uint8
			b.numeric(fill[:], []float64{f.fill})
			for r, bin := range like.columns[i] {
				if bin == 0 {
					like.columns[i][r] = fill[0]
				}
			}
		}
	}
	like.features = ds.features
	return like, nil
}

// Rows is the number of rows.
func (ds *Dataset) Rows() int { return ds.rows }

// Features is the number of columns.
func (ds *Dataset) Features() int { return len(ds.features) }

func threads(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

func (d *Data) validate() error {
	if d.X == nil {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Data.X is nil: give a matrix")
	}
	rows, cols := d.X.Dims()
	switch {
	case rows < 1 || cols < 1:
		return tidewatch.Errorf(tidewatch.CodeData, "tree: the matrix is %d x %d: at least one row and one column are needed", rows, cols)
	case rows > math.MaxInt32:
		return tidewatch.Errorf(tidewatch.CodeData, "tree: %d rows: at most %d are supported", rows, math.MaxInt32)
	case len(d.Target) != rows:
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d targets for %d rows", len(d.Target), rows)
	case d.Weight != nil && len(d.Weight) != rows:
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d weights for %d rows", len(d.Weight), rows)
	case len(d.Offset)%rows != 0:
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d offsets for %d rows: give every row as many as the objective has outputs", len(d.Offset), rows)
	case d.Names != nil && len(d.Names) != cols:
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: %d names for %d columns", len(d.Names), cols)
	case d.BinRows < 0:
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: BinRows is %d: it must be at least 1, or 0 for %d", d.BinRows, binRows)
	case d.MaxBins != 0 && (d.MaxBins < 2 || d.MaxBins >= maxBins):
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: MaxBins is %d: it must be 2 to %d, or 0 for %d", d.MaxBins, maxBins-1, maxBins-1)
	}
	for _, c := range d.Categorical {
		if c < 0 || c >= cols {
			return tidewatch.Errorf(tidewatch.CodeUsage, "tree: categorical column %d: the matrix has columns 0 to %d", c, cols-1)
		}
	}
	for i, y := range d.Target {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return tidewatch.Errorf(tidewatch.CodeData, "tree: the target of row %d is %v: leave out rows without a target", i, y)
		}
	}
	for i, w := range d.Weight {
		if !(w >= 0) || math.IsInf(w, 0) {
			return tidewatch.Errorf(tidewatch.CodeData, "tree: the weight of row %d is %v: weights are finite and not negative", i, w)
		}
	}
	for i, o := range d.Offset {
		if math.IsNaN(o) || math.IsInf(o, 0) {
			return tidewatch.Errorf(tidewatch.CodeData, "tree: offset %d is %v: offsets are finite", i, o)
		}
	}
	return nil
}

// sampleOf spreads n rows over the rows: one at a hashed place of each of as many equal parts.
func sampleOf(rows, n int) []int {
	sample := make([]int, n)
	part := float64(rows) / float64(n)
	for i := range sample {
		sample[i] = min(rows-1, int((float64(i)+unit(mix(uint64(i))))*part))
	}
	return sample
}

// fill bins the matrix into columns and notes which numeric features have missing values.
func (ds *Dataset) fill(ctx context.Context, t *team, d Data) error {
	ds.target, ds.weight, ds.offset = d.Target, d.Weight, d.Offset
	binners := make([]*binner, len(ds.features))
	ds.columns = make([][]uint8, len(ds.features))
	for i := range ds.features {
		binners[i] = newBinner(&ds.features[i])
		ds.columns[i] = make([]uint8, ds.rows+paddingAtEnd)[:ds.rows]
	}
	parts := (ds.rows + chunkRows - 1) / chunkRows
	missing := make([]bool, parts*len(ds.features))
	t.chunked(ds.rows, chunkRows, func(part, lo, hi int) {
		var values [256]float64
		for ; lo < hi && ctx.Err() == nil; lo += len(values) {
			n := min(len(values), hi-lo)
			for c := range ds.features {
				d.X.ReadColumn(values[:n], c, lo)
				if dst := ds.columns[c][lo : lo+n]; ds.features[c].categorical {
					binners[c].categorical(dst, values[:n])
				} else if binners[c].numeric(dst, values[:n]) {
					missing[part*len(ds.features)+c] = true
				}
			}
		}
	})
	for i, m := range missing {
		if m {
			ds.features[i%len(ds.features)].missing = true
		}
	}
	return ctx.Err()
}
