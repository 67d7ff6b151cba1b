package read

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

var seriesFields = []Field{{Role: ID, Kind: Text}, {Role: Time, Kind: Moment, Required: true}, {Role: Value, Kind: Number}}

// rowsOf reads everything and shows each kept row as id|time|value.
func rowsOf(t testing.TB, in *Input) ([]string, error) {
	t.Helper()
	var out []string
	err := in.Read(t.Context(), seriesFields, func(b *Batch) error {
		for i := range b.Rows {
			id := ""
			if c := b.Columns[0]; c.Codes != nil {
				id = c.Dict[c.Codes[i]]
			}
			v := math.NaN()
			if c := b.Columns[2]; c.Numbers != nil {
				v = c.Numbers[i]
			}
			out = append(out, fmt.Sprintf("%s|%d|%g", id, b.Columns[1].Times[i]/1e6, v))
		}
		return nil
	})
	return out, err
}

// openText opens text and keeps the rejects.
func openText(t testing.TB, text string, opt Options) (*Input, *[]Reject, error) {
	t.Helper()
	rejects := &[]Reject{}
	opt.Rejects = func(r Reject) { *rejects = append(*rejects, r) }
	in, err := OpenSources(t.Context(), []Source{Bytes("x.csv", []byte(text))}, opt)
	return in, rejects, err
}

func mustRows(t testing.TB, text string, opt Options) ([]string, []Reject, Recognised) {
	t.Helper()
	in, rejects, err := openText(t, text, opt)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := rowsOf(t, in)
	if err != nil {
		t.Fatal(err)
	}
	return rows, *rejects, in.Recognised()
}

const simple = "id,time,value\na,2024-01-01,1.5\nb,2024-01-02,2\n"

var simpleRows = []string{"a|1704067200|1.5", "b|1704153600|2"}

func pack(t testing.TB, text string, kind string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		w, _ = zstd.NewWriter(&b)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDialects: the same two rows, however they are written.
func TestDialects(t *testing.T) {
	encode := func(e interface{ String(string) (string, error) }, s string) string {
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, text := range map[string]string{
		"plain":            simple,
		"no last newline":  strings.TrimSuffix(simple, "\n"),
		"crlf":             strings.ReplaceAll(simple, "\n", "\r\n"),
		"cr":               strings.ReplaceAll(simple, "\n", "\r"),
		"blank lines":      "\n\n" + strings.ReplaceAll(simple, "\n", "\n\n"),
		"bom":              "\xef\xbb\xbf" + simple,
		"utf-16 le":        encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), simple),
		"utf-16 be":        encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), simple),
		"utf-16 no bom":    encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), simple),
		"gb18030":          encode(simplifiedchinese.GB18030.NewEncoder(), "编号,日期,销量\na,2024年1月1日,1.5\nb,2024年1月2日,2\n"),
		"chinese":          "编号,日期,销量\na,2024-01-01,1.5\nb,2024-01-02,2\n",
		"tabs":             strings.ReplaceAll(simple, ",", "\t"),
		"semicolons":       strings.ReplaceAll(simple, ",", ";"),
		"pipes":            strings.ReplaceAll(simple, ",", "|"),
		"spaces":           " id   time  value\n a  2024-01-01   1.5\n b   2024-01-02 2\n",
		"decimal comma":    "id;time;value\na;01.01.2024;1,5\nb;02.01.2024;2,0\n",
		"quoted":           "\"id\",\"time\",\"value\"\r\n\"a\",\"2024-01-01\",\"1.5\"\r\n\"b\",\"2024-01-02\",\"2\"\r\n",
		"spaces in cells":  "id , time , value\n a , 2024-01-01 , 1.5\nb, 2024-01-02,2 \n",
		"no header":        "a,2024-01-01,1.5\nb,2024-01-02,2\n",
		"other order":      "value,id,time\n1.5,a,2024-01-01\n2,b,2024-01-02\n",
		"further columns":  "note,value,id,time,x\nn,1.5,a,2024-01-01,\n\"o,\"\"p\",2,b,2024-01-02,7\n",
		"json lines":       `{"id": "a", "time": "2024-01-01", "value": 1.5}` + "\n\n" + `{"value":2,"time":"2024-01-02","id":"b","more":{"x":[1,{"y":"]"}]}}`,
		"json escapes":     `{"id": "\u0061", "time": "2024\u002d01-01", "value": "1.5"}` + "\r\n" + `{"id":"b","t\u0069me":"2024-01-02","value":2e0}`,
		"gzip":             pack(t, simple, "gzip"),
		"gzip, two parts":  pack(t, simple[:20], "gzip") + pack(t, simple[20:], "gzip"),
		"zstd":             pack(t, simple, "zstd"),
		"unix seconds":     "id,time,value\na,1704067200,1.5\nb,1704153600,2\n",
		"unix millis":      "id,time,value\na,1704067200000,1.5\nb,1704153600000,2\n",
		"words":            "id,time,value\na,\"Jan 1, 2024\",1.5\nb,\"Jan 2, 2024\",2\n",
		"nixtla":           "unique_id,ds,y\na,2024-01-01,1.5\nb,2024-01-02,2\n",
		"empty end fields": "id,time,value\na,2024-01-01,1.5,,\nb,2024-01-02,2,\n",
	} {
		t.Run(name, func(t *testing.T) {
			opt := Options{}
			if name == "no header" {
				opt.Map = map[Role]string{ID: "#1"}
			}
			rows, rejects, r := mustRows(t, text, opt)
			if !slices.Equal(rows, simpleRows) || len(rejects) > 0 {
				t.Errorf("%q %v\n%v", rows, rejects, r)
			}
		})
	}
}

// TestSourcesOfAllKinds: a file, several, a folder with files that are none of ours, and a pipe give the same rows in the order of their names.
func TestSourcesOfAllKinds(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.csv": simple, "b/c.csv.gz": pack(t, "time;value;id\n2024-01-03;3;c\n", "gzip"), "d.jsonl": `{"id":"d","time":"2024-01-04","value":4}`,
		"notes.md": "# no data", ".hidden.csv": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := append(slices.Clone(simpleRows), "c|1704240000|3", "d|1704326400|4")
	for _, paths := range [][]string{{dir}, {filepath.Join(dir, "a.csv"), filepath.Join(dir, "b/c.csv.gz"), filepath.Join(dir, "d.jsonl")}} {
		var done, total int64
		in, err := Open(t.Context(), paths, Options{Progress: func(d, of int64) { done, total = d, of }})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			rows, err := rowsOf(t, in)
			if err != nil || !slices.Equal(rows, want) {
				t.Errorf("%q %v", rows, err)
			}
		}
		if done != total || total == 0 || in.Digest() == "" || in.Counts().Rows != 4 {
			t.Errorf("%d of %d bytes, %q, %+v", done, total, in.Digest(), in.Counts())
		}
	}
	once := Source{Name: "pipe", Once: true, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(pack(t, simple, "zstd"))), nil }}
	in, err := OpenSources(t.Context(), []Source{once}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := rowsOf(t, in); err != nil || !slices.Equal(rows, simpleRows) {
		t.Errorf("%q %v", rows, err)
	}
	if _, err := rowsOf(t, in); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("a pipe was read twice: %v", err)
	}
}

// TestAgainstEncodingCSV: any table that encoding/csv writes is read as encoding/csv reads it, over several blocks and at any number of workers.
func TestAgainstEncodingCSV(t *testing.T) {
	cell := rapid.StringOfN(rapid.RuneFrom([]rune("abc,;\"\n é宝 ")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "rows")
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		_ = w.Write([]string{"id", "time", "value", "text"})
		var want []string
		for i := range n {
			id := "i" + strings.ReplaceAll(cell.Draw(t, "id"), "\r", "")
			_ = w.Write([]string{id, "2024-01-01", fmt.Sprint(i), cell.Draw(t, "text")})
			want = append(want, fmt.Sprintf("%s|1704067200|%d", strings.TrimRight(id, " "), i))
		}
		w.Flush()
		if w.UseCRLF { // encoding/csv makes newlines in fields two characters
			for i := range want {
				want[i] = strings.ReplaceAll(want[i], "\n", "\r\n")
			}
		}
		in, err := OpenSources(t.Context(), []Source{Bytes("x.csv", buf.Bytes())}, Options{Delimiter: ",", Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = in.Read(t.Context(), seriesFields, func(b *Batch) error {
			for i := range b.Rows {
				got = append(got, fmt.Sprintf("%s|%d|%g", b.Columns[0].Dict[b.Columns[0].Codes[i]], b.Columns[1].Times[i]/1e6, b.Columns[2].Numbers[i]))
			}
			return nil
		})
		if err != nil || in.Counts().Refused > 0 || !slices.Equal(got, want) {
			t.Fatalf("%q\n%q\n%q\n%v", buf.String(), got, want, err)
		}
	})
}

// TestBlocks: rows, and the lines of rejects, do not depend on where blocks end: quoted newlines, broken quotes, a line too long.
func TestBlocks(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,time,value,text\n")
	line, good := int64(1), 0
	var want []int64
	for i := 0; b.Len() < 5*blockSize; i++ {
		line++
		switch {
		case i%5000 == 17:
			fmt.Fprintf(&b, "i%d,2024-01-01,%d,\"broken quote\n", i, i)
			want = append(want, line)
			continue
		case i%7 == 0:
			fmt.Fprintf(&b, "i%d,2024-01-01,%d,\"two\nlines, \"\"quoted\"\"\"\n", i, i)
			line++
		case i == 20001:
			b.WriteString("long,2024-01-01,1," + strings.Repeat("x", 3*blockSize) + "\n")
			want = append(want, line)
			continue
		case i%1001 == 0:
			fmt.Fprintf(&b, "i%d,2024-02-30,%d,bad day\n", i, i)
			want = append(want, line)
			continue
		default:
			fmt.Fprintf(&b, "i%d,2024-01-01,%d,5\" screen\n", i, i)
		}
		good++
	}
	var first []string
	for _, threads := range []int{1, 3} {
		in, rejects, err := openText(t, b.String(), Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := rowsOf(t, in)
		if err != nil || len(rows) != good {
			t.Fatalf("%d rows, not %d: %v", len(rows), good, err)
		}
		var lines []int64
		for _, r := range *rejects {
			lines = append(lines, r.Line)
		}
		if !slices.Equal(lines, want) {
			t.Errorf("rejected lines %v, not %v: %v", lines, want, (*rejects)[:min(3, len(*rejects))])
		}
		if first == nil {
			first = rows
		} else if !slices.Equal(first, rows) {
			t.Error("the number of workers changes the rows")
		}
	}
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct{ text, layout, roles string }{
		{"date,store,item,sales\n2013-01-01,1,1,13\n2013-01-02,1,1,11\n2013-01-01,2,1,9\n2013-01-01,1,2,9\n", "series", "id=store/item time=date value=sales"},
		{"Date,region,kind,amount sold,Units\n2013-01-01,A,x,1,13\n2013-01-01,A,y,1,11\n2013-01-02,A,x,1,13\n2013-01-02,A,y,1,11\n2013-01-01,B,x,1,13\n2013-01-01,B,y,1,11\n2013-01-02,B,x,1,13\n2013-01-02,B,y,1,11\n2013-01-03,B,x,1,13\n2013-01-03,B,y,1,11\n",
			"series", "id=region/kind time=Date value=Units"},
		{"time,value\n2013-01-01,1\n2013-01-02,2\n", "series", "time=time value=value"},
		{"date,visitors\n2013-01-01,1\n2013-01-02,2\n", "series", "time=date value=visitors"},
		{"Order ID,Created At,SKU,Lineitem quantity,Lineitem price,Email\n#1,2013-01-01 10:00:00 +0100,x,1,9.99,a@b\n", "orders", "item=SKU order=Order ID price=Lineitem price quantity=Lineitem quantity time=Created At user=Email"},
		{"订单编号,订单付款时间,宝贝标题,宝贝总数量,买家实际支付金额,订单状态\n1,2013-01-01 10:00:00,衬衫,1,99.00,交易成功\n", "orders", "amount=买家实际支付金额 item=宝贝标题 order=订单编号 quantity=宝贝总数量 status=订单状态 time=订单付款时间"},
		{"user_id,item_id,action,ts\n1,2,click,2013-01-01 10:00\n1,2,purchase,2013-01-01 10:05\n", "events", "behaviour=action item=item_id time=ts user=user_id"},
		{"visitorid,event,itemid,when,score\n1,view,5,2013-01-01 10:00,1\n", "events", "behaviour=event item=itemid time=when user=visitorid"},
		{"7,8,9,pv,1511544070\n7,8,9,buy,1511544071\n", "taobao", "behaviour=#4 category=#3 item=#2 time=#5 user=#1"},
		{"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,a,2,12/1/2010 8:26,1.5,7,France\n", "online-retail",
			"country=Country item=StockCode order=InvoiceNo price=UnitPrice quantity=Quantity time=InvoiceDate user=CustomerID"},
	} {
		in, _, err := openText(t, c.text, Options{})
		if err != nil {
			t.Errorf("%.40q: %v", c.text, err)
			continue
		}
		var roles []string
		r := in.Recognised()
		for _, p := range r.Files[0].Roles {
			roles = append(roles, string(p.Role)+"="+strings.Join(p.Columns, "/"))
		}
		if got := strings.Join(roles, " "); r.Layout != c.layout || got != c.roles {
			t.Errorf("%.40q: layout %s, %s", c.text, r.Layout, got)
		}
	}
}

// TestColumnsByHand: columns are named in any case, by number, and several for one role.
func TestColumnsByHand(t *testing.T) {
	const text = "Region,Kind,c+d,When,What\nN,x,p,2024-01-01,1.5\nS,y,q,2024-01-02,2\n"
	for id, want := range map[string]string{"region": "N", "#2": "x", "region,kind": "N/x", "Region + Kind": "N/x", "c+d": "p", "#1+c+d": ""} {
		in, _, err := openText(t, text, Options{Map: map[Role]string{ID: id, Time: "WHEN", Value: "what"}})
		if want == "" {
			if tidewatch.CodeOf(err) != tidewatch.CodeUsage {
				t.Errorf("%s: %v", id, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if rows, err := rowsOf(t, in); err != nil || rows[0] != want+"|1704067200|1.5" {
			t.Errorf("%s: %q %v", id, rows, err)
		}
	}
}

func TestZones(t *testing.T) {
	for text, want := range map[string]string{
		"id,time,value\na,2024-01-01,1\n":                                               "UTC",
		"id,time,value\na,2024-01-01T00:00:00+08:00,1\na,2024-01-02T00:00:00+08:00,1\n": "UTC+08:00",
		"id,time,value\na,2024-03-01T00:00:00-05:00,1\na,2024-04-01T00:00:00-04:00,1\n": "UTC",
		"id,time,value\na,2024-01-01T00:00:00Z,1\n":                                     "UTC",
	} {
		if _, _, r := mustRows(t, text, Options{}); r.Zone != want {
			t.Errorf("%q: zone %s, not %s", text, r.Zone, want)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, opt := range map[string]Options{
		"layout": {Layout: "x"}, "column": {Map: map[Role]string{Value: "nothing"}}, "number": {Map: map[Role]string{Value: "#9"}}, "time format": {TimeFormat: "x"}, "format": {Format: "x"},
		"delimiter": {Delimiter: "ab"}, "encoding": {Encoding: "x"}, "decimal": {Decimal: "x"}, "header": {Header: "x"},
	} {
		if _, _, err := openText(t, simple, opt); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Log(err)
		}
	}
}

func TestRejectWriter(t *testing.T) {
	var b bytes.Buffer
	w := NewRejectWriter(&b)
	in, err := OpenSources(t.Context(), []Source{Bytes("x.csv", []byte(simple+"c,2024-02-30,1\nd,2024-01-01,\"1,5\"\ne\n"))}, Options{Rejects: w.Add})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rowsOf(t, in); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := `file,line,column,reason,text
x.csv,4,time,"""2024-02-30"" names a day or hour that does not exist","c,2024-02-30,1"
x.csv,5,value,"""1,5"" is not a number","d,2024-01-01,""1,5"""
x.csv,6,,it has 1 fields where 3 are expected,e
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
