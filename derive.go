package tidewatch

import "slices"

// Add is the panel with more covariates, which must vary by time alone: others belong to the series a panel was made of.
func (p *Panel) Add(covariates ...Covariate) (*Panel, error) {
	c := *p
	c.covariates = append(slices.Clone(p.covariates), covariates...)
	for i := range covariates {
		if covariates[i].Scope != ByTime {
			return nil, Errorf(CodeInternal, "covariate %q: only one that varies by time alone can be added to a panel", covariates[i].Name)
		}
		if err := covariates[i].check(p.Len()); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// Replace is the panel with other values: of series i, those that fill writes over its copy of them, values[0] at the series' start. Infinite
// values are not allowed. Availability and covariates stay. Panels cut from the result later see the replaced values only.
func (p *Panel) Replace(fill func(i int, values []float64)) *Panel {
	c := *p
	n := 0
	for i := range p.ids {
		n += p.hi[i] - p.lo[i]
	}
	c.values = make([]float64, 0, n)
	c.lo, c.hi = make([]int, len(p.lo)), make([]int, len(p.hi))
	if p.out != nil {
		c.out = make([]bool, 0, n)
	}
	for i := range p.ids {
		c.lo[i] = len(c.values)
		c.values = append(c.values, p.values[p.lo[i]:p.hi[i]]...)
		if p.out != nil {
			c.out = append(c.out, p.out[p.lo[i]:p.hi[i]]...)
		}
		c.hi[i] = len(c.values)
		fill(i, c.values[c.lo[i]:c.hi[i]:c.hi[i]])
	}
	return &c
}
