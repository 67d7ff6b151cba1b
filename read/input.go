package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Options say what [Open] should not find out by itself. The zero value recognises everything.
type Options struct {
	Layout     string          // "" or auto, a name from [Layouts], or "table" for a file of covariates
	Map        map[Role]string // columns by role: a name, #number, or several separated by commas or plus signs
	Zone       *time.Location  // of stamps that name none, and of the civil days that are counted; nil = the one the stamps name, else UTC
	TimeFormat string          // a name from [TimeFormats], or ymd, dmy, mdy, unix, ms, us, ns
	Format     string          // csv, jsonl, parquet
	Delimiter  string          // one character, or tab, space
	Encoding   string          // utf-8, utf-16le, utf-16be, gb18030, windows-1252
	Decimal    string          // "." or ","
	Header     string          // yes, no
	Sheet      string          // of an Excel workbook; "" = the first that holds a table
	Query      string          // in SQL, of paths that are databases
	Threads    int             // that parse; 0 = as many as there are processors

	part bool // a table that lacks what another says

	Rejects  func(Reject)            // gets every refused row, in order; nil = they are only counted
	Progress func(done, total int64) // bytes as stored; total is 0 where it is not known
}

// MaxRow is the longest row accepted, in bytes.
const MaxRow = 1 << 20

// sampleSize is how much of a file, unpacked, it is recognised by.
const sampleSize = 2 << 20

// Input is a set of files of one shape, recognised and ready to be read.
type Input struct {
	files      []*file
	opt        Options
	layout     *Layout
	zone       *time.Location
	recognised Recognised
	counts     Counts
	sums       [][]byte
	lookups    []lookup
	borrowed   []borrowed // columns behind those of the files
	rows       *Rows      // instead of files, and
	whole      bool       // whether they were read to their end
}

// Counts are the rows of the last [Input.Read].
type Counts struct {
	Rows    int64 `json:"rows"`    // kept and refused, without headers and empty lines
	Refused int64 `json:"refused"` // by the reader and by whoever called Refuse
}

// Open recognises the files of paths: files, folders (all files in them with a known ending, in the order of their names) and "-" for
// standard input. It reads no more than their beginnings. Errors name the file and what to do.
func Open(ctx context.Context, paths []string, opt Options) (*Input, error) {
	all, err := sources(ctx, paths, opt.Query)
	if err != nil {
		return nil, err
	}
	return OpenSources(ctx, all, opt)
}

// OpenSources is [Open] for files that come from elsewhere than the file system.
func OpenSources(ctx context.Context, all []Source, opt Options) (*Input, error) {
	if len(all) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "no file to read")
	}
	in := &Input{opt: opt}
	var empty error
	var zones []*time.Location
	for _, s := range all {
		s, notes, err := workbook(ctx, s, opt.Sheet)
		if err != nil {
			return nil, err
		}
		in.recognised.Notes = append(in.recognised.Notes, notes...)
		how := in.opt
		if s.table || s.packing != "" {
			how.Format, how.Delimiter, how.Encoding = "csv", ",", "utf-8"
		}
		if s.table {
			how.Header = "yes"
		}
		f, err := probe(ctx, s, &how)
		if e := (*noRows)(nil); errors.As(err, &e) {
			if empty == nil {
				empty = err
			}
			in.recognised.Notes = append(in.recognised.Notes, message.NoteOf("note.empty", s.Name))
			continue
		}
		if err == nil {
			err = in.settle(f)
		}
		if err != nil {
			return nil, err
		}
		zones = append(zones, f.sampledZone())
		f.sample = nil
		in.files = append(in.files, f)
		in.recognised.Files = append(in.recognised.Files, f.info)
	}
	if len(in.files) == 0 {
		return nil, empty
	}
	if in.zone = opt.Zone; in.zone == nil { // the zone that all stamps name, if they name one
		in.zone = time.UTC
		if zones[0] != nil && !slices.ContainsFunc(zones, func(z *time.Location) bool { return z == nil || z.String() != zones[0].String() }) {
			in.zone = zones[0]
		}
	}
	in.recognised.Layout, in.recognised.Shape, in.recognised.Zone = in.layout.Name, in.layout.Shape, in.zone.String()
	return in, nil
}

// settle finds the layout of the first file, and what each column of every file means under it.
func (in *Input) settle(f *file) error {
	name := in.opt.Layout
	if in.layout != nil && in.layout.Family == "" {
		name = in.layout.Name // all files are of one layout, or of one family
	}
	l, err := f.layoutFor(name, in.opt.Map)
	if err != nil {
		return err
	}
	if in.layout != nil && in.layout.Family != l.Family {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: it is of layout %s, and the files before it are of %s: read them one by one", f.Name, l.Name, in.layout.Name)
	}
	if err := f.assign(l, in.opt.Map); err != nil {
		return err
	}
	f.constants(l)
	notes, err := f.complete(l, &in.opt)
	if in.layout == nil {
		in.layout = l
	}
	in.recognised.Notes = append(in.recognised.Notes, notes...)
	return err
}

// Recognised says what was taken for what.
func (in *Input) Recognised() Recognised { return in.recognised }

// Shape is what the rows are.
func (in *Input) Shape() Shape { return in.layout.Shape }

// CarriesDown reports whether what is true of a whole order stands only in the first of its rows.
func (in *Input) CarriesDown() bool { return in.layout.Carry }

// Zone is the zone of civil time.
func (in *Input) Zone() *time.Location { return in.zone }

// Has reports whether every file has a column that plays the role.
func (in *Input) Has(role Role) bool {
	return !slices.ContainsFunc(in.files, func(f *file) bool { return f.roles[role] == nil })
}

// Counts are the rows counted by the last Read.
func (in *Input) Counts() Counts {
	c := in.counts
	for _, l := range in.lookups { // their rows are no rows of the input, but what is refused of them is listed
		c.Refused += l.of.Counts().Refused
		c.Rows += l.of.Counts().Refused
	}
	return c
}

// Digest is the SHA-256 of the SHA-256 sums of the files' bytes as stored, in the order read, as "sha256:" and hexadecimal; "" before
// a Read came to its end.
func (in *Input) Digest() string {
	if in.rows != nil && in.whole {
		return in.rows.Digest
	}
	return DigestOf(in)
}

// Refuse counts a row that the reader kept as refused after all, and hands it on. It must be called from the function given to Read, or
// after Read.
func (in *Input) Refuse(r Reject) {
	in.counts.Refused++
	if in.opt.Rejects != nil {
		in.opt.Rejects(r)
	}
}

// noRows is the error of a file without a row.
type noRows struct{ error }

func (e *noRows) Unwrap() error { return e.error }

func errNoRows(format string, args ...any) error {
	return &noRows{tidewatch.Errorf(tidewatch.CodeInput, format, args...)}
}

func errEmpty(name string) error {
	return errNoRows("%s: line 1: the file is empty: there is nothing to read", name)
}

// probe opens a source and recognises everything but its layout.
func probe(ctx context.Context, s Source, opt *Options) (*file, error) {
	f := &file{Source: s, info: File{Name: s.Name, Bytes: s.Size}}
	r, err := openRaw(ctx, s)
	if err != nil {
		return nil, err
	}
	if !s.Once {
		r.sum = nil // it will be read again
	}
	body, packing, err := unpack(r, s.Name)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	f.info.Packing = packing
	if s.packing != "" {
		f.info.Packing = s.packing
	}
	b, err := io.ReadAll(io.LimitReader(body, sampleSize))
	if err != nil {
		_ = r.Close()
		return nil, readFailed(s.Name, err)
	}
	f.whole = len(b) < sampleSize
	if bytes.HasPrefix(b, []byte("PAR1")) {
		if packing != "" {
			_ = r.Close()
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: a Parquet file inside %s cannot be read at random: unpack it first", s.Name, packing)
		}
		if s.Once {
			if f.Source, err = spool(io.MultiReader(bytes.NewReader(b), body), s.Name); err != nil {
				return nil, err
			}
		}
		_ = r.Close()
		if err := f.recogniseParquet(ctx); err != nil {
			return nil, err
		}
		f.describe()
		return f, nil
	}
	if s.Once {
		kept := b
		f.once = func() (io.Reader, *raw, func() error) {
			return io.MultiReader(bytes.NewReader(kept), body), r, body.Close
		}
	} else {
		_ = body.Close()
		_ = r.Close()
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errEmpty(s.Name)
	}
	if err := f.recogniseText(b, opt); err != nil {
		return nil, err
	}
	f.describe()
	return f, nil
}

func readFailed(name string, err error) error {
	if tidewatch.CodeOf(err) != tidewatch.CodeInternal || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return tidewatch.Errorf(tidewatch.CodeInput, "%s: cannot be read: %w", name, err)
}

// recogniseText finds encoding, format, delimiter and header of the sample b.
func (f *file) recogniseText(b []byte, opt *Options) (err error) {
	name, bom := detectEncoding(b, f.whole)
	if opt.Encoding != "" {
		if name, err = encodingNamed(opt.Encoding); err != nil {
			return err
		}
		bom = 0
	}
	if name == "" {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: the file is not text (it begins %q): CSV, TSV, JSON lines and Parquet can be read, plain or packed by gzip or zstd", f.Name, b[:min(len(b), 16)])
	}
	f.info.Encoding = name
	if e := encodings[name]; e != nil {
		b, _ = e.NewDecoder().Bytes(b[bom:])
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !f.whole {
		newline := newlineOf(b)
		i := bytes.LastIndexByte(b, newline)
		if i < 0 {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: the first line is longer than %d bytes: this is no table of rows", f.Name, len(b))
		}
		b = b[:i+1]
	}
	text := bytes.TrimSpace(b)
	if len(text) == 0 {
		return errEmpty(f.Name)
	}
	f.info.Format = strings.ToLower(opt.Format)
	if f.info.Format == "" {
		f.info.Format = "csv"
		if len(text) > 0 && text[0] == '{' {
			f.info.Format = "jsonl"
		}
		if inner := bytes.TrimSpace(bytes.TrimPrefix(text, []byte("["))); len(inner) < len(text) && len(inner) > 0 && inner[0] == '{' {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: the file is one JSON array: write one object a line (jq -c '.[]')", f.Name)
		}
	}
	switch f.info.Format {
	case "csv", "tsv":
		f.info.Format = "csv"
		return f.recogniseCSV(b, opt)
	case "jsonl", "json", "ndjson":
		f.info.Format = "jsonl"
		return f.recogniseJSON(b)
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "format %q is not known: use csv, jsonl or parquet", opt.Format)
}

func (f *file) recogniseCSV(b []byte, opt *Options) error {
	f.dialect = sniffDialect(b)
	if opt.Delimiter != "" {
		c, err := delimiterNamed(opt.Delimiter)
		if err != nil {
			return err
		}
		f.dialect = dialect{delim: c, newline: newlineOf(b), squeeze: c == ' '}
	}
	switch opt.Decimal {
	case "", ".", ",":
		f.decimal = 0
		if opt.Decimal != "" {
			f.decimal = opt.Decimal[0]
		}
	default:
		return tidewatch.Errorf(tidewatch.CodeUsage, "decimal mark %q is not known: use . or ,", opt.Decimal)
	}
	f.info.Delimiter = delimiterName(f.dialect)
	rows := splitSample(f.dialect, b, sampleRows)
	switch strings.ToLower(opt.Header) {
	case "", "auto":
		f.info.Header = hasHeader(rows)
	case "yes", "true":
		f.info.Header = true
	case "no", "false":
	default:
		return tidewatch.Errorf(tidewatch.CodeUsage, "header %q is not known: use auto, yes or no", opt.Header)
	}
	if len(rows) == 0 {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: no row can be made out (a quote that is never closed?): check the file, or say --delimiter", f.Name)
	}
	if len(rows[0]) == 1 && (len(rows) < 2 || len(rows[1]) < 2) {
		hint := ""
		if d := sniffDialect(b); d != f.dialect {
			hint = fmt.Sprintf(": try --delimiter %q", delimiterName(d))
		}
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: there is only one column when fields are split at %q, and a table of rows needs two%s", f.Name, f.info.Delimiter, hint)
	}
	f.sample = &table{rows: rows}
	if f.info.Header {
		f.sample.names = []string{}
		for _, cell := range rows[0] {
			f.sample.names = append(f.sample.names, strings.ToValidUTF8(string(trim(cell)), "�"))
		}
		f.sample.rows = rows[1:]
		if len(f.sample.rows) == 0 {
			return errNoRows("%s: line 1: there is a header but no row below it: there is nothing to read", f.Name)
		}
	}
	return nil
}

// role resolves a field to column numbers of f.
func (f *file) resolve(field Field) ([]int, error) {
	if field.Columns == nil {
		return f.roles[field.Role], nil
	}
	var out []int
	for _, name := range field.Columns {
		c, err := f.find(name)
		if err != nil {
			// A role is a name too: "item" is the item, whatever its column is called.
			if at := f.roles[Role(strings.ToLower(name))]; at != nil {
				out = append(out, at...)
				continue
			}
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Column describes the column of a name or role in the first file, and reports whether it is there.
func (in *Input) Column(name string) (Named, bool) {
	at, err := in.files[0].resolve(Field{Columns: []string{name}})
	if err != nil || len(at) == 0 {
		return Named{}, false
	}
	return in.files[0].info.Columns[at[0]], true
}

// Roles are the roles that some column plays in every file, in order of their names.
func (in *Input) Roles() []Role {
	var out []Role
	for _, r := range slices.Sorted(maps.Keys(in.files[0].roles)) {
		if in.Has(r) {
			out = append(out, r)
		}
	}
	return out
}
