package aggregate

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dgryski/go-metro"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/read"
)

// Traits makes the table of what is known of the customers, or the items, of order lines or events: how lately, how often, how much. Of c it
// heeds Where, Rates, Origin, KeepRefunded and KeepStray. Rows that name no customer, or item, are counted in a note and left out.
func Traits(ctx context.Context, in *read.Input, c Config, of segment.Subject) (*segment.Table, Summary, error) {
	s := Summary{Layout: in.Recognised().Layout, Shape: in.Shape(), Zone: in.Zone().String(), By: []string{string(of)}, Notes: slices.Clone(in.Recognised().Notes)}
	g, fields, err := newGathering(in, &c, of)
	if err != nil {
		return nil, s, err
	}
	if err := scan(ctx, in, &c, &s, fields, func(b *read.Batch) error { g.batch(b, &s); return ctx.Err() }); err != nil {
		return nil, s, err
	}
	s.Digest, s.Rows, s.Refused = in.Digest(), in.Counts().Rows, in.Counts().Refused
	s.Kept = s.Rows - s.Refused
	if g.nameless > 0 {
		key := "note.nocustomer"
		if of == segment.Items {
			key = "note.noitem"
		}
		s.note(key, g.nameless)
	}
	if s.Later > 0 {
		s.note("note.later", s.Later)
	}
	if len(g.rows.currencies) > 1 && c.Rates == nil {
		return nil, s, tidewatch.Errorf(tidewatch.CodeData, "the prices are in several currencies, which cannot be added up: say what they are worth with --rates, or leave rows out with --where")
	}
	if len(g.rows.periods) == 0 {
		return nil, s, tidewatch.Errorf(tidewatch.CodeData, "no row is left that names one of the %s: check --origin, --where and the columns", of)
	}
	first, last := g.rows.span(&c, &s)
	t := g.table(first, last)
	s.Series = len(t.IDs)
	zone := in.Zone()
	at := func(day int64) time.Time { return time.Unix(day*86400, 0).In(time.UTC) }
	s.First, s.Last = inZone(at(first), zone), inZone(at(last), zone)
	return t, s, nil
}

func inZone(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// doing is what one customer did, or what happened to one item.
type doing struct {
	first, last             int64 // days
	rows, orders, others    int64 // rows that count, distinct orders, distinct items of a customer or customers of an item
	units, money, back      float64
	views, carts, favs, buy float64
	days, night, weekend    int64
	weeks                   []amount // of an item, in the order of the rows
}

// amount is what an item sold in a week.
type amount struct {
	week  int64
	units float64
}

// gathering gathers them.
type gathering struct {
	of       segment.Subject
	rows     *records // for what it knows of rows
	measure  measure
	events   bool
	who      int // fields
	other    int // -1 = none
	origin   int64
	index    map[string]int
	ids      []string
	all      []doing
	seen     map[pairOf]struct{}
	nameless int64
	latest   []int64 // of each, the day of the row before
	order    []uint64
}

// pairOf is something distinct of one subject: an order, an item, a day.
type pairOf struct {
	who   uint32
	kind  uint8
	thing uint64
}

// newGathering finds the columns.
func newGathering(in *read.Input, c *Config, of segment.Subject) (*gathering, []read.Field, error) {
	who, other := read.User, read.Item
	if of == segment.Items {
		who, other = read.Item, read.User
	}
	switch {
	case in.Shape() != read.Orders && in.Shape() != read.Events:
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "ready series know nothing of %s: segment the series themselves with --of series, or read order lines or events", of)
	case !in.Has(who):
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "no column was recognised as the %s: say which it is with --map %s=COLUMN", who, who)
	}
	g := &gathering{of: of, events: in.Shape() == read.Events, index: map[string]int{}, seen: map[pairOf]struct{}{}, origin: math.MaxInt64,
		measure: measure{name: "units", field: map[read.Role]int{}}}
	g.rows = &records{clock: read.NewClock(in.Zone()), periods: map[int64]*day{}, events: g.events, rates: c.Rates, currencies: map[string]bool{}, keepRefunded: c.KeepRefunded}
	if !c.Origin.IsZero() {
		g.origin = c.Origin.UnixMicro()
	}
	if in.Has(read.Amount) || in.Has(read.Price) {
		g.measure.name = "revenue"
	}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}}
	need := func(role read.Role, kind read.Kind, required bool) int {
		if !in.Has(role) {
			return -1
		}
		g.measure.field[role] = len(fields)
		fields = append(fields, read.Field{Role: role, Kind: kind, Required: required})
		return len(fields) - 1
	}
	g.who, g.other = need(who, read.Text, false), need(other, read.Text, false)
	need(read.Order, read.Text, false)
	need(read.Quantity, read.Number, !g.events)
	if need(read.Amount, read.Number, false) < 0 {
		need(read.Price, read.Number, false)
	}
	need(read.Currency, read.Text, false)
	if g.events {
		need(read.Behaviour, read.Text, false)
	} else {
		need(read.Status, read.Text, false)
		need(read.Cancelled, read.Text, false)
	}
	return g, fields, nil
}

const (
	orderKind uint8 = iota
	otherKind
	dayKind
)

// batch adds the rows of one batch.
func (g *gathering) batch(b *read.Batch, s *Summary) {
	column := func(role read.Role) read.Column {
		if k, ok := g.measure.field[role]; ok {
			return b.Columns[k]
		}
		return read.Column{}
	}
	v := view{quantity: column(read.Quantity), price: column(read.Price), amount: column(read.Amount), rates: g.rows.ratesOf(column(read.Currency))}
	count := g.measure.counter(g.rows, b)
	var actions []read.Action
	behaviour := column(read.Behaviour)
	for _, text := range behaviour.Dict {
		actions = append(actions, read.ActionOf(text))
	}
	hashes := func(c read.Column) []uint64 {
		h := make([]uint64, len(c.Dict))
		for k, text := range c.Dict {
			h[k] = metro.Hash64Str(text, 1337)
		}
		return h
	}
	orders, others := column(read.Order), read.Column{}
	if g.other >= 0 {
		others = b.Columns[g.other]
	}
	orderHash, otherHash := hashes(orders), hashes(others)
	who := b.Columns[g.who]
	number := make([]int, len(who.Dict))
	for i, t := range b.Columns[0].Times {
		if t > g.origin {
			s.Later++
			continue
		}
		day := g.rows.bucket(t)
		at := g.rows.periods[day]
		if at == nil {
			at = newDay()
			g.rows.periods[day] = at
		}
		at.rows++
		at.last = max(at.last, t)
		code := who.Codes[i]
		if number[code] == 0 {
			number[code] = g.of1(strings.TrimSpace(who.Dict[code]))
		}
		n := number[code] - 1
		if n < 0 {
			g.nameless++
			continue
		}
		d := &g.all[n]
		if count.kind(i) == cancelled {
			s.Returns++
			d.back += math.Abs(v.pieces(i))
			continue
		}
		if d.rows == 0 {
			d.first, d.last = day, day
		}
		d.rows++
		d.first, d.last = min(d.first, day), max(d.last, day)
		once := func(kind uint8, thing uint64) int64 {
			key := pairOf{uint32(n), kind, thing}
			if _, twice := g.seen[key]; twice {
				return 0
			}
			g.seen[key] = struct{}{}
			return 1
		}
		if g.latest[n] != day+1 { // rows come mostly in order of time
			g.latest[n] = day + 1
			d.days += once(dayKind, uint64(day))
		}
		if others.Codes != nil && others.Dict[others.Codes[i]] != "" {
			d.others += once(otherKind, otherHash[others.Codes[i]])
		}
		civil := g.rows.clock.Civil(t)
		if hour := floorMod(civil, dayMicros) / hourMicros; hour >= 22 || hour < 6 {
			d.night++
		}
		if weekday := floorMod(day+3, 7); weekday >= 5 { // 1970-01-01 was a Thursday
			d.weekend++
		}
		action := read.Buy
		if g.events {
			action = read.View
			if behaviour.Codes != nil {
				action = actions[behaviour.Codes[i]]
			}
		}
		switch action {
		case read.View:
			d.views++
		case read.Cart:
			d.carts++
		case read.Fav:
			d.favs++
		case read.Buy:
			d.buy++
			d.units += v.pieces(i)
			if m := v.money(i); m == m {
				d.money += m
			}
			switch {
			case orders.Codes != nil && orders.Dict[orders.Codes[i]] != "":
				h := orderHash[orders.Codes[i]]
				if g.order[n] != h {
					g.order[n] = h
					d.orders += once(orderKind, h)
				}
			default:
				d.orders++
			}
		}
		if g.of == segment.Items {
			week, units := floorDiv(day+3, 7), 1.0
			if action == read.Buy {
				units = v.pieces(i)
			}
			if k := len(d.weeks) - 1; k >= 0 && d.weeks[k].week == week {
				d.weeks[k].units += units
			} else {
				d.weeks = append(d.weeks, amount{week, units})
			}
		}
	}
}

func newDay() *day { return &day{last: math.MinInt64} }

// of1 is the number of a subject from 1; -1 for a blank name.
func (g *gathering) of1(name string) int {
	if name == "" {
		return -1
	}
	i, ok := g.index[name]
	if !ok {
		i = len(g.ids)
		g.index[name] = i
		g.ids = append(g.ids, name)
		g.all = append(g.all, doing{})
		g.latest, g.order = append(g.latest, 0), append(g.order, 0)
	}
	return i + 1
}

// table makes the table, the subjects in the order of their names.
func (g *gathering) table(first, last int64) *segment.Table {
	t := &segment.Table{Of: g.of}
	order := make([]int, len(g.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(g.ids[a], g.ids[b]) })
	var kept []*doing
	for _, i := range order {
		if g.all[i].rows == 0 {
			t.Left = append(t.Left, segment.Left{ID: g.ids[i], Code: "nothing"})
			continue
		}
		t.IDs = append(t.IDs, g.ids[i])
		kept = append(kept, &g.all[i])
	}
	add := func(name, unit string, logs, aside bool, value func(d *doing) float64) {
		column, any := make([]float64, len(kept)), false
		for k, d := range kept {
			column[k] = value(d)
			any = any || column[k] == column[k] && column[k] != 0
		}
		if any { // a trait that nobody has tells nothing
			t.Traits = append(t.Traits, segment.Trait{Name: name, Unit: unit, Log: logs, Aside: aside})
			t.Values = append(t.Values, column)
		}
	}
	ratio := func(a, b float64) float64 {
		if b <= 0 {
			return math.NaN()
		}
		return a / b
	}
	add("recency", "days", true, false, func(d *doing) float64 { return float64(max(0, last-min(last, d.last))) })
	if g.of == segment.Items {
		g.items(add, ratio, first, last)
		return t
	}
	if g.events {
		add("views", "", true, false, func(d *doing) float64 { return d.views })
		add("carts", "", true, false, func(d *doing) float64 { return d.carts })
		add("favourites", "", true, false, func(d *doing) float64 { return d.favs })
		add("buys", "", true, false, func(d *doing) float64 { return d.buy })
		add("activedays", "", true, false, func(d *doing) float64 { return float64(d.days) })
		add("variety", "", true, true, func(d *doing) float64 { return float64(d.others) })
		add("money", "", true, true, func(d *doing) float64 { return d.money })
		add("conversion", "share", false, true, func(d *doing) float64 { return ratio(d.buy, d.views) })
		add("night", "share", false, true, func(d *doing) float64 { return ratio(float64(d.night), float64(d.rows)) })
		add("weekend", "share", false, true, func(d *doing) float64 { return ratio(float64(d.weekend), float64(d.rows)) })
		return t
	}
	add("frequency", "", true, false, func(d *doing) float64 { return float64(d.orders) })
	if g.measure.name == "revenue" {
		add("money", "", true, false, func(d *doing) float64 { return max(0, d.money) })
		add("basket", "", true, true, func(d *doing) float64 { return ratio(max(0, d.money), float64(d.orders)) })
	} else {
		add("units", "", true, false, func(d *doing) float64 { return d.units })
	}
	add("variety", "", true, true, func(d *doing) float64 { return float64(d.others) })
	add("tenure", "days", true, true, func(d *doing) float64 { return float64(max(0, last-d.first)) })
	add("returns", "share", false, true, func(d *doing) float64 { return min(1, ratio(d.back, d.units)) })
	return t
}

// items adds the traits of items.
func (g *gathering) items(add func(name, unit string, logs, aside bool, value func(d *doing) float64), ratio func(a, b float64) float64, first, last int64) {
	if g.events {
		add("views", "", true, false, func(d *doing) float64 { return d.views })
		add("carts", "", true, false, func(d *doing) float64 { return d.carts })
		add("favourites", "", true, false, func(d *doing) float64 { return d.favs })
		add("buys", "", true, false, func(d *doing) float64 { return d.buy })
		add("conversion", "share", false, true, func(d *doing) float64 { return ratio(d.buy, d.views) })
	} else {
		add("sold", "", true, false, func(d *doing) float64 { return max(0, d.units) })
		add("lot", "", true, false, func(d *doing) float64 { return ratio(max(0, d.units), float64(d.orders)) })
		if g.measure.name == "revenue" {
			add("price", "", true, false, func(d *doing) float64 { return max(0, ratio(d.money, d.units)) })
		}
		add("returns", "share", false, true, func(d *doing) float64 { return min(1, ratio(d.back, d.units)) })
	}
	add("buyers", "", true, true, func(d *doing) float64 { return float64(d.others) })
	add("tenure", "days", true, true, func(d *doing) float64 { return float64(max(0, last-d.first)) })
	lastWeek := floorDiv(last+3, 7)
	add("regularity", "share", false, false, func(d *doing) float64 {
		weeks := map[int64]bool{}
		for _, w := range d.weeks {
			weeks[w.week] = true
		}
		return min(1, float64(len(weeks))/float64(max(1, lastWeek-floorDiv(d.first+3, 7)+1)))
	})
	half := floorDiv((first+last)/2+3, 7)
	add("growth", "ratio", true, false, func(d *doing) float64 {
		before, after, most := 0.0, 0.0, 0.0
		for _, w := range d.weeks {
			if w.week < half {
				before += w.units
			} else {
				after += w.units
			}
			most = max(most, w.units)
		}
		return (max(0, after) + most) / (max(0, before) + most) // a best week more on either side: few sales say little
	})
}
