package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameBytes: the number of processors changes no byte of any output, save the timings.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range 40 {
		for m := range 48 {
			if i%7 == 3 && m < 40 {
				continue
			}
			fmt.Fprintf(&b, "s%d,%d-%02d-01,%d\n", i, 2020+m/12, m%12+1, (i*7+m*m)%(5+i))
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "in.csv"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"1", "2", "5"} {
		shell(t, dir, "tidewatch forecast --in in.csv --horizon 4 --threads "+n+" --out "+n+"/\n"+
			"tidewatch backtest --in in.csv --horizon 4 --windows 2 --threads "+n+" --out "+n+".csv --record none --rejected none")
	}
	for _, name := range []string{"forecast.csv", "forecast.parquet", "report.html", "rejected.csv", "run.json", ".csv"} {
		at := func(n string) []byte {
			path := filepath.Join(dir, n, name)
			if name == ".csv" {
				path = filepath.Join(dir, n+name)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if name == "run.json" {
				return timeless(t, b)
			}
			return b
		}
		one := at("1")
		for _, n := range []string{"2", "5"} {
			if !bytes.Equal(one, at(n)) {
				t.Errorf("%s differs between 1 and %s processors", name, n)
			}
		}
	}
}

// timeless is a record of a run without its timings.
func timeless(t *testing.T, b []byte) []byte {
	t.Helper()
	var record map[string]json.RawMessage
	if err := json.Unmarshal(b, &record); err != nil {
		t.Fatal(err)
	}
	if len(record["timings"]) == 0 {
		t.Error("the record has no timings")
	}
	delete(record, "timings")
	out, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
