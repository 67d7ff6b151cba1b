package tidewatch

import "slices"

// MaxSteps bounds the horizon of one forecast.
const MaxSteps = 100_000

var defaultLevels = []float64{.025, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .975}

// DefaultLevels are the quantile levels of a forecast unless others are asked for: a fresh copy.
func DefaultLevels() []float64 { return slices.Clone(defaultLevels) }

// Ask is what a model is asked to forecast.
type Ask struct {
	Steps  int         // how many periods after each series' end, at least 1
	Levels []float64   // quantile levels, ascending, inside (0, 1); nil = DefaultLevels
	Series []int       // which series of the fitted panel, by number; nil = all
	Future []Covariate // covariates known ahead that replace those of the same name (a what-if); rows are those of the fitted panel
	Seed   uint64      // of everything random in the answer
}

// Check reports an ask that cannot be answered for a panel of n series, and fills in the default levels.
func (a Ask) Check(n int) (Ask, error) {
	if a.Steps < 1 || a.Steps > MaxSteps {
		return a, Errorf(CodeUsage, "horizon %d: it must be from 1 to %d periods", a.Steps, MaxSteps)
	}
	if a.Levels == nil {
		a.Levels = defaultLevels
	}
	if err := CheckLevels(a.Levels); err != nil {
		return a, err
	}
	for _, i := range a.Series {
		if i < 0 || i >= n {
			return a, Errorf(CodeUsage, "series number %d: the panel has %d series", i, n)
		}
	}
	return a, nil
}

// Rows is how many series of a panel of n the ask is about.
func (a Ask) Rows(n int) int {
	if a.Series == nil {
		return n
	}
	return len(a.Series)
}

// Row is the number in the panel of the k-th series asked for.
func (a Ask) Row(k int) int {
	if a.Series == nil {
		return k
	}
	return a.Series[k]
}

// Covariates reads the covariates of series i of the fitted panel at any index of its grid: those of the ask in place of the panel's, from the
// series' end on (a fixed attribute at all times). Before it, and where a covariate of the ask has no value, the panel's holds.
func (a Ask) Covariates(p *Panel, i int) func(c, t int) float64 {
	s := p.Series(i)
	if len(a.Future) == 0 {
		return s.Covariate
	}
	instead := make([]*Covariate, len(p.covariates))
	for c := range instead {
		for k := range a.Future {
			if a.Future[k].Name == p.covariates[c].Name {
				instead[c] = &a.Future[k]
			}
		}
	}
	end := s.End()
	return func(c, t int) float64 {
		other := instead[c]
		if other == nil || t < end && other.Scope != BySeries {
			return s.Covariate(c, t)
		}
		at := t - other.First
		switch other.Scope {
		case BySeries:
			at = i
		case ByCell:
			cells := other.Cells[i]
			if at = t - cells.Start; at < 0 || at >= cells.Len {
				return s.Covariate(c, t)
			}
			at += cells.Offset
		}
		if at < 0 || at >= len(other.Values) {
			return s.Covariate(c, t)
		}
		return float64(other.Values[at])
	}
}

// CheckLevels reports quantile levels that are not ascending or not inside (0, 1).
func CheckLevels(levels []float64) error {
	for i, q := range levels {
		if !(q > 0 && q < 1) {
			return Errorf(CodeUsage, "quantile level %g: levels must lie between 0 and 1, such as 0.1 or 0.975", q)
		}
		if i > 0 && q <= levels[i-1] {
			return Errorf(CodeUsage, "quantile levels %v: they must ascend, without repeats", levels)
		}
	}
	return nil
}
