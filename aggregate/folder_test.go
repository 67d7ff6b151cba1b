package aggregate

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// inFolder writes files into a folder and builds what it is.
func inFolder(t *testing.T, files map[string]string, c Config) (*tidewatch.Panel, Summary, *[]read.Reject, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return buildFolder(t, dir, c)
}

func buildFolder(t testing.TB, dir string, c Config) (*tidewatch.Panel, Summary, *[]read.Reject, error) {
	t.Helper()
	f, ok, err := read.FindFolder([]string{dir}, "")
	if err != nil || !ok {
		t.Fatalf("%s was not recognised: %v", dir, err)
	}
	rejects := &[]read.Reject{}
	p, s, _, err := BuildFolder(t.Context(), f, read.Options{Rejects: func(r read.Reject) { *rejects = append(*rejects, r) }}, c)
	return p, s, rejects, err
}

// at is the value of a covariate of a series on a day of the grid, its label where it has some.
func at(t *testing.T, p *tidewatch.Panel, id, covariate, day string) any {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02", day, p.Grid().Anchor.Location())
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Len() {
		for k, c := range p.Covariates() {
			if p.ID(i) != id || c.Name != covariate {
				continue
			}
			v := p.Series(i).Covariate(k, p.Grid().Index(when))
			if v != v {
				return "?"
			}
			if c.Labels != nil {
				return c.Labels[int(v)]
			}
			return v
		}
	}
	t.Fatalf("no series %q or covariate %q", id, covariate)
	return nil
}

var smallM5 = map[string]string{
	"calendar.csv": `date,wm_yr_wk,weekday,wday,month,year,d,event_name_1,event_type_1,event_name_2,event_type_2,snap_CA,snap_TX
2016-01-01,11549,Friday,7,1,2016,d_1,NewYear,National,,,1,0
2016-01-02,11549,Saturday,1,1,2016,d_2,,,,,1,1
2016-01-03,11550,Sunday,2,1,2016,d_3,,,,,0,1
2016-01-04,11550,Monday,3,1,2016,d_4,,,,,0,0
2016-01-05,11550,Tuesday,4,1,2016,d_5,,,,,1,0
`,
	"sales_train_validation.csv": `id,item_id,dept_id,cat_id,store_id,state_id,d_1,d_2,d_3
F_1_CA_1_validation,F_1,F,FOODS,CA_1,CA,0,2,3
F_1_TX_1_validation,F_1,F,FOODS,TX_1,TX,5,0,
F_2_TX_1_validation,F_2,F,FOODS,TX_1,TX,0,0,0
F_1_TX_1_validation,F_1,F,FOODS,TX_1,TX,9,9,9
`,
	"sales_test_validation.csv": `item_id,dept_id,cat_id,store_id,state_id,d_4
F_1,F,FOODS,CA_1,CA,4
F_2,F,FOODS,TX_1,TX,0
`,
	"sell_prices.csv": `store_id,item_id,wm_yr_wk,sell_price
CA_1,F_1,11549,1.5
CA_1,F_1,11550,1.25
TX_1,F_1,11550,2
TX_9,F_1,11550,2
CA_1,F_1,11999,2
CA_1,F_1,11550,7
`,
}

func TestM5Folder(t *testing.T) {
	p, s, rejects, err := inFolder(t, smallM5, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Len() != 2 || p.ID(0) != "F_1_CA_1" || p.ID(1) != "F_1_TX_1" || s.Digest == "" || s.Freq != tidewatch.Daily || s.Layout != "m5" {
		t.Fatalf("%d series: %+v", p.Len(), s)
	}
	a, b := p.Series(0), p.Series(1)
	if a.Start != 1 || a.Values[0] != 2 || a.Values[1] != 3 || a.Values[2] != 4 || len(a.Values) != 3 {
		t.Errorf("%+v", a)
	}
	if b.Start != 0 || len(b.Values) != 3 || b.Values[0] != 5 || b.Values[1] != 0 || !math.IsNaN(b.Values[2]) {
		t.Errorf("%+v", b)
	}
	for _, c := range []struct {
		id, covariate, day string
		want               any
	}{
		{"F_1_CA_1", "sell_price", "2016-01-02", 1.5}, {"F_1_CA_1", "sell_price", "2016-01-05", 1.25}, {"F_1_TX_1", "sell_price", "2016-01-02", "?"}, {"F_1_TX_1", "sell_price", "2016-01-03", 2.0},
		{"F_1_CA_1", "snap", "2016-01-05", 1.0}, {"F_1_TX_1", "snap", "2016-01-05", 0.0}, {"F_1_TX_1", "snap", "2016-01-03", 1.0}, {"F_1_TX_1", "state_id", "2016-01-03", "TX"},
		{"F_1_CA_1", "event_name_1", "2016-01-01", "NewYear"}, {"F_1_CA_1", "event_name_1", "2016-01-05", "none"}, {"F_1_CA_1", "item_id", "2016-01-01", "F_1"},
	} {
		if got := at(t, p, c.id, c.covariate, c.day); got != c.want {
			t.Errorf("%s of %s on %s is %v, not %v", c.covariate, c.id, c.day, got, c.want)
		}
	}
	if len(*rejects) != 3 || (*rejects)[0].Line != 5 || (*rejects)[1].Line != 6 || (*rejects)[2].Line != 7 {
		t.Errorf("%v", *rejects)
	}
	p, _, _, err = inFolder(t, smallM5, Config{Origin: time.Date(2016, 1, 2, 23, 59, 0, 0, time.UTC)})
	if err != nil || p.End() != 2 || at(t, p, "F_1_CA_1", "sell_price", "2016-01-05") != 1.25 {
		t.Errorf("as of 2 January: ends at %d, %v", p.End(), err)
	}
}

func TestRossmannFolder(t *testing.T) {
	p, s, rejects, err := inFolder(t, map[string]string{
		"train.csv": "Store,DayOfWeek,Date,Sales,Customers,Open,Promo,StateHoliday,SchoolHoliday\n1,1,2015-06-01,10,3,1,0,a,0\n1,2,2015-06-02,20,3,1,1,0,0\n2,1,2015-06-01,0,0,0,0,a,0\n2,2,2015-06-02,7,2,1,0,0,1\n",
		"store.csv": "Store,StoreType,Assortment,CompetitionDistance\n1,c,a,1270\n2,a,a,\n",
		"test.csv":  "Id,Store,DayOfWeek,Date,Open,Promo,StateHoliday,SchoolHoliday\n1,1,3,2015-06-03,1,1,0,0\n2,2,3,2015-06-03,0,1,0,1\n",
	}, Config{})
	if err != nil || len(*rejects) > 0 {
		t.Fatal(err, *rejects)
	}
	if p.Len() != 2 || p.ID(0) != "1" || s.Cells != 4 || s.Digest == "" {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct {
		id, covariate, day string
		want               any
	}{
		{"1", "Promo", "2015-06-02", 1.0}, {"1", "Promo", "2015-06-03", 1.0}, {"2", "Open", "2015-06-03", 0.0}, {"2", "StateHoliday", "2015-06-01", "a"}, {"2", "SchoolHoliday", "2015-06-03", 1.0},
		{"1", "StoreType", "2015-06-03", "c"}, {"1", "CompetitionDistance", "2015-06-03", 1270.0}, {"2", "CompetitionDistance", "2015-06-03", "?"},
	} {
		if got := at(t, p, c.id, c.covariate, c.day); got != c.want {
			t.Errorf("%s of %s on %s is %v, not %v", c.covariate, c.id, c.day, got, c.want)
		}
	}
	if n := len(p.Covariates()); n != 7 {
		t.Errorf("%d covariates", n)
	}
}

// TestRealFolders: Rossmann as it is published.
func TestRealFolders(t *testing.T) {
	data := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs ../shared/data: ", err)
	}
	p, s, rejects, err := buildFolder(t, filepath.Join(data, "retail", "rossmann"), Config{})
	if err != nil || len(*rejects) > 0 || p.Len() != 1115 || s.Rows != 970379*2+46830+1115 {
		t.Fatal(err, len(*rejects), s)
	}
	if at(t, p, "1", "Promo", "2015-06-22") == "?" || at(t, p, "262", "StoreType", "2015-06-22") != "b" || at(t, p, "1", "StateHoliday", "2013-01-01") != "a" {
		t.Error("covariates of Rossmann")
	}
}

// TestM5Whole: M5 as it is published, within 20 seconds and 2 GiB. It runs as a process of its own, whose memory no other test has had a part in.
func TestM5Whole(t *testing.T) {
	data := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("needs ../shared/data: ", err)
	}
	if os.Getenv("TIDEWATCH_LONG") == "" {
		t.Skip("M5: set TIDEWATCH_LONG=1")
	}
	const alone = "TIDEWATCH_ALONE"
	if os.Getenv(alone) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestM5Whole$", "-test.v")
		child.Env = append(os.Environ(), alone+"=1")
		out, err := child.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Error(err)
		}
		return
	}
	from := time.Now()
	p, s, rejects, err := buildFolder(t, filepath.Join(data, "forecasting", "m5"), Config{})
	took := time.Since(from)
	if err != nil || len(*rejects) > 0 {
		t.Fatal(err, len(*rejects))
	}
	sum := 0.0
	for i := range p.Len() {
		for _, v := range p.Series(i).Values {
			sum += v
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d series, %d values, %.0f units in %v; %d MiB of heap; %s to %s", p.Len(), s.Cells, sum, took, m.HeapSys>>20, s.First.Format("2006-01-02"), s.Last.Format("2006-01-02"))
	if p.Len() != 30490 || s.Last.Format("2006-01-02") != "2016-05-22" || at(t, p, "FOODS_1_001_CA_1", "sell_price", "2011-03-01") != 2.0 {
		t.Errorf("%+v", s)
	}
	if took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if m.HeapSys > 2<<30 {
		t.Errorf("%d MiB of memory", m.HeapSys>>20)
	}
}

// Days of M5 can be named as its files do.
func TestFolderOrigin(t *testing.T) {
	for text, want := range map[string]string{"d_1": "2011-01-29 23:59", "d_1913": "2016-04-24 23:59", "2016-04-24": "2016-04-24 23:59"} {
		if got, err := FolderOrigin("m5", text, time.UTC); err != nil || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%s is %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"d_0", "d_x", "d_"} {
		if got, err := FolderOrigin("m5", text, time.UTC); err == nil {
			t.Errorf("%s is taken for %v", text, got)
		}
	}
	if _, err := FolderOrigin("rossmann", "d_5", time.UTC); err == nil {
		t.Error("Rossmann has no d_5")
	}
}
