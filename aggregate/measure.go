package aggregate

import (
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// quantity is what a row adds to a part of a measure.
type quantity uint8

const (
	eachRow    quantity = iota // one
	pieces                     // the quantity
	money                      // the amount, or quantity times price
	orderIDs                   // distinct orders
	userIDs                    // distinct users
	formulaSum                 // an expression
)

func (q quantity) distinct() bool { return q == orderIDs || q == userIDs }

// part is one sum, or one count of distinct things. Of events only those of one action count, "" is all.
type part struct {
	of     quantity
	action read.Action
}

// measure is what is summed or counted: one part, or the ratio of two, which is unknown where the second is zero.
type measure struct {
	name    string
	parts   []part
	returns bool     // counts what came back, beside zeros for what was sold
	notes   []string // keys
	field   map[read.Role]int
	formula *expression
}

var orderMeasures = map[string][]part{
	"units":   {{of: pieces}},
	"revenue": {{of: money}},
	"orders":  {{of: orderIDs}},
	"buyers":  {{of: userIDs}},
	"returns": {{of: pieces}},
	"price":   {{of: money}, {of: pieces}},
}

var eventMeasures = map[string][]part{
	"buy":        {{of: eachRow, action: read.Buy}},
	"view":       {{of: eachRow, action: read.View}},
	"cart":       {{of: eachRow, action: read.Cart}},
	"favourite":  {{of: eachRow, action: read.Fav}},
	"events":     {{of: eachRow}},
	"users":      {{of: userIDs}},
	"buyers":     {{of: userIDs, action: read.Buy}},
	"conversion": {{of: userIDs, action: read.Buy}, {of: userIDs}},
	"units":      {{of: pieces, action: read.Buy}},
	"revenue":    {{of: money, action: read.Buy}},
	"orders":     {{of: orderIDs, action: read.Buy}},
	"returns":    {{of: pieces, action: read.Return}},
	"price":      {{of: money, action: read.Buy}, {of: pieces, action: read.Buy}},
}

// otherNames are further names of measures.
var otherNames = map[string]string{"quantity": "units", "buys": "buy", "purchases": "buy", "views": "view", "carts": "cart", "favourites": "favourite", "favorites": "favourite", "favorite": "favourite",
	"visitors": "users", "sales": "revenue", "average-price": "price", "conversion-rate": "conversion"}

// Measures are the measures of a shape, the default first.
func Measures(shape read.Shape) []string {
	switch shape {
	case read.Orders:
		return []string{"units", "revenue", "orders", "buyers", "returns", "price"}
	case read.Events:
		return []string{"buy", "events", "view", "cart", "favourite", "users", "buyers", "conversion", "units", "revenue", "orders", "returns", "price"}
	}
	return nil
}

// measureOf is the measure of that name, or the sum of an expression, and the fields it needs: the time is always the first.
func measureOf(in *read.Input, name string) (measure, []read.Field, error) {
	events := in.Shape() == read.Events
	if other := otherNames[name]; other != "" {
		name = other
	}
	m := measure{name: name, field: map[read.Role]int{}}
	table := orderMeasures
	if events {
		table = eventMeasures
		if name == "" && in.Has(read.Behaviour) {
			m.name = "buy"
		} else if name == "" {
			m.name = "events"
		}
	} else if name == "" {
		m.name = "units"
	}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}}
	need := func(role read.Role, kind read.Kind, required bool) {
		if _, there := m.field[role]; !there && in.Has(role) {
			m.field[role] = len(fields)
			fields = append(fields, read.Field{Role: role, Kind: kind, Required: required})
		}
	}
	m.parts, m.returns = table[m.name], m.name == "returns"
	if m.parts == nil {
		if plainWord(name) {
			if _, ok := in.Column(name); !ok {
				return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %q is not known for %s: use %s, or an expression to be summed such as quantity*price", name, in.Shape(), strings.Join(Measures(in.Shape()), ", "))
			}
		}
		x, err := compile(in, "measure", name, false)
		if err != nil {
			return m, nil, err
		}
		m.formula, m.parts = x, []part{{of: formulaSum}}
		if events && in.Has(read.Behaviour) {
			m.notes = append(m.notes, "note.allEvents")
		}
	}
	if events {
		need(read.Behaviour, read.Text, false)
		if _, ok := m.field[read.Behaviour]; !ok && slices.ContainsFunc(m.parts, func(p part) bool { return p.action != "" }) {
			return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %q: the events have no column that says what was done: use events or users, or say which it is with --map behaviour=COLUMN", m.name)
		}
	} else {
		need(read.Quantity, read.Number, true)
		if need(read.Order, read.Text, false); in.Has(read.Order) && !slices.ContainsFunc(m.parts, func(p part) bool { return p.of == orderIDs }) {
			fields[m.field[read.Order]].Fold = kindOfID // whose order it is does not matter
		}
		need(read.Status, read.Text, false)
		need(read.Cancelled, read.Text, false)
		if !in.Has(read.Quantity) {
			m.notes = append(m.notes, "note.noQuantity")
		}
	}
	for i := range m.parts {
		p := &m.parts[i]
		switch p.of {
		case pieces:
			need(read.Quantity, read.Number, !events)
		case money:
			need(read.Quantity, read.Number, !events)
			if need(read.Amount, read.Number, !events); !in.Has(read.Amount) {
				need(read.Price, read.Number, !events)
			}
			if !in.Has(read.Amount) && !in.Has(read.Price) {
				return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %s: no column was recognised as price or amount: say which it is with --map price=COLUMN or --map amount=COLUMN", m.name)
			}
			need(read.Currency, read.Text, false)
		case orderIDs:
			if need(read.Order, read.Text, false); !in.Has(read.Order) {
				m.parts = []part{{of: eachRow, action: p.action}}
				m.notes = append(m.notes, "note.noOrder")
			}
		case userIDs:
			if need(read.User, read.Text, false); !in.Has(read.User) {
				return m, nil, tidewatch.Errorf(tidewatch.CodeUsage, "measure %s: no column was recognised as the user: say which it is with --map user=COLUMN", m.name)
			}
		case formulaSum:
			fields = m.formula.bind(fields)
		}
	}
	return m, fields, nil
}

// plainWord reports whether a text is one name, no expression.
func plainWord(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz_-0123456789") == "" && (strings.Trim(s, "0123456789") != "")
}
