package write

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
)

var day = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func testForecast(g tidewatch.Grid) *tidewatch.Forecast {
	return &tidewatch.Forecast{Grid: g, Steps: 2, Levels: []float64{.025, .5}, Rows: []tidewatch.ForecastRow{
		{ID: `a,"b"`, First: 0, Mean: []float64{1, 2.5}, Quantiles: []float64{0, 1, 1.0 / 3, 123456789.25}},
		{ID: "none", First: 0},
		{ID: "茶", First: 1, Mean: []float64{math.Copysign(0, -1), -7}, Quantiles: []float64{-1e-9, 3e20, -8, -7}},
	}}
}

func TestForecastCSV(t *testing.T) {
	var b bytes.Buffer
	if err := Forecast(&b, testForecast(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: day}), CSV); err != nil {
		t.Fatal(err)
	}
	want := `id,time,mean,q0.025,q0.5
"a,""b""",2024-01-01,1,0,1
"a,""b""",2024-01-02,2.5,0.33333333,123456790
茶,2024-01-02,0,-1e-09,3e+20
茶,2024-01-03,-7,-8,-7
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// TestFormatsAgree: every format holds the same ids, times and numbers.
func TestFormatsAgree(t *testing.T) {
	f := testForecast(tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: day})
	text := map[Format]*bytes.Buffer{}
	for _, format := range []Format{CSV, Parquet, JSON, JSONLines} {
		text[format] = &bytes.Buffer{}
		if err := Forecast(text[format], f, format); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := csv.NewReader(text[CSV]).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var records []map[string]any
	if err := json.Unmarshal(text[JSON].Bytes(), &records); err != nil {
		t.Fatal(err)
	}
	var byLine []map[string]any
	for d := json.NewDecoder(text[JSONLines]); d.More(); {
		var r map[string]any
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		byLine = append(byLine, r)
	}
	table := parquet.NewReader(bytes.NewReader(text[Parquet].Bytes()))
	header := lines[0]
	if got := table.Schema().Columns(); len(got) != len(header) || got[1][0] != "time" || got[3][0] != "q0.025" {
		t.Fatalf("Parquet columns are %v", got)
	}
	if len(lines) != 5 || len(records) != 4 || len(byLine) != 4 {
		t.Fatalf("%d lines, %d records, %d JSON lines", len(lines), len(records), len(byLine))
	}
	for i, line := range lines[1:] {
		row := make([]parquet.Row, 1)
		if _, err := table.ReadRows(row); err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for c, name := range header {
			var want any = line[c]
			got := row[0][c].String()
			switch name {
			case "time":
				got = time.UnixMicro(row[0][c].Int64()).UTC().Format("2006-01-02 15:04:05")
			case "id":
			default:
				number, _ := strconv.ParseFloat(line[c], 64)
				want = number
				if v := row[0][c].Double(); v != number {
					t.Errorf("row %d: %s is %v in Parquet, %v in CSV", i, name, v, number)
				}
				got = line[c]
			}
			if got != line[c] || records[i][name] != want || byLine[i][name] != want {
				t.Errorf("row %d: %s is %v in CSV, %v in Parquet, %v in JSON, %v in JSON lines", i, name, line[c], got, records[i][name], byLine[i][name])
			}
		}
	}
}

func TestTimeLayout(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this system:", err)
	}
	for _, c := range []struct {
		grid tidewatch.Grid
		i    int
		want string
	}{
		{tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: day}, 1, "2024-01-08"},
		{tidewatch.Grid{Freq: tidewatch.Daily, Anchor: day.Add(6 * time.Hour)}, 1, "2024-01-02 06:00:00"},
		{tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: day}, 1, "2024-01-01 01:00:00"},
		{tidewatch.Grid{Freq: tidewatch.Hourly, Anchor: time.Date(2024, 10, 27, 0, 0, 0, 0, paris)}, 3, "2024-10-27 02:00:00+01:00"},
		{tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 10, 27, 0, 0, 0, 0, paris)}, 1, "2024-10-28"},
	} {
		if got := newStamps(c.grid).at(c.i); got != c.want {
			t.Errorf("stamp %d of %v is %s, not %s", c.i, c.grid, got, c.want)
		}
	}
}

// TestNumber: a number keeps Digits digits, in both forms alike, and rounding never changes an order.
func TestNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		read, err := strconv.ParseFloat(string(appendNumber(nil, a)), 64)
		if err != nil || read != round(a) {
			t.Fatalf("%v is written as %s, rounded to %v", a, appendNumber(nil, a), round(a))
		}
		if a != 0 && math.Abs(read-a) > math.Abs(a)*5.1e-8 && math.Abs(a) > 1e-300 {
			t.Fatalf("%v is written as %v", a, read)
		}
		if a < b && round(a) > round(b) {
			t.Fatalf("%v < %v, but %v > %v", a, b, round(a), round(b))
		}
	})
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{"a.csv": CSV, "b/A.PARQUET": Parquet, "a.json": JSON, "a.ndjson": JSONLines, "a.xlsx": XLSX} {
		if got, err := FormatOf(path); err != nil || got != want {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	if _, err := FormatOf("a.xls"); tidewatch.CodeOf(err) != tidewatch.CodeUsage || !strings.Contains(err.Error(), ".parquet") {
		t.Errorf("a.xls: %v", err)
	}
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestSetAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(at("old"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	var s Set
	if err := s.Stage(t.Context(), at("old"), text("new")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := s.Stage(t.Context(), at("other"), func(w io.Writer) error {
		_, _ = w.Write(make([]byte, 1<<20))
		return broken
	}); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
	s.Discard()
	if b, _ := os.ReadFile(at("old")); string(b) != "old" || len(list(t, dir)) != 1 {
		t.Errorf("after a failed set: %q in %v", b, list(t, dir))
	}
	for _, name := range []string{"old", "other"} {
		if err := s.Stage(t.Context(), at(name), text("new")); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := os.ReadFile(at("old")); string(b) != "old" {
		t.Error("a staged file appeared before Commit")
	}
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	info, err := os.Stat(at("old"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the replaced file: %v, %v", info.Mode(), err)
	}
	if got := list(t, dir); len(got) != 2 {
		t.Errorf("the folder holds %v", got)
	}
}

func TestFileRefuses(t *testing.T) {
	dir := t.TempDir()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
		says string
	}{
		"folder":      {t.Context(), dir, "is a folder"},
		"no folder":   {t.Context(), filepath.Join(dir, "no", "f.csv"), "make the folder"},
		"interrupted": {ended, filepath.Join(dir, "f.csv"), "context canceled"},
	} {
		err := File(c.ctx, c.path, text("x"))
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), ".tmp") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := list(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	err := File(t.Context(), "/dev/full", text("x"))
	if tidewatch.CodeOf(err) != tidewatch.CodeOutput || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error is %v", err)
	}
	if info, err := os.Stat("/dev/full"); err != nil || info.Mode().IsRegular() {
		t.Error("the device was replaced")
	}
}

func TestLinkIsFollowed(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := File(t.Context(), link, text("x")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(target); string(b) != "x" || err != nil {
		t.Errorf("target holds %q, %v", b, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
}
