package tidewatch

import (
	"math"
	"slices"
)

// Panel is many series on one grid of time, with their covariates. It is immutable, columnar, and cheap to view: [Panel.Until] and
// [Panel.Select] share its memory. Make one with [NewPanel].
type Panel struct {
	grid       Grid
	seasons    []int
	ids        []string
	start      []int // grid index of each series' first value
	lo, hi     []int // each series' cells in values
	source     []int // row in the panel the covariates were made for
	values     []float64
	out        []bool // unavailable, by cell; nil where everything was available
	covariates []Covariate
}

// NewPanel makes a panel of copies of the given series (their ID, Start, Values and Unavailable; other fields are ignored).
// seasons are the season lengths methods should consider, in periods. A series may be empty or wholly unknown (NaN). An infinite value,
// an empty or a repeated id, or a covariate that does not fit is an error.
func NewPanel(grid Grid, seasons []int, series []Series, covariates ...Covariate) (*Panel, error) {
	if grid.Freq.IsZero() {
		return nil, Errorf(CodeData, "the panel has no frequency")
	}
	for i, m := range seasons {
		if m < 2 || i > 0 && m <= seasons[i-1] {
			return nil, Errorf(CodeUsage, "season lengths %v: they must be at least 2 and ascend", seasons)
		}
	}
	cells, anyOut := 0, false
	for _, s := range series {
		cells += len(s.Values)
		anyOut = anyOut || s.Unavailable != nil
	}
	n := len(series)
	p := &Panel{grid: grid, seasons: slices.Clone(seasons), covariates: covariates, ids: make([]string, n), start: make([]int, n),
		lo: make([]int, n), hi: make([]int, n), source: make([]int, n), values: make([]float64, 0, cells)}
	if anyOut {
		p.out = make([]bool, cells)
	}
	seen := make(map[string]struct{}, n)
	for i, s := range series {
		if _, twice := seen[s.ID]; twice || s.ID == "" {
			return nil, Errorf(CodeData, "series id %q is empty or stands twice", s.ID)
		}
		seen[s.ID] = struct{}{}
		if s.Unavailable != nil && len(s.Unavailable) != len(s.Values) {
			return nil, Errorf(CodeData, "series %q: %d values but %d availability marks", s.ID, len(s.Values), len(s.Unavailable))
		}
		for t, v := range s.Values {
			if math.IsInf(v, 0) {
				return nil, Errorf(CodeData, "series %q: the value at %s is infinite", s.ID, grid.Stamp(s.Start+t).Format("2006-01-02 15:04"))
			}
		}
		p.ids[i], p.start[i], p.source[i] = s.ID, s.Start, i
		p.lo[i] = len(p.values)
		copy(p.out[min(p.lo[i], len(p.out)):], s.Unavailable)
		p.values = append(p.values, s.Values...)
		p.hi[i] = len(p.values)
	}
	for i := range covariates {
		if err := covariates[i].check(n); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Len is the number of series.
func (p *Panel) Len() int { return len(p.ids) }

// Grid is the grid all series stand on.
func (p *Panel) Grid() Grid { return p.grid }

// Seasons are the season lengths to consider, ascending, in periods. The caller must not change it.
func (p *Panel) Seasons() []int { return p.seasons }

// Covariates are the panel's covariates. The caller must not change them.
func (p *Panel) Covariates() []Covariate { return p.covariates }

// RowCovariates are the panel's covariates with a row for each of its series, in their order: what [NewPanel] takes to make a panel like
// this one with other values. Values are shared where they can be.
func (p *Panel) RowCovariates() []Covariate {
	out := slices.Clone(p.covariates)
	for k := range out {
		switch c := &out[k]; c.Scope {
		case BySeries:
			c.Values = make([]float32, len(p.source))
			for i, row := range p.source {
				c.Values[i] = p.covariates[k].Values[row]
			}
		case ByCell:
			c.Cells = make([]Cells, len(p.source))
			for i, row := range p.source {
				c.Cells[i] = p.covariates[k].Cells[row]
			}
		}
	}
	return out
}

// ID is the id of series i.
func (p *Panel) ID(i int) string { return p.ids[i] }

// Series is a view of series i.
func (p *Panel) Series(i int) Series {
	s := Series{ID: p.ids[i], Grid: p.grid, Start: p.start[i], Values: p.values[p.lo[i]:p.hi[i]:p.hi[i]], Seasons: p.seasons, panel: p, row: i}
	if p.out != nil {
		s.Unavailable = p.out[p.lo[i]:p.hi[i]:p.hi[i]]
	}
	return s
}

// End is the grid index after the last value of any series; where none has a value, after the last that has begun; 0 for a panel without series.
func (p *Panel) End() int {
	end, some := 0, false
	for i := range p.ids {
		begun := p.hi[i] > p.lo[i]
		e := p.start[i] + p.hi[i] - p.lo[i]
		if i == 0 || begun && !some || begun == some && e > end {
			end, some = e, begun
		}
	}
	return end
}

// Until is the panel as it was known up to, not including, index end of the grid. Series that begin later stay, empty, so that series
// keep their numbers.
func (p *Panel) Until(end int) *Panel {
	return p.cut(func(int) int { return end })
}

// Before is the panel without the last k values of each series: an origin that is the same number of steps before every series' own end.
func (p *Panel) Before(k int) *Panel {
	return p.cut(func(i int) int { return p.start[i] + p.hi[i] - p.lo[i] - k })
}

func (p *Panel) cut(end func(i int) int) *Panel {
	c := *p
	c.hi = make([]int, len(p.hi))
	for i := range c.hi {
		c.hi[i] = p.lo[i] + min(max(end(i)-p.start[i], 0), p.hi[i]-p.lo[i])
	}
	return &c
}

// Select is the panel of the given series, in that order. It panics if an index is out of range.
func (p *Panel) Select(series []int) *Panel {
	c := *p
	pick := func(from []int) []int {
		to := make([]int, len(series))
		for k, i := range series {
			to[k] = from[i]
		}
		return to
	}
	c.start, c.lo, c.hi, c.source = pick(p.start), pick(p.lo), pick(p.hi), pick(p.source)
	c.ids = make([]string, len(series))
	for k, i := range series {
		c.ids[k] = p.ids[i]
	}
	return &c
}
