package store

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// Intake says how files are imported. The zero value recognises everything.
type Intake struct {
	Table      string       // to add to, or to make; "" = the name of the shape
	Read       read.Options // how the files are read; what is not said of the zone is the table's
	Key        []string     // columns or roles that identify a row; nil = its content, or what the table has
	Supersedes string       // column that names the key of the row that a row takes the place of
	Keep       []string     // columns to keep although they look personal
	Known      time.Time    // when the files became known; zero = now. Not before what is in the workspace already

	// Open opens a path that is no file, such as the data that come with a program; nil = all are files.
	Open func(ctx context.Context, path string, opt read.Options) (*read.Input, error)
}

// Added is what came of an import.
type Added struct {
	Imports []Import `json:"imports"`
	Left    []string `json:"left_out,omitempty"` // columns that were left out because they look personal
}

// Add imports files (paths as of [read.Open]) into the store: all of them, or nothing.
func Add(ctx context.Context, s Store, paths []string, how Intake) (*Added, error) {
	a := &adder{ctx: ctx, store: s, how: how, result: &Added{}}
	files, err := separate(ctx, paths, how.Read)
	if err != nil {
		return nil, err
	}
	if a.tables, err = s.Tables(ctx); err != nil {
		return nil, err
	}
	if err := a.clock(); err != nil {
		return nil, err
	}
	if a.people, err = OpenPeople(ctx, s); err != nil {
		return nil, err
	}
	if a.tx, err = s.Begin(ctx); err != nil {
		return nil, err
	}
	defer a.tx.Rollback()
	named := map[int64]bool{}
	for _, f := range files {
		if err := a.file(f, named); err != nil {
			return nil, err
		}
	}
	sealed, err := a.people.keep(named)
	if err != nil {
		return nil, err
	}
	if err := a.tx.Seal(ctx, sealed); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return a.result, a.tx.Commit(ctx)
}

// separate lists the files of paths one by one: each is recognised on its own, and numbers its rows on its own. A folder that is one data
// set of several tables stays one.
func separate(ctx context.Context, paths []string, opt read.Options) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if p == "-" || err != nil || !info.IsDir() {
			files = append(files, p)
			continue
		}
		set, many, err := read.FindFolder([]string{p}, opt.Layout)
		if err != nil {
			return nil, err
		}
		if many && !set.HasRows() {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s was recognised as the data set %s, whose tables make series but no rows: forecast it with --in, or import its files one by one", p, set.Name)
		}
		if many {
			files = append(files, p)
			continue
		}
		in, err := read.Open(ctx, []string{p}, opt)
		if err != nil {
			return nil, err
		}
		for _, f := range in.Recognised().Files {
			files = append(files, f.Name)
		}
	}
	if len(files) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "no file to import: name files or folders, or - for standard input")
	}
	return files, nil
}

// adder is an import under way.
type adder struct {
	ctx    context.Context //nolint:containedctx // it is one call
	store  Store
	how    Intake
	tx     Tx
	tables []Table
	people *People
	last   int64 // id of the last import
	known  time.Time
	result *Added
}

// clock fixes the time of knowledge: it only goes forward.
func (a *adder) clock() error {
	all, err := a.store.Imports(a.ctx)
	if err != nil {
		return err
	}
	a.known = a.how.Known.UTC().Truncate(time.Microsecond)
	if a.how.Known.IsZero() {
		a.known = time.Now().UTC().Truncate(time.Microsecond)
	}
	if len(all) == 0 {
		return nil
	}
	before := all[len(all)-1]
	a.last = before.ID
	if a.known.After(before.Known) {
		return nil
	}
	if !a.how.Known.IsZero() {
		return tidewatch.Errorf(tidewatch.CodeUsage, "known at %s: %s is known since %s, and what is known later is imported later", a.known.Format(time.RFC3339), before.File, before.Known.Format(time.RFC3339Nano))
	}
	a.known = before.Known.Add(time.Microsecond) // the clock was set back
	return nil
}

// file imports one file.
func (a *adder) file(path string, named map[int64]bool) error {
	opt := a.how.Read
	if t := a.find(a.how.Table); opt.Zone == nil && t != nil {
		opt.Zone, _ = time.LoadLocation(t.Zone) // it was loaded when the table was made
	}
	open := openOne
	if a.how.Open != nil {
		open = a.how.Open
	}
	in, err := open(a.ctx, path, opt)
	if err != nil {
		return err
	}
	t, fields, err := a.table(in)
	if err != nil {
		return err
	}
	a.last++
	i := Import{ID: a.last, Table: t.Name, File: in.Recognised().Files[0].Name, Known: a.known}
	r, err := newRows(t, in, a.people, &i)
	if err != nil {
		return err
	}
	order, down, last, texts := carried(t, in)
	if err := in.Read(a.ctx, fields, func(b *read.Batch) error {
		if len(down) > 0 {
			last = b.CarryDown(order, down, last, texts)
		}
		block, err := r.block(b)
		if err != nil || block.Rows == 0 {
			return err
		}
		return a.tx.Append(a.ctx, t, block)
	}); err != nil {
		return err
	}
	conflict := func(line int64) {
		if opt.Rejects != nil {
			opt.Rejects(read.Reject{File: i.File, Line: line, Reason: "a row of this key is known and says something else: the first is kept"})
		}
	}
	if err := a.tx.Settle(a.ctx, t, &i, r.nth.repeats, a.people.Forgotten(), conflict); err != nil {
		return err
	}
	if t.Column(read.User) >= 0 {
		persons, err := a.tx.Persons(a.ctx, t, i.ID)
		if err != nil {
			return err
		}
		for _, p := range persons {
			named[p] = true
		}
	}
	i.Read, i.Refused, i.Digest = in.Counts().Rows, in.Counts().Refused, in.Digest()
	d, err := a.tx.Digest(a.ctx, View{Table: t, Import: i.ID})
	if err != nil {
		return err
	}
	i.After = d.ID(t.Shape, nil)
	if err := a.tx.Record(a.ctx, i); err != nil {
		return err
	}
	a.result.Imports = append(a.result.Imports, i)
	return nil
}

// carried are the columns that only the first row of an order fills, with what [read.Batch.CarryDown] needs to fill the others: in a
// workspace the rows of an order stand in no order.
func carried(t *Table, in *read.Input) (order int, down []int, last string, texts []string) {
	if order = t.Column(read.Order); order < 0 || !in.CarriesDown() {
		return order, nil, "", nil
	}
	for _, role := range read.CarriedRoles {
		if k := t.Column(role); k >= 0 {
			down = append(down, k)
		}
	}
	return order, down, "", make([]string, len(down))
}

// openOne opens one file, or a folder that is one data set.
func openOne(ctx context.Context, path string, opt read.Options) (*read.Input, error) {
	set, many, err := read.FindFolder([]string{path}, opt.Layout)
	if err != nil {
		return nil, err
	}
	if many {
		return read.OpenFolder(ctx, set, opt)
	}
	return read.Open(ctx, []string{path}, opt)
}

func (a *adder) find(name string) *Table {
	for k := range a.tables {
		if a.tables[k].Name == name {
			return &a.tables[k]
		}
	}
	return nil
}

// table finds or makes the table for a file and gives the fields to read, one a column.
func (a *adder) table(in *read.Input) (*Table, []read.Field, error) {
	name := a.how.Table
	if name == "" {
		name = string(in.Shape())
	}
	rec := in.Recognised()
	f := rec.Files[0]
	t := a.find(name)
	isNew := t == nil
	if isNew {
		t = &Table{Name: name, Shape: in.Shape(), Layout: rec.Layout, Zone: rec.Zone, Rule: Content, Key: a.how.Key, Supersedes: a.how.Supersedes}
		if t.Key == nil && in.Has(read.Key) {
			t.Key = []string{string(read.Key)}
		}
		if len(t.Key) > 0 {
			t.Rule = Latest
			if t.Shape == read.Events {
				t.Rule = First
			}
		}
	}
	switch {
	case t.Shape != in.Shape():
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: its rows are %s, those of the table %s are %s: say --layout, or another --table", f.Name, in.Shape(), name, t.Shape)
	case a.how.Key != nil && !slices.Equal(a.how.Key, t.Key):
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "the key of table %s is %q and cannot become %q: import into another --table", name, strings.Join(t.Key, ","), strings.Join(a.how.Key, ","))
	case a.how.Supersedes != "" && a.how.Supersedes != t.Supersedes:
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "the table %s was made without --supersedes %s: import into another --table", name, a.how.Supersedes)
	case t.Supersedes != "" && len(t.Key) == 0:
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "--supersedes names rows by their key: say --key")
	case rec.Zone != t.Zone && a.how.Read.Zone != nil:
		return nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: the time zone of table %s is %s and cannot become %s", f.Name, name, t.Zone, rec.Zone)
	}
	wanted, left := a.columns(in)
	for _, c := range left {
		if !slices.Contains(a.result.Left, c) {
			a.result.Left = append(a.result.Left, c)
		}
	}
	source := make([]read.Field, len(t.Columns))
	for i, c := range t.Columns {
		source[i] = read.Field{Role: missing, Kind: fieldKind(c.Kind)}
	}
	for _, w := range wanted {
		at := slices.IndexFunc(t.Columns, func(c Column) bool {
			return c.Role == w.Role && (c.Role != "" || strings.EqualFold(c.Name, w.Name))
		})
		if at < 0 {
			at = len(t.Columns)
			if isNew {
				t.Columns = append(t.Columns, w.Column)
			} else if err := a.tx.Widen(a.ctx, t, w.Column); err != nil {
				return nil, nil, err
			}
			source = append(source, read.Field{})
		}
		source[at] = w.field
		source[at].Kind = fieldKind(t.Columns[at].Kind)
		source[at].Required = t.Columns[at].Role == read.Time && t.Shape != read.Table
	}
	if isNew {
		if err := a.tx.Make(a.ctx, t); err != nil {
			return nil, nil, err
		}
		a.tables = append(a.tables, *t)
		t = &a.tables[len(a.tables)-1]
	}
	return t, source, nil
}
