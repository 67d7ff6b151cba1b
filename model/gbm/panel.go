package gbm

import (
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// savePanel writes a panel. Values that are whole take a byte or two; prices and promotions, which hardly change, one entry a change.
func savePanel(w *fleet.Writer, p *tidewatch.Panel) {
	fleet.SaveGrid(w, p.Grid())
	w.Int(len(p.Seasons()))
	for _, m := range p.Seasons() {
		w.Int(m)
	}
	w.Int(p.Len())
	for i := range p.Len() {
		s := p.Series(i)
		w.Text(s.ID)
		w.Int(s.Start)
		saveValues(w, s.Values)
		w.Int(len(s.Unavailable))
		runs(len(s.Unavailable), func(a, b int) bool { return s.Unavailable[a] == s.Unavailable[b] }, func(at, n int) {
			w.Int(n)
			w.Bool(s.Unavailable[at])
		})
	}
	covariates := p.RowCovariates()
	w.Int(len(covariates))
	for _, c := range covariates {
		w.Text(c.Name)
		w.Int(int(c.Scope))
		w.Bool(c.Ahead)
		w.Bool(c.Labels != nil)
		saveTexts(w, c.Labels)
		w.Int(c.First)
		if c.Scope != tidewatch.ByCell {
			saveRuns(w, c.Values)
			continue
		}
		for _, cells := range c.Cells {
			w.Int(cells.Start)
			saveRuns(w, c.Values[cells.Offset:cells.Offset+cells.Len])
		}
	}
}

const mostWhole = 1 << 40

// saveValues writes values as whole numbers if all that are known are, with -1 for unknown ones; else as they are.
func saveValues(w *fleet.Writer, y []float64) {
	whole := true
	for _, v := range y {
		whole = whole && (v != v || v >= 0 && v <= mostWhole && v == math.Trunc(v) && !math.Signbit(v))
	}
	w.Bool(whole)
	if !whole {
		w.Floats(y)
		return
	}
	w.Int(len(y))
	for _, v := range y {
		if v != v {
			v = -1
		}
		w.Int(int(v))
	}
}

// runs calls of for every longest stretch of equal neighbours among n.
func runs(n int, equal func(a, b int) bool, of func(at, n int)) {
	for at := 0; at < n; {
		k := at + 1
		for k < n && equal(at, k) {
			k++
		}
		of(at, k-at)
		at = k
	}
}

func saveRuns(w *fleet.Writer, v []float32) {
	w.Int(len(v))
	runs(len(v), func(a, b int) bool { return math.Float32bits(v[a]) == math.Float32bits(v[b]) }, func(at, n int) {
		w.Int(n)
		w.Int(int(math.Float32bits(v[at])))
	})
}

const (
	mostIndex = 1_000_000_000
	mostSpan  = 10_000_000 // periods of a panel that is read
	// mostRun is how many covariate values a byte of a file may stand for on average: runs are short for what they mean, and a damaged file must
	// not ask for all memory.
	mostRun = 4096
)

// loadPanel reads what savePanel wrote.
func loadPanel(r *fleet.Reader) (*tidewatch.Panel, error) {
	g := fleet.LoadGrid(r)
	var seasons []int
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		seasons = append(seasons, r.Count(2, mostIndex))
	}
	room := mostRun * r.Left()
	var series []tidewatch.Series
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		s := tidewatch.Series{ID: r.Text(), Start: r.Count(-mostIndex, mostIndex), Values: loadValues(r)}
		if n := r.Count(0, len(s.Values)); n > 0 {
			s.Unavailable = make([]bool, 0, n)
			for len(s.Unavailable) < n && r.Err() == nil {
				k := r.Count(1, n-len(s.Unavailable))
				out := r.Bool()
				for ; k > 0; k-- {
					s.Unavailable = append(s.Unavailable, out)
				}
			}
		}
		series = append(series, s)
	}
	var covariates []tidewatch.Covariate
	for n := r.Count(0, r.Left()); n > 0 && r.Err() == nil; n-- {
		c := tidewatch.Covariate{Name: r.Text(), Scope: tidewatch.Scope(r.Count(0, int(tidewatch.ByCell))), Ahead: r.Bool()}
		labelled := r.Bool()
		if c.Labels = loadTexts(r); labelled && c.Labels == nil {
			c.Labels = []string{}
		}
		c.First = r.Count(-mostIndex, mostIndex)
		if c.Scope != tidewatch.ByCell {
			c.Values = loadRuns(r, nil, &room)
		}
		for i := 0; i < len(series) && c.Scope == tidewatch.ByCell && r.Err() == nil; i++ {
			cells := tidewatch.Cells{Start: r.Count(-mostIndex, mostIndex), Offset: len(c.Values)}
			c.Values = loadRuns(r, c.Values, &room)
			cells.Len = len(c.Values) - cells.Offset
			c.Cells = append(c.Cells, cells)
		}
		covariates = append(covariates, c)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	p, err := tidewatch.NewPanel(g, seasons, series, covariates...)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %w", err)
	}
	if p.Len() > 0 && p.End()-first(p) > mostSpan {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: a panel of %d periods", p.End()-first(p))
	}
	return p, nil
}

func loadValues(r *fleet.Reader) []float64 {
	if !r.Bool() {
		return r.Floats()
	}
	y := make([]float64, r.Count(0, r.Left()))
	for k := range y {
		if y[k] = float64(r.Count(-1, mostWhole)); y[k] < 0 {
			y[k] = math.NaN()
		}
	}
	return y
}

// loadRuns appends what saveRuns wrote to v. room is how many values may yet come.
func loadRuns(r *fleet.Reader, v []float32, room *int) []float32 {
	n := r.Count(0, *room)
	*room -= n
	for n > 0 && r.Err() == nil {
		k := r.Count(1, n)
		x := math.Float32frombits(uint32(r.Count(0, math.MaxUint32)))
		if math.IsInf(float64(x), 0) {
			r.Fail("the model file is damaged: an infinite covariate")
		}
		n -= k
		for ; k > 0 && r.Err() == nil; k-- {
			v = append(v, x)
		}
	}
	return v
}
