package aggregate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// kindOfRow is what a row counts as.
type kindOfRow uint8

const (
	sold      kindOfRow = iota
	cancelled           // a return, or of a cancelled order
	skipped             // nothing that the measure counts
)

// measure is what is summed or counted.
type measure struct {
	name     string
	returns  bool // counts what came back, beside zeros for what was sold
	distinct bool // counts distinct orders
	note     string
	action   read.Action // of events, "" for all
	field    map[read.Role]int
}

// Measures are the measures of a shape, the default first.
func Measures(shape read.Shape) []string {
	switch shape {
	case read.Orders:
		return []string{"units", "revenue", "orders", "returns"}
	case read.Events:
		return []string{"buy", "events", "view", "cart", "favourite"}
	}
	return nil
}

// measureOf is the measure of that name and the fields it needs: the time is always the first.
func measureOf(in *read.Input, name string) (measure, []read.Field, error) {
	m := measure{name: name, field: map[read.Role]int{}}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}}
	need := func(role read.Role, kind read.Kind, required bool) {
		m.field[role] = len(fields)
		fields = append(fields, read.Field{Role: role, Kind: kind, Required: required})
	}
	if name != "" && !slices.Contains(Measures(in.Shape()), name) {
		return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %q is not known for %s: use %s", name, in.Shape(), strings.Join(Measures(in.Shape()), ", "))
	}
	if in.Shape() == read.Events {
		if in.Has(read.Behaviour) {
			need(read.Behaviour, read.Text, false)
		}
		switch {
		case name == "" && in.Has(read.Behaviour):
			m.name, m.action = "buy", read.Buy
		case name == "" || name == "events":
			m.name = "events"
		case !in.Has(read.Behaviour):
			return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %q: the events have no column that says what was done: use events, or say which it is with --map behaviour=COLUMN", name)
		default:
			m.action = read.Action(name)
		}
		return m, fields, nil
	}
	if name == "" {
		m.name = "units"
	}
	if in.Has(read.Quantity) {
		need(read.Quantity, read.Number, true)
	} else {
		m.note = "note.noQuantity"
	}
	for _, role := range []read.Role{read.Order, read.Status} {
		if in.Has(role) {
			need(role, read.Text, false)
		}
	}
	switch m.name {
	case "revenue":
		switch {
		case in.Has(read.Amount):
			need(read.Amount, read.Number, true)
		case in.Has(read.Price):
			need(read.Price, read.Number, true)
		default:
			return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure revenue: no column was recognised as price or amount: say which it is with --map price=COLUMN or --map amount=COLUMN")
		}
	case "orders":
		m.distinct = in.Has(read.Order)
		if !m.distinct {
			m.note = "note.noOrder"
		}
	case "returns":
		m.returns = true
	}
	return m, fields, nil
}

// batch gives what each row of b counts.
func (m *measure) batch(r *records, b *read.Batch) func(i int) (float64, kindOfRow) {
	column := func(role read.Role) read.Column {
		if k, ok := m.field[role]; ok {
			return b.Columns[k]
		}
		return read.Column{}
	}
	if m.action != "" || m.name == "events" {
		behaviour := column(read.Behaviour)
		counts := make([]bool, len(behaviour.Dict))
		for k, text := range behaviour.Dict {
			counts[k] = m.action == "" || read.ActionOf(text) == m.action
		}
		return func(i int) (float64, kindOfRow) {
			if behaviour.Codes != nil && !counts[behaviour.Codes[i]] {
				return 0, skipped
			}
			return 1, sold
		}
	}
	quantity, price, amount, order, status := column(read.Quantity), column(read.Price), column(read.Amount), column(read.Order), column(read.Status)
	void := r.voidOrders(order.Dict)
	dead := make([]bool, len(status.Dict))
	for k, text := range status.Dict {
		dead[k] = read.IsCancelled(text)
	}
	var number []int
	if m.distinct {
		for _, text := range order.Dict {
			n, ok := r.distinct[text]
			if !ok {
				n = len(r.distinct)
				r.distinct[text] = n
			}
			number = append(number, n)
		}
	}
	return func(i int) (float64, kindOfRow) {
		q := 1.0
		if quantity.Numbers != nil {
			q = quantity.Numbers[i]
		}
		back := q < 0 || void != nil && void[order.Codes[i]] || len(dead) > 0 && dead[status.Codes[i]]
		kind := sold
		if back {
			kind = cancelled
		}
		switch m.name {
		case "revenue":
			v := 0.0
			if amount.Numbers != nil {
				v = amount.Numbers[i]
			} else {
				v = q * price.Numbers[i]
			}
			if v < 0 {
				kind = cancelled
			}
			return v, kind
		case "orders":
			if number != nil {
				return float64(number[order.Codes[i]]), kind
			}
			return 1, kind
		case "returns":
			if kind == sold {
				return 0, kind
			}
			return math.Abs(q), kind
		}
		return q, kind
	}
}

// voidOrders marks the order ids that begin with C, where ids otherwise are numbers: the cancelled orders of accounting exports.
func (r *records) voidOrders(ids []string) []bool {
	if len(ids) == 0 {
		return nil
	}
	number := func(s string) bool {
		return s != "" && strings.Trim(s, "0123456789") == ""
	}
	if r.cancels == 0 {
		n := 0
		for _, id := range ids {
			if number(id) {
				n++
			}
		}
		r.cancels = -1
		if n*2 > len(ids) {
			r.cancels = 1
		}
	}
	if r.cancels < 0 {
		return nil
	}
	void := make([]bool, len(ids))
	for k, id := range ids {
		void[k] = len(id) > 1 && (id[0] == 'C' || id[0] == 'c') && number(id[1:])
	}
	return void
}

// compact puts the entries of each bucket together, in order of the buckets; sums are made in the order of the entries.
func (m *measure) compact(entries []entry) []entry {
	if m.distinct {
		sortDistinct(entries)
		return slices.Compact(entries)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.bucket, b.bucket) })
	out := entries[:0]
	for _, e := range entries {
		if n := len(out); n > 0 && out[n-1].bucket == e.bucket {
			out[n-1].value += e.value
		} else {
			out = append(out, e)
		}
	}
	return out
}

func sortDistinct(entries []entry) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.value, b.value)) })
}

// fill puts entries, whose buckets are indices by now, into the values from index start on; what has none is zero. It may reorder entries.
func (m *measure) fill(values []float64, start int, entries []entry) {
	if !m.distinct {
		for _, e := range entries {
			if i := int(e.bucket) - start; i < len(values) {
				values[i] += e.value
			}
		}
		return
	}
	sortDistinct(entries)
	for k, e := range entries {
		if i := int(e.bucket) - start; i < len(values) && (k == 0 || e != entries[k-1]) {
			values[i]++
		}
	}
}
