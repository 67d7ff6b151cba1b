package gbm

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// leastShut is how many cells must show that a covariate which is off means a value of zero.
const leastShut = 50

// gateOf finds the covariate known ahead whose 0 means a value of 0 wherever both are known (a shop that is shut), and whose 1 mostly
// does not; -1 if there is none.
func gateOf(p *tidewatch.Panel) int {
	for c, cov := range p.Covariates() {
		if !cov.Ahead || cov.Labels != nil || cov.Scope == tidewatch.BySeries {
			continue
		}
		binary := true
		for _, v := range cov.Values {
			binary = binary && (v != v || v == 0 || v == 1)
		}
		if binary && gates(p, c) {
			return c
		}
	}
	return -1
}

func gates(p *tidewatch.Panel, c int) bool {
	shut, open, zero := 0, 0, 0
	for i := range p.Len() {
		s := p.Series(i)
		for k, v := range s.Demand() {
			switch on := s.Covariate(c, s.Start+k); {
			case v != v || on != on:
			case on == 0:
				if v != 0 {
					return false
				}
				shut++
			default:
				open++
				if v == 0 {
					zero++
				}
			}
		}
	}
	return shut >= leastShut && zero*10 < open
}

// openOnly is p with what was shut marked as unavailable.
func openOnly(p *tidewatch.Panel, gate int) (*tidewatch.Panel, error) {
	series := make([]tidewatch.Series, p.Len())
	for i := range series {
		s := p.Series(i)
		out := make([]bool, len(s.Values))
		for k := range out {
			out[k] = s.Unavailable != nil && s.Unavailable[k] || s.Covariate(gate, s.Start+k) == 0
		}
		s.Unavailable = out
		series[i] = s
	}
	return tidewatch.NewPanel(p.Grid(), p.Seasons(), series, covariatesOf(p)...)
}

// covariatesOf are the covariates of p as those of a new panel of the same series: what p shows of them.
func covariatesOf(p *tidewatch.Panel) []tidewatch.Covariate {
	var out []tidewatch.Covariate
	for c, cov := range p.Covariates() {
		switch cov.Scope {
		case tidewatch.BySeries:
			values := make([]float32, p.Len())
			for i := range values {
				values[i] = float32(p.Series(i).Covariate(c, 0))
			}
			cov.Values = values
		case tidewatch.ByCell:
			last := 0
			for _, cells := range cov.Cells {
				last = max(last, cells.Start+cells.Len)
			}
			cells, values := make([]tidewatch.Cells, p.Len()), []float32(nil)
			for i := range cells {
				s := p.Series(i)
				cells[i] = tidewatch.Cells{Start: s.Start, Offset: len(values)}
				known := len(values)
				for t := s.Start; t < last; t++ {
					v := float32(s.Covariate(c, t))
					values = append(values, v)
					if v == v {
						known = len(values)
					}
				}
				values = values[:known]
				cells[i].Len = known - cells[i].Offset
			}
			cov.Values, cov.Cells = values, cells
		}
		out = append(out, cov)
	}
	return out
}

// targetOf chooses what to learn from what the values are.
func targetOf(p *tidewatch.Panel) Target {
	zeros, known, negative := 0, 0, false
	for i := range p.Len() {
		for _, v := range p.Series(i).Demand() {
			if v != v {
				continue
			}
			known++
			negative = negative || v < 0
			if v == 0 {
				zeros++
			}
		}
	}
	switch {
	case negative:
		return Ratio
	case zeros*10 > known:
		return Count
	case zeros*1000 > known:
		return Ratio
	}
	return Log
}

// invert is a forecast of the target as one of the value at the given level.
func (t Target) invert(v, level float64) float64 {
	switch t {
	case Log:
		return math.Exp(v) * level
	case Ratio:
		return v * level
	}
	return v
}

// of is the target for a value at the given level.
func (t Target) of(y, level float64) float64 {
	switch t {
	case Log:
		return math.Log(y / level)
	case Ratio:
		return y / level
	}
	return y
}
