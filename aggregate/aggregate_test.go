package aggregate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// open reads text and keeps the rejects.
func open(t *testing.T, text string, opt read.Options) (*read.Input, *[]read.Reject) {
	t.Helper()
	var rejects []read.Reject
	opt.Rejects = func(r read.Reject) { rejects = append(rejects, r) }
	in, err := read.OpenSources(t.Context(), []read.Source{read.Bytes("test.csv", []byte(text))}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return in, &rejects
}

func build(t *testing.T, text string, opt read.Options, c Config) (*tidewatch.Panel, Summary, []read.Reject) {
	t.Helper()
	in, rejects := open(t, text, opt)
	p, s, err := Build(t.Context(), in, c)
	if err != nil {
		t.Fatal(err)
	}
	return p, s, *rejects
}

// text shows a panel: a line a series, with its first stamp and its values.
func text(p *tidewatch.Panel) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %v\n", p.Grid().Freq, p.Seasons())
	for i := range p.Len() {
		s := p.Series(i)
		fmt.Fprintf(&b, "%s %s", s.ID, p.Grid().Stamp(s.Start).Format(stampLayout(p.Grid())))
		for _, v := range s.Values {
			if math.IsNaN(v) {
				b.WriteString(" ?")
			} else {
				fmt.Fprintf(&b, " %g", v)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if want = strings.TrimLeft(want, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReadySeriesKeepGapsAndLastRow(t *testing.T) {
	p, s, rejects := build(t, `id,time,value
a,2024-01-01,1
a,2024-01-02,2
a,2024-01-04,4
b,2024-01-03,
b,2024-01-02,7
b,2024-01-02,8
`, read.Options{}, Config{})
	expect(t, text(p), `
D [7]
a 2024-01-01 1 2 ? 4
b 2024-01-02 7 ?
`)
	if s.Rows != 6 || s.Refused != 1 || s.Unknown != 2 || len(rejects) != 1 || rejects[0].Line != 7 || rejects[0].Column != "time" {
		t.Errorf("%+v\n%+v", s, rejects)
	}
}

func TestFrequencies(t *testing.T) {
	for _, c := range []struct {
		stamps string
		want   string
		again  bool // the grid's stamps are the input's
	}{
		{"2024-01-01 00:00,2024-01-01 01:00,2024-01-01 03:00", "h", true},
		{"2024-01-01 00:00,2024-01-01 06:00,2024-01-01 18:00", "6h", true},
		{"2024-01-01,2024-01-02,2024-01-05", "D", true},
		{"2024-01-07,2024-01-14,2024-01-28", "W", true}, // on Sundays
		{"2024-01-01,2024-01-15,2024-01-29", "2W", true},
		{"2024-01-31,2024-02-29,2024-03-31,2024-04-30", "M", true}, // month ends
		{"2024-01-15,2024-02-15,2024-04-15", "M", true},
		{"2023-01-30,2023-02-28,2023-03-30,2023-04-30,2023-05-30", "M", true},
		{"2024-02-29,2024-05-31,2024-08-31", "Q", true},
		{"2020-01-01,2020-04-01,2021-01-01", "Q", true},
		{"2020-06-30,2021-06-30,2023-06-30", "Y", true},
		{"2024-01,2024-02,2024-03", "M", true},
		{"2024Q1,2024Q2,2024Q4", "Q", true},
		{"2024-W01,2024-W02,2024-W05", "W", true},
		{"2001,2002,2004", "Y", true},
	} {
		t.Run(c.stamps, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("id,time,value\n")
			stamps := strings.Split(c.stamps, ",")
			for i, s := range stamps {
				fmt.Fprintf(&b, "a,%s,%d\n", s, i+1)
			}
			p, s, rejects := build(t, b.String(), read.Options{}, Config{})
			if s.Freq.String() != c.want || len(rejects) > 0 || len(s.Notes) > 0 {
				t.Errorf("%v, not %s; %v %v", s.Freq, c.want, rejects, s.Notes)
			}
			v := p.Series(0).Values
			n := 0
			for i := range v {
				if !math.IsNaN(v[i]) {
					n++
					if c.again && strings.HasPrefix(stamps[0], "2") && len(stamps[0]) == 10 && p.Grid().Stamp(p.Series(0).Start+i).Format("2006-01-02") != stamps[n-1] {
						t.Errorf("stamp %d is %v, not %s", i, p.Grid().Stamp(i), stamps[n-1])
					}
				}
			}
			if n != len(stamps) {
				t.Errorf("%d of %d values: %v", n, len(stamps), v)
			}
		})
	}
}

func TestOffGridRowsAreCountedInTheirPeriod(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for d := range 100 {
		fmt.Fprintf(&b, "a,%s,%d\n", time.Date(2024, 1, 1+d, 0, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"), d)
	}
	b.WriteString("a,2024-04-12 13:07,5\n") // a day after the last of the others
	p, s, _ := build(t, b.String(), read.Options{}, Config{})
	if v := p.Series(0).Values; s.Freq != tidewatch.Daily || len(v) != 103 || v[102] != 5 || len(s.Notes) != 1 || !strings.Contains(s.Notes[0].String(), "not stand on the stamps") {
		t.Errorf("%v %v %v", s.Freq, len(v), s.Notes)
	}
}

const orders = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A,a,2,2024-01-01 10:00,1.5,7,France
1,B,b,1,2024-01-01 10:00,10,7,France
2,A,a,3,2024-01-03 09:00,1.5,8,Spain
C3,A,a,-1,2024-01-03 11:00,1.5,8,Spain
4,A,a,1,2024-01-03 12:00,1.5,7,France
4,A,a,1,2024-01-03 12:00,1.5,7,France
5,B,b,4,2024-01-05 23:59,10,9,Spain
6,B,b,4,2024-01-06 00:00,10,9,Spain
`

func TestOrders(t *testing.T) {
	for measure, want := range map[string]string{
		"": `
D [7]
total 2024-01-01 3 0 5 0 4
Country=France 2024-01-01 3 0 2 0 0
StockCode=A 2024-01-01 2 0 5 0 0
StockCode=B 2024-01-01 1 0 0 0 4
Country=Spain 2024-01-03 3 0 4
`,
		"revenue": `
D [7]
total 2024-01-01 13 0 7.5 0 40
Country=France 2024-01-01 13 0 3 0 0
StockCode=A 2024-01-01 3 0 7.5 0 0
StockCode=B 2024-01-01 10 0 0 0 40
Country=Spain 2024-01-03 4.5 0 40
`,
		"orders": `
D [7]
total 2024-01-01 1 0 2 0 1
Country=France 2024-01-01 1 0 1 0 0
StockCode=A 2024-01-01 1 0 2 0 0
StockCode=B 2024-01-01 1 0 0 0 1
Country=Spain 2024-01-03 1 0 1
`,
		"returns": `
D [7]
total 2024-01-01 0 0 1 0 0
Country=France 2024-01-01 0 0 0 0 0
StockCode=A 2024-01-01 0 0 1 0 0
StockCode=B 2024-01-01 0 0 0 0 0
Country=Spain 2024-01-03 1 0 0
`,
	} {
		t.Run(measure, func(t *testing.T) {
			p, s, _ := build(t, orders, read.Options{}, Config{Freq: tidewatch.Daily, Measure: measure, By: []string{"total", "Country", "StockCode"}})
			expect(t, text(p), want)
			if s.Unfinished == nil || s.Unfinished.Rows != 1 || s.Returns != 1 || s.Kept != 8 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestOrdersByDefaultAreByItemWithBareIDs(t *testing.T) {
	p, _, _ := build(t, orders, read.Options{}, Config{Freq: tidewatch.Daily, KeepUnfinished: true})
	expect(t, text(p), `
D [7]
A 2024-01-01 2 0 5 0 0 0
B 2024-01-01 1 0 0 0 4 4
`)
	p, _, _ = build(t, orders, read.Options{}, Config{Freq: tidewatch.Daily, KeepUnfinished: true, By: []string{"item+country"}, Seasons: []int{}})
	expect(t, text(p), `
D []
item=A,country=France 2024-01-01 2 0 2 0 0 0
item=B,country=France 2024-01-01 1 0 0 0 0 0
item=A,country=Spain 2024-01-03 3 0 0 0
item=B,country=Spain 2024-01-05 4 4
`)
}

// TestOriginKnowsNothingLater: the panel at an origin is that of the rows until then.
func TestOriginKnowsNothingLater(t *testing.T) {
	at := strings.Index(orders, "5,B")
	origin, err := ParseOrigin("2024-01-04", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	all, s, _ := build(t, orders, read.Options{}, Config{Freq: tidewatch.Daily, Origin: origin})
	cut, _, _ := build(t, orders[:at]+"9,Z,z,-999,2024-01-09 10:00,1e9,1,Chad\n", read.Options{}, Config{Freq: tidewatch.Daily, Origin: origin})
	expect(t, text(all), text(cut))
	expect(t, text(all), `
D [7]
A 2024-01-01 2 0 5 0
B 2024-01-01 1 0 0 0
`)
	if s.Later != 2 || s.Unfinished != nil {
		t.Errorf("%+v", s)
	}
	weekly, s, _ := build(t, orders, read.Options{}, Config{Freq: tidewatch.Weekly, Origin: origin})
	if s.Later != 2 || weekly.Len() != 2 {
		t.Errorf("%+v", s)
	}
}

// TestDaylightSavingNeverShiftsADay: an order an hour before and after midnight in the shop's zone counts to its own day on both sides of a change.
func TestDaylightSavingNeverShiftsADay(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var naive, zoned strings.Builder
	naive.WriteString("time,item,quantity,price\n")
	zoned.WriteString("time,item,quantity,price\n")
	for d := 1; d <= 20; d++ { // the change is on 10 March 2024
		for _, h := range []int{0, 23} {
			at := time.Date(2024, 3, d, h, 30, 0, 0, zone)
			fmt.Fprintf(&naive, "%s,x,%d,1\n", at.Format("2006-01-02 15:04"), d)
			fmt.Fprintf(&zoned, "%s,x,%d,1\n", at.UTC().Format(time.RFC3339), d)
		}
	}
	for _, rows := range []string{naive.String(), zoned.String()} {
		for _, freq := range []tidewatch.Freq{tidewatch.Daily, {}} {
			p, s, _ := build(t, rows, read.Options{Zone: zone}, Config{Freq: freq})
			if s.Freq != tidewatch.Daily {
				t.Fatalf("%v", s)
			}
			for i, v := range p.Series(0).Values {
				if v != float64(2*(i+1)) || len(p.Series(0).Values) != 20 {
					t.Fatalf("%v", text(p))
				}
			}
		}
	}
}

func TestUnfinishedPeriods(t *testing.T) {
	shop := func(from, days int, last string) string { // sells every day but Sunday from 9 to 18
		var b strings.Builder
		b.WriteString("time,item,quantity,price\n")
		for d := range days {
			at := time.Date(2024, 1, from+d, 9, 0, 0, 0, time.UTC)
			if at.Weekday() == time.Sunday {
				continue
			}
			for h := range 10 {
				fmt.Fprintf(&b, "%s,x,1,1\n", at.Add(time.Duration(h)*time.Hour).Format("2006-01-02 15:04"))
			}
		}
		if last != "" {
			fmt.Fprintf(&b, "%s,x,1,1\n", last)
		}
		return b.String()
	}
	for _, c := range []struct {
		name, rows string
		freq       tidewatch.Freq
		dropped    bool
	}{
		{"full weeks, closed on Sundays", shop(1, 34, ""), tidewatch.Weekly, false},
		{"half a week", shop(1, 31, ""), tidewatch.Weekly, true},
		{"full day", shop(1, 31, ""), tidewatch.Daily, false},
		{"morning of a day", shop(1, 30, "2024-01-31 10:30"), tidewatch.Daily, true},
		{"half a month", shop(1, 46, ""), tidewatch.Monthly, true},
		{"full month that ends on a Sunday", shop(1, 90, ""), tidewatch.Monthly, false},
	} {
		_, s, _ := build(t, c.rows, read.Options{}, Config{Freq: c.freq})
		if (s.Unfinished != nil) != c.dropped {
			t.Errorf("%s: unfinished period %+v; last %v", c.name, s.Unfinished, s.Last)
		}
	}
}

func TestEvents(t *testing.T) {
	const events = `1,10,5,pv,1511544070
1,10,5,pv,1511544170
2,11,5,cart,1511547770
2,10,5,buy,1511555070
3,10,5,buy,1511558670
3,10,5,pv,1511562270
`
	p, s, _ := build(t, events, read.Options{}, Config{Freq: tidewatch.Hourly, KeepUnfinished: true})
	expect(t, text(p), `
h [24]
10 2017-11-24 20:00 1 1 0
`)
	if s.Layout != "taobao" || s.Measure != "buy" || !slices.Equal(s.By, []string{"item"}) {
		t.Errorf("%+v", s)
	}
	p, _, _ = build(t, events, read.Options{}, Config{Freq: tidewatch.Hourly, KeepUnfinished: true, Measure: "view", By: []string{"total"}})
	expect(t, text(p), `
h [24]
total 2017-11-24 17:00 2 0 0 0 0 1
`)
}

func TestWorkersDoNotMatter(t *testing.T) {
	var b strings.Builder
	b.WriteString("time,item,quantity,price\n")
	for i := range 200_000 {
		fmt.Fprintf(&b, "2024-%02d-%02d 10:00,i%d,%d.%d,1\n", 1+i*7%12, 1+i*11%28, i*31%977, i%9, i%7)
	}
	var want string
	for _, threads := range []int{1, 2, 7} {
		p, _, _ := build(t, b.String(), read.Options{Threads: threads}, Config{Freq: tidewatch.Weekly})
		if got := text(p); want == "" {
			want = got
		} else if got != want {
			t.Errorf("%d threads give another panel", threads)
		}
	}
}

// TestHoursOverDaylightSaving: every hour of the day that is 25 hours long, and of the one that is 23, counts once.
func TestHoursOverDaylightSaving(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []time.Time{time.Date(2024, 3, 8, 0, 0, 0, 0, zone), time.Date(2024, 11, 1, 0, 0, 0, 0, zone)} {
		records, ready := "time,item,quantity,price\n", "id,time,value\n"
		for h := range 96 {
			at := from.Add(time.Duration(h) * time.Hour)
			records += at.Add(10*time.Minute).UTC().Format(time.RFC3339) + ",x,1,1\n" + at.Add(50*time.Minute).UTC().Format(time.RFC3339) + ",x,2,1\n"
			ready += "x," + at.UTC().Format(time.RFC3339) + ",3\n"
		}
		for _, rows := range []string{records, ready} {
			p, s, _ := build(t, rows, read.Options{Zone: zone}, Config{KeepUnfinished: true})
			v := p.Series(0)
			if s.Freq != tidewatch.Hourly || len(v.Values) != 96 || slices.ContainsFunc(v.Values, func(x float64) bool { return x != 3 }) || !s.First.Equal(from) {
				t.Errorf("from %v: %s", from, text(p))
			}
		}
	}
}
