package aggregate

import (
	"context"
	"slices"

	"github.com/dgryski/go-metro"

	"github.com/tidewatch/tidewatch/read"
)

// scan reads the rows that count: those that the condition of the configuration holds for, and of the rows of one key the first. Where
// only the first row of an order says what is true of all of it, the others are given it.
func scan(ctx context.Context, in *read.Input, cfg *Config, s *Summary, fields []read.Field, yield func(*read.Batch) error) error {
	var where *expression
	if cfg.Where != "" {
		var err error
		if where, err = compile(in, "--where", cfg.Where, true); err != nil {
			return err
		}
	}
	if where == nil && !in.Has(read.Key) && !in.CarriesDown() {
		return in.Read(ctx, fields, yield)
	}
	fields = slices.Clone(fields)
	if where != nil {
		fields = where.bind(fields)
	}
	key, order := -1, -1
	if in.Has(read.Key) {
		key = len(fields)
		fields = append(fields, read.Field{Role: read.Key, Kind: read.Text})
	}
	down := carried(in, fields)
	if len(down) > 0 {
		order = len(fields)
		fields = append(fields, read.Field{Role: read.Order, Kind: read.Text})
	}
	seen := map[uint64]struct{}{}
	last, texts := "", make([]string, len(down))
	files := in.Recognised().Files
	err := in.Read(ctx, fields, func(b *read.Batch) error {
		if order >= 0 {
			last = b.CarryDown(order, down, last, texts)
		}
		keep, all := make([]bool, b.Rows), true
		test := func(int) any { return true }
		if where != nil {
			test = where.evaluator(b, in.Zone())
		}
		for i := range b.Rows {
			yes, ok := test(i).(bool)
			if keep[i] = ok && yes; !keep[i] {
				all = false
				s.Filtered++
				continue
			}
			if key < 0 {
				continue
			}
			c := b.Columns[key]
			text := c.Dict[c.Codes[i]]
			hash := metro.Hash64Str(text, 1337)
			if _, twice := seen[hash]; twice && text != "" {
				keep[i], all = false, false
				in.Refuse(read.Reject{File: files[b.File].Name, Line: b.Lines[i], Column: roleColumn(files[b.File], read.Key), Code: "keytwice", Reason: "the key stands twice: the first row was kept", Text: text})
				continue
			}
			seen[hash] = struct{}{}
		}
		if !all {
			b.Keep(keep)
		}
		if b.Rows == 0 {
			return nil
		}
		return yield(b)
	})
	if s.Filtered > 0 {
		s.note("note.where", s.Filtered)
	}
	return err
}

// carried are the fields, by number, that only the first row of an order fills.
func carried(in *read.Input, fields []read.Field) []int {
	if !in.CarriesDown() || !in.Has(read.Order) {
		return nil
	}
	var down []int
	for k, f := range fields {
		if f.Kind != read.Text {
			continue
		}
		for _, role := range read.CarriedRoles {
			column := f.Role == role
			if len(f.Columns) == 1 {
				c, ok := in.Column(f.Columns[0])
				column = ok && plays(in, c.Name, role)
			}
			if column {
				down = append(down, k)
			}
		}
	}
	return down
}
