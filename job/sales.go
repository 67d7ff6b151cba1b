package job

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/trend"
)

// itemColumn is the role that things are told apart by.
const itemColumn = "item"

// Sales explains by price, volume and mix why the revenue of the last periods differs from that of those before: of the series id of the
// groupings of c, "" = the total. It reads the orders twice, for units and for revenue, and fits nothing.
func Sales(ctx context.Context, c Config, id string, why Why, w Watch) (*Changed, *Result, error) {
	if err := why.check(); err != nil {
		return nil, nil, err
	}
	by := slices.DeleteFunc(slices.Clone(c.By), func(g string) bool { return g == "total" || g == itemColumn })
	var columns []string
	for _, g := range by {
		for _, column := range strings.FieldsFunc(g, func(r rune) bool { return r == '+' }) {
			if column = strings.TrimSpace(column); !slices.Contains(columns, column) && column != itemColumn {
				columns = append(columns, column)
			}
		}
	}
	columns = append(columns, itemColumn)
	c.By, c.Reconcile, c.Country, c.Events, c.Paydays, c.Clean, c.Known, c.Stock = []string{strings.Join(columns, "+")}, none, nil, nil, nil, "", nil, nil
	var panels []*tidewatch.Panel
	var result *Result
	for _, measure := range []string{"units", "revenue"} {
		c.Measure = measure
		r, err := begin(ctx, explainCommand, c, Outputs{}, w)
		if err != nil {
			return nil, nil, err
		}
		err = r.read()
		r.end()
		if err != nil {
			return nil, nil, err
		}
		panels, result = append(panels, r.result.Data.Panel), r.result
	}
	g := &grouping{columns: columns}
	units, of, err := g.bottom(panels[0])
	if err != nil {
		return nil, nil, err
	}
	revenue, _, err := g.bottom(panels[1])
	if err != nil {
		return nil, nil, err
	}
	discount, err := discounts(ctx, c, result, w)
	if err != nil {
		return nil, nil, err
	}
	if discount != nil {
		if discount, _, err = g.bottom(discount); err != nil {
			return nil, nil, err
		}
	}
	things, before, now, err := sold(units, revenue, discount, c.Horizon, why)
	if err != nil {
		return nil, nil, err
	}
	leaves, err := explain.Sales(things)
	if err != nil {
		return nil, nil, err
	}
	n := nodes{of: of, leaves: leaves}
	levels := append(append([]string{"total"}, by...), itemColumn)
	main, members, err := n.find(id, levels)
	if err != nil {
		return nil, nil, err
	}
	out := &Changed{Title: "why.title.past", Change: words.Change{Kind: words.Past, Freq: units.Grid().Freq, Before: before, Now: now, Waterfall: main,
		Name: called(&result.Data, strings.TrimPrefix(main.ID, itemColumn+"=")), Unit: result.Data.Unit, Low: math.NaN(), High: math.NaN(), Chance: math.NaN()}}
	if len(by) > 0 && main.ID == "total" {
		if out.Groups, err = n.level(by[0], members); err != nil {
			return nil, nil, err
		}
	}
	if out.Things, err = n.level(itemColumn, members); err != nil {
		return nil, nil, err
	}
	if len(out.Things) == 1 {
		out.Things = nil
	}
	for i := range out.Things {
		if t := &out.Things[i]; len(columns) == 1 {
			if name := called(&result.Data, strings.TrimPrefix(t.ID, itemColumn+"=")); name != "" {
				t.ID = name
			}
		}
	}
	return out, result, nil
}

// discounts are what was taken off each series' price, where a column says it beside an amount; nil otherwise.
func discounts(ctx context.Context, c Config, read *Result, w Watch) (*tidewatch.Panel, error) {
	if len(read.Record.Input.Files) == 0 {
		return nil, nil
	}
	column, amount := "", false
	for _, r := range read.Record.Input.Files[0].Roles {
		if string(r.Role) == "discount" && len(r.Columns) == 1 {
			column = r.Columns[0]
		}
		amount = amount || string(r.Role) == "amount"
	}
	if column == "" || !amount {
		return nil, nil
	}
	c.Measure = column
	r, err := begin(ctx, explainCommand, c, Outputs{}, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, nil // it is no number, or has a name no expression can have: prices are told as a whole
	}
	return r.result.Data.Panel, nil
}

// sold is what was sold of each series in the two spans. A series that had not begun had sold nothing.
func sold(units, revenue, discount *tidewatch.Panel, steps int, why Why) (things []explain.Sale, before, now words.Period, err error) {
	grid, end, lag := units.Grid(), units.End(), steps
	if why.Against == "year" {
		if lag = trend.Year(grid.Freq); lag < steps {
			return nil, before, now, tidewatch.Errorf(tidewatch.CodeUsage, "--against year: %d periods of %v are longer than a year, or a year is no whole number of them", steps, grid.Freq)
		}
	}
	first := end
	for i := range units.Len() {
		first = min(first, units.Series(i).Start)
	}
	if end-steps-lag < first {
		return nil, before, now, tidewatch.Errorf(tidewatch.CodeTooShort, "there are %d periods: too few to compare %d with those before: ask for a shorter --horizon", end-first, steps)
	}
	money := map[string]tidewatch.Series{}
	for i := range revenue.Len() {
		money[revenue.ID(i)] = revenue.Series(i)
	}
	off := map[string]tidewatch.Series{}
	if discount != nil {
		for i := range discount.Len() {
			off[discount.ID(i)] = discount.Series(i)
		}
	}
	for i := range units.Len() {
		q := units.Series(i)
		r, ok := money[q.ID]
		if !ok {
			continue // nothing of it has a price
		}
		x := explain.Sale{ID: q.ID, UnitsBefore: span(q, end-lag-steps, end-lag), RevenueBefore: span(r, end-lag-steps, end-lag), UnitsAfter: span(q, end-steps, end), RevenueAfter: span(r, end-steps, end)}
		if d, ok := off[q.ID]; ok {
			x.DiscountBefore, x.DiscountAfter = math.Abs(span(d, end-lag-steps, end-lag)), math.Abs(span(d, end-steps, end))
		}
		things = append(things, x)
	}
	at := func(from int) words.Period {
		return words.Period{First: grid.Stamp(from), Last: grid.Stamp(from + steps - 1), Count: steps}
	}
	return things, at(end - lag - steps), at(end - steps), nil
}

// span is the sum of periods from up to, not including, to of the grid.
func span(s tidewatch.Series, from, to int) float64 {
	total := 0.0
	for t := max(from, s.Start); t < min(to, s.End()); t++ {
		total += s.Values[t-s.Start]
	}
	return total
}

// nodes are the groups of leaves by the texts of their columns.
type nodes struct {
	of     func(column string) ([]string, bool)
	leaves []explain.Waterfall
}

// name is the node of a grouping that leaf i belongs to.
func (n *nodes) name(grouping string, i int) string {
	if grouping == "total" {
		return grouping
	}
	var parts []string
	for _, column := range strings.Split(grouping, "+") {
		column = strings.TrimSpace(column)
		if texts, ok := n.of(column); ok {
			parts = append(parts, column+"="+texts[i])
		}
	}
	return strings.Join(parts, ",")
}

// find is the node of the given id, or of the text of one grouping; "" is the total.
func (n *nodes) find(id string, levels []string) (explain.Waterfall, []int, error) {
	if id == "" {
		id = "total"
	}
	known := []string{"total"}
	for _, level := range levels {
		var members []int
		name := ""
		for i := range n.leaves {
			if have := n.name(level, i); have == id || strings.HasSuffix(have, "="+id) && !strings.Contains(level, "+") {
				members, name = append(members, i), have
			}
		}
		if members != nil {
			w, err := explain.Total(name, pick(n.leaves, members))
			return w, members, err
		}
		if level != "total" && len(n.leaves) > 0 {
			known = append(known, n.name(level, 0))
		}
	}
	return explain.Waterfall{}, nil, tidewatch.Errorf(tidewatch.CodeUsage, "nothing is called %q: name the total, a group or an item, such as %s", id, strings.Join(known, ", "))
}

// level is the waterfalls of the nodes of a grouping, made of the given leaves, the largest difference first.
func (n *nodes) level(grouping string, members []int) ([]explain.Waterfall, error) {
	groups := map[string][]int{}
	for _, i := range members {
		name := n.name(grouping, i)
		groups[name] = append(groups[name], i)
	}
	var out []explain.Waterfall
	for name, g := range groups {
		w, err := explain.Total(name, pick(n.leaves, g))
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return biggest(out), nil
}

func pick(list []explain.Waterfall, at []int) []explain.Waterfall {
	out := make([]explain.Waterfall, len(at))
	for k, i := range at {
		out[k] = list[i]
	}
	return out
}
