package job

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/model/etsx"
	"github.com/tidewatch/tidewatch/selection"
)

// boosted is the weight of gbm where a panel is too large for auto to try it beside all others; theirs is 1. Of .5, 1, 2 and 3, two gave the least error at
// M5's origins d_1801 and d_1829.
const boosted = 2

// mixture lets auto forecast a panel of very many series that are described by attributes both ways: by boosted trees, which learn from all of them, and by
// the methods of one series with sums of their own, which the attributes make and forecasts have to add up to. The series must all end together.
// It is nil where these conditions do not hold.
func (r *run) mixture(p *tidewatch.Panel) (tidewatch.Method, error) {
	c := r.config
	if !slices.Equal(c.Methods, []string{auto}) || c.Preset == string(selection.Light) || c.Reconcile != "" || p.Len() <= ResumeFrom {
		return nil, nil
	}
	end := p.End()
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 && s.End() != end {
			return nil, nil
		}
	}
	h, err := hierarchy.OfAttributes(p)
	if err != nil || h == nil {
		return nil, err
	}
	trees, err := model.Panel(model.Boosted, c.Seed, 0)
	if err != nil {
		return nil, err
	}
	local := r.auto()
	local.Preset = selection.Light // more is for fewer series
	base := hierarchy.Mixed{Hierarchy: h, All: r.cleaning(r.withEffects(local)), Sums: etsx.Method{Horizon: c.Horizon}}
	sums := hierarchy.Leaves{Hierarchy: h, Base: hierarchy.Coherent{Base: base, Hierarchy: h, Horizon: c.Horizon, Seed: c.Seed, Learn: learnOrigins}}
	return selection.Mixture{Name: auto, Members: []selection.Weighted{{Method: r.cleaning(r.prepared(trees)), Weight: boosted}, {Method: sums, Weight: 1}}}, nil
}
