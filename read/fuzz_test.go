package read

import (
	"math"
	"strings"
	"testing"
)

// check reads text in any way it can be read: no panic, and what is counted adds up.
func check(t *testing.T, text string, opt Options) {
	for _, layout := range []string{"", string(Table), string(Orders)} {
		opt.Layout = layout
		opt.Threads = 2
		in, rejects, err := openText(t, text, opt)
		if err != nil {
			continue
		}
		_ = in.Recognised().String()
		fields := []Field{{Role: Time, Kind: Moment}, {Role: Item, Kind: Text}, {Role: Value, Kind: Number}, {Columns: []string{"#1", "#2"}, Kind: Text}, {Columns: []string{"#2"}, Kind: Number}}
		kept := 0
		err = in.Read(t.Context(), fields, func(b *Batch) error {
			kept += b.Rows
			if len(b.Lines) != b.Rows {
				t.Fatalf("%d lines for %d rows", len(b.Lines), b.Rows)
			}
			for i, c := range b.Columns {
				if n := len(c.Codes) + len(c.Numbers) + len(c.Times); n != 0 && n != b.Rows {
					t.Fatalf("column %d has %d cells for %d rows", i, n, b.Rows)
				}
				for _, k := range c.Codes {
					_ = c.Dict[k]
				}
				for _, v := range c.Numbers {
					if math.Abs(v) > maxNumber {
						t.Fatalf("number %g", v)
					}
				}
				for _, v := range c.Times {
					if v != 0 && (v < daysOf(firstYear, 1, 1)*dayMicros-dayMicros || v > daysOf(lastYear+1, 1, 1)*dayMicros+dayMicros) {
						t.Fatalf("time %d", v)
					}
				}
			}
			return nil
		})
		if c := in.Counts(); c.Rows != int64(kept)+c.Refused || int(c.Refused) != len(*rejects) || err == nil && kept == 0 {
			t.Fatalf("%d kept, %+v, %d rejects, %v", kept, c, len(*rejects), err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{simple, "a;b\n1,5;2\n", "\"a\"\"b\",\"c\nd\"\n1,2\n", "id,time,value\n\"x,2024-01-01,1\n", " a b\n 1 2\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00", "1,2,3,pv,1511544070\n",
		"编号,日期\n1,2024年1月1日\n", "a\tb\r1\t2\r", "time,time\n2024,2024\n", "\x1f\x8b", "a,b\r\n\"\r\n\",\r\n", "#1,#2\n1,2\n", "id,time,value\na,1/2/2024 3:04 PM,(1,234.5)\n", "\xb1\xe0\xba\xc5,\xc8\xd5\xc6\xda\n1,2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		check(t, text, Options{Format: "csv"})
		check(t, text, Options{})
	})
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{`{"id":"a","time":"2024-01-01","value":1}`, `{"a":{"b":{"c":"\ud83d\ude00\n"}},"d":[1,"]",{}]}`, `{}`, `{"a":null,"b":true}` + "\n" + `{"b":"x"}`, `{"time":1511544070123,"id":1e5}`, `{"a":"\u12"}`, `{"a"`, `{"a":1}{"b":2}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { check(t, text, Options{Format: "jsonl"}) })
}

func FuzzTime(f *testing.F) {
	for _, s := range []string{"2024-05-31T13:05:09.25+08:00", "31/12/2024 8:26 PM", "20240531T130509Z", "1511544070.5", "Wed, 01 Dec 2010 08:26:00 GMT", "2024年5月31日13时5分", "2024-W53", "Q4 2024", "2024M5", "12.2024", "\xe5\xb9\xb4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range timeFormats {
			s, st := format.parse([]byte(text))
			if st == fine && (s.micros < daysOf(firstYear, 1, 1)*dayMicros-dayMicros || s.micros > daysOf(lastYear+1, 1, 1)*dayMicros+dayMicros) {
				t.Fatalf("%s reads %q as %d", format.name, text, s.micros)
			}
		}
		if v, st := parseNumber([]byte(text), '.'); st == fine && (v != v || math.Abs(v) > maxNumber) {
			t.Fatalf("%q is the number %g", text, v)
		}
		if _, st := parseNumber([]byte(text), ','); st == fine && !strings.ContainsAny(text, "0123456789") {
			t.Fatalf("%q is a number", text)
		}
	})
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, 3))
	f.Add(parquetOf(f, 100))
	f.Add("PAR1PAR1")
	f.Fuzz(func(t *testing.T, text string) { check(t, "PAR1"+strings.TrimPrefix(text, "PAR1"), Options{}) })
}
