package read

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/tidewatch/tidewatch"
)

// parquetLeaf is how the values of one column are to be understood.
type parquetLeaf struct {
	index  int
	name   string
	kind   parquet.Kind
	flat   bool  // one value a row
	micros int64 // of a timestamp: so many nanoseconds are one unit
	utc    bool  // of a timestamp: a moment, not the time on a wall
	date   bool
	scale  int32 // of a decimal; -1 = none
}

// parquetSample bounds the rows a Parquet file is recognised by: its types are known already.
const parquetSample = 5000

// parquetChunk is how many rows are one job.
const parquetChunk = 1 << 16

// openParquet opens the file behind s, which must give random access.
func openParquet(s Source) (_ *parquet.File, close func() error, err error) {
	f, err := s.Open()
	if err != nil {
		return nil, nil, cannotOpen(s.Name, err)
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		_ = f.Close()
		return nil, nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: Parquet needs a file, not a stream: write it to a file first", s.Name)
	}
	size := s.Size
	if seeker, ok := f.(io.Seeker); ok && size == 0 {
		size, _ = seeker.Seek(0, io.SeekEnd)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
		if err != nil {
			_ = f.Close()
			err = badParquet(s.Name, err)
		}
	}()
	if err := checkFooter(at, size); err != nil {
		return nil, nil, err
	}
	pf, err := parquet.OpenFile(at, size, parquet.SkipBloomFilters(true))
	return pf, f.Close, err
}

// checkFooter reports a file whose end does not say that it is Parquet, or says that its directory is longer than the file: the library
// would make room for up to 4 GiB before it looks.
func checkFooter(f io.ReaderAt, size int64) error {
	var end [8]byte
	if size < 12 {
		return io.ErrUnexpectedEOF
	}
	if _, err := f.ReadAt(end[:], size-8); err != nil {
		return err
	}
	if string(end[4:]) != "PAR1" || int64(binary.LittleEndian.Uint32(end[:4])) > size-12 {
		return io.ErrUnexpectedEOF
	}
	return nil
}

func badParquet(name string, err error) error {
	what := strings.TrimPrefix(err.Error(), "parquet: ")
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.Contains(what, "magic") {
		what = "it ends in the middle"
	}
	return tidewatch.Errorf(tidewatch.CodeInput, "%s: the Parquet data is damaged (%s): fetch or write the file again", name, what)
}

// leaves are the columns of a file: those of nested groups are named by their path, those of lists are left out.
func leaves(f *parquet.File) []parquetLeaf {
	var out []parquetLeaf
	for _, path := range f.Schema().Columns() {
		col, ok := f.Schema().Lookup(path...)
		if !ok {
			continue
		}
		t := col.Node.Type()
		l := parquetLeaf{index: col.ColumnIndex, name: strings.Join(path, "."), kind: t.Kind(), flat: col.MaxRepetitionLevel == 0, scale: -1}
		if lt := t.LogicalType(); lt != nil {
			switch v := lt.Value.(type) {
			case *format.TimestampType:
				l.utc = v.IsAdjustedToUTC
				switch v.Unit.Value.(type) {
				case *format.MilliSeconds:
					l.micros = 1e6
				case *format.MicroSeconds:
					l.micros = 1e3
				default:
					l.micros = 1
				}
			case *format.DateType:
				l.date = true
			case *format.DecimalType:
				l.scale = v.Scale
			}
		}
		if l.flat {
			out = append(out, l)
		}
	}
	return out
}

// text is v as a CSV file would have it.
func (l *parquetLeaf) text(b []byte, v parquet.Value) []byte {
	if v.IsNull() {
		return b
	}
	if s, st, ok := l.moment(v); ok {
		if st != fine {
			return append(b, "(time out of range)"...)
		}
		layout := "2006-01-02T15:04:05.999999"
		if l.date {
			layout = "2006-01-02"
		}
		b = time.UnixMicro(s.micros).UTC().AppendFormat(b, layout)
		if s.zoned {
			b = append(b, 'Z')
		}
		return b
	}
	if n, st, ok := l.number(v); ok {
		if l.kind == parquet.Int64 && l.scale < 0 {
			return strconv.AppendInt(b, v.Int64(), 10)
		}
		if st != fine {
			return append(b, "NaN"...)
		}
		return strconv.AppendFloat(b, n, 'f', -1, 64)
	}
	return append(b, v.ByteArray()...)
}

// moment is the time of a column of times; ok says whether it is one.
func (l *parquetLeaf) moment(v parquet.Value) (s stamp, st status, ok bool) {
	switch {
	case l.date && l.kind == parquet.Int32:
		s.micros = int64(v.Int32()) * dayMicros
	case l.micros > 0 && l.kind == parquet.Int64:
		n := v.Int64()
		if l.micros >= 1e3 {
			if n > math.MaxInt64/1_000_000 || n < math.MinInt64/1_000_000 {
				return s, outOfRange, true
			}
			s.micros = n * (l.micros / 1e3)
		} else {
			s.micros = n / 1e3
		}
		s.zoned = l.utc
	case l.kind == parquet.Int96:
		i := v.Int96()
		days := int64(i[2]) - 2440588 // from the Julian day of 1970-01-01
		s.micros = days*dayMicros + int64(uint64(i[1])<<32|uint64(i[0]))/1e3
	default:
		return s, fine, false
	}
	if s.micros < daysOf(firstYear, 1, 1)*dayMicros || s.micros >= daysOf(lastYear+1, 1, 1)*dayMicros {
		return s, outOfRange, true
	}
	return s, fine, true
}

// number is the value of a column of numbers; ok says whether it is one.
func (l *parquetLeaf) number(v parquet.Value) (n float64, st status, ok bool) {
	switch l.kind {
	case parquet.Boolean:
		if v.Boolean() {
			n = 1
		}
	case parquet.Int32:
		n = float64(v.Int32())
	case parquet.Int64:
		n = float64(v.Int64())
	case parquet.Float:
		n, _ = strconv.ParseFloat(strconv.FormatFloat(float64(v.Float()), 'g', -1, 32), 64) // 0.1, not 0.10000000149
	case parquet.Double:
		n = v.Double()
	case parquet.ByteArray, parquet.FixedLenByteArray:
		if l.scale < 0 {
			return 0, fine, false
		}
		n = bigEndian(v.ByteArray())
	default:
		return 0, fine, false
	}
	if l.scale > 0 {
		n /= math.Pow10(int(l.scale))
	}
	switch {
	case math.IsNaN(n):
		return n, blank, true
	case math.IsInf(n, 0):
		return n, infinite, true
	case math.Abs(n) > maxNumber:
		return n, tooLarge, true
	}
	return n, fine, true
}

// bigEndian is a decimal's number in two's complement.
func bigEndian(b []byte) float64 {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	f, _ := new(big.Float).SetInt(n).Float64()
	return f
}

// recogniseParquet samples the first rows.
func (f *file) recogniseParquet(ctx context.Context) (err error) {
	f.info.Format, f.info.Encoding, f.decimal = "parquet", "", '.'
	pf, close, err := openParquet(f.Source)
	if err != nil {
		return err
	}
	defer func() { _ = close() }()
	defer func() {
		if p := recover(); p != nil {
			err = badParquet(f.Name, fmt.Errorf("%v", p))
		}
	}()
	f.leaves = leaves(pf)
	if len(f.leaves) < 2 {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: there are %d plain columns, and a table of rows needs two", f.Name, len(f.leaves))
	}
	t := &table{}
	for _, l := range f.leaves {
		t.names = append(t.names, l.name)
	}
	for _, group := range pf.RowGroups() {
		n := int(min(group.NumRows(), int64(parquetSample-len(t.rows))))
		if n == 0 || ctx.Err() != nil {
			continue
		}
		rows := make([][][]byte, n)
		for i := range rows {
			rows[i] = make([][]byte, len(f.leaves))
		}
		for k := range f.leaves {
			l := &f.leaves[k]
			c := columnReader{pages: group.ColumnChunks()[l.index].Pages()}
			err := c.read(n, func(i int, v parquet.Value) { rows[i][k] = l.text(nil, v) })
			c.close()
			if err != nil {
				return badParquet(f.Name, err)
			}
		}
		t.rows = append(t.rows, rows...)
	}
	if len(t.rows) == 0 {
		return errNoRows("%s: there are columns but no row: there is nothing to read", f.Name)
	}
	f.sample = t
	return ctx.Err()
}

// columnReader reads the values of one column of one row group, in order.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page // the current one
	left   int64        // rows of it not read yet
	reader parquet.ValueReader
	buf    [256]parquet.Value
}

func (c *columnReader) close() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
	_ = c.pages.Close()
}

// read hands the next n values to each, which must not keep them. Fewer are an error.
func (c *columnReader) read(n int, each func(i int, v parquet.Value)) error {
	for i := 0; i < n; {
		if c.left == 0 {
			if c.page != nil {
				parquet.Release(c.page)
				c.page = nil
			}
			page, err := c.pages.ReadPage()
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			c.page, c.left, c.reader = page, page.NumRows(), page.Values()
			continue
		}
		k, err := c.reader.ReadValues(c.buf[:min(int64(len(c.buf)), c.left, int64(n-i))])
		for _, v := range c.buf[:k] {
			each(i, v)
			i++
		}
		if c.left -= int64(k); k == 0 && c.left > 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// parquetGroup is a row group to parse.
type parquetGroup struct {
	group parquet.RowGroup
	first int64 // row of the file, from 1
	done  func()
}

// parquetFile makes a job of every row group.
func (p *producer) parquetFile(f *file, pl *plan, at int) error {
	pf, closeFile, err := openParquet(f.Source)
	if err != nil {
		return err
	}
	var open sync.WaitGroup
	defer func() { _ = closeFile() }()
	defer open.Wait()
	first := int64(1)
	for _, g := range pf.RowGroups() {
		open.Add(1)
		if err := p.send(job{file: f, plan: pl, at: at, parquet: &parquetGroup{g, first, open.Done}, line: first}); err != nil {
			open.Done()
			return err
		}
		first += g.NumRows()
	}
	r, err := openRaw(p.ctx, f.Source)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if err := r.drain(); err != nil {
		return readFailed(f.Name, err)
	}
	p.sums = append(p.sums, r.sum.Sum(nil))
	p.tell(result{end: true, read: r.read.Load()})
	return p.ctx.Err()
}

// parquet parses one row group, chunk by chunk.
func (p *parser) parquet(j *job, emit func(result) bool) {
	defer j.parquet.done()
	defer func() {
		if e := recover(); e != nil {
			emit(result{err: badParquet(j.file.Name, fmt.Errorf("%v", e))})
		}
	}()
	columns := make([]columnReader, len(j.plan.cells))
	chunks := j.parquet.group.ColumnChunks()
	for i, c := range j.plan.cells {
		columns[i].pages = chunks[j.file.leaves[c].index].Pages()
		defer columns[i].close()
	}
	left := j.parquet.group.NumRows()
	for line := j.parquet.first; left > 0; {
		n := int(min(left, parquetChunk))
		p.rejects = nil
		p.begin(j.at)
		if err := p.chunk(columns, n, line); err != nil {
			emit(result{err: badParquet(j.file.Name, err)})
			return
		}
		if !emit(p.finish()) {
			return
		}
		line, left = line+int64(n), left-int64(n)
	}
}

// fault is why a row of a chunk is refused.
type fault struct {
	field int
	st    status
	text  string
}

// chunk parses n rows, a column at a time.
func (p *parser) chunk(columns []columnReader, n int, line int64) error {
	faults := map[int]fault{}
	blame := func(i, field int, st status, text []byte) {
		if f := &p.plan.fields[field]; st == fine || st == blank && !f.required {
			return
		}
		if old, ok := faults[i]; !ok || field < old.field {
			faults[i] = fault{field, st, clip(text)}
		}
	}
	// The texts of columns that several fields need, or that are joined; the others are parsed as they are read.
	texts := make([][][]byte, len(columns))
	uses := make([]int, len(columns))
	for _, f := range p.plan.fields {
		for _, c := range f.cells {
			uses[c]++
			if len(f.cells) > 1 {
				uses[c]++
			}
		}
	}
	for c := range columns {
		if uses[c] < 2 {
			continue
		}
		texts[c] = make([][]byte, n)
		leaf := &p.file.leaves[p.plan.cells[c]]
		if err := columns[c].read(n, func(i int, v parquet.Value) { texts[c][i] = leaf.text(nil, v) }); err != nil {
			return err
		}
	}
	cells := make([][]byte, len(columns))
	for k := range p.plan.fields {
		f := &p.plan.fields[k]
		if len(f.cells) == 0 {
			continue
		}
		if texts[f.cells[0]] != nil {
			for i := range n {
				for _, c := range f.cells {
					cells[c] = texts[c][i]
				}
				st, cell := p.cell(k, cells)
				blame(i, k, st, cell)
			}
			continue
		}
		leaf := &p.file.leaves[p.plan.cells[f.cells[0]]]
		col := &p.batch.Columns[k]
		var buf []byte
		err := columns[f.cells[0]].read(n, func(i int, v parquet.Value) {
			if !v.IsNull() && f.kind == Number {
				if x, st, ok := leaf.number(v); ok {
					col.Numbers = append(col.Numbers, x)
					if st != fine {
						blame(i, k, st, leaf.text(buf[:0], v))
					}
					return
				}
			}
			if !v.IsNull() && f.kind == Moment {
				if s, st, ok := leaf.moment(v); ok {
					col.Times = append(col.Times, p.clock.moment(s))
					if st != fine {
						blame(i, k, st, leaf.text(buf[:0], v))
					}
					return
				}
			}
			buf = leaf.text(buf[:0], v)
			cells[f.cells[0]] = buf
			st, cell := p.cell(k, cells)
			blame(i, k, st, cell)
		})
		if err != nil {
			return err
		}
	}
	p.compact(n, line, faults)
	return nil
}

// compact takes the rows at fault out of the batch.
func (p *parser) compact(n int, line int64, faults map[int]fault) {
	b := p.batch
	for i := range n {
		if f, ok := faults[i]; ok {
			p.refuse(line+int64(i), p.plan.fields[f.field].name, fmt.Sprintf("%q %s", f.text, reasons[f.st]), nil)
			continue
		}
		if to := b.Rows; to != i {
			for k := range b.Columns {
				c := &b.Columns[k]
				switch {
				case len(c.Numbers) > 0:
					c.Numbers[to] = c.Numbers[i]
				case len(c.Times) > 0:
					c.Times[to] = c.Times[i]
				case len(c.Codes) > 0:
					c.Codes[to] = c.Codes[i]
				}
			}
		}
		b.Lines = append(b.Lines, line+int64(i))
		b.Rows++
	}
	p.truncate()
}

// spool writes what can be read only once to a file, so that it can be read at random.
func spool(r io.Reader, name string) (Source, error) {
	f, err := os.CreateTemp("", "tidewatch-*.parquet")
	if err != nil {
		return Source{}, tidewatch.Errorf(tidewatch.CodeOutput, "%s: Parquet from a stream needs a temporary file: %w", name, err)
	}
	_ = os.Remove(f.Name()) // stays until it is closed
	n, err := io.Copy(f, r)
	if err != nil {
		_ = f.Close()
		return Source{}, tidewatch.Errorf(tidewatch.CodeOutput, "%s: cannot be copied to a temporary file: %w", name, err)
	}
	return Source{Name: name, Size: n, Open: func() (io.ReadCloser, error) {
		return struct {
			*io.SectionReader
			io.Closer
		}{io.NewSectionReader(f, 0, n), io.NopCloser(nil)}, nil
	}}, nil
}
