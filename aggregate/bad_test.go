package aggregate

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// TestStrayDates: a few wrong dates far from all others do not stretch the series, and are said.
func TestStrayDates(t *testing.T) {
	var b strings.Builder
	b.WriteString("time,item,quantity,price\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "%s,x,1,1\n", time.Date(2024, 1, 1+i%60, 12, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"))
	}
	usual := b.String()
	b.WriteString("1970-01-01,x,1,1\n2020-01-01,x,1,1\n2099-12-31,x,1,1\n")
	p, s, _ := build(t, b.String(), read.Options{}, Config{Freq: tidewatch.Daily})
	if v := p.Series(0).Values; s.Stray != 3 || len(v) != 60 || !strings.Contains(strings.Join(s.texts(), " "), "1970-01-01, 2020-01-01, 2099-12-31") {
		t.Errorf("%d values, %+v", len(v), s)
	}
	p, s, _ = build(t, usual, read.Options{}, Config{Freq: tidewatch.Daily})
	if v := p.Series(0).Values; s.Stray != 0 || len(v) != 60 {
		t.Errorf("%d values, %+v", len(v), s)
	}
	p, s, _ = build(t, b.String(), read.Options{}, Config{Freq: tidewatch.Daily, KeepStray: true})
	if v := p.Series(0).Values; s.Stray != 0 || len(v) < 40_000 {
		t.Errorf("%d values, %+v", len(v), s)
	}
}

// TestOrderOfRowsDoesNotMatter: rows in any order make the same sums, and the lists that hold them stay short.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	var sorted, mixed strings.Builder
	sorted.WriteString("order,time,item,quantity,price\n")
	mixed.WriteString("order,time,item,quantity,price\n")
	const n = 50_000
	row := func(b *strings.Builder, i int) {
		fmt.Fprintf(b, "o%d,%s,x,%d,1\n", i%9973, time.Date(2024, 1, 1, 0, i, 0, 0, time.UTC).Format("2006-01-02 15:04"), i%5)
	}
	for i := range n {
		row(&sorted, i)
		row(&mixed, i*7919%n)
	}
	for _, measure := range []string{"units", "orders"} {
		a, _, _ := build(t, sorted.String(), read.Options{}, Config{Freq: tidewatch.Daily, Measure: measure})
		b, _, _ := build(t, mixed.String(), read.Options{}, Config{Freq: tidewatch.Daily, Measure: measure})
		expect(t, text(b), text(a))
	}
}

// TestDegenerateSeries: short, constant, zero and unknown series are made as they are; what cannot be made says why.
func TestDegenerateSeries(t *testing.T) {
	p, _, _ := build(t, "id,time,value\none,2024-01-01,1\ntwo,2024-01-01,1\ntwo,2024-01-02,2\nunknown,2024-01-01,\nunknown,2024-01-03,NaN\nzero,2024-01-01,0\nzero,2024-01-02,0\n", read.Options{}, Config{})
	expect(t, text(p), `
D [7]
one 2024-01-01 1
two 2024-01-01 1 2
unknown 2024-01-01 ? ? ?
zero 2024-01-01 0 0
`)
	p, _, _ = build(t, "id,time,value\na,2024-01-01,1\nb,2024-01-02,1\n", read.Options{}, Config{}) // one row each: the frequency is that of all
	expect(t, text(p), "D [7]\na 2024-01-01 1\nb 2024-01-02 1\n")
	for name, c := range map[string]struct {
		text string
		opt  read.Options
		cfg  Config
		want string
	}{
		"one stamp":        {"id,time,value\na,2024-01-01,1\nb,2024-01-01,2\n", read.Options{}, Config{}, "say --freq"},
		"minutes":          {"id,time,value\na,2024-01-01 00:00,1\na,2024-01-01 00:15,2\na,2024-01-01 00:30,2\n", read.Options{}, Config{}, "the shortest frequency is the hour"},
		"longer asked for": {threeDays, read.Options{}, Config{Freq: tidewatch.Weekly}, "ready series are not added up"},
		"all after origin": {threeDays, read.Options{}, Config{Origin: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, "no row is left"},
		"orders, too":      {orders, read.Options{}, Config{Origin: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, "no row is left"},
		"by of series":     {threeDays, read.Options{}, Config{By: []string{"id"}}, "for orders and events"},
		"rates of series":  {threeDays, read.Options{}, Config{Rates: map[string]float64{"EUR": 1}}, "for orders and events"},
		"no such column":   {orders, read.Options{}, Config{By: []string{"colour"}}, "there is no column \"colour\"; the columns are InvoiceNo"},
		"by twice":         {orders, read.Options{}, Config{By: []string{"item", "item"}}, "twice"},
		"no such measure":  {orders, read.Options{}, Config{Measure: "joy"}, "use units, revenue, orders, buyers, returns, price, or an expression"},
		"seasons":          {threeDays, read.Options{}, Config{Seasons: []int{1}}, "season lengths"},
		"a huge span":      {"id,time,value\na,1700-01-01 00:00,1\na,1700-01-01 01:00,1\na,2199-12-31 23:00,1\n" + manySpans(200), read.Options{}, Config{Freq: tidewatch.Hourly}, "more than 536870912; the longest, \"a\", runs from 1700-01-01 to 2199-12-31 23:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			in, _ := open(t, c.text, c.opt)
			if _, _, err := Build(t.Context(), in, c.cfg); err == nil || !strings.Contains(err.Error(), c.want) || tidewatch.CodeOf(err) == tidewatch.CodeInternal {
				t.Errorf("%v", err)
			}
		})
	}
}

func manySpans(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "s%d,1700-01-01 00:00,1\ns%d,1700-01-01 01:00,1\ns%d,2199-12-31 23:00,1\n", i, i, i)
	}
	return b.String()
}

// TestManySeries: millions of ids take memory in proportion to the rows. Five million need TIDEWATCH_LONG=1.
func TestManySeries(t *testing.T) {
	n := 200_000
	if os.Getenv("TIDEWATCH_LONG") != "" {
		n = 5_000_000
	}
	var b strings.Builder
	b.WriteString("id,time,value\n")
	for i := range n {
		fmt.Fprintf(&b, "series-%d,2024-01-%02d,%d\n", i, 1+i%2, i%10)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p, _, _ := build(t, b.String(), read.Options{}, Config{})
	runtime.ReadMemStats(&after)
	each := (after.HeapSys - before.HeapSys) / uint64(n)
	t.Logf("%d bytes of heap a series", each)
	if p.Len() != n || each > 2000 {
		t.Errorf("%d series, %d bytes each", p.Len(), each)
	}
}
