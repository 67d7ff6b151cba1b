package frame

import (
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Save writes how windows are cut and scaled, without the panel.
func (w *Windows) Save(to *fleet.Writer) {
	to.Int(w.Shape.Lags)
	to.Bool(w.Shape.Masked)
	to.Int(int(w.Scaling))
	to.Int(w.Recent)
	to.Int(w.Cycle)
	to.Int(int(w.Base))
	to.Float(w.Typical.Loc)
	to.Float(w.Typical.Size)
	to.Bool(w.Typical.Log)
	for _, log := range w.Log {
		to.Bool(log)
	}
	for _, cols := range [][]Column{w.Features.Past, w.Features.Future, w.Features.Static} {
		to.Int(len(cols))
		for _, c := range cols {
			to.Text(c.Name)
			to.Int(c.Label)
			to.Float(c.Mean)
			to.Float(c.Dev)
			to.Int(c.Covariate)
		}
	}
}

// Load reads what [Windows.Save] wrote, for windows of p. Of shape, Steps and Levels must be given.
func Load(r *fleet.Reader, p *tidewatch.Panel, shape Shape) *Windows {
	const most = 1 << 20
	w := &Windows{Shape: shape, panel: p}
	w.Shape.Lags, w.Shape.Masked = r.Count(1, most), r.Bool()
	w.Scaling, w.Recent, w.Cycle = Scaling(r.Count(int(ByLevel), int(ByLog))), r.Count(1, most), r.Count(1, most)
	w.Base = Base(r.Count(int(SeasonBase), int(TrendBase)))
	w.Typical = Scale{Loc: r.Finite(), Size: r.Finite(), Log: r.Bool()}
	if r.Err() == nil && !(w.Typical.Size > 0) {
		r.Fail("the model file is damaged: a scale of %g", w.Typical.Size)
	}
	if p.Len() > r.Left() {
		r.Fail("the model file is cut short or damaged: %d series", p.Len())
		return w
	}
	w.Log = make([]bool, p.Len())
	for i := range w.Log {
		w.Log[i] = r.Bool()
	}
	for _, to := range []*[]Column{&w.Features.Past, &w.Features.Future, &w.Features.Static} {
		n := r.Count(0, r.Left())
		for i := 0; i < n && r.Err() == nil; i++ {
			c := Column{Name: r.Text(), Label: r.Count(-1, maxLabels), Mean: r.Finite(), Dev: r.Finite(), Covariate: r.Count(0, len(p.Covariates())-1)}
			if r.Err() == nil && (len(p.Covariates()) == 0 || !(c.Dev > 0)) {
				r.Fail("the model file is damaged: column %q of nothing", c.Name)
			}
			*to = append(*to, c)
		}
	}
	w.Shape.Past, w.Shape.Future, w.Shape.Static = len(w.Features.Past), w.ahead(), len(w.Features.Static)
	return w
}
