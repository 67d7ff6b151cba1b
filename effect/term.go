package effect

import (
	"math"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// term is one effect: of a label or value of a covariate, or of its size.
type term struct {
	covariate int
	name      string
	form      form
	value     float64 // at which an indicator is 1; of a share, what is usual: 0 or 1
}

type form uint8

const (
	indicator form = iota // 1 where the covariate has the value
	share                 // the covariate itself, from 0 to 1
	ratio                 // the log of the covariate over its mean in the series: an elasticity
)

// fewValues is up to how many values a number is treated as a label.
const fewValues = 5

// termsOf lists the effects that the covariates known ahead can have. The most frequent value of a covariate is what the others are compared
// with. A covariate that is neither label-like nor positive is left out.
func termsOf(p *tidewatch.Panel) []term {
	var all []term
	for c, cov := range p.Covariates() {
		if !cov.Ahead || cov.Scope == tidewatch.BySeries {
			continue
		}
		count := map[float64]int{}
		least, most, zeros, known, whole := math.Inf(1), math.Inf(-1), 0, 0, true
		for _, v32 := range cov.Values {
			v := float64(v32)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			known++
			least, most = min(least, v), max(most, v)
			if v == 0 {
				zeros++
			}
			whole = whole && v == math.Trunc(v)
			if _, seen := count[v]; seen || len(count) <= max(fewValues, len(cov.Labels)) {
				count[v]++
			}
		}
		switch {
		case len(count) < 2:
		case cov.Labels != nil || whole && (len(count) == 2 || len(count) <= fewValues && 2*zeros > known):
			base := usual(count)
			values := make([]float64, 0, len(count))
			for v := range count {
				if v != base {
					values = append(values, v)
				}
			}
			slices.Sort(values)
			for _, v := range values {
				name := cov.Name
				switch {
				case cov.Labels != nil:
					name += "=" + cov.Labels[int(v)]
				case len(values) > 1 || v != 1:
					name += "=" + strconv.FormatFloat(v, 'g', -1, 32)
				}
				all = append(all, term{c, name, indicator, v})
			}
		case least >= 0 && most <= 1 && 2*zeros > known:
			all = append(all, term{c, cov.Name, share, 0})
		case least >= 0 && most <= 1 && least < most && 2*count[1] > known:
			all = append(all, term{c, cov.Name, share, 1})
		case least > 0:
			all = append(all, term{c, cov.Name, ratio, 0})
		}
	}
	return all
}

// usual is the most frequent value, the smallest of equals.
func usual(count map[float64]int) float64 {
	best, n := 0.0, 0
	for v, k := range count {
		if k > n || k == n && v < best {
			best, n = v, k
		}
	}
	return best
}

// x is the term's regressor where the covariate is v; mean is that of the covariate in the series. What is unknown has no effect.
func (t term) x(v, mean float64) float64 {
	switch {
	case v != v:
		return 0
	case t.form == indicator:
		if v == t.value {
			return 1
		}
		return 0
	case t.form == share:
		return min(max(v, 0), 1) - t.value
	case v <= 0 || !(mean > 0):
		return 0
	}
	return min(max(math.Log(v/mean), -2), 2)
}

// cell is a regressor that is not zero.
type cell struct {
	t int32 // period: of the series, or of the grid
	x float32
}

// design is the terms with the cells of those that are the same for every series.
type design struct {
	terms  []term
	shared [][]cell // [term] on the grid, by period; nil for a term that series differ in, or that is a ratio
}

func designOf(p *tidewatch.Panel) design {
	d := design{terms: termsOf(p)}
	d.shared = make([][]cell, len(d.terms))
	for k, t := range d.terms {
		cov := p.Covariates()[t.covariate]
		if cov.Scope != tidewatch.ByTime || t.form == ratio {
			continue
		}
		d.shared[k] = []cell{}
		for i, v := range cov.Values {
			if x := t.x(float64(v), 0); x != 0 {
				d.shared[k] = append(d.shared[k], cell{int32(cov.First + i), float32(x)})
			}
		}
	}
	return d
}

// columns are the regressors of one series, sparse, and the means of the covariates that are ratios.
type columns struct {
	cells [][]cell // [term] by period of the series
	mean  []float64
}

func (d design) columnsOf(s tidewatch.Series) columns {
	c := columns{cells: make([][]cell, len(d.terms)), mean: make([]float64, len(d.terms))}
	var values []float64
	last := -1
	for k, term := range d.terms {
		if all := d.shared[k]; all != nil {
			from, _ := slices.BinarySearchFunc(all, s.Start, byPeriod)
			to, _ := slices.BinarySearchFunc(all, s.End(), byPeriod)
			c.cells[k] = slices.Clone(all[from:to])
			for i := range c.cells[k] {
				c.cells[k][i].t -= int32(s.Start)
			}
			continue
		}
		if term.covariate != last {
			last = term.covariate
			values = slices.Grow(values[:0], len(s.Values))[:len(s.Values)]
			for t := range values {
				values[t] = s.Covariate(last, s.Start+t)
			}
		}
		if term.form == ratio {
			sum, n := 0.0, 0
			for _, v := range values {
				if v > 0 {
					sum, n = sum+v, n+1
				}
			}
			c.mean[k] = sum / float64(max(n, 1))
		}
		for t, v := range values {
			if x := term.x(v, c.mean[k]); x != 0 {
				c.cells[k] = append(c.cells[k], cell{int32(t), float32(x)})
			}
		}
	}
	return c
}

func byPeriod(c cell, t int) int { return int(c.t) - t }
