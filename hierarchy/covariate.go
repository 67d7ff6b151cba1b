package hierarchy

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// covariates are those of the bottom panel, with rows for the nodes above it.
//
//   - One of all series together stays as it is.
//   - A label holds for a node while it holds for all its series that have one; else it is unknown there.
//   - A number is the mean of its series', each weighing as it sells on average: of whether a promotion runs, the share of sales that it runs for.
//   - A number that is above zero everywhere, such as a price, is a mean of ratios: how far each series' is from its own mean, in logs. So a
//     series of high prices that begins or ends changes no node's price.
func (h *Hierarchy) covariates(bottom *tidewatch.Panel) []tidewatch.Covariate {
	return h.above(bottom, bottom.RowCovariates())
}

// above is covariates with rows for the bottom series, with rows for the nodes above them too.
func (h *Hierarchy) above(bottom *tidewatch.Panel, covariates []tidewatch.Covariate) []tidewatch.Covariate {
	if len(covariates) == 0 {
		return nil
	}
	all := slices.Clone(covariates)
	weight := make([]float64, bottom.Len())
	for i := range weight {
		sum, n := 0.0, 0.0
		for _, v := range bottom.Series(i).Values {
			if v == v {
				sum, n = sum+math.Abs(v), n+1
			}
		}
		weight[i] = (sum + 1e-9) / (n + 1)
	}
	for k := range all {
		switch c := &all[k]; c.Scope {
		case tidewatch.BySeries:
			c.Values = h.attribute(c, weight)
		case tidewatch.ByCell:
			h.cells(c, weight)
		}
	}
	return all
}

// attribute is a covariate of one value a series, [node].
func (h *Hierarchy) attribute(c *tidewatch.Covariate, weight []float64) []float32 {
	values := make([]float32, h.Len())
	copy(values[h.Bottom():], c.Values)
	for l, level := range h.levels {
		first, n := h.first[l], h.first[l+1]-h.first[l]
		sums := make([]mean, n)
		for g := range sums {
			sums[g] = newMean(1, c.Labels != nil)
		}
		for i, g := range level.Of {
			if g >= 0 {
				sums[g].add(0, float64(c.Values[i]), weight[i])
			}
		}
		for g := range sums {
			values[first+g] = float32(sums[g].value(0))
		}
	}
	return values
}

// cells gives a covariate of one value a series and period rows for all nodes. What series share is summed once.
func (h *Hierarchy) cells(c *tidewatch.Covariate, weight []float64) {
	bottom := c.Cells
	ratio := c.Labels == nil
	from, to := math.MaxInt, math.MinInt
	for _, cell := range bottom {
		if cell.Len > 0 {
			from, to = min(from, cell.Start), max(to, cell.Start+cell.Len)
		}
		for _, v := range c.Values[cell.Offset : cell.Offset+cell.Len] {
			ratio = ratio && !(v <= 0)
		}
	}
	c.Cells = make([]tidewatch.Cells, h.Len())
	copy(c.Cells[h.Bottom():], bottom)
	if from >= to {
		return
	}
	values := make([]float64, to-from)
	values32 := append(make([]float32, 0, len(c.Values)+h.Bottom()*(to-from)), c.Values...)
	type key struct {
		g    int32
		cell tidewatch.Cells
	}
	for l, level := range h.levels {
		shared := map[key]float64{} // weights of those with the same cells
		last := map[key]int{}       // the last of them
		for i, g := range level.Of {
			if g >= 0 {
				shared[key{g, bottom[i]}] += weight[i]
				last[key{g, bottom[i]}] = i
			}
		}
		sums := make([]mean, h.first[l+1]-h.first[l])
		for i, g := range level.Of {
			if g < 0 || last[key{g, bottom[i]}] != i {
				continue
			}
			if sums[g].sum == nil {
				sums[g] = newMean(to-from, c.Labels != nil)
			}
			cell := bottom[i]
			values = values[:cell.Len]
			for t, v := range c.Values[cell.Offset : cell.Offset+cell.Len] {
				values[t] = float64(v)
			}
			if ratio {
				relative(values)
			}
			w := shared[key{g, cell}]
			for t, v := range values {
				sums[g].add(cell.Start-from+t, v, w)
			}
		}
		for g := range sums {
			c.Cells[h.first[l]+g] = tidewatch.Cells{Start: from, Offset: len(values32), Len: to - from}
			for t := range to - from {
				v := sums[g].value(t)
				if ratio {
					v = math.Exp(v)
				}
				values32 = append(values32, float32(v))
			}
		}
	}
	c.Values = values32
}

// relative turns positive values into logs less their mean.
func relative(values []float64) {
	sum, n := 0.0, 0.0
	before, log := math.NaN(), math.NaN()
	for t, v := range values {
		if v != before { // prices seldom change
			before, log = v, math.Log(v)
		}
		values[t] = log
		if log == log {
			sum, n = sum+log, n+1
		}
	}
	for t := range values {
		values[t] -= sum / n
	}
}

// mean is a weighted mean of what is known, by period; of labels, the label all have.
type mean struct {
	label       bool
	sum, weight []float64
}

func newMean(periods int, label bool) mean {
	return mean{label, make([]float64, periods), make([]float64, periods)}
}

func (m *mean) add(t int, v, weight float64) {
	switch {
	case v != v:
	case m.label && m.weight[t] > 0 && m.sum[t] != v:
		m.sum[t] = math.NaN()
	case m.label:
		m.sum[t], m.weight[t] = v, 1
	default:
		m.sum[t] += v * weight
		m.weight[t] += weight
	}
}

func (m *mean) value(t int) float64 {
	switch {
	case m.sum == nil || m.weight[t] == 0:
		return math.NaN()
	case m.label:
		return m.sum[t]
	}
	return m.sum[t] / m.weight[t]
}
