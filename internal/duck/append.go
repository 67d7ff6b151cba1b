//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"errors"
	"math"
	"runtime"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tidewatch/tidewatch/store"
)

// appender writes blocks into a table. Its vectors are filled in place: texts are made DuckDB's once a dictionary entry, not once a row.
type appender struct {
	a      mapping.Appender
	c      mapping.DataChunk
	types  []mapping.LogicalType
	size   int // rows of a chunk
	texts  [][]duckString
	arena  []byte
	pinner runtime.Pinner
}

func newAppender(s *session, table string) (*appender, error) {
	a := &appender{size: int(mapping.VectorSize())}
	if mapping.AppenderCreateExt(s.conn, "", "", table, &a.a) != mapping.StateSuccess {
		err := a.failed()
		mapping.AppenderDestroy(&a.a)
		return nil, err
	}
	for k := range mapping.AppenderColumnCount(a.a) {
		a.types = append(a.types, mapping.AppenderColumnType(a.a, k))
	}
	a.c = mapping.CreateDataChunk(a.types)
	return a, nil
}

func (a *appender) failed() error { return errors.New(mapping.AppenderError(a.a)) }

// close writes what is left.
func (a *appender) close() error {
	var err error
	if mapping.AppenderClose(a.a) != mapping.StateSuccess {
		err = a.failed()
	}
	mapping.DestroyDataChunk(&a.c)
	for k := range a.types {
		mapping.DestroyLogicalType(&a.types[k])
	}
	mapping.AppenderDestroy(&a.a)
	return err
}

// texts are the dictionaries of b as DuckDB's texts. Long ones lie in one block of memory that is pinned until release.
func (a *appender) dictionaries(b *store.Block) {
	long := 0
	for _, c := range b.Columns {
		for _, s := range c.Dict {
			if len(s) > inlined {
				long += len(s)
			}
		}
	}
	if cap(a.arena) < long {
		a.arena = make([]byte, 0, long+long/2)
	}
	a.arena = a.arena[:0]
	if cap(a.arena) > 0 {
		a.pinner.Pin(unsafe.SliceData(a.arena[:1]))
	}
	if len(a.texts) != len(b.Columns) {
		a.texts = make([][]duckString, len(b.Columns))
	}
	for k, c := range b.Columns {
		a.texts[k] = a.texts[k][:0]
		for _, s := range c.Dict {
			d := duckString{length: uint32(len(s))}
			if len(s) <= inlined {
				copy(unsafe.Slice(&d.prefix[0], inlined), s)
			} else {
				at := len(a.arena)
				a.arena = append(a.arena, s...)
				copy(d.prefix[:], s)
				d.address = uintptr(unsafe.Pointer(&a.arena[at])) // it is pinned
			}
			a.texts[k] = append(a.texts[k], d)
		}
	}
}

// append adds the rows of a block.
func (a *appender) append(b *store.Block) error {
	a.dictionaries(b)
	defer a.pinner.Unpin()
	for from := 0; from < b.Rows; from += a.size {
		to := min(from+a.size, b.Rows)
		mapping.DataChunkReset(a.c)
		a.system(b, from, to)
		for k := range b.Columns {
			a.values(systemColumns+k, &b.Columns[k], a.texts[k], from, to)
		}
		mapping.DataChunkSetSize(a.c, mapping.IdxT(to-from))
		if mapping.AppendDataChunk(a.a, a.c) != mapping.StateSuccess {
			return a.failed()
		}
	}
	return nil
}

// sink is a column to fill.
type sink struct {
	v    mapping.Vector
	data unsafe.Pointer
	mask unsafe.Pointer
}

func (a *appender) sink(k int) sink {
	v := mapping.DataChunkGetVector(a.c, mapping.IdxT(k))
	return sink{v: v, data: mapping.VectorGetData(v)}
}

func (s *sink) blank(row int) {
	if s.mask == nil {
		mapping.VectorEnsureValidityWritable(s.v)
		s.mask = mapping.VectorGetValidity(s.v)
	}
	*(*uint64)(unsafe.Add(s.mask, row/64*8)) &^= 1 << (row % 64)
}

func into[T any](s sink, n int) []T { return unsafe.Slice((*T)(s.data), n) }

// system fills the columns that every table has: see makeTable.
func (a *appender) system(b *store.Block, from, to int) {
	n := to - from
	imports, ended, lines := into[int64](a.sink(0), n), a.sink(1), into[int64](a.sink(2), n)
	c1, c2, nth := into[uint64](a.sink(3), n), into[uint64](a.sink(4), n), into[int32](a.sink(5), n)
	s1, s2, r1, r2 := a.sink(6), a.sink(7), a.sink(8), a.sink(9)
	for i := range n {
		imports[i] = b.Import
		ended.blank(i)
		c1[i], c2[i] = b.Contents[from+i][0], b.Contents[from+i][1]
	}
	copy(lines, b.Lines[from:to])
	for i, v := range b.Nth[from:to] {
		nth[i] = int32(min(v, math.MaxInt32))
	}
	sums(s1, s2, b.Keys, from, n)
	sums(r1, r2, b.Replaces, from, n)
}

// sums fills two columns with the halves of sums; a zero one is none.
func sums(s1, s2 sink, all []store.Sum, from, n int) {
	h1, h2 := into[uint64](s1, n), into[uint64](s2, n)
	for i := range n {
		if all == nil || all[from+i] == (store.Sum{}) {
			s1.blank(i)
			s2.blank(i)
			continue
		}
		h1[i], h2[i] = all[from+i][0], all[from+i][1]
	}
}

// values fills a column of the table's own.
func (a *appender) values(k int, v *store.Values, texts []duckString, from, to int) {
	s := a.sink(k)
	n := to - from
	switch {
	case v.Codes != nil:
		out := into[duckString](s, n)
		for i, c := range v.Codes[from:to] {
			if out[i] = texts[c]; out[i].length == 0 {
				s.blank(i)
			}
		}
	case v.Numbers != nil:
		out := into[float64](s, n)
		for i, x := range v.Numbers[from:to] {
			if out[i] = x; x != x {
				s.blank(i)
			}
		}
	case v.Ints != nil:
		out := into[int64](s, n)
		for i, x := range v.Ints[from:to] {
			if out[i] = x; x == store.Blank {
				s.blank(i)
			}
		}
	default:
		for i := range n {
			s.blank(i)
		}
	}
}
