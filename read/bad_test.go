package read

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"github.com/tidewatch/tidewatch"
)

// failure opens and reads text, which must fail, and gives the error.
func failure(t *testing.T, text string, opt Options) error {
	t.Helper()
	in, _, err := openText(t, text, opt)
	if err != nil {
		return err
	}
	rows, err := rowsOf(t, in)
	if err == nil {
		t.Fatalf("no error, but %q", rows[:min(3, len(rows))])
	}
	return err
}

// TestHopelessFiles: a file without a good row is an error that names the file, and what to do.
func TestHopelessFiles(t *testing.T) {
	noise := make([]byte, 1<<16)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	noise[0] = 0x07 // no magic number
	for name, c := range map[string]struct {
		text string
		opt  Options
		want string
	}{
		"empty":                 {"", Options{}, "line 1: the file is empty"},
		"blank":                 {" \n\r\n\t\n", Options{}, "line 1: the file is empty"},
		"only a bom":            {"\xef\xbb\xbf", Options{}, "the file is empty"},
		"header only":           {"id,time,value\n", Options{}, "line 1: there is a header but no row below it"},
		"noise":                 {string(noise), Options{}, "line 1: the file is not text"},
		"nul bytes":             {strings.Repeat("\x00", 1000), Options{}, "not text"},
		"a zip archive":         {"PK\x03\x04rest of it, which does not matter", Options{}, "Excel"},
		"a picture":             {"\x89PNG\r\n\x1a\nxxxxxxxxxxx", Options{}, "picture"},
		"an unclosed quote":     {"\"id,time,value\n\"a,2024-01-01,1\n", Options{}, "quote"},
		"wrong delimiter":       {simple, Options{Delimiter: ";"}, "try --delimiter \",\""},
		"one column":            {"value\n1\n2\n", Options{}, "only one column"},
		"prose":                 {"Dear all,\nplease find the figures below.\nRegards\n", Options{}, "recognised as the time"},
		"no time":               {"id,value\na,1\nb,2\n", Options{}, "recognised as the time"},
		"no value":              {"id,time\na,2024-01-01\n", Options{}, "recognised as the value"},
		"times that are none":   {"id,time,value\na,yesterday,1\nb,today,2\n", Options{Map: map[Role]string{Time: "time"}}, "holds no times"},
		"30 february":           {"id,time,value\na,2024-02-30,1\nb,2024-02-31,2\n", Options{}, "line 2, column \"time\": \"2024-02-30\" names a day"},
		"year 0000":             {"id,time,value\na,0000-01-01,1\n", Options{}, "outside the years 1700 to 2199"},
		"year 9999":             {"id,time,value\na,9999-12-31,1\n", Options{}, "outside the years 1700 to 2199"},
		"infinite":              {"id,time,value\na,2024-01-01,inf\n", Options{Map: map[Role]string{Value: "value"}}, "is infinite"},
		"1e308":                 {"id,time,value\na,2024-01-01,1e308\n", Options{Map: map[Role]string{Value: "value"}}, "beyond 1e30"},
		"two columns of a name": {"id,time,value,value\na,2024-01-01,1,2\n", Options{}, "two columns are named \"value\": say which one is the value by its number, such as --map value=#3"},
		"two asked for":         {"id,time,x,x\na,2024-01-01,1,2\n", Options{Map: map[Role]string{Value: "x"}}, "by its number, such as #3"},
		"cut gzip":              {pack(t, strings.Repeat(simple, 1000), "gzip")[:60], Options{}, "it ends in the middle"},
		"gzip of noise":         {"\x1f\x8b\x08\x00nonsense of some length", Options{}, "gzip data is damaged"},
		"cut zstd":              {pack(t, strings.Repeat(simple, 1000), "zstd")[:30], Options{}, "damaged"},
		"a json array":          {`[{"id":"a","time":"2024-01-01","value":1}]`, Options{}, "jq -c"},
		"json that is none":     {"{a,b\n{c,d\n", Options{}, "no line is a JSON object"},
		"deep json":             {strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000), Options{}, "no line is a JSON object"},
		"a long line":           {"id,time,value" + strings.Repeat("x", 3<<20), Options{}, "longer than"},
		"cut parquet":           {parquetOf(t, 10)[:200], Options{}, "Parquet data is damaged"},
		"parquet of noise":      {"PAR1" + string(noise) + "PAR1", Options{}, "Parquet data is damaged"},
		"parquet in gzip":       {pack(t, parquetOf(t, 10), "gzip"), Options{}, "unpack it first"},
	} {
		t.Run(name, func(t *testing.T) {
			err := failure(t, c.text, c.opt)
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.csv") || tidewatch.CodeOf(err) == tidewatch.CodeInternal {
				t.Errorf("%s: %v (%s)", name, err, tidewatch.CodeOf(err))
			}
			if len(err.Error()) > 1500 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
	if _, err := Open(t.Context(), []string{filepath.Join(t.TempDir(), "none.csv")}, Options{}); !strings.Contains(fmt.Sprint(err), "there is no such file") {
		t.Error(err)
	}
	if _, err := Open(t.Context(), []string{t.TempDir()}, Options{}); !strings.Contains(fmt.Sprint(err), "holds no file that can be read") {
		t.Error(err)
	}
	if _, err := Open(t.Context(), nil, Options{}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Error(err)
	}
}

type parquetRow struct {
	ID    string    `parquet:"id"`
	Time  time.Time `parquet:"time,timestamp"`
	Value float64   `parquet:"value"`
}

func parquetOf(t testing.TB, n int) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetRow](&b, parquet.MaxRowsPerRowGroup(100_000))
	for i := range n {
		if _, err := w.Write([]parquetRow{{fmt.Sprint("i", i%7), time.Date(2024, 1, 1+i/7, 0, 0, 0, 0, time.UTC), float64(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestParquet(t *testing.T) {
	const n = 250_000 // three groups, the first of two chunks
	in, err := OpenSources(t.Context(), []Source{Bytes("x.parquet", []byte(parquetOf(t, n)))}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := in.Recognised(); r.Files[0].Format != "parquet" || r.Shape != Series {
		t.Errorf("%v", r)
	}
	i := 0
	err = in.Read(t.Context(), seriesFields, func(b *Batch) error {
		for k := range b.Rows {
			id, at, v := b.Columns[0].Dict[b.Columns[0].Codes[k]], time.UnixMicro(b.Columns[1].Times[k]).UTC(), b.Columns[2].Numbers[k]
			if id != fmt.Sprint("i", i%7) || v != float64(i) || at.Year() < 2200 && !at.Equal(time.Date(2024, 1, 1+i/7, 0, 0, 0, 0, time.UTC)) || b.Lines[k] != int64(i+1) {
				t.Fatalf("row %d is %s %v %g, line %d", i, id, at, v, b.Lines[k])
			}
			i++
		}
		return nil
	})
	if last := 7 * int(time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC).Sub(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).Hours()/24); i != min(n, last) || err != nil {
		t.Errorf("%d rows of %d: %v; %+v", i, n, err, in.Counts())
	}
}

// TestGoodRowsAreKept: rows at fault are refused one by one, with their line and column.
func TestGoodRowsAreKept(t *testing.T) {
	good := strings.Repeat("宝,2024-01-01,1\n", 40)
	for name, c := range map[string]struct{ row, column, reason string }{
		"30 february":     {"a,2024-02-30,1", "time", "names a day or hour that does not exist"},
		"year 0":          {"a,0000-01-01,1", "time", "outside the years"},
		"year 9999":       {"a,9999-12-31,1", "time", "outside the years"},
		"blank time":      {"a,,1", "time", "is blank"},
		"no time":         {"a,soon,1", "time", "is not a time"},
		"infinite":        {"a,2024-01-01,-Inf", "value", "is infinite"},
		"1e308":           {"a,2024-01-01,1e308", "value", "beyond 1e30"},
		"no number":       {"a,2024-01-01,many", "value", "is not a number"},
		"too few":         {"a,2024-01-01", "", "it has 2 fields where 3 are expected"},
		"too many":        {"a,2024-01-01,1,5", "", "it has 4 fields where 3 are expected"},
		"nul byte":        {"a\x00b,2024-01-01,1", "id", "is not valid text"},
		"not utf-8":       {"a\xff,2024-01-01,1", "id", "is not valid text"},
		"broken quote":    {"\"a,2024-01-01,1", "", "a quoted field is not closed"},
		"text after one":  {"\"a\"b,2024-01-01,1", "", "a quoted field is not closed"},
		"an id of 5000":   {strings.Repeat("i", 5000) + ",2024-01-01,1", "id", "longer than 4096 bytes"},
		"a line too long": {strings.Repeat("i", 2<<20) + ",2024-01-01,1", "", "longer than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, rejects, _ := mustRows(t, "id,time,value\n"+good+c.row+"\n"+good, Options{})
			if len(rows) != 80 || len(rejects) != 1 {
				t.Fatalf("%d rows, %v", len(rows), rejects)
			}
			if r := rejects[0]; r.Line != 42 || r.Column != c.column || !strings.Contains(r.Reason, c.reason) || len(r.Text) > 700 || r.File != "x.csv" {
				t.Errorf("%+v", r)
			}
		})
	}
	rows, rejects, _ := mustRows(t, "id,time,value\na,2024-01-01,NaN\na,2024-01-02,\na,2024-01-03,null\na,2024-01-04,4\n", Options{})
	if len(rows) != 4 || len(rejects) != 0 || rows[0] != "a|1704067200|NaN" {
		t.Errorf("unknown values: %q %v", rows, rejects)
	}
}

// TestCutInTheMiddle: damage far behind the sample is an error too, after the good rows.
func TestCutInTheMiddle(t *testing.T) {
	big := "id,time,value\n" + strings.Repeat("g,2024-01-01,1\n", 400_000)
	for _, kind := range []string{"gzip", "zstd"} {
		packed := pack(t, big, kind)
		in, _, err := openText(t, packed[:len(packed)*9/10], Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rowsOf(t, in); tidewatch.CodeOf(err) != tidewatch.CodeInput || !strings.Contains(err.Error(), "damaged") || in.Digest() != "" {
			t.Errorf("%s: %v", kind, err)
		}
	}
	good := parquetOf(t, 100_000)
	damaged := []byte(good)
	for i := 20_000; i < 30_000; i++ {
		damaged[i] = 0xaa
	}
	in, err := OpenSources(t.Context(), []Source{Bytes("x.parquet", damaged)}, Options{})
	if err == nil {
		_, err = rowsOf(t, in)
	}
	if err == nil {
		t.Log("the damage did not show")
	} else if tidewatch.CodeOf(err) != tidewatch.CodeInput {
		t.Errorf("parquet: %v", err)
	}
}

// endless gives the same bytes over and over.
type endless struct {
	text  string
	left  int64
	start string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	if e.start != "" {
		n = copy(p, e.start)
		e.start = e.start[n:]
	}
	for n < len(p) {
		n += copy(p[n:], e.text)
	}
	e.left -= int64(n)
	return n, nil
}

// TestMemoryIsBounded: a line of 100 MB, and a gzip bomb, take a few blocks of memory.
func TestMemoryIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := io.Copy(z, &endless{text: strings.Repeat(" ", 1<<16), left: 200 << 20, start: simple}); err != nil {
		t.Fatal(err)
	}
	z.Close()
	for name, open := range map[string]func() io.Reader{
		"a line of 100 MB": func() io.Reader { return &endless{text: strings.Repeat("x", 1<<16), left: 100 << 20, start: simple} },
		"a quote of 100 MB": func() io.Reader {
			return &endless{text: strings.Repeat(strings.Repeat("x", 1023)+"\n", 64), left: 100 << 20, start: simple + "\""}
		},
		"a gzip bomb":       func() io.Reader { return bytes.NewReader(bomb.Bytes()) },
		"20 MB of newlines": func() io.Reader { return &endless{text: strings.Repeat("\n", 1<<16), left: 20 << 20, start: simple} },
	} {
		t.Run(name, func(t *testing.T) {
			in, err := OpenSources(t.Context(), []Source{{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(open()), nil }}}, Options{Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			var before, during runtime.MemStats
			runtime.ReadMemStats(&before)
			n := 0
			err = in.Read(t.Context(), seriesFields, func(b *Batch) error { n += b.Rows; return nil })
			runtime.ReadMemStats(&during)
			if err != nil || n != 2 {
				t.Errorf("%d rows: %v", n, err)
			}
			t.Logf("refused %d; %d MB in all", in.Counts().Refused, (during.HeapSys-before.HeapSys)>>20)
			if during.HeapSys > before.HeapSys+(128<<20) {
				t.Errorf("%d MB of memory", (during.HeapSys-before.HeapSys)>>20)
			}
		})
	}
}

// TestCancel: reading stops soon after its context ends, and leaves no goroutine behind.
func TestCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	text := []byte("id,time,value\n" + strings.Repeat("g,2024-01-01,1\n", 1_000_000))
	in, err := OpenSources(t.Context(), []Source{Bytes("x.csv", text)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err = in.Read(ctx, seriesFields, func(b *Batch) error { n += b.Rows; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || n > 500_000 {
		t.Errorf("%d rows, %v", n, err)
	}
	stop := errors.New("stop")
	if err := in.Read(t.Context(), seriesFields, func(b *Batch) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestUnreadableFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	p := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(p, []byte(simple), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), []string{p}, Options{}); tidewatch.CodeOf(err) != tidewatch.CodeInput {
		t.Error(err)
	}
}
