package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// Snapshot is a view with the id of what it holds.
type Snapshot struct {
	View
	Known time.Time // of the last import of any table
	Rows  int64
	ID    string // see [Digest.ID]
}

// Take finds what was known of a table by asOf (zero = now) about events up to until (zero = all). The table "" is the one table of
// orders, events or series that there is.
func Take(ctx context.Context, s Store, table string, asOf, until time.Time) (Snapshot, error) {
	v, known, err := look(ctx, s, table, asOf)
	if err != nil {
		return Snapshot{}, err
	}
	if !until.IsZero() {
		t := until.UnixMicro()
		v.Until = &t
	}
	d, err := s.Digest(ctx, v)
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{View: v, Known: known, Rows: d.Rows, ID: d.ID(v.Table.Shape, v.Until)}, nil
}

// look finds the table and the last import known by asOf.
func look(ctx context.Context, s Store, table string, asOf time.Time) (View, time.Time, error) {
	t, err := FindTable(ctx, s, table)
	if err != nil {
		return View{}, time.Time{}, err
	}
	all, err := s.Imports(ctx)
	if err != nil {
		return View{}, time.Time{}, err
	}
	v, known := View{Table: t}, time.Time{}
	heard := false
	for _, i := range all { // of whatever table, so that one time of knowledge stands for all of them
		if asOf.IsZero() || !i.Known.After(asOf) {
			v.Import, known = i.ID, i.Known
			heard = heard || i.Table == t.Name
		}
	}
	if !heard {
		first := all[slices.IndexFunc(all, func(i Import) bool { return i.Table == t.Name })]
		return v, known, tidewatch.Errorf(tidewatch.CodeData, "nothing was known of %s as of %s: the first import was known at %s", t.Name, asOf.Format(time.RFC3339), first.Known.Format(time.RFC3339))
	}
	return v, known, nil
}

// FindTable finds a table by its name; "" is the one of orders, events or series.
func FindTable(ctx context.Context, s Store, name string) (*Table, error) {
	all, err := s.Tables(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "the workspace %s is empty: import a file first, such as tidewatch import --workspace %s orders.csv", s.Folder(), s.Folder())
	}
	var names, main []string
	var found *Table
	for i, t := range all {
		names = append(names, t.Name)
		if t.Name == name {
			return &all[i], nil
		}
		if t.Shape != read.Table {
			main = append(main, t.Name)
			found = &all[i]
		}
	}
	switch {
	case name != "":
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "the workspace has no table %q: it has %s", name, strings.Join(names, ", "))
	case len(main) == 0:
		return nil, tidewatch.Errorf(tidewatch.CodeData, "the workspace has no table of orders, events or series: it has %s", strings.Join(names, ", "))
	case len(main) > 1:
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "the workspace has the tables %s: say which one with --table", strings.Join(main, ", "))
	}
	return found, nil
}

// Input reads the rows of a snapshot: in one order, by time and content, if ordered; else in any.
func (n Snapshot) Input(s Store, ordered bool, opt read.Options) (*read.Input, error) {
	t := n.Table
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "the time zone %s of table %s is not known to this system: %w", t.Zone, t.Name, err)
	}
	f := read.File{Name: s.Folder() + " (" + t.Name + ")", Format: "workspace", Header: true}
	for k, c := range t.Columns {
		name := c.Name
		if slices.ContainsFunc(t.Columns[:k], func(o Column) bool { return strings.EqualFold(o.Name, name) }) {
			name += " " + strconv.Itoa(k+1) // two files may use one name for different things
		}
		f.Columns = append(f.Columns, read.Named{Name: name, Type: columnType(c.Kind)})
		if c.Role != "" {
			f.Roles = append(f.Roles, read.Played{Role: c.Role, Columns: []string{name}})
		}
	}
	in := &input{snapshot: n, store: s, ordered: ordered}
	r, err := read.OpenRows(read.Rows{File: f, Layout: t.Layout, Shape: t.Shape, Zone: zone, Digest: n.ID, Total: n.Rows, Scan: in.scan}, opt)
	return r, err
}

func columnType(k Kind) string {
	switch k {
	case Number, Money:
		return "number"
	case Moment:
		return "time"
	}
	return "text"
}

// input reads a snapshot.
type input struct {
	snapshot Snapshot
	store    Store
	ordered  bool
	people   *People
}

// scan is [read.Rows].Scan: the store's, with the names of persons in place of their numbers.
func (in *input) scan(ctx context.Context, wanted []read.Wanted, yield func(*read.Batch) error) error {
	who := in.snapshot.Table.Column(read.User)
	type place struct{ field, part int }
	var persons []place
	asked := slices.Clone(wanted)
	for k := range asked {
		asked[k].Join = Between
		if p := slices.Index(asked[k].Columns, who); p >= 0 {
			persons = append(persons, place{k, p})
		}
	}
	if len(persons) > 0 && in.people == nil {
		p, err := OpenPeople(ctx, in.store)
		if err != nil {
			return err
		}
		in.people = p
	}
	var order *Order
	if in.ordered {
		if order = new(Order); len(persons) > 0 {
			order.Persons = in.people.order()
		}
	}
	return in.store.Scan(ctx, in.snapshot.View, asked, order, func(b *read.Batch) error {
		for _, p := range persons {
			in.name(b.Columns[p.field].Dict, p.part)
		}
		for k, w := range wanted {
			if len(w.Columns) > 1 && w.Join != Between {
				for c, text := range b.Columns[k].Dict {
					b.Columns[k].Dict[c] = strings.ReplaceAll(text, Between, w.Join)
				}
			}
		}
		return yield(b)
	})
}

// name replaces the number of a person, which is one part of each text.
func (in *input) name(texts []string, part int) {
	for c, text := range texts {
		parts := strings.Split(text, Between)
		if n, err := strconv.ParseInt(parts[part], 10, 64); err == nil {
			parts[part] = in.people.Name(n)
			texts[c] = strings.Join(parts, Between)
		}
	}
}
