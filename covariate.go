package tidewatch

import "math"

// Scope says what a covariate varies by.
type Scope uint8

// The scopes of covariates.
const (
	ByTime   Scope = iota // the same for every series: holidays, weather of the one region, total traffic
	BySeries              // the same at all times: category, brand, store size
	ByCell                // by series and time: price, promotion
)

// Covariate is a column beside the values of a panel. It is stored once, in float32, and shared by all views of the panel.
type Covariate struct {
	Name  string
	Scope Scope
	// Ahead: values after a series' end are known when the forecast is made (a price plan, a festival). Without it only the past
	// is ever shown: [Series.Covariate] hides the rest, so that no method can look ahead.
	Ahead bool
	// Labels of a categorical covariate: its values are indices of Labels. nil for a number.
	Labels []string

	First  int       // ByTime: index on the grid of Values[0]
	Values []float32 // ByTime: one a period from First; BySeries: one a series; ByCell: the cells of all series, one after another
	Cells  []Cells   // ByCell: where each series' values are
}

// Cells places the values of one series in a ByCell covariate: Values[Offset : Offset+Len], the first at index Start of the grid.
type Cells struct{ Start, Offset, Len int }

// at is the value for series row i of the panel the covariate was made for, at grid index t; NaN outside what is stored.
func (c *Covariate) at(i, t int) float64 {
	switch c.Scope {
	case ByTime:
		i = t - c.First
	case ByCell:
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

// check reports a covariate that does not fit a panel of n series.
func (c *Covariate) check(n int) error {
	switch {
	case c.Name == "":
		return Errorf(CodeData, "a covariate has no name")
	case c.Scope == BySeries && len(c.Values) != n:
		return Errorf(CodeData, "covariate %q: %d values for %d series", c.Name, len(c.Values), n)
	case c.Scope == ByCell && len(c.Cells) != n:
		return Errorf(CodeData, "covariate %q: cells for %d of %d series", c.Name, len(c.Cells), n)
	}
	for _, cells := range c.Cells {
		if cells.Offset < 0 || cells.Len < 0 || cells.Offset+cells.Len > len(c.Values) {
			return Errorf(CodeData, "covariate %q: cells outside its values", c.Name)
		}
	}
	for _, v := range c.Values {
		if c.Labels != nil && v == v && (v < 0 || int(v) >= len(c.Labels) || v != float32(int(v))) {
			return Errorf(CodeData, "covariate %q: value %g is not an index of its %d labels", c.Name, v, len(c.Labels))
		}
	}
	return nil
}
