package job

import (
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/report"
)

// mostSold is how many items a report names that add most to a change of revenue.
const mostSold = 10

// revenue tells the report by price, promotion, volume and mix why revenue of the last periods, as many as the horizon has, differs from that of those
// before. Nothing is told where there are fewer periods, or nothing has a price.
func (r *run) revenue(sold []aggregate.Sold, p *tidewatch.Panel) {
	steps, end, grid := r.config.Horizon, p.End(), p.Grid()
	first := end
	for i := range p.Len() {
		first = min(first, p.Series(i).Start)
	}
	if len(sold) == 0 || end-2*steps < first {
		return
	}
	var things []explain.Sale
	for _, x := range sold {
		t := explain.Sale{ID: x.Item, UnitsBefore: x.Units[0], RevenueBefore: x.Money[0], UnitsAfter: x.Units[1], RevenueAfter: x.Money[1]}
		if x.Discount != nil {
			t.DiscountBefore, t.DiscountAfter = x.Discount[0], x.Discount[1]
		}
		things = append(things, t)
	}
	leaves, err := explain.Sales(things)
	if err != nil {
		return // sums too large to be told
	}
	total, err := explain.Total("total", leaves)
	if err != nil || total.From == 0 && total.To == 0 {
		return
	}
	at := func(from int) words.Period {
		return words.Period{First: grid.Stamp(from), Last: grid.Stamp(from + steps - 1), Count: steps}
	}
	d := &r.result.Data
	s := &report.Sales{All: len(leaves), Change: words.Change{Kind: words.Past, Name: d.Title, Freq: grid.Freq, Before: at(end - 2*steps), Now: at(end - steps), Waterfall: total,
		Low: math.NaN(), High: math.NaN(), Chance: math.NaN()}}
	if s.Change.Name == "" {
		s.Change.Name = "total"
	}
	names := map[string]string{}
	for _, l := range d.Labels {
		if id, ok := itemOf(l, r.result.Record.Input.By); ok {
			names[id] = l.Name
		}
	}
	leaves = biggest(leaves)
	s.Items = leaves[:min(mostSold, len(leaves))]
	for k := range s.Items {
		if n := names[s.Items[k].ID]; n != "" {
			s.Items[k].ID = n
		}
	}
	d.Sales = s
}
