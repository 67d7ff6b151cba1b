package aggregate

import (
	"math"
	"strings"

	"github.com/dgryski/go-metro"

	"github.com/tidewatch/tidewatch/read"
)

// kindOfRow is what a row counts as.
type kindOfRow uint8

const (
	sold      kindOfRow = iota
	cancelled           // a return, or of a cancelled order
)

// counter says what the rows of one batch count.
type counter struct {
	kind  func(i int) kindOfRow
	parts []func(i int) (value float64, ok bool) // of a distinct part, the bits of the thing's hash
}

// counter prepares the counting of b.
func (m *measure) counter(r *records, b *read.Batch) counter {
	column := func(role read.Role) read.Column {
		if k, ok := m.field[role]; ok {
			return b.Columns[k]
		}
		return read.Column{}
	}
	v := view{quantity: column(read.Quantity), price: column(read.Price), amount: column(read.Amount), rates: r.ratesOf(column(read.Currency))}
	c := counter{kind: func(int) kindOfRow { return sold }}
	var actions []read.Action
	if behaviour := column(read.Behaviour); behaviour.Codes != nil {
		for _, text := range behaviour.Dict {
			actions = append(actions, read.ActionOf(text))
		}
		c.kind = func(i int) kindOfRow {
			if actions[behaviour.Codes[i]] == read.Return {
				return cancelled
			}
			return sold
		}
	} else if !r.events {
		c.kind = m.orderKind(r, column(read.Order), column(read.Status), column(read.Cancelled), &v)
	}
	for _, p := range m.parts {
		value := m.value(p, r, b, column, &v)
		if m.returns {
			value = func(i int) (float64, bool) {
				if c.kind(i) == sold {
					return 0, !r.events
				}
				return math.Abs(v.pieces(i)), true
			}
		} else if p.action != "" {
			codes, all := column(read.Behaviour).Codes, value
			value = func(i int) (float64, bool) {
				if actions[codes[i]] != p.action {
					return 0, false
				}
				return all(i)
			}
		}
		c.parts = append(c.parts, value)
	}
	return c
}

// value is what a row adds to a part.
func (m *measure) value(p part, r *records, b *read.Batch, column func(read.Role) read.Column, v *view) func(i int) (float64, bool) {
	switch p.of {
	case pieces:
		return func(i int) (float64, bool) { return v.pieces(i), true }
	case money:
		return func(i int) (float64, bool) {
			x := v.money(i)
			if x != x {
				r.unpriced++
			}
			return x, x == x
		}
	case orderIDs:
		return distinctOf(column(read.Order))
	case userIDs:
		return distinctOf(column(read.User))
	case formulaSum:
		eval := m.formula.evaluator(b, r.clock.Zone())
		return func(i int) (float64, bool) {
			x, ok := eval(i).(float64)
			if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
				r.noNumber++
				return 0, false
			}
			return x, true
		}
	}
	return func(int) (float64, bool) { return 1, true }
}

// distinctOf gives the hashes of the texts of a column; blank ones do not count.
func distinctOf(c read.Column) func(i int) (float64, bool) {
	hashes := make([]float64, len(c.Dict))
	for k, text := range c.Dict {
		hashes[k] = math.Float64frombits(metro.Hash64Str(text, 1337))
	}
	return func(i int) (float64, bool) { return hashes[c.Codes[i]], c.Dict[c.Codes[i]] != "" }
}

// view is the numbers of a batch.
type view struct {
	quantity, price, amount read.Column
	rates                   func(i int) float64
}

func (v *view) pieces(i int) float64 {
	if v.quantity.Numbers == nil {
		return 1
	}
	if q := v.quantity.Numbers[i]; q == q {
		return q
	}
	return 1 // an event without a quantity is of one piece
}

func (v *view) money(i int) float64 {
	x := math.NaN()
	if v.amount.Numbers != nil {
		x = v.amount.Numbers[i]
	} else if v.price.Numbers != nil {
		x = v.pieces(i) * v.price.Numbers[i]
	}
	if v.rates != nil {
		x *= v.rates(i)
	}
	return x
}

// orderKind tells sales from what came to nothing.
func (m *measure) orderKind(r *records, order, status, off read.Column, v *view) func(i int) kindOfRow {
	void := r.voidOrders(order)
	dead := make([]bool, len(status.Dict))
	for k, text := range status.Dict {
		dead[k] = read.IsCancelled(text) && !(r.keepRefunded && read.IsRefunded(text))
	}
	negative := m.name == "revenue"
	return func(i int) kindOfRow {
		if v.quantity.Numbers != nil && v.quantity.Numbers[i] < 0 || void != nil && void[order.Codes[i]] || len(dead) > 0 && dead[status.Codes[i]] ||
			off.Codes != nil && off.Dict[off.Codes[i]] != "" || negative && v.money(i) < 0 {
			return cancelled
		}
		return sold
	}
}

// ratesOf is what a unit of the currency of each row is worth; nil where there is but one.
func (r *records) ratesOf(c read.Column) func(i int) float64 {
	if c.Codes == nil {
		return nil
	}
	used := make([]bool, len(c.Dict))
	for _, code := range c.Codes {
		used[code] = true
	}
	for k, text := range c.Dict {
		if text == "" {
			text = "(blank)"
		}
		if used[k] {
			r.currencies[text] = true
		}
	}
	if r.rates == nil {
		return nil
	}
	worth := make([]float64, len(c.Dict))
	for k, text := range c.Dict {
		rate, ok := r.rates[strings.ToUpper(text)]
		if !ok {
			rate = math.NaN()
		}
		worth[k] = rate
	}
	return func(i int) float64 { return worth[c.Codes[i]] }
}

// What ids of orders can be: kindOfID gives the same text for all of a kind.
var (
	digitID = []byte("1")
	voidID  = []byte("C1")
	otherID = []byte("-")
)

// kindOfID is what kind of id an order has: of digits, of C and digits, or any other.
func kindOfID(id []byte) []byte {
	if len(id) == 0 {
		return id
	}
	rest, kind := id, digitID
	if id[0] == 'C' || id[0] == 'c' {
		rest, kind = id[1:], voidID
	}
	for _, c := range rest {
		if c < '0' || c > '9' {
			return otherID
		}
	}
	if len(rest) == 0 {
		return otherID
	}
	return kind
}

// voidOrders marks the order ids that begin with C, where ids otherwise are numbers: the cancelled orders of accounting exports. Whether
// they are is told from the first batch.
func (r *records) voidOrders(orders read.Column) []bool {
	if len(orders.Dict) == 0 {
		return nil
	}
	kinds := make([]byte, len(orders.Dict))
	for k, id := range orders.Dict {
		if kind := kindOfID([]byte(id)); len(kind) > 0 {
			kinds[k] = kind[0]
		}
	}
	if r.cancels == 0 {
		n := 0
		for _, code := range orders.Codes {
			if kinds[code] == '1' {
				n++
			}
		}
		r.cancels = -1
		if n*2 > len(orders.Codes) {
			r.cancels = 1
		}
	}
	if r.cancels < 0 {
		return nil
	}
	void := make([]bool, len(kinds))
	for k, kind := range kinds {
		void[k] = kind == 'C'
	}
	return void
}
