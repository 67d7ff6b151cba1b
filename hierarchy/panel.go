package hierarchy

import (
	"github.com/tidewatch/tidewatch"
)

// Panel is the panel of all nodes, in their order, of a panel of the bottom series in theirs. Sums begin with their first series: before
// its start a series is nothing yet. A sum is unknown where a part of it is. A series that ends before the others counts as zero from
// then on, and is named in ended. Covariates of single series become those of the sums.
func (h *Hierarchy) Panel(bottom *tidewatch.Panel) (p *tidewatch.Panel, ended []string, err error) {
	if bottom.Len() != h.Len()-h.Bottom() {
		return nil, nil, tidewatch.Errorf(tidewatch.CodeInternal, "a panel of %d series for a hierarchy of %d", bottom.Len(), h.Len()-h.Bottom())
	}
	nodes := make([]tidewatch.Series, h.Len())
	end := bottom.End()
	for i := range bottom.Len() {
		s := bottom.Series(i)
		if s.ID != h.ids[h.Bottom()+i] {
			return nil, nil, tidewatch.Errorf(tidewatch.CodeInternal, "series %q stands where the hierarchy has %q", s.ID, h.ids[h.Bottom()+i])
		}
		if s.End() < end && len(s.Values) > 0 {
			ended = append(ended, s.ID)
			s.Values = append(s.Values[:len(s.Values):len(s.Values)], make([]float64, end-s.End())...)
			if s.Unavailable != nil {
				s.Unavailable = append(s.Unavailable[:len(s.Unavailable):len(s.Unavailable)], make([]bool, len(s.Values)-len(s.Unavailable))...)
			}
		}
		if len(s.Values) == 0 { // it begins later
			s.Start = end
		}
		nodes[h.Bottom()+i] = s
	}
	for l, level := range h.levels {
		of := nodes[h.first[l]:h.first[l+1]]
		for g := range of {
			of[g] = tidewatch.Series{ID: level.Nodes[g], Start: end}
		}
		for i, g := range level.Of {
			if s := &nodes[h.Bottom()+i]; g >= 0 && len(s.Values) > 0 {
				of[g].Start = min(of[g].Start, s.Start)
			}
		}
		for g := range of {
			of[g].Values = make([]float64, end-of[g].Start)
		}
		for i, g := range level.Of {
			if s := &nodes[h.Bottom()+i]; g >= 0 {
				sum := of[g].Values
				for t, v := range s.Values {
					sum[s.Start-of[g].Start+t] += v // unknown (NaN) stays
				}
			}
		}
	}
	p, err = tidewatch.NewPanel(bottom.Grid(), bottom.Seasons(), nodes, h.covariates(bottom)...)
	return p, ended, err
}
