//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/store"
)

// systemColumns is how many columns every table of rows has before its own: the import it came with; the import that ended it; line of the
// file; content sum; number among the rows of its identity; key; key of what it takes the place of.
const systemColumns = 10

const systemSQL = `import BIGINT NOT NULL, ended BIGINT, line BIGINT NOT NULL, c1 UBIGINT NOT NULL, c2 UBIGINT NOT NULL, nth INTEGER NOT NULL, k1 UBIGINT, k2 UBIGINT, r1 UBIGINT, r2 UBIGINT`

func rowsOf(t *store.Table) string { return "rows_" + strconv.Itoa(t.ID) }

// own is the name of a table's own column.
func own(k int) string { return "v" + strconv.Itoa(k+1) }

func sqlType(k store.Kind) string {
	switch k {
	case store.Number:
		return "DOUBLE"
	case store.Money:
		return "DECIMAL(18,6)"
	case store.Moment:
		return "TIMESTAMP"
	case store.Person:
		return "BIGINT"
	}
	return "VARCHAR"
}

// Tables implements [store.Store].
func (w *workspace) Tables(ctx context.Context) ([]store.Table, error) {
	var all []store.Table
	err := w.each(ctx, "SELECT id, name, shape, layout, zone, rule, key, supersedes FROM tables ORDER BY id", func(c chunk) error {
		for i, id := range fixed[int32](c.column(0)) {
			t := store.Table{ID: int(id), Name: strings.Clone(c.column(1).text(i)), Shape: read.Shape(strings.Clone(c.column(2).text(i))), Layout: strings.Clone(c.column(3).text(i)),
				Zone: strings.Clone(c.column(4).text(i)), Rule: store.Rule(strings.Clone(c.column(5).text(i))), Supersedes: strings.Clone(c.column(7).text(i))}
			if key := strings.Clone(c.column(6).text(i)); key != "" {
				t.Key = strings.Split(key, store.Between)
			}
			all = append(all, t)
		}
		return nil
	})
	if err != nil {
		return nil, explain(w.dir, err)
	}
	err = w.each(ctx, "SELECT of, name, role, kind FROM columns ORDER BY of, position", func(c chunk) error {
		for i, of := range fixed[int32](c.column(0)) {
			t := &all[of-1]
			t.Columns = append(t.Columns, store.Column{Name: strings.Clone(c.column(1).text(i)), Role: read.Role(strings.Clone(c.column(2).text(i))), Kind: store.Kind(strings.Clone(c.column(3).text(i)))})
		}
		return nil
	})
	return all, explainNil(w.dir, err)
}

// Imports implements [store.Store].
func (w *workspace) Imports(ctx context.Context) ([]store.Import, error) {
	var all []store.Import
	err := w.each(ctx, "SELECT id, of, file, digest, known, read, refused, added, changed, same, conflicts, corrected, rounded, first, last, total, snapshot FROM imports ORDER BY id", func(c chunk) error {
		for i, id := range fixed[int64](c.column(0)) {
			n := func(k int) int64 { return fixed[int64](c.column(k))[i] }
			at := func(k int) time.Time {
				if v := c.column(k); !v.null(i) {
					return time.UnixMicro(fixed[int64](v)[i]).UTC()
				}
				return time.Time{}
			}
			all = append(all, store.Import{ID: id, Table: strings.Clone(c.column(1).text(i)), File: strings.Clone(c.column(2).text(i)), Digest: strings.Clone(c.column(3).text(i)), Known: at(4),
				Counts: store.Counts{Read: n(5), Refused: n(6), Added: n(7), Changed: n(8), Same: n(9), Conflicts: n(10), Corrected: n(11), Rounded: n(12)},
				First:  at(13), Last: at(14), Rows: n(15), After: strings.Clone(c.column(16).text(i))})
		}
		return nil
	})
	return all, explainNil(w.dir, err)
}

// People implements [store.Store].
func (w *workspace) People(ctx context.Context) ([]store.Sealed, error) {
	var all []store.Sealed
	err := w.each(ctx, "SELECT person, sealed FROM people ORDER BY person", func(c chunk) error {
		sealed := c.column(1)
		for i, p := range fixed[int64](c.column(0)) {
			all = append(all, store.Sealed{Person: p, ID: []byte(sealed.text(i))})
		}
		return nil
	})
	return all, explainNil(w.dir, err)
}

// Make implements [store.Tx].
func (x *tx) Make(ctx context.Context, t *store.Table) error {
	if err := x.flush(); err != nil {
		return err
	}
	sql := ""
	err := x.each(ctx, "SELECT count(*) FROM tables", func(c chunk) error {
		t.ID = int(fixed[int64](c.column(0))[0]) + 1
		return nil
	})
	if err != nil {
		return explain(x.dir, err)
	}
	sql = fmt.Sprintf("INSERT INTO tables VALUES (%d, %s, %s, %s, %s, %s, %s, %s);\n", t.ID, literal(t.Name), literal(string(t.Shape)), literal(t.Layout), literal(t.Zone),
		literal(string(t.Rule)), literal(strings.Join(t.Key, store.Between)), literal(t.Supersedes))
	definition := systemSQL
	for k, c := range t.Columns {
		definition += ", " + own(k) + " " + sqlType(c.Kind)
		sql += columnRecord(t.ID, k, c)
	}
	return explainNil(x.dir, x.run(ctx, sql+"CREATE TABLE "+rowsOf(t)+" ("+definition+")"))
}

func columnRecord(table, k int, c store.Column) string {
	return fmt.Sprintf("INSERT INTO columns VALUES (%d, %d, %s, %s, %s);\n", table, k, literal(c.Name), literal(string(c.Role)), literal(string(c.Kind)))
}

// Widen implements [store.Tx].
func (x *tx) Widen(ctx context.Context, t *store.Table, c store.Column) error {
	if err := x.flush(); err != nil {
		return err
	}
	k := len(t.Columns)
	t.Columns = append(t.Columns, c)
	return explainNil(x.dir, x.run(ctx, columnRecord(t.ID, k, c)+"ALTER TABLE "+rowsOf(t)+" ADD COLUMN "+own(k)+" "+sqlType(c.Kind)))
}
