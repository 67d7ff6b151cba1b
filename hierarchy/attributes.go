package hierarchy

import (
	"slices"

	"github.com/tidewatch/tidewatch"
)

// mostLevels is how many groupings attributes make at most: every one that crosses the others makes sums dearer to reconcile.
const mostLevels = 12

// OfAttributes is the hierarchy that the series' own attributes make, their categorical covariates that stay the same at all times: the total, every
// attribute, and every two together; of M5's five that is the 12 levels of the competition. A grouping that parts the series as another one
// does is left out, and so is one of more nodes than half the series. nil = no attribute makes groups.
func OfAttributes(p *tidewatch.Panel) (*Hierarchy, error) {
	ids := make([]string, p.Len())
	for i := range ids {
		ids[i] = p.ID(i)
	}
	var names []string
	var texts [][]string
	labels := Labels(p)
	for _, c := range p.Covariates() {
		if c.Scope == tidewatch.BySeries && len(c.Labels) > 1 {
			of, _ := labels(c.Name)
			names, texts = append(names, c.Name), append(texts, of)
		}
	}
	var levels []Level
	add := func(name string, texts []string) {
		l := Group(name, texts, func(text string) string { return name + "=" + text })
		same := func(m Level) bool { return slices.Equal(m.Of, l.Of) } // nodes are numbered as they appear
		if len(l.Nodes) > 1 && 2*len(l.Nodes) <= len(ids) && !slices.ContainsFunc(levels, same) {
			levels = append(levels, l)
		}
	}
	for a, name := range names {
		add(name, texts[a])
	}
	for a := range names {
		for b := range a {
			both := make([]string, len(ids))
			for i := range both {
				if texts[a][i] != "" && texts[b][i] != "" {
					both[i] = texts[b][i] + "," + texts[a][i]
				}
			}
			add(names[b]+"+"+names[a], both)
		}
	}
	if len(levels) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(levels, func(a, b Level) int { return len(a.Nodes) - len(b.Nodes) })
	levels = levels[:min(len(levels), mostLevels-1)]
	return New(ids, append([]Level{Total("total", len(ids))}, levels...)...)
}
