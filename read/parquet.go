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
			unit := l.micros / 1e3
			if n > math.MaxInt64/unit || n < math.MinInt64/unit {
				return s, outOfRange, true
			}
			s.micros = n * unit
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
