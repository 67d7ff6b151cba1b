package tidewatch

import "math"

// Series is one series of a [Panel]: a view that shares the panel's memory and must not be written to.
type Series struct {
	ID     string
	Grid   Grid
	Start  int       // index on Grid of Values[0]
	Values []float64 // one a period, in time order; NaN = unknown
	// Unavailable marks the periods in which the item could not be sold (a stock-out): the value recorded there is not demand.
	// nil where every period was available; otherwise as long as Values.
	Unavailable []bool
	Seasons     []int // season lengths to consider, ascending, in periods; none = no season

	panel *Panel
	row   int // of the panel
}

// End is the index on Grid of the first period after the series.
func (s Series) End() int { return s.Start + len(s.Values) }

// Season is the first of Seasons, 1 if there is none.
func (s Series) Season() int {
	if len(s.Seasons) == 0 {
		return 1
	}
	return s.Seasons[0]
}

// Demand is Values with what was unavailable unknown (NaN). It is Values itself, not a copy, where everything was available.
func (s Series) Demand() []float64 {
	if s.Unavailable == nil {
		return s.Values
	}
	y := make([]float64, len(s.Values))
	for i, v := range s.Values {
		if s.Unavailable[i] {
			v = math.NaN()
		}
		y[i] = v
	}
	return y
}

// Until is the series as it was known up to, not including, index end of the grid. Covariates known ahead stay visible beyond it,
// others do not.
func (s Series) Until(end int) Series {
	n := min(max(end-s.Start, 0), len(s.Values))
	s.Values = s.Values[:n:n]
	if s.Unavailable != nil {
		s.Unavailable = s.Unavailable[:n:n]
	}
	return s
}

// Covariate is the value of covariate c of the panel at index t of the grid, NaN where it is unknown, or would not have been known at
// the series' end.
func (s Series) Covariate(c, t int) float64 {
	if s.panel == nil {
		return math.NaN()
	}
	cov := s.panel.covariates[c]
	if t >= s.End() && !cov.Ahead && cov.Scope != BySeries {
		return math.NaN()
	}
	return cov.at(s.panel.source[s.row], t)
}

// Covariates describes the covariates of the series' panel; Covariate takes an index into it.
func (s Series) Covariates() []Covariate {
	if s.panel == nil {
		return nil
	}
	return s.panel.covariates
}
