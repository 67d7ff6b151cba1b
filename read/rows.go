package read

import (
	"context"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Rows is a table of rows that is no file, such as one of a store or of a database: its columns are known, not recognised.
type Rows struct {
	File   File   // its name for messages, its columns, and their roles
	Layout string // "" = named like the shape
	Shape  Shape
	Zone   *time.Location
	Digest string // of the rows; what [Input.Digest] says
	Total  int64  // rows, for progress; 0 = not known

	// Scan streams the rows as batches of the columns wanted, each valid until yield returns. A blank text is "", a blank number NaN. An
	// error from yield ends it and is returned.
	Scan func(ctx context.Context, wanted []Wanted, yield func(*Batch) error) error
}

// Wanted is one column of the batches that [Rows].Scan makes.
type Wanted struct {
	Columns  []int  // of Rows.File.Columns; several, whose texts are joined, only of a Text; none = the rows lack it: an empty [Column]
	Join     string // between joined texts
	Kind     Kind
	Required bool // a row in which it is blank will be refused
}

// OpenRows is [Open] for rows. Of the options it heeds Rejects and Progress, which counts rows.
func OpenRows(r Rows, opt Options) (*Input, error) {
	f := &file{Source: Source{Name: r.File.Name}, info: r.File, roles: map[Role][]int{}}
	for _, c := range r.File.Columns {
		f.norm = append(f.norm, normal(c.Name))
	}
	for _, p := range r.File.Roles {
		for _, name := range p.Columns {
			c := slices.IndexFunc(r.File.Columns, func(n Named) bool { return n.Name == name })
			if c < 0 {
				return nil, tidewatch.Errorf(tidewatch.CodeInternal, "%s: no column %q plays the role %s", f.Name, name, p.Role)
			}
			f.roles[p.Role] = append(f.roles[p.Role], c)
		}
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	l := &Layout{Name: r.Layout, Shape: r.Shape}
	if l.Name == "" {
		l.Name = string(r.Shape)
	}
	return &Input{files: []*file{f}, opt: opt, layout: l, zone: r.Zone, rows: &r,
		recognised: Recognised{Layout: l.Name, Shape: l.Shape, Zone: r.Zone.String(), Files: []File{r.File}}}, nil
}

// readRows is [Input.Read] of rows.
func (in *Input) readRows(ctx context.Context, fields []Field, yield func(*Batch) error) error {
	f := in.files[0]
	wanted := make([]Wanted, len(fields))
	names := make([]string, len(fields))
	for i, field := range fields {
		at, err := f.resolve(field)
		if err != nil {
			return err
		}
		if len(at) == 0 && field.Required {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: no column is the %s; the columns are %s", f.Name, field.Role, f.columnList())
		}
		w := Wanted{Columns: at, Join: field.Join, Kind: field.Kind, Required: field.Required}
		if w.Join == "" {
			w.Join = "/"
		}
		if len(at) > 0 {
			names[i] = f.info.Columns[at[0]].Name
		}
		wanted[i] = w
	}
	in.counts, in.sums = Counts{}, nil
	err := in.rows.Scan(ctx, wanted, func(b *Batch) error {
		in.counts.Rows += int64(b.Rows)
		in.refuseBlank(b, wanted, names)
		if in.opt.Progress != nil {
			in.opt.Progress(in.counts.Rows, in.rows.Total)
		}
		if b.Rows == 0 {
			return nil
		}
		return yield(b)
	})
	if err == nil {
		in.whole = true
	}
	return err
}

// refuseBlank takes the rows out of b in which a required field is blank.
func (in *Input) refuseBlank(b *Batch, wanted []Wanted, names []string) {
	var bad []bool
	for k, w := range wanted {
		if !w.Required {
			continue
		}
		c := &b.Columns[k]
		for i := range b.Rows {
			if c.Codes != nil && c.Dict[c.Codes[i]] != "" || c.Numbers != nil && c.Numbers[i] == c.Numbers[i] || c.Times != nil {
				continue
			}
			if bad == nil {
				bad = make([]bool, b.Rows)
			}
			if !bad[i] {
				bad[i] = true
				in.Refuse(Reject{File: in.files[0].Name, Line: b.Lines[i], Column: names[k], Reason: `"" ` + reasons[blank]})
			}
		}
	}
	if bad == nil {
		return
	}
	b.drop(bad)
}
