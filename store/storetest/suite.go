// Package storetest is the suite that every [store.Store] passes.
package storetest

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/store"
)

// Run runs the suite. open makes an empty workspace in a folder that is not there yet, or opens the one that is.
func Run(t *testing.T, open func(t testing.TB, dir string) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func(testing.TB, string) store.Store)
	}{{"arrival", arrival}, {"versions", versions}, {"values", values}, {"all or nothing", nothing}, {"forget", forget}, {"widen", widen}} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// add imports texts as files, one after another or together.
func add(t testing.TB, s store.Store, how store.Intake, together bool, texts ...string) *store.Added {
	t.Helper()
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is a test's
	var paths []string
	for i, text := range texts {
		p := filepath.Join(dir, fmt.Sprintf("%d.csv", i))
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	all := &store.Added{}
	if together {
		if all, err = store.Add(context.Background(), s, paths, how); err != nil {
			t.Fatal(err)
		}
		return all
	}
	for _, p := range paths {
		a, err := store.Add(context.Background(), s, []string{p}, how)
		if err != nil {
			t.Fatal(err)
		}
		all.Imports = append(all.Imports, a.Imports...)
	}
	return all
}

func take(t testing.TB, s store.Store, asOf, until time.Time) store.Snapshot {
	t.Helper()
	n, err := store.Take(context.Background(), s, "", asOf, until)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// dump is all that a snapshot's rows say, in the order in which they are read.
func dump(t testing.TB, s store.Store, n store.Snapshot, ordered bool) string {
	t.Helper()
	in, err := n.Input(s, ordered, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment}, {Role: read.Item, Kind: read.Text}, {Role: read.Quantity, Kind: read.Number},
		{Role: read.Price, Kind: read.Number}, {Role: read.User, Kind: read.Text}, {Columns: []string{"item", "user"}, Kind: read.Text, Join: "|"}}
	var b strings.Builder
	if err := in.Read(context.Background(), fields, func(p *read.Batch) error {
		for i := range p.Rows {
			for _, c := range p.Columns {
				switch {
				case c.Codes != nil:
					fmt.Fprintf(&b, "%q ", c.Dict[c.Codes[i]])
				case c.Numbers != nil:
					fmt.Fprintf(&b, "%v ", c.Numbers[i])
				case c.Times != nil:
					fmt.Fprintf(&b, "%d ", c.Times[i])
				}
			}
			b.WriteByte('\n')
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const header = "date,item,quantity,price,customer\n"

// arrival: the same rows are the same snapshot, read in the same order, however they arrive: in one file or several, in whatever order of
// files, rows and columns, some files twice. Real duplicates stay.
func arrival(t *testing.T, open func(testing.TB, string) store.Store) {
	checks := 0
	rapid.Check(t, func(r *rapid.T) {
		if checks++; checks > 12 && os.Getenv("TIDEWATCH_LONG") == "" {
			return
		}
		n := rapid.IntRange(1, 40).Draw(r, "rows")
		days := map[string][]string{}
		for range n {
			day := fmt.Sprintf("2024-03-%02d", rapid.IntRange(1, 6).Draw(r, "day"))
			row := fmt.Sprintf("%s,%s,%d,%s,%s", day, rapid.SampledFrom([]string{"mug", "pot", "a very long name of an item"}).Draw(r, "item"), rapid.IntRange(-1, 2).Draw(r, "quantity"),
				rapid.SampledFrom([]string{"1.10", "2", ""}).Draw(r, "price"), rapid.SampledFrom([]string{"ann", "ben", ""}).Draw(r, "customer"))
			days[day] = append(days[day], row)
		}
		var one string
		var files []string
		for _, rows := range days { // in any order
			one += strings.Join(rows, "\n") + "\n"
			files = append(files, header+strings.Join(rapid.Permutation(rows).Draw(r, "rows of a day"), "\n")+"\n")
		}
		slices.Sort(files)
		files = rapid.Permutation(files).Draw(r, "files")
		again := rapid.SampledFrom(files).Draw(r, "again")
		together := rapid.Bool().Draw(r, "together")

		dir, err := os.MkdirTemp("", "storetest")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir) //nolint:errcheck // it is a test's
		clean := open(t, filepath.Join(dir, "clean"))
		defer clean.Close() //nolint:errcheck // it is a test's
		messy := open(t, filepath.Join(dir, "messy"))
		defer messy.Close() //nolint:errcheck // it is a test's
		add(t, clean, store.Intake{}, false, header+one)
		a := add(t, messy, store.Intake{}, together, append(files, again)...)
		last := a.Imports[len(a.Imports)-1]
		if last.Added != 0 || last.Rows != int64(n) || last.Same != last.Read {
			r.Errorf("a file read again: %+v", last)
		}
		want, got := take(t, clean, time.Time{}, time.Time{}), take(t, messy, time.Time{}, time.Time{})
		if want.Rows != int64(n) || want.ID != got.ID || last.After != got.ID {
			r.Errorf("%d rows: %d, %s in one file; %d, %s in %d", n, want.Rows, want.ID, got.Rows, got.ID, len(files))
		}
		if w, g := dump(t, clean, want, true), dump(t, messy, got, true); w != g {
			r.Errorf("read from one file\n%s\nfrom %d\n%s", w, len(files), g)
		}
		until := time.Date(2024, 3, 3, 0, 0, 0, 0, time.UTC)
		if w, g := take(t, clean, time.Time{}, until), take(t, messy, time.Time{}, until); w.ID != g.ID || w.ID == want.ID || w.Rows > want.Rows {
			r.Errorf("until the third: %s of %d rows, %s of %d", w.ID, w.Rows, g.ID, g.Rows)
		}
	})
}

// versions: with a key, what a row said before stays on record; the same content is no new version.
func versions(t *testing.T, open func(testing.TB, string) store.Store) {
	s := open(t, filepath.Join(t.TempDir(), "w"))
	defer s.Close() //nolint:errcheck // it is a test's
	day := func(d int) time.Time { return time.Date(2024, 4, d, 0, 0, 0, 0, time.UTC) }
	head := "order,date,item,quantity\n"
	for d, text := range []string{"1,2024-03-01,mug,1\n2,2024-03-01,pot,1\n", "1,2024-03-01,mug,5\n1,2024-03-01,mug,6\n", "1,2024-03-01,mug,6\n", "1,2024-03-01,mug,1\n3,2024-03-02,pot,3\n"} {
		add(t, s, store.Intake{Key: []string{"order"}, Known: day(d + 1)}, false, head+text)
	}
	all, err := s.Imports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var counts [][4]int64
	for _, i := range all {
		counts = append(counts, [4]int64{i.Added, i.Changed, i.Same, i.Rows})
	}
	if want := [][4]int64{{2, 0, 0, 2}, {0, 1, 1, 2}, {0, 0, 1, 2}, {1, 1, 0, 3}}; !slices.Equal(counts, want) {
		t.Errorf("added, changed, same, rows: %v, want %v", counts, want)
	}
	sums := map[int]float64{}
	for d := 1; d <= 4; d++ {
		n := take(t, s, day(d), time.Time{})
		in, err := n.Input(s, true, read.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Read(t.Context(), []read.Field{{Role: read.Quantity, Kind: read.Number}}, func(b *read.Batch) error {
			for _, q := range b.Columns[0].Numbers {
				sums[d] += q
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if n.ID != all[d-1].After {
			t.Errorf("day %d: %s now, %s when it was imported", d, n.ID, all[d-1].After)
		}
	}
	if sums[1] != 2 || sums[2] != 7 || sums[3] != 7 || sums[4] != 5 {
		t.Errorf("sums by day of knowledge %v", sums)
	}
	if take(t, s, day(1), time.Time{}).ID == take(t, s, day(2), time.Time{}).ID {
		t.Error("a new version changed no id")
	}
	if _, err := store.Take(t.Context(), s, "", day(0), time.Time{}); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Errorf("before anything was known: %v", err)
	}
}

// values come out as they went in: numbers to the last bit, money to six decimals, texts of any length, blanks.
func values(t *testing.T, open func(testing.TB, string) store.Store) {
	s := open(t, filepath.Join(t.TempDir(), "w"))
	defer s.Close() //nolint:errcheck // it is a test's
	long := strings.Repeat("long ", 300)
	text := header + "2024-03-01 10:00:00,\"it's a \"\"mug\"\" 茶杯\",0.1,2.55,ann\n2024-03-01 10:00:01," + long + ",-3,0.000001,\n2024-03-01 10:00:02,exactly12byt,1e3,,ben\n" +
		"2024-03-01 10:00:03,mug,1,0.1234567,ben\n2024-03-01 10:00:04,mug,1,99999999999999,ben\n"
	var refused []read.Reject
	a := add(t, s, store.Intake{Read: read.Options{Rejects: func(r read.Reject) { refused = append(refused, r) }}}, false, text)
	if i := a.Imports[0]; i.Added != 4 || i.Refused != 1 || i.Rounded != 1 || i.Read != 5 {
		t.Errorf("%+v", i)
	}
	if len(refused) != 1 || refused[0].Line != 6 || refused[0].Column != "price" {
		t.Errorf("refused %v", refused)
	}
	want := fmt.Sprintf("1709287200000000 %q 0.1 2.55 \"ann\" %q \n1709287201000000 %q -3 1e-06 \"\" %q \n1709287202000000 \"exactly12byt\" 1000 NaN \"ben\" \"exactly12byt|ben\" \n1709287203000000 \"mug\" 1 0.123457 \"ben\" \"mug|ben\" \n",
		`it's a "mug" 茶杯`, `it's a "mug" 茶杯|ann`, strings.TrimSpace(long), strings.TrimSpace(long)+"|")
	if got := dump(t, s, take(t, s, time.Time{}, time.Time{}), true); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, v := range []float64{0, 2.55, -1.1, 9_007_199_254} {
		if m := store.FromMoney(int64(math.Round(v * 1e6))); m != v {
			t.Errorf("%v comes out as %v", v, m)
		}
	}
}

// nothing: an import that fails, or is stopped, leaves nothing, whatever it had read.
func nothing(t *testing.T, open func(testing.TB, string) store.Store) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "w"))
	defer s.Close() //nolint:errcheck // it is a test's
	add(t, s, store.Intake{}, false, header+"2024-03-01,mug,1,1,ann\n")
	before := take(t, s, time.Time{}, time.Time{})
	good, bad := filepath.Join(dir, "good.csv"), filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(good, []byte(header+strings.Repeat("2024-03-01,pot,1,1,cid\n", 300_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("no table at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Add(t.Context(), s, []string{good, bad}, store.Intake{}); tidewatch.CodeOf(err) != tidewatch.CodeInput {
		t.Errorf("a bad file: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := store.Add(ctx, s, []string{good}, store.Intake{Read: read.Options{Progress: func(done, _ int64) {
		if done > 1<<20 {
			stop()
		}
	}}}); err == nil || ctx.Err() == nil {
		t.Errorf("stopped: %v", err)
	}
	stop()
	if after := take(t, s, time.Time{}, time.Time{}); after.ID != before.ID || after.Import != before.Import || after.Rows != 1 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if a := add(t, s, store.Intake{}, false, header+"2024-03-01,mug,1,1,ann\n2024-03-01,mug,1,1,ann\n"); a.Imports[0].Added != 1 || a.Imports[0].Same != 1 {
		t.Errorf("afterwards: %+v", a.Imports[0])
	}
}

// forget: the rows and the ids stay, the name goes, and the person's rows are recognised when they come again.
func forget(t *testing.T, open func(testing.TB, string) store.Store) {
	dir := filepath.Join(t.TempDir(), "w")
	s := open(t, dir)
	text := header + "2024-03-01,mug,1,1,ann\n2024-03-02,pot,1,1,ben\n2024-03-02,pot,1,1,ann\n2024-03-02,pot,1,1,ann\n"
	add(t, s, store.Intake{}, false, text)
	before := take(t, s, time.Time{}, time.Time{})
	p, err := store.OpenPeople(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if known, err := p.Forget("nobody"); known || err != nil {
		t.Errorf("nobody: %v, %v", known, err)
	}
	if known, err := p.Forget("ann"); !known || err != nil {
		t.Fatalf("ann: %v, %v", known, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	defer s.Close() //nolint:errcheck // it is a test's
	check := func(when string) {
		t.Helper()
		after := take(t, s, time.Time{}, time.Time{})
		if after.ID != before.ID {
			t.Errorf("%s the id is %s, before %s", when, after.ID, before.ID)
		}
		if d := dump(t, s, after, true); strings.Contains(d, "ann") || strings.Count(d, `"forgotten 1"`) != 3 || !strings.Contains(d, `"pot|forgotten 1"`) || !strings.Contains(d, `"ben"`) {
			t.Errorf("%s the rows are\n%s", when, d)
		}
	}
	check("then")
	if a := add(t, s, store.Intake{}, false, text); a.Imports[0].Added != 0 {
		t.Errorf("again: %+v", a.Imports[0])
	}
	check("after the file came again")
	add(t, s, store.Intake{}, false, header+"2024-03-03,mug,1,1,ann\n")
	if d := dump(t, s, take(t, s, time.Time{}, time.Time{}), true); strings.Count(d, `"ann"`) != 1 {
		t.Errorf("what ann does later is a new person's:\n%s", d)
	}
}

// widen: a file with a column more adds it; rows that say the same are the same with it or without.
func widen(t *testing.T, open func(testing.TB, string) store.Store) {
	s := open(t, filepath.Join(t.TempDir(), "w"))
	defer s.Close() //nolint:errcheck // it is a test's
	add(t, s, store.Intake{}, false, "date,item,quantity\n2024-03-01,mug,1\n2024-03-02,mug,2\n")
	a := add(t, s, store.Intake{}, false, "colour,quantity,date,item\n,1,2024-03-01,mug\nred,2,2024-03-02,mug\n")
	if i := a.Imports[0]; i.Added != 1 || i.Same != 1 {
		t.Errorf("%+v", i)
	}
	in, err := take(t, s, time.Time{}, time.Time{}).Input(s, true, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := in.Read(t.Context(), []read.Field{{Columns: []string{"colour"}, Kind: read.Text}}, func(b *read.Batch) error {
		for _, c := range b.Columns[0].Codes {
			got = append(got, b.Columns[0].Dict[c])
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"", "", "red"}) {
		t.Errorf("colours %q", got)
	}
}
