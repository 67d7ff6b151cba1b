package read

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read/query"
)

// Source is one file to read, from wherever it comes.
type Source struct {
	Name string // for messages and rejects
	Size int64  // in bytes as stored; 0 = not known
	// Open gives the bytes as stored. It is called again for every reading; Once says that it can be called only once, as for standard
	// input.
	Open func() (io.ReadCloser, error)
	Once bool

	stored  *Source // what it was made of: the digest is of that
	packing string
	table   bool // plain CSV in UTF-8 with a header, whatever the options say
}

// Bytes is a source in memory.
func Bytes(name string, b []byte) Source {
	return Source{Name: name, Size: int64(len(b)), Open: func() (io.ReadCloser, error) { return memory{bytes.NewReader(b)}, nil }}
}

// memory is a reader of bytes that need no closing; as it embeds the reader, it also gives random access.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// standardInput is standard input, whose reads end with ctx: it may be a pipe that stays silent, and the system's own call waits for ever.
func standardInput(ctx context.Context) io.ReadCloser {
	r, w := io.Pipe()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.CopyBuffer(w, struct{ io.Reader }{os.Stdin}, make([]byte, 1<<18))
		w.CloseWithError(err)
	}()
	return r
}

// The endings of files taken from a folder. A file named on its own may have any.
var endings = []string{".csv", ".tsv", ".txt", ".dat", ".jsonl", ".ndjson", ".json", ".parquet", ".pq", ".xlsx", ".xlsm"}

// sources finds the files of paths: databases, asked by sql, files as they are, "-" for standard input, and of folders the files with a known ending, in the
// order of their names, folders below included.
func sources(ctx context.Context, paths []string, sql string) ([]Source, error) {
	var all []Source
	for _, p := range paths {
		if p == "-" {
			all = append(all, Source{Name: "standard input", Once: true, Open: func() (io.ReadCloser, error) { return standardInput(ctx), nil }})
			continue
		}
		if query.Is(p) {
			all = append(all, Source{Name: query.Shown(p), Open: func() (io.ReadCloser, error) { return query.Stream(ctx, p, sql) }, table: true})
			continue
		}
		info, err := os.Stat(p)
		if err != nil {
			return nil, cannotOpen(p, err)
		}
		if !info.IsDir() {
			all = append(all, fileSource(p, info))
			continue
		}
		before := len(all)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasPrefix(d.Name(), ".") && name != p {
				if d.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			info, err := os.Stat(name) // follows links
			if err != nil || !info.Mode().IsRegular() || !knownEnding(name) {
				return err
			}
			all = append(all, fileSource(name, info))
			return nil
		})
		if err != nil {
			return nil, cannotOpen(p, err)
		}
		if len(all) == before {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: the folder holds no file that can be read: name the files, or give them one of the endings %s (with .gz or .zst if packed)", p, strings.Join(endings, " "))
		}
	}
	if len(all) == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "no file to read: name files or folders, or - for standard input")
	}
	return all, nil
}

func knownEnding(name string) bool {
	name = strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.Contains(endings, filepath.Ext(name))
}

func fileSource(name string, info fs.FileInfo) Source {
	s := Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
	if info.Mode().IsRegular() {
		s.Size = info.Size()
	} else {
		s.Once = true // a pipe
	}
	return s
}

func cannotOpen(name string, err error) error {
	if tidewatch.CodeOf(err) != tidewatch.CodeInternal {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: there is no such file: check the path", name)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return tidewatch.Errorf(tidewatch.CodeInput, "%s: cannot be opened: %w", name, err)
}

// raw reads a source's bytes as stored, counts and digests them. sum is nil where no digest is wanted.
type raw struct {
	io.ReadCloser
	ctx  context.Context
	sum  hash.Hash
	read atomic.Int64
}

func (r *raw) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.ReadCloser.Read(p)
	if r.sum != nil {
		r.sum.Write(p[:n])
	}
	r.read.Add(int64(n))
	return n, err
}

// drain reads what an unpacker left, so that the digest is of the whole file.
func (r *raw) drain() error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func openRaw(ctx context.Context, s Source) (*raw, error) {
	f, err := s.Open()
	if err != nil {
		return nil, cannotOpen(s.Name, err)
	}
	return &raw{ReadCloser: f, ctx: ctx, sum: sha256.New()}, nil
}

// digestOf is the digest of several files: SHA-256 of their SHA-256 sums, one after another.
func digestOf(sums [][]byte) string {
	h := sha256.New()
	for _, s := range sums {
		h.Write(s)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// What the first bytes of a file say it is.
var magics = []struct{ magic, what string }{
	{"\x1f\x8b", "gzip"},
	{"\x28\xb5\x2f\xfd", "zstd"},
	{"PAR1", "parquet"},
	{"PK\x03\x04", "a ZIP archive, or an Excel workbook that is damaged or comes from a pipe (unpack it, or name the file)"},
	{"\xd0\xcf\x11\xe0", "an old Excel workbook (save the sheet as CSV)"},
	{"BZh", "packed by bzip2 (unpack it first)"},
	{"\xfd7zXZ", "packed by xz (unpack it first)"},
	{"%PDF", "a PDF document"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"SQLite format 3", "a SQLite database (export the table as CSV)"},
	{"ORC", "an ORC file (convert it to Parquet)"},
	{"Obj\x01", "an Avro file (convert it to Parquet)"},
	{"ARROW1", "an Arrow file (convert it to Parquet)"},
}

// magicOf is the kind of file that begins with b, "" if nothing is known.
func magicOf(b []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m.magic)) {
			if m.magic == "BZh" && (len(b) < 4 || b[3] < '0' || b[3] > '9') || m.magic == "ORC" && (len(b) < 4 || b[3] >= ' ') {
				continue // a text that happens to begin so
			}
			return m.what
		}
	}
	return ""
}

// unpack gives the plain bytes of r, whose packing its first bytes tell, and that packing's name. Packings inside a packing are
// not looked for.
func unpack(r io.Reader, name string) (io.ReadCloser, string, error) {
	head := make([]byte, 16)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, "", err
	}
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	switch kind := magicOf(head[:n]); kind {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, kind, damaged(name, kind, err)
		}
		return &unpacked{z, z.Close, name, kind}, kind, nil
	case "zstd":
		// Windows up to 128 MiB, as zstd --long=27 makes them; the decoder never takes more memory than the window.
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(1<<27), zstd.WithDecoderConcurrency(2))
		if err != nil {
			return nil, kind, damaged(name, kind, err)
		}
		return &unpacked{z, func() error { z.Close(); return nil }, name, kind}, kind, nil
	case "parquet", "":
		return io.NopCloser(r), "", nil
	default:
		return nil, "", tidewatch.Errorf(tidewatch.CodeInput, "%s: the file is %s; CSV, TSV, JSON lines and Parquet can be read, plain or packed by gzip or zstd", name, kind)
	}
}

// unpacked says in its errors which file is damaged.
type unpacked struct {
	io.Reader
	close func() error
	name  string
	kind  string
}

func (u *unpacked) Close() error { return u.close() }

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		err = damaged(u.name, u.kind, err)
	}
	return n, err
}

func damaged(name, kind string, err error) error {
	what := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		what = "it ends in the middle"
	}
	return &tidewatch.Error{Code: tidewatch.CodeInput, Err: fmt.Errorf("%s: the %s data is damaged (%s): fetch or pack the file again", name, kind, what)}
}
