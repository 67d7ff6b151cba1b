package clean

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/tidewatch/tidewatch"
)

// PCA puts the first principal components of many numeric covariates in their place: those by time, and those by series and time, known ahead and
// not, each among themselves. Means, spreads and loadings are those of the periods before the panel's end alone: what is known ahead of it is
// projected, not learnt from. Static covariates and those with labels stay.
type PCA struct{ Components int } // of each kind; 0 = as many as explain nine tenths of the variance

// String implements [Step].
func (p PCA) String() string {
	if p.Components > 0 {
		return named("pca", []string{strconv.Itoa(p.Components)})
	}
	return "pca"
}

// Apply implements [Step]: values stay as they are.
func (PCA) Apply(s Subject) (Outcome, error) { return Outcome{Values: s.Values}, nil }

// Components is what a PCA found in a matrix: scores of a row x are Σ (x - Mean) / Scale · Loadings.
type Components struct {
	Mean, Scale []float64
	Loadings    *mat.Dense // [column][component], each of length 1, its largest entry above 0
	Explained   []float64  // share of the variance, of every component there is
}

// FitPCA finds the principal components of a matrix of rows without unknown values (Jolliffe 2002, Principal Component Analysis), of columns
// brought to variance 1 if scaled. k is how many to keep, 0 = as many as explain nine tenths of the variance.
func FitPCA(rows *mat.Dense, k int, scaled bool) (*Components, error) {
	n, columns := rows.Dims()
	c := &Components{Mean: make([]float64, columns), Scale: make([]float64, columns)}
	x := mat.DenseCopyOf(rows)
	for j := range columns {
		col := mat.Col(nil, j, rows)
		m, sd := stat.PopMeanStdDev(col, nil)
		if !scaled || !(sd > 1e-12*math.Abs(m)) {
			sd = 1
		}
		c.Mean[j], c.Scale[j] = m, sd
		for i := range n {
			x.Set(i, j, (col[i]-m)/sd)
		}
	}
	var pc stat.PC
	if n < 2 || !pc.PrincipalComponents(x, nil) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "no principal components of %d rows of %d covariates", n, columns)
	}
	vars := pc.VarsTo(nil)
	total := 0.0
	for _, v := range vars {
		total += v
	}
	if !(total > 0) {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "no principal components: none of %d covariates varies", columns)
	}
	sum := 0.0
	for i, v := range vars {
		if k == 0 && sum < .9*total {
			if sum += v; sum >= .9*total {
				k = i + 1
			}
		}
		c.Explained = append(c.Explained, v/total)
	}
	var all mat.Dense
	pc.VectorsTo(&all)
	_, most := all.Dims()
	k = min(k, most)
	c.Loadings = mat.DenseCopyOf(all.Slice(0, columns, 0, k))
	for j := range k { // the sign is free: the largest loading is above 0
		big := 0.0
		for i := range columns {
			if v := c.Loadings.At(i, j); math.Abs(v) > math.Abs(big)+1e-12 {
				big = v
			}
		}
		for i := range columns {
			c.Loadings.Set(i, j, math.Copysign(1, big)*c.Loadings.At(i, j))
		}
	}
	return c, nil
}

// Scores are the components of one row; an unknown entry counts as its column's mean, and where all are unknown so are the scores.
func (c *Components) Scores(row []float64) []float64 {
	_, k := c.Loadings.Dims()
	out := make([]float64, k)
	if known(row) == 0 {
		for j := range out {
			out[j] = math.NaN()
		}
		return out
	}
	for i, v := range row {
		if v == v {
			for j := range out {
				out[j] += (v - c.Mean[i]) / c.Scale[i] * c.Loadings.At(i, j)
			}
		}
	}
	return out
}

// fitted are the components of each kind of covariates.
type fitted []kindOfColumns

type kindOfColumns struct {
	scope tidewatch.Scope
	ahead bool
	names []string
	*Components
}

func numeric(c tidewatch.Covariate, scope tidewatch.Scope, ahead bool) bool {
	return c.Scope == scope && c.Ahead == ahead && c.Labels == nil
}

func (p PCA) fit(panel *tidewatch.Panel) (columns, error) {
	var all fitted
	for _, scope := range []tidewatch.Scope{tidewatch.ByTime, tidewatch.ByCell} {
		for _, ahead := range []bool{true, false} {
			k := kindOfColumns{scope: scope, ahead: ahead}
			var at []int
			for i, c := range panel.Covariates() {
				if numeric(c, scope, ahead) {
					at, k.names = append(at, i), append(k.names, c.Name)
				}
			}
			if len(at) < 2 || p.Components >= len(at) {
				continue
			}
			var data []float64
			n := 0
			add := func(s tidewatch.Series, t int) {
				row := make([]float64, len(at))
				for j, c := range at {
					row[j] = s.Covariate(c, t)
				}
				if known(row) == len(row) {
					data = append(data, row...)
					n++
				}
			}
			if scope == tidewatch.ByCell {
				for i := range panel.Len() {
					s := panel.Series(i)
					for t := s.Start; t < s.End(); t++ {
						add(s, t)
					}
				}
			} else if s, first := longest(panel); s.End() > first {
				for t := first; t < s.End(); t++ {
					add(s, t)
				}
			}
			if n < 3 {
				continue
			}
			var err error
			if k.Components, err = FitPCA(mat.NewDense(n, len(at), data), p.Components, true); err != nil {
				return nil, err
			}
			all = append(all, k)
		}
	}
	return all, nil
}

// longest is the series that ends last, and the first index of any.
func longest(p *tidewatch.Panel) (tidewatch.Series, int) {
	var last tidewatch.Series
	first := math.MaxInt
	for i := range p.Len() {
		s := p.Series(i)
		if len(s.Values) == 0 {
			continue
		}
		if last.Values == nil || s.End() > last.End() {
			last = s
		}
		first = min(first, s.Start)
	}
	return last, first
}

// make puts the components in the place of the covariates they were made of.
func (f fitted) make(covariates []tidewatch.Covariate, n int) []tidewatch.Covariate {
	var out []tidewatch.Covariate
	used := map[string]bool{}
	for _, kind := range f {
		var from []tidewatch.Covariate
		for _, name := range kind.names {
			for _, c := range covariates {
				if c.Name == name {
					from = append(from, c)
					used[name] = true
				}
			}
		}
		out = append(out, kind.project(from, n)...)
	}
	for _, c := range covariates {
		if !used[c.Name] {
			out = append(out, c)
		}
	}
	return out
}

// project makes the components of the given columns.
func (k kindOfColumns) project(from []tidewatch.Covariate, n int) []tidewatch.Covariate {
	_, count := k.Loadings.Dims()
	out := make([]tidewatch.Covariate, count)
	for j := range out {
		out[j] = tidewatch.Covariate{Name: fmt.Sprintf("component %d", j+1), Scope: k.scope, Ahead: k.ahead}
		if k.scope == tidewatch.ByCell {
			out[j].Name += " by series"
		}
		if !k.ahead {
			out[j].Name += " of the past"
		}
	}
	row := make([]float64, len(from))
	put := func(value func(c *tidewatch.Covariate) float64) {
		for i := range from {
			row[i] = value(&from[i])
		}
		for j, v := range k.Scores(row) {
			out[j].Values = append(out[j].Values, float32(v))
		}
	}
	if k.scope == tidewatch.ByTime {
		first, end := math.MaxInt, math.MinInt
		for _, c := range from {
			first, end = min(first, c.First), max(end, c.First+len(c.Values))
		}
		for t := first; t < end; t++ {
			put(func(c *tidewatch.Covariate) float64 {
				if i := t - c.First; i >= 0 && i < len(c.Values) {
					return float64(c.Values[i])
				}
				return math.NaN()
			})
		}
		for j := range out {
			out[j].First = first
		}
		return out
	}
	for i := range n {
		first, end := math.MaxInt, math.MinInt
		for _, c := range from {
			first, end = min(first, c.Cells[i].Start), max(end, c.Cells[i].Start+c.Cells[i].Len)
		}
		for j := range out {
			out[j].Cells = append(out[j].Cells, tidewatch.Cells{Start: first, Offset: len(out[j].Values), Len: end - first})
		}
		for t := first; t < end; t++ {
			put(func(c *tidewatch.Covariate) float64 {
				cell := c.Cells[i]
				if u := t - cell.Start; u >= 0 && u < cell.Len {
					return float64(c.Values[cell.Offset+u])
				}
				return math.NaN()
			})
		}
	}
	return out
}
