//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && (amd64 || arm64)) || (windows && amd64))

package duck

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings" // what mapping, which stands for it otherwise, leaves out
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// Available reports whether this program can keep workspaces.
const Available = true

// session is one connection to one database. It uses DuckDB's C interface as it is, by chunks: through database/sql each value would be
// boxed, which takes more time than everything else about an import.
type session struct {
	db   mapping.Database
	conn mapping.Connection
}

func open(path string, writing bool) (*session, error) {
	var config mapping.Config
	if mapping.CreateConfig(&config) != mapping.StateSuccess {
		return nil, errors.New("DuckDB: no memory for its settings")
	}
	defer mapping.DestroyConfig(&config)
	mode := "READ_ONLY"
	if writing {
		mode = "READ_WRITE"
	}
	for name, value := range map[string]string{"access_mode": mode, "threads": strconv.Itoa(runtime.GOMAXPROCS(0)),
		"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"} { // it must not use the network
		if mapping.SetConfig(config, name, value) != mapping.StateSuccess {
			return nil, errors.New("DuckDB: it knows no setting " + name)
		}
	}
	s := &session{}
	var failed string
	if mapping.OpenExt(path, &s.db, config, &failed) != mapping.StateSuccess {
		return nil, errors.New(failed)
	}
	if mapping.Connect(s.db, &s.conn) != mapping.StateSuccess {
		mapping.Close(&s.db)
		return nil, errors.New("DuckDB: it opens but does not connect")
	}
	return s, nil
}

func (s *session) close() {
	mapping.Disconnect(&s.conn)
	mapping.Close(&s.db)
}

// watch interrupts what runs when ctx ends; the function it returns ends the watching.
func (s *session) watch(ctx context.Context) func() {
	stop := context.AfterFunc(ctx, func() { mapping.Interrupt(s.conn) })
	return func() { stop() }
}

// run runs statements that give nothing.
func (s *session) run(ctx context.Context, sql string) error {
	return s.each(ctx, sql, func(chunk) error { return nil })
}

// each runs statements and hands on the chunks of what the last one gives, which are valid until f returns.
func (s *session) each(ctx context.Context, sql string, f func(chunk) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.watch(ctx)()
	var r mapping.Result
	defer mapping.DestroyResult(&r)
	if mapping.Query(s.conn, sql, &r) != mapping.StateSuccess {
		return s.failed(ctx, mapping.ResultError(&r))
	}
	return s.fetch(ctx, r, f)
}

// stream is each for one statement whose result need not fit into memory.
func (s *session) stream(ctx context.Context, sql string, f func(chunk) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.watch(ctx)()
	var p mapping.PreparedStatement
	defer mapping.DestroyPrepare(&p)
	if mapping.Prepare(s.conn, sql, &p) != mapping.StateSuccess {
		return s.failed(ctx, mapping.PrepareError(p))
	}
	var r mapping.Result
	defer mapping.DestroyResult(&r)
	if bindings.ExecutePreparedStreaming(p, &r) != mapping.StateSuccess {
		return s.failed(ctx, mapping.ResultError(&r))
	}
	return s.fetch(ctx, r, f)
}

func (s *session) fetch(ctx context.Context, r mapping.Result, f func(chunk) error) error {
	for {
		c := mapping.FetchChunk(r)
		if c.Ptr == nil {
			break
		}
		err := f(chunk{c, int(mapping.DataChunkGetSize(c))})
		mapping.DestroyDataChunk(&c)
		if err != nil {
			return err
		}
	}
	if text := mapping.ResultError(&r); text != "" {
		return s.failed(ctx, text)
	}
	return ctx.Err()
}

func (s *session) failed(ctx context.Context, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.New(text)
}

// chunk is some rows of a result, by column.
type chunk struct {
	c    mapping.DataChunk
	rows int
}

// vector is one column of a chunk.
type vector struct {
	v     mapping.Vector
	data  unsafe.Pointer
	valid unsafe.Pointer // one bit a row; nil = all rows have a value
	rows  int
}

func (c chunk) column(k int) vector {
	v := mapping.DataChunkGetVector(c.c, mapping.IdxT(k))
	return vector{v, mapping.VectorGetData(v), mapping.VectorGetValidity(v), c.rows}
}

func (v vector) null(row int) bool {
	return v.valid != nil && *(*uint64)(unsafe.Add(v.valid, row/64*8))>>(row%64)&1 == 0
}

// fixed are the values of a column of numbers.
func fixed[T int32 | uint32 | int64 | uint64 | float64](v vector) []T {
	return unsafe.Slice((*T)(v.data), v.rows)
}

// duckString is duckdb_string_t: up to 12 bytes stand in it, longer texts at an address. The address is no pointer to Go: what it is
// written over is DuckDB's memory, whose old contents the garbage collector must not take for a pointer.
type duckString struct {
	length  uint32
	prefix  [4]byte
	address uintptr
}

// inlined is the longest text that stands in a duckString.
const inlined = 12

// text is valid as long as its chunk.
func (v vector) text(row int) string {
	if v.null(row) {
		return ""
	}
	s := &unsafe.Slice((*duckString)(v.data), v.rows)[row]
	if s.length <= inlined {
		return unsafe.String(&s.prefix[0], s.length)
	}
	return unsafe.String(*(**byte)(unsafe.Pointer(&s.address)), s.length)
}

// literal is a text for SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
