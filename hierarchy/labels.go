package hierarchy

import (
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Of makes the hierarchy of series by groupings of their texts: "total", a column, or columns joined by plus signs, coarse or fine in any
// order. Nodes are named column=text, and total. of is the texts of all series in a column; false if there is no such column.
// A grouping that is as fine as the series themselves, node by node, is left out: it is the bottom.
func Of(ids []string, by []string, of func(column string) ([]string, bool)) (*Hierarchy, error) {
	var levels []Level
	for _, name := range by {
		if name == "total" {
			levels = append(levels, Total("total", len(ids)))
			continue
		}
		columns := strings.FieldsFunc(name, func(r rune) bool { return r == '+' || r == ',' })
		joined := make([]string, len(ids))
		for k, column := range columns {
			texts, ok := of(strings.TrimSpace(column))
			if !ok {
				return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--by %s: there is no column %q that says to what the series belong; of ready series such columns come from --static, with one line a series", name, column)
			}
			for i, text := range texts {
				if text == "" {
					text = "(blank)"
				}
				if k > 0 {
					joined[i] += ","
				}
				joined[i] += column + "=" + text
			}
		}
		if level := Group(name, joined, func(text string) string { return text }); len(level.Nodes) < len(ids) {
			levels = append(levels, level)
		}
	}
	return New(ids, levels...)
}

// Labels finds the texts of categorical covariates of the series of p that stay the same at all times, by name: exactly, or with "_id".
func Labels(p *tidewatch.Panel) func(column string) ([]string, bool) {
	return func(column string) ([]string, bool) {
		names := []string{column, column + "_id"}
		for c, cov := range p.Covariates() {
			if cov.Scope != tidewatch.BySeries || cov.Labels == nil || !slices.Contains(names, cov.Name) {
				continue
			}
			texts := make([]string, p.Len())
			for i := range texts {
				if x := p.Series(i).Covariate(c, 0); x == x {
					texts[i] = cov.Labels[int(x)]
				}
			}
			return texts, true
		}
		return nil, false
	}
}
