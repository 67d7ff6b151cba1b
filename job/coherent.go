package job

import (
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/model/etsx"
	"github.com/tidewatch/tidewatch/read"
)

// none leaves forecasts of sums as they are.
const none = "none"

// grouping is how series of several groupings are to add up.
type grouping struct {
	by      []string // the groupings asked for
	columns []string // of records: all columns of them, by which the bottom series are made; nil = the series are there already
}

// groups decides whether the series asked for are to add up, and if so by which columns the series they are the sums of are to be made:
// how.By becomes them. Records of one grouping, and measures of which sums have no meaning, are left as they are.
func (r *run) groups(in *read.Input, how *aggregate.Config) (*grouping, error) {
	c := r.config
	asked := c.Reconcile != "" && c.Reconcile != none
	if in.Shape() == read.Series {
		return r.groupsOfSeries(how), nil
	}
	if c.Reconcile == none || !asked && len(c.By) < 2 {
		return nil, nil
	}
	if len(c.By) < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--reconcile %s makes forecasts of several groupings add up: name them, such as --by item,category,total", c.Reconcile)
	}
	additive, err := aggregate.Additive(in, c.Measure)
	if err != nil {
		return nil, err
	}
	if !additive {
		if asked {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--reconcile %s: sums of %s over groups have no meaning, because it counts distinct things or is a ratio: use --measure units or revenue", c.Reconcile, c.Measure)
		}
		return nil, nil
	}
	g := &grouping{by: c.By}
	for _, name := range c.By {
		if name == "total" {
			continue
		}
		columns := []string{name}
		if _, ok := in.Column(name); !ok {
			columns = strings.FieldsFunc(name, func(r rune) bool { return r == '+' || r == ',' })
		}
		for _, column := range columns {
			if column = strings.TrimSpace(column); !slices.Contains(g.columns, column) {
				g.columns = append(g.columns, column)
			}
		}
	}
	if len(g.columns) == 0 {
		return nil, nil
	}
	how.By = []string{strings.Join(g.columns, "+")}
	return g, nil
}

// groupsOfSeries is groups for ready series: groupings are of columns that stay the same for each series.
func (r *run) groupsOfSeries(how *aggregate.Config) *grouping {
	if len(r.config.By) == 0 {
		return nil
	}
	how.By = nil
	return &grouping{by: r.config.By}
}

// stack makes the panel of the sums and the bottom series, and lets the method's forecasts of them add up.
func (r *run) stack(p *tidewatch.Panel, g *grouping, s *aggregate.Summary) (*tidewatch.Panel, error) {
	mixture, err := r.mixture(p)
	if err != nil {
		return nil, err
	}
	if g == nil {
		if mixture != nil {
			r.method, r.together = mixture, true
		}
		return p, nil
	}
	of := hierarchy.Labels(p)
	if g.columns != nil {
		if p, of, err = g.bottom(p); err != nil {
			return nil, err
		}
	}
	ids := make([]string, p.Len())
	for i := range ids {
		ids[i] = p.ID(i)
	}
	h, err := hierarchy.Of(ids, g.by, of)
	if err != nil {
		return nil, err
	}
	nodes, ended, err := h.Panel(p)
	if err != nil {
		return nil, err
	}
	s.By, s.Series = g.by, nodes.Len()
	note := func(key string, args ...any) { s.Notes = append(s.Notes, message.NoteOf(key, args...)) }
	if g.columns != nil && r.config.Reconcile == "" && len(h.Levels()) == len(g.by) {
		// No grouping splits all others, so that their sums would need series nobody asked for.
		note("note.apart", strings.Join(g.by, ", "))
		only := make([]int, h.Bottom())
		for v := range only {
			only[v] = v
		}
		s.Series = len(only)
		return nodes.Select(only), nil
	}
	if len(h.Levels()) == 0 || r.config.Reconcile == none {
		return nodes, nil
	}
	if len(ended) > 0 {
		note("note.ended", len(ended), ended[0])
	}
	note("note.coherent", h.Bottom(), h.Len()-h.Bottom())
	r.hierarchy, r.together = h, true
	if mixture != nil {
		r.method = hierarchy.SumUp{Base: mixture, Hierarchy: h}
		return nodes, nil
	}
	r.method = r.coherent(r.method)
	return nodes, nil
}

// learnOrigins is how many past origins teach how wide sums over time are.
const learnOrigins = 8

// coherent is a method whose forecasts add up, if the series are a hierarchy.
func (r *run) coherent(m tidewatch.Method) tidewatch.Method {
	if r.hierarchy == nil {
		return m
	}
	learn := 0
	if slices.Equal(r.config.Methods, []string{auto}) {
		learn = learnOrigins
		m = hierarchy.Mixed{Hierarchy: r.hierarchy, All: m, Sums: etsx.Method{Horizon: r.config.Horizon}}
	}
	c := hierarchy.Coherent{Base: m, Hierarchy: r.hierarchy, Horizon: r.config.Horizon, Seed: r.config.Seed, Learn: learn}
	if r.config.Reconcile != "" {
		c.Reconcile, c.Level, _ = hierarchy.ParseMethod(r.config.Reconcile) // it was checked with the configuration
	}
	return c
}

// bottom is the series made by all columns together, with the texts of each column. Where one grouping alone parts them as finely, they
// bear its names.
func (g *grouping) bottom(p *tidewatch.Panel) (*tidewatch.Panel, func(string) ([]string, bool), error) {
	texts := make([][]string, len(g.columns))
	for k := range texts {
		texts[k] = make([]string, p.Len())
	}
	for i := range p.Len() {
		rest := p.ID(i)
		if len(g.columns) == 1 {
			texts[0][i] = strings.TrimPrefix(rest, g.columns[0]+"=")
			continue
		}
		for k, column := range g.columns {
			rest = strings.TrimPrefix(rest, column+"=")
			text := rest
			if k+1 < len(g.columns) {
				text, rest, _ = strings.Cut(rest, ","+g.columns[k+1]+"=")
				rest = g.columns[k+1] + "=" + rest
			}
			texts[k][i] = text
		}
	}
	of := func(column string) ([]string, bool) {
		k := slices.Index(g.columns, column)
		if k < 0 {
			return nil, false
		}
		return texts[k], true
	}
	series := make([]tidewatch.Series, p.Len())
	for i := range series {
		series[i] = p.Series(i)
		var parts []string
		for k, column := range g.columns {
			parts = append(parts, column+"="+texts[k][i])
		}
		series[i].ID = strings.Join(parts, ",")
	}
	for _, name := range g.by {
		columns := strings.FieldsFunc(name, func(r rune) bool { return r == '+' || r == ',' })
		if name == "total" {
			continue
		}
		names, distinct := make([]string, len(series)), map[string]bool{}
		for i := range names {
			var parts []string
			for _, column := range columns {
				column = strings.TrimSpace(column)
				at := slices.Index(g.columns, column)
				if at < 0 { // a column whose name has a plus sign or comma
					at, column = slices.Index(g.columns, name), name
				}
				parts = append(parts, column+"="+texts[at][i])
			}
			names[i] = strings.Join(parts, ",")
			distinct[names[i]] = true
		}
		if len(distinct) == len(series) {
			for i := range series {
				series[i].ID = names[i]
			}
			break
		}
	}
	named, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), series, p.Covariates()...)
	return named, of, err
}
