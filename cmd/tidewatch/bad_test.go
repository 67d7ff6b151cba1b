package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goodSeries is two years of one monthly series.
func goodSeries() string {
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for m := range 24 {
		fmt.Fprintf(&b, "a,%d-%02d-01,%d\n", 2022+m/12, m%12+1, 10+m%12)
	}
	return b.String()
}

func packed(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func noise(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// run1 runs one command line in this process.
func run1(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, console{strings.NewReader(""), &o, &e})
	return status, o.String(), e.String()
}

// TestBadInput: what cannot be forecast is an error that names the file and says what is wrong, with its exit status, and leaves no file.
func TestBadInput(t *testing.T) {
	t.Setenv("LANG", "C")
	good := goodSeries()
	line := func(s string) string { return good + s + "\n" }
	for _, c := range []struct {
		name   string
		data   []byte // of the file in.csv; nil = no file
		args   string // besides --in and --out; "-" for none
		status int
		says   string // regular expression
	}{
		{"no file", nil, "--horizon 3", exitInput, `in\.csv.*no such file`},
		{"empty file", []byte{}, "--horizon 3", exitInput, `in\.csv.*empty`},
		{"header only", []byte("id,time,value\n"), "--horizon 3", exitInput, `in\.csv.*header`},
		{"binary noise", noise(4096), "--horizon 3", exitInput, `in\.csv`},
		{"NUL bytes", bytes.Repeat([]byte{0}, 4096), "--horizon 3", exitInput, `in\.csv`},
		{"truncated gzip", packed(t, strings.Repeat(good, 50))[:100], "--horizon 3", exitInput, `in\.csv`},
		{"truncated parquet", []byte("PAR1\x15\x04\x15\x10rest is missing"), "--horizon 3", exitInput, `in\.csv`},
		{"not a table", []byte("just some words\nthat mean nothing\n"), "--horizon 3", exitInput, `in\.csv`},
		{"duplicate header", []byte("id,time,value,value\na,2024-01-01,1,2\na,2024-01-02,1,2\n"), "--horizon 3", exitInput, `in\.csv: line 1.*value`},
		{"all unknown", []byte("id,time,value\na,2024-01-01,\na,2024-01-02,\na,2024-01-03,\n"), "--horizon 3", exitData, `.`},
		{"all refused", []byte("id,time,value\na,2024-02-30,1\na,2024-02-31,1\n"), "--horizon 3", exitInput, `in\.csv|refused`},
		{"no horizon", []byte(good), "-", exitUsage, `--horizon`},
		{"horizon 0", []byte(good), "--horizon 0", exitUsage, `horizon`},
		{"horizon -1", []byte(good), "--horizon -1", exitUsage, `horizon -1: it must be from 1`},
		{"horizon 1e9", []byte(good), "--horizon 1000000000", exitUsage, `horizon 1000000000: it must be from 1 to`},
		{"horizon word", []byte(good), "--horizon ten", exitUsage, `--horizon ten: it must be a whole number`},
		{"unknown method", []byte(good), "--horizon 3 --method snaiv", exitUsage, `"snaiv" is not known.*did you mean snaive`},
		{"unknown flag", []byte(good), "--horizon 3 --metod x", exitUsage, `unknown flag --metod \(did you mean --method\?\)`},
		{"unknown column", []byte(good), "--horizon 3 --value vlaue", exitUsage, `in\.csv.*no column "vlaue" \(did you mean "value"`},
		{"unknown role", []byte(good), "--horizon 3 --map tme=time", exitUsage, `"tme".*did you mean time`},
		{"unknown layout", []byte(good), "--horizon 3 --layout order", exitUsage, `layout "order" is not known`},
		{"unknown preset", []byte(good), "--horizon 3 --preset standrad", exitUsage, `preset "standrad".*did you mean standard`},
		{"unknown loss", []byte(good), "--horizon 3 --loss maze", exitUsage, `loss "maze".*did you mean mase`},
		{"costless loss", []byte(good), "--horizon 3 --loss cost:1", exitUsage, `cost:4:1`},
		{"unknown zone", []byte(good), "--horizon 3 --tz Mars/Base", exitUsage, `time zone "Mars/Base"`},
		{"unknown freq", []byte(good), "--horizon 3 --freq fortnight", exitUsage, `frequency "fortnight"`},
		{"unknown language", []byte(good), "--horizon 3 --lang fr", exitUsage, `language "fr"`},
		{"season 1.5", []byte(good), "--horizon 3 --season 1.5", exitUsage, `--season 1.5`},
		{"quantile 1.5", []byte(good), "--horizon 3 --quantiles 0.5,1.5", exitUsage, `quantile level 1\.5`},
		{"quantile twice", []byte(good), "--horizon 3 --quantiles 0.5,0.5", exitUsage, `quantile levels`},
		{"threads -1", []byte(good), "--horizon 3 --threads -1", exitUsage, `--threads -1`},
		{"seed -1", []byte(good), "--horizon 3 --seed -1", exitUsage, `--seed -1`},
		{"origin word", []byte(good), "--horizon 3 --origin yesterday", exitUsage, `--origin yesterday`},
		{"origin before the data", []byte(good), "--horizon 3 --origin 1999-01-01", exitData, `.`},
		{"a word", []byte(good), "--horizon 3 in.csv", exitUsage, `--in in\.csv`},
		{"by of series", []byte(good), "--horizon 3 --by item", exitUsage, `--by`},
		{"report ending", []byte(good), "--horizon 3 --report r.pdf", exitUsage, `\.html`},
		{"known missing", []byte(good), "--horizon 3 --known nothing.csv", exitInput, `nothing\.csv`},
		{"wrong delimiter", []byte(strings.ReplaceAll(good, ",", "~")), "--horizon 3", exitInput, `in\.csv`},
		{"stamp of another grid", []byte(line("a,2023-12-17,5")), "--horizon 3 --freq M", exitUsage, `M was asked for`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
			files := 0
			if c.data != nil {
				files = 1
				if err := os.WriteFile(in, c.data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"forecast", "--in", in, "--out", out}
			if c.args != "-" {
				args = append(args, strings.Fields(c.args)...)
			}
			status, _, errs := run1(t, args...)
			if status != c.status {
				t.Errorf("status %d, not %d: %s", status, c.status, errs)
			}
			if !regexp.MustCompile(c.says).MatchString(errs) {
				t.Errorf("it does not say %q:\n%s", c.says, errs)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if c.status != 0 && len(entries) != files {
				t.Errorf("left behind: %v", entries)
			}
			if strings.Contains(errs, "defect") || strings.Contains(errs, "goroutine") {
				t.Errorf("a defect:\n%s", errs)
			}
		})
	}
}

// TestBadRows: rows that cannot be understood are listed and the rest is forecast.
func TestBadRows(t *testing.T) {
	t.Setenv("LANG", "C")
	for name, row := range map[string]string{
		"30 February": "a,2024-02-30,1", "year 0000": "a,0000-01-01,1", "year 9999": "a,9999-01-01,1", "Inf": "a,2024-01-01,Inf", "1e308": "a,2024-01-01,1e308",
		"words": "a,2024-01-01,many", "missing fields": "a", "no time": "a,,1", "duplicate stamp": "a,2023-12-01,7",
		"NUL": "a,2024-01-01,\x001", "open quote": `"a,2024-01-01,1`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
			if err := os.WriteFile(in, []byte(goodSeries()+row+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			status, printed, errs := run1(t, "forecast", "--in", in, "--horizon", "2", "--method", "naive", "--out", out)
			if status != exitOK {
				t.Fatalf("status %d: %s", status, errs)
			}
			b, err := os.ReadFile(filepath.Join(dir, "rejected.csv"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(b), ",26,") {
				t.Errorf("rejected.csv does not list line 26:\n%s\n%s", b, printed)
			}
			f, err := os.ReadFile(out)
			if err != nil || !strings.Contains(string(f), "a,2024-01-01,21") {
				t.Errorf("forecast is %s, %v", f, err)
			}
		})
	}
}
