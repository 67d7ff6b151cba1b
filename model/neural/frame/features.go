package frame

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// maxLabels is how many labels of a categorical covariate get a column of their own; covariates with more are not seen.
const maxLabels = 32

// Column is a column of features: a number, standardised, or one label of a categorical covariate as 0 or 1. An unknown value is 0.
type Column struct {
	Name      string // of the covariate
	Label     int    // -1 for a number
	Mean, Dev float64
	Covariate int // its number in the panel
}

// value of the column for a covariate's value.
func (c *Column) value(v float64) float32 {
	switch {
	case v != v:
		return 0
	case c.Label < 0:
		return float32((v - c.Mean) / c.Dev)
	case int(v) == c.Label:
		return 1
	}
	return 0
}

// Features are the columns a network sees beside the values.
type Features struct {
	Past, Future, Static []Column // Future: of covariates known ahead, which stand in Past too
}

// FeaturesOf makes columns of the covariates of a panel, standardised over all its values.
func FeaturesOf(p *tidewatch.Panel) Features {
	var f Features
	for k := range p.Covariates() {
		c := &p.Covariates()[k]
		for _, col := range columns(c, k) {
			if c.Scope == tidewatch.BySeries {
				f.Static = append(f.Static, col)
				continue
			}
			f.Past = append(f.Past, col)
			if c.Ahead {
				f.Future = append(f.Future, col)
			}
		}
	}
	return f
}

func columns(c *tidewatch.Covariate, k int) []Column {
	if c.Labels != nil {
		if len(c.Labels) > maxLabels {
			return nil
		}
		cols := make([]Column, len(c.Labels))
		for l := range cols {
			cols[l] = Column{Name: c.Name, Label: l, Dev: 1, Covariate: k}
		}
		return cols
	}
	var sum, square, n float64
	for _, v := range c.Values {
		if v := float64(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
			sum += v
			n++
		}
	}
	if n == 0 {
		return nil
	}
	mean := sum / n
	for _, v := range c.Values {
		if d := float64(v) - mean; !math.IsNaN(d) && !math.IsInf(d, 0) {
			square += d * d
		}
	}
	if square == 0 {
		return nil // a constant tells nothing
	}
	return []Column{{Name: c.Name, Label: -1, Mean: mean, Dev: math.Sqrt(square / n), Covariate: k}}
}

// fill writes the columns' values for series i at time t into to.
func (w *Windows) fill(to []float32, cols []Column, s *tidewatch.Series, i, t int) {
	for k := range cols {
		c := &cols[k]
		var v float64
		if w.future != nil && w.future[c.Covariate] != nil && (t >= s.End() || w.future[c.Covariate].Scope == tidewatch.BySeries) {
			v = valueOf(w.future[c.Covariate], i, t)
		} else {
			v = s.Covariate(c.Covariate, t)
		}
		to[k] = max(-10, min(10, c.value(v)))
	}
}

// valueOf is a covariate's value for row i at time t, NaN outside what it holds.
func valueOf(c *tidewatch.Covariate, i, t int) float64 {
	switch c.Scope {
	case tidewatch.ByTime:
		i = t - c.First
	case tidewatch.ByCell:
		cells := c.Cells[i]
		if i = t - cells.Start; i < 0 || i >= cells.Len {
			return math.NaN()
		}
		i += cells.Offset
	}
	if i < 0 || i >= len(c.Values) {
		return math.NaN()
	}
	return float64(c.Values[i])
}
