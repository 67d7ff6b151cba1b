package gbm

import (
	"context"

	"github.com/tidewatch/tidewatch"
)

// Update implements [tidewatch.Updater]: trees and distributions stay, the features see the new values, and the forecasts of the groups'
// totals, which follow the level, are made anew. Series of p that were not in the panel are an error.
func (m *Model) Update(ctx context.Context, p *tidewatch.Panel) error {
	was := m.panel
	if p.Len() != was.Len() {
		return tidewatch.Errorf(tidewatch.CodeUsage, "an update with %d series, of a model of %d: they must be the same series in the same order", p.Len(), was.Len())
	}
	if err := sameCovariates(p.Covariates(), was.Covariates()); err != nil {
		return err
	}
	for i := range p.Len() {
		s, old := p.Series(i), was.Series(i)
		if s.ID != old.ID {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an update whose series %d is %q, not %q: they must be the same series in the same order", i, s.ID, old.ID)
		}
		if len(old.Values) > 0 && (s.Start > old.Start || s.End() < old.End()) {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an update of series %q spans %d to %d of the grid, but the model has seen %d to %d: it must hold that and go on",
				s.ID, s.Start, s.End(), old.Start, old.End())
		}
	}
	next := *m
	next.panel = p
	if m.gate >= 0 {
		shut, err := openOnly(p, m.gate)
		if err != nil {
			return err
		}
		next.panel = shut
	}
	if len(m.parts) > 0 {
		b, err := next.builder(next.panel, nil)
		if err != nil {
			return err
		}
		if err := next.sameFeatures(m.parts[0].models[0][0].Names()); err != nil {
			return err
		}
		if next.anchor, err = next.anchored(ctx, b); err != nil {
			return err
		}
	}
	*m = next
	return nil
}

// sameCovariates refuses covariates whose numbers in the panel or whose labels' numbers are not those that the trees know.
func sameCovariates(now, was []tidewatch.Covariate) error {
	if len(now) != len(was) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "an update with %d covariates, of a model of %d: they must be the same in the same order", len(now), len(was))
	}
	for k, c := range now {
		if c.Name != was[k].Name || c.Scope != was[k].Scope || (c.Labels == nil) != (was[k].Labels == nil) {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an update whose covariate %d is %q, not %q: they must be the same in the same order", k, c.Name, was[k].Name)
		}
		for l := range min(len(c.Labels), len(was[k].Labels)) {
			if c.Labels[l] != was[k].Labels[l] {
				return tidewatch.Errorf(tidewatch.CodeUsage, "an update in which %q number %d is %q, not %q: labels must keep their numbers", c.Name, l, c.Labels[l], was[k].Labels[l])
			}
		}
	}
	return nil
}
