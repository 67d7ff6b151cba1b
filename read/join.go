package read

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// lookup is a table whose columns stand beside the rows of another, found by a key.
type lookup struct {
	of      *Input
	key, by string // column of the rows, and of the table
}

// borrowed is a column of an input that a lookup provides.
type borrowed struct {
	lookup int
	column string // of the table
	kind   Kind   // the kind that its values can be asked for as, beside Text
}

// join lets the rows of in have the columns of other, found where in's column key equals other's column by. The roles of other's columns
// become in's where in has none; those of override do in any case.
func (in *Input) join(other *Input, key, by string, override map[Role]string) error {
	for _, c := range []struct {
		in   *Input
		name string
	}{{in, key}, {other, by}} {
		if _, err := c.in.files[0].find(c.name); err != nil {
			return err
		}
	}
	from := other.files[0]
	for _, f := range in.files {
		for c, column := range from.info.Columns {
			if _, err := f.find(column.Name); err == nil || from.norm[c] == normal(by) {
				continue
			}
			at := len(f.norm)
			f.norm = append(f.norm, from.norm[c])
			f.info.Columns = append(f.info.Columns, column)
			if f == in.files[0] {
				b := borrowed{lookup: len(in.lookups), column: column.Name}
				if column.Type == "number" {
					b.kind = Number
				}
				if t := from.roles[Time]; t != nil && t[0] == c {
					b.kind = Moment
				}
				in.borrowed = append(in.borrowed, b)
			}
			for role, columns := range from.roles {
				if _, better := override[role]; slices.Equal(columns, []int{c}) && role != ID && role != Order && (f.roles[role] == nil || better) {
					f.roles[role] = []int{at}
				}
			}
		}
		f.setPlayed()
	}
	for i := range in.files {
		in.recognised.Files[i] = in.files[i].info
	}
	in.recognised.Files = append(in.recognised.Files, other.recognised.Files...)
	in.recognised.Notes = append(in.recognised.Notes, other.recognised.Notes...)
	in.lookups = append(in.lookups, lookup{of: other, key: key, by: by})
	if in.zone == nil || in.opt.Zone == nil {
		in.zone = other.zone
	}
	return nil
}

// column of a lookup's table, by row of it.
type looked struct {
	codes   []uint32
	dict    []string
	numbers []float64
	times   []int64
}

// source is how a field wanted is made of what is read.
type source struct {
	own   int    // field of the rows that are read; -1 = none
	table int    // lookup
	value looked // of the table
	kind  Kind
	parts []source // of a text of several columns
}

// readJoined is Read where lookups provide columns.
func (in *Input) readJoined(ctx context.Context, fields []Field, yield func(*Batch) error) error {
	f := in.files[0]
	var own []Field
	wanted := make([][]Field, len(in.lookups)) // of each table; the key is the first
	find := func(field Field) (source, error) {
		at, err := f.resolve(field)
		if err != nil {
			return source{}, err
		}
		if len(at) != 1 || at[0] < f.real {
			own = append(own, field)
			return source{own: len(own) - 1}, nil
		}
		b := in.borrowed[at[0]-f.real]
		if wanted[b.lookup] == nil {
			wanted[b.lookup] = []Field{{Columns: []string{in.lookups[b.lookup].by}, Kind: Text, Required: true}}
		}
		k := Field{Columns: []string{b.column}, Kind: field.Kind}
		wanted[b.lookup] = append(wanted[b.lookup], k)
		return source{own: -1, table: b.lookup, kind: field.Kind, value: looked{codes: []uint32{uint32(len(wanted[b.lookup]) - 1)}}}, nil
	}
	sources := make([]source, len(fields))
	for i, field := range fields {
		at, err := f.resolve(field)
		if err != nil {
			return err
		}
		if len(at) > 1 && slices.ContainsFunc(at, func(c int) bool { return c >= f.real }) {
			for _, c := range at {
				s, err := find(Field{Columns: []string{fmt.Sprintf("#%d", c+1)}, Kind: Text})
				if err != nil {
					return err
				}
				sources[i].parts = append(sources[i].parts, s)
			}
			continue
		}
		if sources[i], err = find(field); err != nil {
			return err
		}
	}
	keys := make([]int, len(in.lookups)) // field of the rows that holds the key of each table
	tables := make([]*lookupTable, len(in.lookups))
	for k, l := range in.lookups {
		if wanted[k] == nil {
			wanted[k] = []Field{{Columns: []string{l.by}, Kind: Text, Required: true}}
		}
		keys[k] = len(own)
		own = append(own, Field{Columns: []string{l.key}, Kind: Text})
		t, err := loadTable(ctx, l.of, wanted[k])
		if err != nil {
			return err
		}
		tables[k] = t
	}
	in.counts = Counts{}
	out := Batch{}
	return in.readFiles(ctx, own, func(b *Batch) error {
		rows := make([][]int32, len(tables)) // of each table, of every row
		for k, t := range tables {
			c := b.Columns[keys[k]]
			of := make([]int32, len(c.Dict))
			for i, text := range c.Dict {
				n, ok := t.row[text]
				if !ok {
					n = -1
				}
				of[i] = n
			}
			rows[k] = make([]int32, b.Rows)
			for i, code := range c.Codes {
				rows[k][i] = of[code]
			}
		}
		out = Batch{File: b.File, Rows: b.Rows, Lines: b.Lines, Columns: make([]Column, len(fields))}
		drop := make([]bool, b.Rows)
		for i, s := range sources {
			switch {
			case s.parts != nil:
				out.Columns[i] = joinTexts(b, s.parts, rows, tables, fields[i].Join)
			case s.own >= 0: // each field has its own
				out.Columns[i] = b.Columns[s.own]
			default:
				out.Columns[i] = tables[s.table].column(s, rows[s.table])
				in.dropMissing(b, fields[i], s, rows[s.table], drop)
			}
		}
		out.drop(drop)
		if out.Rows == 0 {
			return nil
		}
		return yield(&out)
	})
}

// dropMissing refuses the rows whose key the table lacks, where they need what it says.
func (in *Input) dropMissing(b *Batch, field Field, s source, rows []int32, drop []bool) {
	if !field.Required && field.Kind != Moment {
		return
	}
	l := in.lookups[s.table]
	for i, r := range rows {
		if r < 0 && !drop[i] {
			drop[i] = true
			in.Refuse(Reject{File: in.files[b.File].Name, Line: b.Lines[i], Column: l.key, Code: "nokey", Reason: "no row of " + l.of.files[0].Name + " has this key"})
		}
	}
}

// lookupTable is a lookup's table, loaded.
type lookupTable struct {
	row     map[string]int32
	columns []looked // of the fields behind the key
}

// loadTable reads a table whose first field is its key. Of two rows of a key the first counts.
func loadTable(ctx context.Context, in *Input, fields []Field) (*lookupTable, error) {
	t := &lookupTable{row: map[string]int32{}, columns: make([]looked, len(fields)-1)}
	dicts := make([]map[string]uint32, len(fields)-1)
	err := in.Read(ctx, fields, func(b *Batch) error {
		key := b.Columns[0]
		for i, code := range key.Codes {
			text := key.Dict[code]
			if _, twice := t.row[text]; twice {
				in.Refuse(Reject{File: in.files[b.File].Name, Line: b.Lines[i], Column: fields[0].Columns[0], Code: "idtwice", Reason: "the id stands twice: the first row was kept", Text: text})
				continue
			}
			t.row[text] = int32(len(t.row))
			for k := range t.columns {
				c, from := &t.columns[k], b.Columns[k+1]
				switch fields[k+1].Kind {
				case Number:
					c.numbers = append(c.numbers, from.Numbers[i])
				case Moment:
					c.times = append(c.times, from.Times[i])
				case Text:
					text := from.Dict[from.Codes[i]]
					if dicts[k] == nil {
						dicts[k] = map[string]uint32{"": 0}
						c.dict = []string{""}
					}
					n, ok := dicts[k][text]
					if !ok {
						n = uint32(len(c.dict))
						dicts[k][text] = n
						c.dict = append(c.dict, text)
					}
					c.codes = append(c.codes, n)
				}
			}
		}
		return nil
	})
	if e := tidewatch.CodeOf(err); e == tidewatch.CodeInput && len(t.row) == 0 {
		return nil, err
	}
	return t, err
}

// column is what the table says of each row.
func (t *lookupTable) column(s source, rows []int32) Column {
	from := t.columns[s.value.codes[0]-1]
	c := Column{}
	switch s.kind {
	case Number:
		c.Numbers = make([]float64, len(rows))
		for i, r := range rows {
			if c.Numbers[i] = math.NaN(); r >= 0 {
				c.Numbers[i] = from.numbers[r]
			}
		}
	case Moment:
		c.Times = make([]int64, len(rows))
		for i, r := range rows {
			if r >= 0 {
				c.Times[i] = from.times[r]
			}
		}
	case Text:
		c.Codes, c.Dict = make([]uint32, len(rows)), from.dict
		if c.Dict == nil {
			c.Dict = []string{""}
		}
		for i, r := range rows {
			if r >= 0 {
				c.Codes[i] = from.codes[r]
			}
		}
	}
	return c
}

// joinTexts is one text of several, each of the rows or of a table.
func joinTexts(b *Batch, parts []source, rows [][]int32, tables []*lookupTable, sep string) Column {
	columns := make([]Column, len(parts))
	for k, s := range parts {
		if s.own >= 0 {
			columns[k] = b.Columns[s.own]
		} else {
			columns[k] = tables[s.table].column(s, rows[s.table])
		}
	}
	if sep == "" {
		sep = "/"
	}
	var out Column
	var d dictionary
	d.reset()
	texts := make([]string, len(parts))
	for i := range b.Rows {
		for k, c := range columns {
			texts[k] = c.Dict[c.Codes[i]]
		}
		code, _ := d.code([]byte(strings.Join(texts, sep)))
		out.Codes = append(out.Codes, code)
	}
	out.Dict = d.texts
	return out
}

// drop takes rows out of the batch.
func (b *Batch) drop(bad []bool) {
	n := 0
	for i := range b.Rows {
		if bad[i] {
			continue
		}
		if n != i {
			b.Lines[n] = b.Lines[i]
			for k := range b.Columns {
				c := &b.Columns[k]
				if c.Codes != nil {
					c.Codes[n] = c.Codes[i]
				}
				if c.Numbers != nil {
					c.Numbers[n] = c.Numbers[i]
				}
				if c.Times != nil {
					c.Times[n] = c.Times[i]
				}
			}
		}
		n++
	}
	b.Rows, b.Lines = n, b.Lines[:n]
	for k := range b.Columns {
		c := &b.Columns[k]
		c.Codes, c.Numbers, c.Times = c.Codes[:min(n, len(c.Codes))], c.Numbers[:min(n, len(c.Numbers))], c.Times[:min(n, len(c.Times))]
	}
}

// Keep takes the rows out of the batch that keep does not hold true for.
func (b *Batch) Keep(keep []bool) {
	bad := make([]bool, len(keep))
	for i, k := range keep {
		bad[i] = !k
	}
	b.drop(bad)
}
