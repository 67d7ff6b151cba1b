package conform

import "github.com/tidewatch/tidewatch/fleet"

// Save writes what was learnt.
func (c *Calibration) Save(w *fleet.Writer) {
	for _, t := range c.smooth {
		t.save(w)
	}
	c.count.save(w)
	table{at: c.like.at, weight: c.like.share}.save(w)
	w.Floats(c.like.bounds)
	w.Floats(c.like.factor)
	w.Float(c.size)
	w.Floats(c.factor)
}

func (t table) save(w *fleet.Writer) {
	w.Floats(t.weight)
	w.Int(len(t.at))
	for _, row := range t.at {
		w.Floats(row)
	}
}

// LoadCalibration reads what [Calibration.Save] wrote, for so many series.
func LoadCalibration(r *fleet.Reader, series int) *Calibration {
	c := &Calibration{}
	for k := range c.smooth {
		c.smooth[k] = loadTable(r)
	}
	c.count = loadTable(r)
	like := loadTable(r)
	c.like = likes{at: like.at, share: like.weight, bounds: r.Floats(), factor: r.Floats()}
	if n := len(like.at); len(c.like.factor) != n || len(c.like.bounds) != max(n-1, 0) {
		r.Fail("the state is damaged: %d bounds and %d factors of %d classes", len(c.like.bounds), len(c.like.factor), n)
	}
	c.size = r.Float()
	c.factor = r.Floats()
	if n := len(c.factor); n != 0 && n != series {
		r.Fail("the state is damaged: factors of %d series, not %d", n, series)
	}
	return c
}

func loadTable(r *fleet.Reader) table {
	t := table{weight: r.Floats()}
	n := r.Count(0, r.Left()/8)
	for range n {
		row := r.Floats()
		if len(row) != len(grid) {
			r.Fail("the state is damaged: %d levels, not %d", len(row), len(grid))
			return table{}
		}
		t.at = append(t.at, row)
	}
	if len(t.weight) != len(t.at) {
		r.Fail("the state is damaged: %d steps, not %d", len(t.weight), len(t.at))
	}
	return t
}
