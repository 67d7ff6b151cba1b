package aggregate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

var byTotal = Config{Freq: tidewatch.Daily, KeepUnfinished: true, By: []string{"total"}}

// measured is the values of the total by one measure.
func measured(t *testing.T, text, measure string, opt read.Options) string {
	t.Helper()
	c := byTotal
	c.Measure = measure
	p, _, _ := build(t, text, opt, c)
	return strings.Trim(fmt.Sprint(p.Series(0).Values), "[]")
}

func TestMeasuresOfOrders(t *testing.T) {
	for measure, want := range map[string]string{"buyers": "1 0 2 0 1 1", "price": "4.333333333333333 NaN 1.5 NaN 10 10", "sales": "13 0 7.5 0 40 40",
		"quantity*price*2": "26 0 15 0 80 80", "quantity > 2 ? 1 : 0": "0 0 1 0 1 1", `country == "Spain" ? UnitPrice : 0.0`: "0 0 1.5 0 10 10"} {
		if got := measured(t, orders, measure, read.Options{}); got != want {
			t.Errorf("%s: %s, not %s", measure, got, want)
		}
	}
}

const events = `time,user,item,action,price
2024-01-01 10:00,1,a,view,
2024-01-01 10:01,1,a,cart,
2024-01-01 10:02,1,a,buy,5
2024-01-01 10:03,2,a,view,
2024-01-01 10:04,2,b,view,
2024-01-01 10:05,3,,login,
2024-01-02 10:00,1,a,view,
2024-01-02 10:01,1,a,fav,
2024-01-04 09:00,4,b,buy,7
2024-01-04 09:01,4,b,buy,7
2024-01-04 09:30,1,b,refund,7
`

func TestMeasuresOfEvents(t *testing.T) {
	for measure, want := range map[string]string{"": "1 0 0 2", "events": "6 2 0 2", "views": "3 1 0 0", "carts": "1 0 0 0", "users": "3 1 0 1", "buyers": "1 0 0 1",
		"conversion": "0.3333333333333333 0 NaN 1", "units": "1 0 0 2", "revenue": "5 0 0 14", "price": "5 NaN NaN 7", "favourites": "1 0 0", "returns": "1"} {
		if got := measured(t, events, measure, read.Options{}); got != want {
			t.Errorf("%s: %s, not %s", measure, got, want)
		}
	}
	p, s, rejects := build(t, events, read.Options{}, Config{Freq: tidewatch.Daily, KeepUnfinished: true, Measure: "events"})
	expect(t, text(p), "D [7]\na 2024-01-01 4 2 0 0\nb 2024-01-01 1 0 0 2\n")
	if len(rejects) > 0 || !strings.Contains(fmt.Sprint(s.texts()), "of no item") {
		t.Errorf("%v %v", rejects, s.texts())
	}
}

// TestDistinctUsers: users are counted exactly up to a size, and well beyond it, by day and by week, in any order of rows.
func TestDistinctUsers(t *testing.T) {
	var b strings.Builder
	b.WriteString("time,user,action\n")
	rng := rand.New(rand.NewPCG(1, 2))
	type row struct{ day, user int }
	var all []row
	for day := range 8 {
		n := []int{10, 3000, exactDistinct + 30000, 5, 5, 5, 5, 1}[day]
		for u := range n {
			all = append(all, row{day, u}, row{day, u})
		}
	}
	rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	for _, r := range all {
		fmt.Fprintf(&b, "2024-01-0%d 12:00,u%d,view\n", r.day+1, r.user)
	}
	c := byTotal
	c.Measure = "users"
	p, s, _ := build(t, b.String(), read.Options{}, c)
	v := p.Series(0).Values
	if v[0] != 10 || v[1] != 3000 || v[3] != 5 || math.Abs(v[2]-exactDistinct-30000) > 0.03*v[2] || v[2] == exactDistinct+30000 {
		t.Errorf("%v", v)
	}
	if !strings.Contains(fmt.Sprint(s.texts()), "HyperLogLog") {
		t.Error(s.texts())
	}
	again, _, _ := build(t, b.String(), read.Options{Threads: 1}, c)
	expect(t, text(again), text(p))
	c.Freq = tidewatch.Weekly
	p, _, _ = build(t, b.String(), read.Options{}, c)
	if v := p.Series(0).Values; math.Abs(v[0]-exactDistinct-30000) > 0.03*v[0] || v[1] != 1 {
		t.Errorf("%v", v)
	}
}

func TestWhereAndKey(t *testing.T) {
	c := byTotal
	c.Where = `country == "Spain" && time.Hour() < 12 || quantity == 2`
	p, s, _ := build(t, orders, read.Options{}, c)
	expect(t, text(p), "D [7]\ntotal 2024-01-01 2 0 3 0 0 4\n")
	if s.Filtered != 4 || s.Rows != 8 || !strings.Contains(fmt.Sprint(s.texts()), "4 rows were left out by the condition") {
		t.Errorf("%+v", s)
	}
	for _, bad := range []string{"quantity >", "nosuch > 1", "country > 5", "quantity + 1", "item == 5"} {
		c.Where = bad
		in, _ := open(t, orders, read.Options{})
		if _, _, err := Build(t.Context(), in, c); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
			t.Errorf("%s: %v", bad, err)
		}
	}
	p, s, rejects := build(t, "line,time,item,quantity\n1,2024-01-01,a,1\n2,2024-01-01,a,1\n1,2024-01-02,a,5\n,2024-01-03,a,1\n,2024-01-03,a,1\n", read.Options{Map: map[read.Role]string{read.Key: "line", read.Quantity: "quantity"}}, byTotal)
	expect(t, text(p), "D [7]\ntotal 2024-01-01 2 0 2\n")
	if len(rejects) != 1 || rejects[0].Line != 4 || s.Refused != 1 {
		t.Errorf("%v %+v", rejects, s)
	}
	p, _, _ = build(t, threeDays, read.Options{}, Config{Where: `id == "b" || value > 1`})
	expect(t, text(p), "D [7]\na 2024-01-02 2 3\nb 2024-01-02 5 6\n")
}

const currencies = "time,item,quantity,price,currency\n2024-01-01,a,1,10,EUR\n2024-01-01,a,2,10,USD\n2024-01-02,a,1,10,XXX\n"

func TestCurrencies(t *testing.T) {
	in, _ := open(t, currencies, read.Options{})
	c := byTotal
	c.Measure = "revenue"
	if _, _, err := Build(t.Context(), in, c); !strings.Contains(fmt.Sprint(err), "(EUR, USD, XXX)") {
		t.Error(err)
	}
	c.Rates = map[string]float64{"EUR": 1, "USD": 0.5}
	p, s, _ := build(t, currencies, read.Options{}, c)
	if p.Series(0).Values[0] != 20 || !strings.Contains(fmt.Sprint(s.texts()), "1 row has no price") {
		t.Errorf("%v %v", p.Series(0).Values, s.texts())
	}
	c.Measure = "units" // no money, no question
	c.Rates = nil
	build(t, currencies, read.Options{}, c)
}

// TestExports: what shops' exports say in their own ways is understood: an order's later rows, cancelled and refunded orders.
func TestExports(t *testing.T) {
	for file, want := range map[string]string{"shopify.csv": "units 3 0; revenue 45 0; orders 1 0; returns 0 4", "taobao-orders.csv": "units 1 2; revenue 59 118; orders 1 1; returns 0 1",
		"pinduoduo-orders.csv": "units 1; revenue 28.9; orders 1; returns 2", "taobao-order-lines.csv": "units 1; revenue 99; orders 1; returns 2", "jd-orders.csv": "units 1 0; revenue 299 0; orders 1 0; returns 0 2",
		"ga4.jsonl": "units 6; revenue 30; orders 1; users 1; views 2"} {
		var got []string
		for _, m := range strings.Split(want, "; ") {
			name, _, _ := strings.Cut(m, " ")
			in, err := read.Open(t.Context(), []string{filepath.Join("..", "read", "testdata", "layouts", file)}, read.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := byTotal
			c.Measure = name
			p, _, err := Build(t.Context(), in, c)
			if err != nil {
				t.Fatalf("%s, %s: %v", file, name, err)
			}
			got = append(got, name+" "+strings.Trim(fmt.Sprint(p.Series(0).Values), "[]"))
		}
		if g := strings.Join(got, "; "); g != want {
			t.Errorf("%s: %s, not %s", file, g, want)
		}
	}
	in, err := read.Open(t.Context(), []string{filepath.Join("..", "read", "testdata", "layouts", "pinduoduo-orders.csv")}, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := byTotal
	c.KeepRefunded = true
	if p, _, err := Build(t.Context(), in, c); err != nil || p.Series(0).Values[0] != 3 {
		t.Errorf("refunds after the fact: %v", err)
	}
}

func TestWeekStart(t *testing.T) {
	for start, want := range map[int]string{0: "2024-01-01 10", 6: "2023-12-31 10", 3: "2023-12-28 5 5"} { // Monday, Sunday, Thursday
		p, _, _ := build(t, "time,item,quantity,order\n2024-01-01,a,1,1\n2024-01-03,a,4,2\n2024-01-04,a,5,2\n", read.Options{}, Config{Freq: tidewatch.Weekly, KeepUnfinished: true, WeekStart: start})
		expect(t, text(p), "W [52]\na "+want+"\n")
	}
}

func TestSuccessions(t *testing.T) {
	successor, _ := table(t, "old,new,date\nA,A2,2024-01-03\nA2,A3,2025-01-01\n")
	p, _, _ := build(t, "time,item,quantity,order\n2024-01-01,A,1,1\n2024-01-03,A2,4,2\n2024-01-03,A,2,2\n2024-01-04,B,5,2\n2024-01-05,A3,1,3\n", read.Options{}, Config{Freq: tidewatch.Daily, KeepUnfinished: true, Successions: successor})
	expect(t, text(p), "D [7]\nA3 2024-01-01 1 0 6 0 1\nB 2024-01-04 5 0\n")
	successor, _ = open(t, "old,new\na,b\n", read.Options{Layout: string(read.Table), Header: "yes"})
	p, _, _ = build(t, threeDays, read.Options{}, Config{Successions: successor})
	expect(t, text(p), "D [7]\nb 2024-01-01 1 7 9\n")
	successor, _ = table(t, "old,new,date\na,b,2024-01-03\n")
	p, s, _ := build(t, threeDays, read.Options{}, Config{Successions: successor, Origin: time.Date(2024, 1, 2, 12, 0, 0, 0, time.UTC)})
	expect(t, text(p), "D [7]\na 2024-01-01 1 2\nb 2024-01-02 5\n")
	if !strings.Contains(fmt.Sprint(s.texts()), "dated after the origin") {
		t.Error(s.texts())
	}
	in, _ := open(t, threeDays, read.Options{})
	circle, _ := open(t, "old,new\na,b\nb,a\n", read.Options{Layout: string(read.Table), Header: "yes"})
	if _, _, err := Build(t.Context(), in, Config{Successions: circle}); !strings.Contains(fmt.Sprint(err), "line 3") {
		t.Error(err)
	}
}

// outs shows which periods of a series are marked.
func outs(s tidewatch.Series) string {
	var b strings.Builder
	for i := range s.Values {
		b.WriteByte(".x"[map[bool]int{true: 1}[s.Unavailable != nil && s.Unavailable[i]]])
	}
	return b.String()
}

func TestStock(t *testing.T) {
	stock, _ := table(t, "id,time,stock\na,2024-01-02,0\nb,2024-01-02,4\nb,2024-01-03 08:00,0\nb,2024-01-03 09:00,3\nz,2024-01-02,0\n")
	p, s, _ := build(t, threeDays, read.Options{}, Config{Stock: stock})
	if outs(p.Series(0)) != ".xx" || outs(p.Series(1)) != ".." || s.Out != 2 || len(p.Series(0).Values) != 3 {
		t.Errorf("%s %s %+v", outs(p.Series(0)), outs(p.Series(1)), s)
	}
	p, s, _ = build(t, "id,time,value,stock\na,2024-01-01,3,9\na,2024-01-02,0,0\na,2024-01-03,4,\nb,2024-01-05,1,0\nb,2024-01-04,1,1\n", read.Options{}, Config{})
	if outs(p.Series(0)) != ".x." || outs(p.Series(1)) != ".x" || s.Out != 2 {
		t.Errorf("%s %s %+v", outs(p.Series(0)), outs(p.Series(1)), s)
	}
}

// TestInferredStockouts: only long runs of zeros of fast sellers are marked, and what is marked up to a day does not depend on what comes
// after it.
func TestInferredStockouts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("id,time,value\n")
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := range 200 {
		fast, slow := 5+rng.IntN(10), 0
		if rng.IntN(8) == 0 {
			slow = 1
		}
		if d >= 100 && d < 112 || d == 50 || d >= 150 && d < 160 {
			fast = 0
		}
		steady := 3
		if d >= 150 && d < 160 { // the shop is closed
			slow, steady = 0, 0
		}
		day := first.AddDate(0, 0, d).Format("2006-01-02")
		fmt.Fprintf(&b, "fast,%s,%d\nslow,%s,%d\nsteady,%s,%d\n", day, fast, day, slow, day, steady)
	}
	p, s, _ := build(t, b.String(), read.Options{}, Config{InferStockouts: true})
	fast := outs(p.Series(0))
	if strings.Contains(fast[:103], "x") || fast[104:112] != "xxxxxxxx" || strings.Contains(fast[112:], "x") || strings.Contains(outs(p.Series(1))+outs(p.Series(2)), "x") || s.Inferred != int64(strings.Count(fast, "x")) {
		t.Errorf("%s\n%s", fast, outs(p.Series(1)))
	}
	lines := strings.SplitAfter(b.String(), "\n")
	for _, days := range []int{60, 105, 108, 155} {
		cut, _, _ := build(t, strings.Join(lines[:1+3*days], ""), read.Options{}, Config{InferStockouts: true})
		for i := range 3 {
			if got := outs(cut.Series(i)); got != outs(p.Series(i))[:days] {
				t.Errorf("after %d days: %s", days, got)
			}
		}
	}
}
