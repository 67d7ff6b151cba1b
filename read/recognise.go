package read

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Recognised says what [Open] took for what.
type Recognised struct {
	Layout string         `json:"layout"`
	Shape  Shape          `json:"shape"`
	Zone   string         `json:"zone"` // of the civil time in which periods are counted
	Files  []File         `json:"files"`
	Notes  []message.Note `json:"notes,omitempty"` // what was guessed and might be wrong, and how to say it
}

// File is what one file was taken for.
type File struct {
	Name       string   `json:"name"`
	Bytes      int64    `json:"bytes,omitempty"` // as stored; 0 = not known
	Format     string   `json:"format"`          // csv, jsonl, parquet
	Packing    string   `json:"packing,omitempty"`
	Encoding   string   `json:"encoding,omitempty"`
	Delimiter  string   `json:"delimiter,omitempty"`
	Decimal    string   `json:"decimal,omitempty"`
	Header     bool     `json:"header"`
	TimeFormat string   `json:"time_format,omitempty"`
	Columns    []Named  `json:"columns"`
	Roles      []Played `json:"roles"`
}

// Named is one column of a file.
type Named struct {
	Name string `json:"name"`
	Type string `json:"type"` // number, time, text, blank
	// Codes says of a column of numbers that it has a few distinct values and that some of them are words (0, a, b, c): its numbers are names.
	Codes bool `json:"codes,omitempty"`
}

// Played is a role and the columns that play it.
type Played struct {
	Role    Role     `json:"role"`
	Columns []string `json:"columns"`
}

// String says in a few lines what was recognised.
func (r Recognised) String() string {
	var b strings.Builder
	for i, f := range r.Files {
		if i == 3 && len(r.Files) > 4 {
			fmt.Fprintf(&b, "... and %d more files\n", len(r.Files)-i)
			break
		}
		how := []string{f.Format}
		for _, s := range []string{f.Packing, f.Encoding} {
			if s != "" {
				how = append(how, s)
			}
		}
		if f.Delimiter != "" {
			how = append(how, "delimiter "+f.Delimiter)
		}
		if f.Decimal == "," {
			how = append(how, "decimal comma")
		}
		if !f.Header && f.Format == "csv" {
			how = append(how, "no header")
		}
		fmt.Fprintf(&b, "%s: %s, layout %s\n  ", f.Name, strings.Join(how, ", "), r.Layout)
		for k, p := range f.Roles {
			if k > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s = %s", p.Role, strings.Join(p.Columns, "/"))
			if p.Role == Time {
				fmt.Fprintf(&b, " (%s, %s)", f.TimeFormat, r.Zone)
			}
		}
		b.WriteByte('\n')
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}

// file is a source and what it was recognised as.
type file struct {
	Source
	info    File
	dialect dialect
	whole   bool // the sample is all of the file
	sample  *table
	norm    []string // names in normal form
	real    int      // columns that the file itself has: constants and those of lookups stand behind them
	always  []string // what the constant columns say
	arrays  []string // of JSON: paths of lists of objects
	roles   map[Role][]int
	format  *timeFormat
	decimal byte
	leaves  []parquetLeaf                          // of a Parquet file, one a column
	once    func() (io.Reader, *raw, func() error) // a source that can be opened only once, opened
}

// describe fills the columns from the sample.
func (f *file) describe() {
	n := len(f.sample.names)
	for _, r := range f.sample.rows {
		n = max(n, len(r))
	}
	if f.sample.names != nil {
		n = len(f.sample.names)
	}
	f.norm, f.real = make([]string, n), n
	f.info.Columns = make([]Named, n)
	for c := range n {
		name := "#" + strconv.Itoa(c+1)
		if f.sample.names != nil && f.sample.names[c] != "" {
			name = f.sample.names[c]
		}
		f.norm[c] = normal(name)
		f.info.Columns[c] = Named{Name: name, Type: typeOf(f.sample.some(c, 1000))}
		f.info.Columns[c].Codes = f.info.Columns[c].Type == "number" && f.codes(c)
	}
	if f.decimal == 0 {
		f.decimal = sniffDecimal(f.sample)
	}
	if f.info.Format == "csv" {
		f.info.Decimal = string(f.decimal)
	}
}

// codes reports whether a column of numbers has few distinct values, some of which are words.
func (f *file) codes(c int) bool {
	seen, words := map[string]bool{}, false
	for _, r := range f.sample.rows {
		if c >= len(r) || seen[string(r[c])] {
			continue
		}
		if seen[string(r[c])] = true; len(seen) > 32 {
			return false
		}
		_, point := parseNumber(r[c], '.')
		_, comma := parseNumber(r[c], ',')
		words = words || !isBlank(trim(r[c])) && point != fine && comma != fine
	}
	return words
}

// find is the index of the column that a person named: by name, in any case and spelling, or by number (#1 is the first).
func (f *file) find(name string) (int, error) {
	if k, err := strconv.Atoi(strings.TrimPrefix(name, "#")); err == nil && strings.HasPrefix(name, "#") {
		if k < 1 || k > len(f.norm) {
			return 0, tidewatch.Errorf(tidewatch.CodeUsage, "%s: column %s: the file has %d columns", f.Name, name, len(f.norm))
		}
		return k - 1, nil
	}
	var exact, loose []int
	for c, n := range f.info.Columns {
		if n.Name == name {
			exact = append(exact, c)
		}
		if f.norm[c] == normal(name) {
			loose = append(loose, c)
		}
	}
	if len(exact) == 0 {
		exact = loose
	}
	switch len(exact) {
	case 1:
		return exact[0], nil
	case 0:
		hint := ""
		if near := tidewatch.Nearest(name, f.columnNames()); near != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", near)
		}
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "%s: there is no column %q%s; the columns are %s", f.Name, name, hint, f.columnList())
	}
	return 0, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: %d columns are named %q: say which is meant by its number, such as #%d", f.Name, len(exact), name, exact[0]+1)
}

func (f *file) columnList() string {
	var names []string
	for i, c := range f.info.Columns {
		if i == 30 {
			names = append(names, "...")
			break
		}
		names = append(names, strconv.Quote(c.Name))
	}
	return strings.Join(names, ", ")
}

func (f *file) columnNames() []string {
	names := make([]string, len(f.info.Columns))
	for i, c := range f.info.Columns {
		names[i] = c.Name
	}
	return names
}

// layoutFor chooses the layout of f.
func (f *file) layoutFor(name string, explicit map[Role]string) (*Layout, error) {
	if name == string(Table) {
		return &Layout{Name: string(Table), Shape: Table}, nil
	}
	if name != "" && name != "auto" {
		var names []string
		for i := range layouts {
			if layouts[i].Name == name {
				return &layouts[i], nil
			}
			names = append(names, layouts[i].Name)
		}
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "layout %q is not known: use auto, %s", name, strings.Join(names, ", "))
	}
	for i := range layouts {
		if l := &layouts[i]; l.Roles != nil && f.matches(l) {
			return l, nil
		}
	}
	general := func(s Shape) *Layout {
		return &layouts[slices.IndexFunc(layouts, func(l Layout) bool { return l.Name == string(s) })]
	}
	said := func(roles ...Role) bool {
		return slices.ContainsFunc(roles, func(r Role) bool { return explicit[r] != "" })
	}
	switch {
	case said(ID, Value):
		return general(Series), nil
	case said(Behaviour):
		return general(Events), nil
	case said(Quantity, Order, Amount, Price):
		return general(Orders), nil
	}
	has := map[Role]bool{}
	if err := f.assign(general(Events), explicit); err != nil {
		return nil, err
	}
	if f.roles[Behaviour] != nil && f.roles[Time] != nil && (f.roles[Item] != nil || f.roles[User] != nil) {
		return general(Events), nil
	}
	if err := f.assign(general(Orders), explicit); err != nil {
		return nil, err
	}
	for r := range f.roles {
		has[r] = true
	}
	if has[Time] && (has[Quantity] || has[Amount] || has[Price]) && (has[Order] || has[User] || has[Quantity] && has[Price] && has[Item]) {
		return general(Orders), nil
	}
	if err := f.assign(general(Series), explicit); err != nil {
		return nil, err
	}
	if f.roles[Value] == nil && has[Time] && has[Item] && has[User] {
		return general(Events), nil
	}
	return general(Series), nil
}

// matches reports whether f looks like files of layout l.
func (f *file) matches(l *Layout) bool {
	if l.Bare == nil {
		for _, name := range l.Header {
			if f.sample.names == nil || !slices.ContainsFunc(strings.Split(name, "|"), func(n string) bool { return slices.Contains(f.norm, n) }) {
				return false
			}
		}
		return true
	}
	if f.sample.names != nil || len(f.info.Columns) != len(l.Bare) {
		return false
	}
	for c, look := range l.Bare {
		column := f.sample.some(c, 1000)
		ok := 0
		for _, b := range column {
			b = trim(b)
			switch look {
			case "any":
				ok++
			case "int":
				if v, st := parseNumber(b, '.'); st == fine && v == math.Trunc(v) {
					ok++
				}
			case "number":
				if _, st := parseNumber(b, '.'); st == fine {
					ok++
				}
			case "time":
				if f.info.Columns[c].Type == "time" {
					ok++
				}
			case "unix":
				if s, st := parseUnixSeconds(b); st == fine && s.zoned {
					ok++
				}
			default:
				if slices.Contains(strings.Split(look, "|"), string(b)) {
					ok++
				}
			}
		}
		if ok*10 < len(column)*9 {
			return false
		}
	}
	return true
}

var parseUnixSeconds = unixFormat(1e8, 1e11, 1e6)

// The roles without which a shape makes no sense.
var needed = map[Shape][]Role{Series: {Time, Value}, Orders: {Time}, Events: {Time}}

// complete reports a file that lacks a needed role, and finds the time format.
func (f *file) complete(l *Layout, opt *Options) (notes []message.Note, err error) {
	if l.Part && !opt.part && f.roles[Time] == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: this is %s: name the folder that holds both, with --in FOLDER", f.Name, l.Title)
	}
	for _, role := range needed[l.Shape] {
		if l.Part && opt.part {
			break
		}
		if f.roles[role] == nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no column was recognised as the %s of layout %s; the columns are %s: say which it is with --map %s=COLUMN",
				f.Name, role, l.Name, f.columnList(), role)
		}
	}
	if at := f.roles[Time]; at != nil {
		column := f.sample.column(at[0])
		sure := true
		if opt.TimeFormat != "" {
			if f.format, err = formatNamed(opt.TimeFormat); err != nil {
				return nil, err
			}
		} else if f.format, sure = pickFormat(column, true); f.format == nil {
			text := ""
			for _, b := range column {
				if text = clip(trim(b)); text != "" {
					break
				}
			}
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: column %q holds no times that are understood (%q is the first): say which column is the time with --map time=COLUMN, or the format with --time-format",
				f.Name, f.info.Columns[at[0]].Name, text)
		}
		if f.format != nil {
			f.info.TimeFormat = f.format.name
		}
		if !sure {
			notes = append(notes, message.NoteOf("note.daymonth", f.Name, f.info.Columns[at[0]].Name, f.format.name))
		}
	}
	f.setPlayed()
	return notes, nil
}

// setPlayed describes the roles.
func (f *file) setPlayed() {
	f.info.Roles = nil
	for _, role := range slices.Sorted(maps.Keys(f.roles)) {
		p := Played{Role: role}
		for _, c := range f.roles[role] {
			p.Columns = append(p.Columns, f.info.Columns[c].Name)
		}
		f.info.Roles = append(f.info.Roles, p)
	}
}

// constants adds a column for every role that all rows of the layout play alike.
func (f *file) constants(l *Layout) {
	for _, role := range slices.Sorted(maps.Keys(l.Constant)) {
		if f.roles[role] != nil {
			continue
		}
		f.roles[role] = []int{len(f.norm)}
		f.norm = append(f.norm, string(role))
		f.info.Columns = append(f.info.Columns, Named{Name: string(role), Type: "text"})
		f.always = append(f.always, l.Constant[role])
	}
}

// sampledZone is the zone that all sampled stamps of f name, nil if they name none, UTC, or several.
func (f *file) sampledZone() *time.Location {
	if f.format == nil || strings.HasPrefix(f.format.name, "unix") {
		return nil
	}
	var off int32
	named := false
	if f.roles[Time] == nil {
		return nil
	}
	for _, b := range f.sample.column(f.roles[Time][0]) {
		s, st := f.format.parse(trim(b))
		if st != fine {
			continue
		}
		if !s.zoned || named && s.offset != off {
			return nil
		}
		off, named = s.offset, true
	}
	if off == 0 {
		return nil
	}
	sign, a := '+', off
	if off < 0 {
		sign, a = '-', -off
	}
	return time.FixedZone(fmt.Sprintf("UTC%c%02d:%02d", sign, a/3600, a/60%60), int(off))
}
