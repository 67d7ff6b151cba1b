package aggregate

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dgryski/go-metro"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/trend/behaviour"
)

// Sold is what was sold of one item in each of the spans of time that were asked for. Returns and cancelled orders, and rows without a price, count
// for nothing.
type Sold struct {
	Item         string
	Units, Money []float64
	Discount     []float64 // nil where no column says it
}

// Doing is what [Acts] reads.
type Doing struct {
	Log  *behaviour.Log
	Sold []Sold // of order lines with a price, in the order of the items' names; nil where money cannot be added up
}

// ActsConfig says what of acts to read.
type ActsConfig struct {
	Config
	Most int // acts that are kept; of more, those of a part of the people, halved as often as need be. 0 = 4 million
	// Spans are spans of time on the clock of the shop: the first moment of each, and the moment after the last.
	Spans [][2]time.Time
}

// Acts reads what people did: purchases of order lines, or what events say was done. Of the configuration it heeds Where, Origin, Rates, KeepRefunded
// and KeepStray. Rows of nobody are purchases all the same, and make baskets if they name an order. What came back is no act.
func Acts(ctx context.Context, in *read.Input, c ActsConfig) (*Doing, Summary, error) {
	s := Summary{Layout: in.Recognised().Layout, Shape: in.Shape(), Zone: in.Zone().String(), Notes: slices.Clone(in.Recognised().Notes)}
	g, fields, err := newActs(in, &c)
	if err != nil {
		return nil, s, err
	}
	if err := scan(ctx, in, &c.Config, &s, fields, func(b *read.Batch) error { g.batch(b, &s); return ctx.Err() }); err != nil {
		return nil, s, err
	}
	s.Digest, s.Rows, s.Refused = in.Digest(), in.Counts().Rows, in.Counts().Refused
	s.Kept = s.Rows - s.Refused
	if s.Later > 0 {
		s.note("note.later", s.Later)
	}
	if len(g.rows.currencies) > 1 && c.Rates == nil {
		g.sums = nil // they cannot be added up
	}
	if len(g.rows.periods) == 0 || len(g.log.Acts) == 0 {
		return nil, s, tidewatch.Errorf(tidewatch.CodeData, "no row is left that says what was done: check --origin, --where and the columns")
	}
	l := g.log
	l.First, l.Last = g.rows.span(&c.Config, &s)
	l.Share = 1 / float64(uint64(1)<<g.halved)
	if g.halved > 0 {
		s.note("note.halved", len(l.Acts), math.Round(1000*l.Share)/10)
	}
	if s.Stray > 0 {
		l.Acts = slices.DeleteFunc(l.Acts, func(a behaviour.Act) bool { return a.Day() < l.First || a.Day() > l.Last })
	}
	l.People, l.Baskets, l.Items = len(g.people.all)-1, g.baskets, g.items.all
	s.Series = len(l.Items) - 1
	zone := in.Zone()
	at := func(day int64) time.Time { return inZone(time.Unix(day*86400, 0).UTC(), zone) }
	s.First, s.Last = at(l.First), at(l.Last)
	return &Doing{Log: l, Sold: g.sold()}, s, nil
}

// numbering gives things numbers from 1, in the order in which they come; 0 is the blank one.
type numbering struct {
	index map[string]int32
	all   []string
}

func newNumbering() *numbering { return &numbering{index: map[string]int32{}, all: []string{""}} }

func (n *numbering) of(text string) int32 {
	if text == "" {
		return 0
	}
	k, ok := n.index[text]
	if !ok {
		k = int32(len(n.all))
		n.index[text] = k
		n.all = append(n.all, text)
	}
	return k
}

// acts gathers them.
type acts struct {
	log     *behaviour.Log
	rows    *records // for what it knows of rows
	measure measure
	events  bool
	origin  int64
	most    int
	halved  uint // how often the share of people was halved

	people, items, orders *numbering
	days                  map[[2]int64]int32 // baskets of people whose orders have no id: by person and day
	baskets               int
	keys                  []uint64 // of each act, the hash by which people are drawn
	ofOrder               []int32  // basket of an order, 0 = none yet

	spans [][2]int64
	sums  [][]float64 // by item: units, then money, then discounts, of each span

	discounted bool // a column says what was taken off
}

func newActs(in *read.Input, c *ActsConfig) (*acts, []read.Field, error) {
	if in.Shape() != read.Orders && in.Shape() != read.Events {
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "ready series know nothing of what people do: read order lines or events")
	}
	if !in.Has(read.User) && !in.Has(read.Order) {
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "no column was recognised as the user or the order: say which it is with --map user=COLUMN or --map order=COLUMN")
	}
	g := &acts{log: &behaviour.Log{}, events: in.Shape() == read.Events, origin: math.MaxInt64, most: c.Most, people: newNumbering(), items: newNumbering(), orders: newNumbering(),
		days: map[[2]int64]int32{}, ofOrder: []int32{0}, measure: measure{name: "units", field: map[read.Role]int{}}}
	if g.most == 0 {
		g.most = 4_000_000
	}
	g.rows = &records{clock: read.NewClock(in.Zone()), periods: map[int64]*day{}, events: g.events, rates: c.Rates, currencies: map[string]bool{}, keepRefunded: c.KeepRefunded}
	if !c.Origin.IsZero() {
		g.origin = c.Origin.UnixMicro()
	}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}}
	need := func(role read.Role, kind read.Kind, required bool) {
		if in.Has(role) {
			g.measure.field[role] = len(fields)
			fields = append(fields, read.Field{Role: role, Kind: kind, Required: required})
		}
	}
	need(read.User, read.Text, false)
	need(read.Item, read.Text, false)
	need(read.Order, read.Text, false)
	if g.events {
		need(read.Behaviour, read.Text, false)
		return g, fields, nil
	}
	need(read.Quantity, read.Number, true)
	need(read.Status, read.Text, false)
	need(read.Cancelled, read.Text, false)
	if len(c.Spans) > 0 && in.Has(read.Item) && (in.Has(read.Amount) || in.Has(read.Price)) {
		for _, s := range c.Spans {
			g.spans = append(g.spans, [2]int64{g.rows.clock.Civil(s[0].UnixMicro()), g.rows.clock.Civil(s[1].UnixMicro())})
		}
		g.sums = [][]float64{nil}
		if in.Has(read.Amount) {
			need(read.Amount, read.Number, false)
			need(read.Discount, read.Number, false)
		} else {
			need(read.Price, read.Number, false)
		}
		need(read.Currency, read.Text, false)
	}
	return g, fields, nil
}

var kinds = map[read.Action]behaviour.Kind{read.View: behaviour.View, read.Cart: behaviour.Cart, read.Fav: behaviour.Favourite, read.Buy: behaviour.Buy}

// batch adds the rows of one batch.
func (g *acts) batch(b *read.Batch, s *Summary) {
	column := func(role read.Role) read.Column {
		if k, ok := g.measure.field[role]; ok {
			return b.Columns[k]
		}
		return read.Column{}
	}
	v := view{quantity: column(read.Quantity), price: column(read.Price), amount: column(read.Amount), rates: g.rows.ratesOf(column(read.Currency))}
	count := g.measure.counter(g.rows, b)
	behaviours := column(read.Behaviour)
	var what []read.Action
	for _, text := range behaviours.Dict {
		what = append(what, read.ActionOf(text))
	}
	discounts := column(read.Discount)
	g.discounted = g.discounted || discounts.Numbers != nil
	users, items, orders := column(read.User), column(read.Item), column(read.Order)
	text := func(c read.Column, i int) string {
		if c.Codes == nil {
			return ""
		}
		return strings.TrimSpace(c.Dict[c.Codes[i]])
	}
	// What stands behind the codes of this batch: -1 = not looked up yet.
	numbers := func(c read.Column) []int32 {
		n := make([]int32, max(1, len(c.Dict)))
		for k := range n {
			n[k] = -1
		}
		return n
	}
	of := func(n *numbering, known []int32, c read.Column, i int) int32 {
		if c.Codes == nil {
			return 0
		}
		k := &known[c.Codes[i]]
		if *k < 0 {
			*k = n.of(text(c, i))
		}
		return *k
	}
	userOf, itemOf, orderOf := numbers(users), numbers(items), numbers(orders)
	var at *day
	dayAt := int64(math.MinInt64)
	for i, t := range b.Columns[0].Times {
		if t > g.origin {
			s.Later++
			continue
		}
		civil := g.rows.clock.Civil(t)
		if d := floorDiv(civil, dayMicros); d != dayAt || at == nil {
			dayAt = d
			if at = g.rows.periods[d]; at == nil {
				at = newDay()
				g.rows.periods[d] = at
			}
		}
		at.rows++
		at.last = max(at.last, t)
		back := count.kind(i) == cancelled
		if back {
			s.Returns++
		}
		if g.sums != nil && !back {
			off := 0.
			if discounts.Numbers != nil && discounts.Numbers[i] == discounts.Numbers[i] {
				off = math.Abs(discounts.Numbers[i])
				if v.rates != nil {
					off *= v.rates(i)
				}
			}
			g.sell(of(g.items, itemOf, items, i), civil, &v, i, off)
		}
		kind := behaviour.Buy
		if g.events {
			action := read.View
			if behaviours.Codes != nil {
				action = what[behaviours.Codes[i]]
			}
			known := false
			if kind, known = kinds[action]; !known {
				continue
			}
		}
		if back {
			continue
		}
		a := behaviour.Act{Person: of(g.people, userOf, users, i), Item: of(g.items, itemOf, items, i), Kind: kind, Time: civil}
		order := int32(0)
		if kind == behaviour.Buy {
			order = of(g.orders, orderOf, orders, i)
			a.Basket = g.basket(order, a.Person, dayAt)
		}
		if a.Person == 0 && a.Basket == 0 {
			continue // of nobody, and of no order: it belongs to nothing
		}
		who := g.people.all[a.Person]
		if a.Person == 0 {
			who = g.orders.all[order]
		}
		g.keep(a, who)
	}
}

// basket is the number of the basket of a purchase: that of its order, or all that a person buys in a day.
func (g *acts) basket(order, person int32, day int64) int32 {
	switch {
	case order > 0:
		for int(order) >= len(g.ofOrder) {
			g.ofOrder = append(g.ofOrder, 0)
		}
		if g.ofOrder[order] == 0 {
			g.baskets++
			g.ofOrder[order] = int32(g.baskets)
		}
		return g.ofOrder[order]
	case person > 0:
		key := [2]int64{int64(person), day}
		if g.days[key] == 0 {
			g.baskets++
			g.days[key] = int32(g.baskets)
		}
		return g.days[key]
	}
	return 0
}

// keep takes an act in. Where there are too many, half of the people are let go: those whose names have a hash with one more bit set.
func (g *acts) keep(a behaviour.Act, who string) {
	key := metro.Hash64Str(who, 4711)
	if key&(1<<g.halved-1) != 0 {
		return
	}
	g.log.Acts, g.keys = append(g.log.Acts, a), append(g.keys, key)
	for len(g.log.Acts) > g.most {
		g.halved++
		kept := 0
		for k, key := range g.keys {
			if key&(1<<g.halved-1) == 0 {
				g.log.Acts[kept], g.keys[kept] = g.log.Acts[k], key
				kept++
			}
		}
		g.log.Acts, g.keys = g.log.Acts[:kept], g.keys[:kept]
	}
}

// sell adds what a row sold to the spans it falls into.
func (g *acts) sell(item int32, civil int64, v *view, i int, discount float64) {
	money := v.money(i)
	if item == 0 || !(money >= 0) {
		return
	}
	n := len(g.spans)
	for k, s := range g.spans {
		if civil < s[0] || civil >= s[1] {
			continue
		}
		for int(item) >= len(g.sums) {
			g.sums = append(g.sums, nil)
		}
		if g.sums[item] == nil {
			g.sums[item] = make([]float64, 3*n)
		}
		g.sums[item][k] += v.pieces(i)
		g.sums[item][n+k] += money
		g.sums[item][2*n+k] += discount
	}
}

// sold is what each item sold, by name.
func (g *acts) sold() []Sold {
	var out []Sold
	n := len(g.spans)
	for item, sums := range g.sums {
		if sums != nil {
			x := Sold{Item: g.items.all[item], Units: sums[:n], Money: sums[n : 2*n]}
			if g.discounted {
				x.Discount = sums[2*n:]
			}
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b Sold) int { return strings.Compare(a.Item, b.Item) })
	return out
}
