//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/store"
)

// tx is a [store.Tx].
type tx struct {
	*workspace
	appender *appender // nil = none is open
	table    int       // that it appends to
	done     bool
}

// Begin implements [store.Store].
func (w *workspace) Begin(ctx context.Context) (store.Tx, error) {
	if !w.writes {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "the workspace %s was opened for reading", w.dir)
	}
	return &tx{workspace: w}, explainNil(w.dir, w.run(ctx, "BEGIN"))
}

// flush ends appending: what was appended can be asked for.
func (x *tx) flush() error {
	if x.appender == nil {
		return nil
	}
	a := x.appender
	x.appender = nil
	return explainNil(x.dir, a.close())
}

// Append implements [store.Tx].
func (x *tx) Append(ctx context.Context, t *store.Table, b *store.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.appender == nil || x.table != t.ID {
		if err := x.flush(); err != nil {
			return err
		}
		a, err := newAppender(x.session, rowsOf(t))
		if err != nil {
			return explain(x.dir, err)
		}
		x.appender, x.table = a, t.ID
	}
	return explainNil(x.dir, x.appender.append(b))
}

// Settle implements [store.Tx].
func (x *tx) Settle(ctx context.Context, t *store.Table, i *store.Import, repeats bool, forgotten []int64, conflict func(int64)) error {
	if err := x.flush(); err != nil {
		return err
	}
	s := settling{tx: x, ctx: ctx, table: t, rows: rowsOf(t), i: i, conflict: conflict}
	s.strangers(forgotten)
	s.span()
	if t.Rule == store.Content {
		s.content()
	} else {
		s.keyed(repeats)
	}
	s.total()
	return explainNil(x.dir, s.err)
}

// settling applies a table's rule to the rows of one import. The first error ends it.
type settling struct {
	*tx
	ctx      context.Context //nolint:containedctx // it is one call
	table    *store.Table
	rows     string
	i        *store.Import
	conflict func(int64)
	same     string // that rows o and n are about the same person
	older    bool   // there are rows of earlier imports
	between  string // that o is of a time that rows of the import have
	all      int64  // rows of the import at first
	err      error
}

func (s *settling) exec(format string, args ...any) {
	if s.err == nil {
		s.err = s.run(s.ctx, fmt.Sprintf(format, args...))
	}
}

func (s *settling) count(format string, args ...any) (n int64) {
	if s.err == nil {
		s.err = s.each(s.ctx, fmt.Sprintf(format, args...), func(c chunk) error {
			n = fixed[int64](c.column(0))[0]
			return nil
		})
	}
	return n
}

// strangers lets rows of persons who were forgotten match: a new person may be one of them.
func (s *settling) strangers(forgotten []int64) {
	s.same = "true"
	k := s.table.Column(read.User)
	if k < 0 {
		return
	}
	p := own(k)
	s.same = fmt.Sprintf("o.%s IS NOT DISTINCT FROM n.%s", p, p)
	if len(forgotten) > 0 {
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(forgotten), " ", ","), "[]")
		s.same = fmt.Sprintf("(%s OR o.%s IN (%s))", s.same, p, list)
	}
}

// span finds the times of the rows of the import, which bound those of older rows that say the same.
func (s *settling) span() {
	s.all = s.count("SELECT count(*) FROM %s WHERE import = %d", s.rows, s.i.ID)
	s.older = s.count("SELECT count(*) FROM (SELECT 1 FROM %s WHERE import < %d LIMIT 1)", s.rows, s.i.ID) > 0
	s.between = "true"
	k := s.table.Column(read.Time)
	if k < 0 || s.err != nil || s.all == 0 {
		return
	}
	s.err = s.each(s.ctx, fmt.Sprintf("SELECT epoch_us(min(%s)), epoch_us(max(%s)) FROM %s WHERE import = %d", own(k), own(k), s.rows, s.i.ID), func(c chunk) error {
		if c.column(0).null(0) {
			return nil
		}
		first, last := fixed[int64](c.column(0))[0], fixed[int64](c.column(1))[0]
		s.i.First, s.i.Last = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		s.between = fmt.Sprintf("o.%s BETWEEN make_timestamp(%d) AND make_timestamp(%d)", own(k), first, last)
		return nil
	})
}

// content takes out rows that are there already: same content, same person, same number among their like.
func (s *settling) content() {
	if s.older {
		s.exec(`DELETE FROM %s n WHERE n.import = %d AND EXISTS (SELECT 1 FROM %s o WHERE o.import < %d AND o.c1 = n.c1 AND o.c2 = n.c2 AND o.nth = n.nth AND %s AND %s)`,
			s.rows, s.i.ID, s.rows, s.i.ID, s.between, s.same)
	}
	s.i.Added = s.count("SELECT count(*) FROM %s WHERE import = %d", s.rows, s.i.ID)
	s.i.Same = s.all - s.i.Added
}

// keyed applies the rules latest and first.
func (s *settling) keyed(repeats bool) {
	mine := fmt.Sprintf("n.import = %d", s.i.ID)
	if repeats { // within the file: the last one of a key counts, or the first
		pick := "max"
		if s.table.Rule == store.First {
			pick = "min"
			s.report("SELECT n.line FROM %s n JOIN %s o ON o.import = n.import AND o.k1 = n.k1 AND o.k2 = n.k2 AND o.nth = 1 WHERE %s AND n.nth > 1 AND NOT (o.c1 = n.c1 AND o.c2 = n.c2 AND %s) ORDER BY n.line", s.rows, s.rows, mine, s.same)
		}
		s.exec("DELETE FROM %s n WHERE %s AND (n.k1, n.k2, n.nth) NOT IN (SELECT (k1, k2, %s(nth)) FROM %s WHERE import = %d GROUP BY k1, k2)", s.rows, mine, pick, s.rows, s.i.ID)
	}
	if s.older {
		// Under first every row ever known of a key counts, under latest those that have not ended.
		of := "o.import < n.import AND o.k1 = n.k1 AND o.k2 = n.k2"
		if s.table.Rule == store.First {
			s.report("SELECT n.line FROM %s n WHERE %s AND EXISTS (SELECT 1 FROM %s o WHERE %s) AND NOT EXISTS (SELECT 1 FROM %s o WHERE %s AND o.c1 = n.c1 AND o.c2 = n.c2 AND %s) ORDER BY n.line", s.rows, mine, s.rows, of, s.rows, of, s.same)
			s.exec("DELETE FROM %s n WHERE %s AND EXISTS (SELECT 1 FROM %s o WHERE %s)", s.rows, mine, s.rows, of)
		} else {
			of += " AND o.ended IS NULL"
			s.exec("DELETE FROM %s n WHERE %s AND EXISTS (SELECT 1 FROM %s o WHERE %s AND o.c1 = n.c1 AND o.c2 = n.c2 AND %s)", s.rows, mine, s.rows, of, s.same)
			s.exec("UPDATE %s o SET ended = %d WHERE o.import < %d AND o.ended IS NULL AND EXISTS (SELECT 1 FROM %s n WHERE %s AND o.k1 = n.k1 AND o.k2 = n.k2)", s.rows, s.i.ID, s.i.ID, s.rows, mine)
			s.i.Changed = s.count("SELECT count(*) FROM %s WHERE ended = %d", s.rows, s.i.ID)
		}
	}
	left := s.count("SELECT count(*) FROM %s WHERE import = %d", s.rows, s.i.ID)
	s.i.Added = left - s.i.Changed
	s.i.Same = s.all - left - s.i.Conflicts
	if s.table.Supersedes != "" {
		s.corrections()
	}
}

// report hands on lines of conflicts and counts them.
func (s *settling) report(format string, args ...any) {
	if s.err != nil {
		return
	}
	s.err = s.each(s.ctx, fmt.Sprintf(format, args...), func(c chunk) error {
		for _, line := range fixed[int64](c.column(0)) {
			s.i.Conflicts++
			s.conflict(line)
		}
		return nil
	})
}

// corrections ends the rows that are superseded, be they known already or not yet.
func (s *settling) corrections() {
	s.exec("INSERT INTO superseded SELECT DISTINCT %d, r1, r2, %d FROM %s WHERE import = %d AND r1 IS NOT NULL", s.table.ID, s.i.ID, s.rows, s.i.ID)
	before := s.count("SELECT count(*) FROM %s WHERE ended = %d", s.rows, s.i.ID)
	s.exec("UPDATE %s o SET ended = %d WHERE o.ended IS NULL AND EXISTS (SELECT 1 FROM superseded p WHERE p.of = %d AND p.k1 = o.k1 AND p.k2 = o.k2)", s.rows, s.i.ID, s.table.ID)
	s.i.Corrected = s.count("SELECT count(*) FROM %s WHERE ended = %d", s.rows, s.i.ID) - before
}

// total counts the rows that are in force.
func (s *settling) total() {
	s.i.Rows = s.count("SELECT count(*) FROM %s WHERE ended IS NULL", s.rows)
}

// Persons implements [store.Tx].
func (x *tx) Persons(ctx context.Context, t *store.Table, i int64) ([]int64, error) {
	p := own(t.Column(read.User))
	var all []int64
	err := x.each(ctx, fmt.Sprintf("SELECT DISTINCT %s FROM %s WHERE import = %d AND %s IS NOT NULL", p, rowsOf(t), i, p), func(c chunk) error {
		all = append(all, fixed[int64](c.column(0))...)
		return nil
	})
	return all, explainNil(x.dir, err)
}

// Seal implements [store.Tx].
func (x *tx) Seal(ctx context.Context, people []store.Sealed) error {
	for len(people) > 0 {
		n := min(len(people), 1000)
		var b strings.Builder
		for k, p := range people[:n] {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "(%d, unhex('%s'))", p.Person, hex.EncodeToString(p.ID))
		}
		if err := x.run(ctx, "INSERT INTO people VALUES "+b.String()); err != nil {
			return explain(x.dir, err)
		}
		people = people[n:]
	}
	return nil
}

// Record implements [store.Tx].
func (x *tx) Record(ctx context.Context, i store.Import) error {
	at := func(t time.Time) string {
		if t.IsZero() {
			return "NULL"
		}
		return fmt.Sprintf("make_timestamp(%d)", t.UnixMicro())
	}
	return explainNil(x.dir, x.run(ctx, fmt.Sprintf("INSERT INTO imports VALUES (%d, %s, %s, %s, %s, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s, %d, %s)", i.ID, literal(i.Table), literal(i.File), literal(i.Digest), at(i.Known),
		i.Read, i.Refused, i.Added, i.Changed, i.Same, i.Conflicts, i.Corrected, i.Rounded, at(i.First), at(i.Last), i.Rows, literal(i.After))))
}

// Commit implements [store.Tx].
func (x *tx) Commit(ctx context.Context) error {
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.run(ctx, "COMMIT"); err != nil {
		return explain(x.dir, err)
	}
	x.done = true
	return nil
}

// Rollback implements [store.Tx].
func (x *tx) Rollback() {
	if x.done {
		return
	}
	x.done = true
	_ = x.flush()                               // what failed is why it is undone
	_ = x.run(context.Background(), "ROLLBACK") // a transaction that failed in full is undone already
}
