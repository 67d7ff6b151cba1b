//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/store"
)

// seen is the condition of the rows of a view.
func seen(v store.View) string {
	sql := fmt.Sprintf("import <= %d AND (ended IS NULL OR ended > %d)", v.Import, v.Import)
	if k := v.Table.Column(read.Time); v.Until != nil && k >= 0 {
		sql += fmt.Sprintf(" AND %s <= make_timestamp(%d)", own(k), *v.Until)
	}
	return sql
}

// Digest implements [store.Store] and [store.Tx].
func (w *workspace) Digest(ctx context.Context, v store.View) (store.Digest, error) {
	const halves = "CAST(sum(c1) % 18446744073709551616 AS UBIGINT), CAST(sum(c2) % 18446744073709551616 AS UBIGINT)"
	var d store.Digest
	err := w.each(ctx, fmt.Sprintf("SELECT count(*), %s FROM %s WHERE %s", halves, rowsOf(v.Table), seen(v)), func(c chunk) error {
		if d.Rows = fixed[int64](c.column(0))[0]; d.Rows > 0 {
			d.Content = store.Sum{fixed[uint64](c.column(1))[0], fixed[uint64](c.column(2))[0]}
		}
		return nil
	})
	if k := v.Table.Column(read.User); err == nil && k >= 0 {
		err = w.stream(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s AND %s IS NOT NULL GROUP BY %s", halves, rowsOf(v.Table), seen(v), own(k), own(k)), func(c chunk) error {
			c2 := fixed[uint64](c.column(1))
			for i, c1 := range fixed[uint64](c.column(0)) {
				d.Person(store.Sum{c1, c2[i]})
			}
			return nil
		})
	}
	return d, explainNil(w.dir, err)
}

// batchRows is how many rows are gathered into a batch: enough for its dictionaries to be worth their while.
const batchRows = 1 << 15

// Scan implements [store.Store].
func (w *workspace) Scan(ctx context.Context, v store.View, wanted []read.Wanted, by *store.Order, yield func(*read.Batch) error) error {
	t := v.Table
	g := gather{batch: read.Batch{Columns: make([]read.Column, len(wanted))}, wanted: wanted, codes: make([]map[string]uint32, len(wanted)), scale: make([]float64, len(wanted))}
	columns := []string{"line"}
	for k, f := range wanted {
		if len(f.Columns) == 0 {
			columns = append(columns, "NULL")
			continue
		}
		sql, err := expression(t, f)
		if err != nil {
			return err
		}
		if g.scale[k] = 1; f.Kind == read.Number && t.Columns[f.Columns[0]].Kind == store.Money {
			g.scale[k] = 0 // millionths
		}
		columns = append(columns, sql)
	}
	sql := "SELECT " + strings.Join(columns, ", ") + " FROM " + rowsOf(t)
	var order []string
	if by != nil {
		if k := t.Column(read.Time); k >= 0 {
			order = append(order, own(k))
		}
		order = append(order, "c1", "c2")
		if k := t.Column(read.User); k >= 0 && by.Persons != nil {
			if err := w.placePersons(ctx, by.Persons); err != nil {
				return explain(w.dir, err)
			}
			sql += " LEFT JOIN places ON person = " + own(k)
			order = append(order, "place")
		}
		order = append(order, "nth")
	}
	sql += " WHERE " + seen(v)
	if order != nil {
		sql += " ORDER BY " + strings.Join(order, ", ")
	}
	g.begin()
	err := w.stream(ctx, sql, func(c chunk) error {
		g.add(c)
		if g.batch.Rows < batchRows {
			return nil
		}
		defer g.begin()
		return yield(&g.batch)
	})
	if err == nil && g.batch.Rows > 0 {
		err = yield(&g.batch)
	}
	return explainNil(w.dir, err)
}

// placePersons makes a temporary table, in memory, of the places of persons.
func (w *workspace) placePersons(ctx context.Context, persons []int64) error {
	if err := w.run(ctx, "CREATE OR REPLACE TEMP TABLE places (person BIGINT, place BIGINT)"); err != nil {
		return err
	}
	const some = 10_000
	for from := 0; from < len(persons); from += some { // an appender would not, in a database opened for reading
		list := strings.ReplaceAll(fmt.Sprint(persons[from:min(from+some, len(persons))]), " ", ",")
		if err := w.run(ctx, fmt.Sprintf("INSERT INTO places SELECT p, %d + i FROM (SELECT unnest(%s) AS p, generate_subscripts(%s, 1) AS i)", from, list, list)); err != nil {
			return err
		}
	}
	return nil
}

// expression is the SQL of a field.
func expression(t *store.Table, f read.Wanted) (string, error) {
	kind := t.Columns[f.Columns[0]].Kind
	switch f.Kind {
	case read.Number:
		if kind != store.Number && kind != store.Money {
			return "", tidewatch.Errorf(tidewatch.CodeUsage, "column %q of table %s is kept as %s, not as numbers: import it with --map for the role it is to play", t.Columns[f.Columns[0]].Name, t.Name, kind)
		}
		return own(f.Columns[0]), nil
	case read.Moment:
		if kind != store.Moment {
			return "", tidewatch.Errorf(tidewatch.CodeUsage, "column %q of table %s is kept as %s, not as times", t.Columns[f.Columns[0]].Name, t.Name, kind)
		}
		return own(f.Columns[0]), nil
	}
	var parts []string
	for _, c := range f.Columns {
		switch t.Columns[c].Kind {
		case store.Text:
			parts = append(parts, "coalesce("+own(c)+", '')")
		case store.Money:
			parts = append(parts, "coalesce(rtrim(rtrim(CAST("+own(c)+" AS VARCHAR), '0'), '.'), '')")
		default:
			parts = append(parts, "coalesce(CAST("+own(c)+" AS VARCHAR), '')")
		}
	}
	if len(parts) == 1 && t.Columns[f.Columns[0]].Kind == store.Text {
		return own(f.Columns[0]), nil
	}
	return strings.Join(parts, " || "+literal(store.Between)+" || "), nil
}

// gather puts chunks together to batches.
type gather struct {
	batch  read.Batch
	wanted []read.Wanted
	codes  []map[string]uint32
	scale  []float64 // 0 = the column is decimal
}

// begin empties the batch. Its texts, which may be kept, are made anew.
func (g *gather) begin() {
	g.batch.Rows, g.batch.Lines = 0, g.batch.Lines[:0]
	for k, f := range g.wanted {
		c := &g.batch.Columns[k]
		*c = read.Column{Codes: c.Codes[:0], Numbers: c.Numbers[:0], Times: c.Times[:0]}
		if len(f.Columns) == 0 {
			*c = read.Column{}
			continue
		}
		switch f.Kind {
		case read.Text:
			if c.Codes == nil {
				c.Codes = make([]uint32, 0, batchRows)
			}
			g.codes[k] = map[string]uint32{}
		case read.Number:
			if c.Numbers == nil {
				c.Numbers = make([]float64, 0, batchRows)
			}
		case read.Moment:
			if c.Times == nil {
				c.Times = make([]int64, 0, batchRows)
			}
		}
	}
}

func (g *gather) add(c chunk) {
	g.batch.Lines = append(g.batch.Lines, fixed[int64](c.column(0))...)
	for k, f := range g.wanted {
		if len(f.Columns) == 0 {
			continue
		}
		v, to := c.column(1+k), &g.batch.Columns[k]
		switch f.Kind {
		case read.Text:
			g.text(v, to, k)
		case read.Moment:
			for i, t := range fixed[int64](v) {
				if v.null(i) {
					t = math.MinInt64
				}
				to.Times = append(to.Times, t)
			}
		case read.Number:
			for i := range v.rows {
				x := math.NaN()
				switch {
				case v.null(i):
				case g.scale[k] == 0:
					x = store.FromMoney(fixed[int64](v)[i])
				default:
					x = fixed[float64](v)[i]
				}
				to.Numbers = append(to.Numbers, x)
			}
		}
	}
	g.batch.Rows += c.rows
}

func (g *gather) text(v vector, to *read.Column, k int) {
	codes := g.codes[k]
	last, code := "", uint32(0)
	for i := range v.rows {
		s := v.text(i)
		if i == 0 || s != last {
			var ok bool
			if code, ok = codes[s]; !ok {
				own := strings.Clone(s)
				code = uint32(len(to.Dict))
				codes[own] = code
				to.Dict = append(to.Dict, own)
			}
			last = s
		}
		to.Codes = append(to.Codes, code)
	}
}
