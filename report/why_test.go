package report

import (
	"html"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/explain"
	"github.com/tidewatch/tidewatch/explain/words"
	"github.com/tidewatch/tidewatch/ledger"
)

// told is why a shop expects more, and how its claims did.
func told() (*words.Change, *Ledger) {
	at := time.Date(2025, 12, 8, 0, 0, 0, 0, time.UTC)
	c := &words.Change{Kind: words.Ahead, Name: "Online shop", Unit: "units", Freq: tidewatch.Weekly, Before: words.Period{First: at.AddDate(0, 0, -56), Last: at.AddDate(0, 0, -7), Count: 8},
		Now: words.Period{First: at, Last: at.AddDate(0, 0, 49), Count: 8}, Low: 90_000, High: 140_000, Chance: .7,
		Waterfall: explain.Waterfall{ID: "Total", From: 100_000, To: 112_000, Steps: []explain.Step{{Cause: explain.Trend, Amount: 4000}, {Cause: explain.Season, Amount: -6000}, {Cause: explain.Festival, Name: "<b>christmas", Amount: 14_000}}}}
	var claims []ledger.Scored
	for i := range 400 {
		claims = append(claims, ledger.Scored{Claim: ledger.Claim{Kind: []ledger.Kind{ledger.Interval, ledger.Rise}[i%2], Method: []string{"auto", "ets"}[i/200], P: float64(i%21) / 20}, Known: i < 300, True: i%20 < i%21})
	}
	name := func(c *ledger.Scored) string { return string(c.Kind) }
	return c, &Ledger{Claims: 100, Scored: 40, Summary: ledger.Summary{Entries: 4, Head: strings.Repeat("3f", 32), Breaks: 1, All: ledger.Calibration("", claims), Kinds: ledger.By(claims, name),
		Methods: ledger.By(claims, func(c *ledger.Scored) string { return c.Method })}}
}

// The bars of the waterfall begin where those before them end, whatever the signs, and what they show is beside them in numbers.
func TestWaterfall(t *testing.T) {
	d := sample(t, 6, 8)
	html := html.UnescapeString(write(t, d))
	for _, want := range []string{`<section id="why"`, "Why it changes", "为什么变化", "festivals (bchristmas)", "节日（bchristmas）", "+14.0K", "+1.40万", "The steps add up exactly", "The difference is +12.0K units"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(html, `<svg class="fall"`); n != 5 {
		t.Errorf("%d bars, want 5", n)
	}
	for name, edit := range map[string]func(c *words.Change){
		"from nothing": func(c *words.Change) {
			c.Waterfall = explain.Waterfall{To: 5, Steps: []explain.Step{{Cause: explain.Level, Amount: 5}}}
		},
		"below zero": func(c *words.Change) {
			c.Waterfall = explain.Waterfall{From: -5, To: -9, Steps: []explain.Step{{Cause: explain.Level, Amount: -4}}}
		},
		"no change":     func(c *words.Change) { c.Waterfall = explain.Waterfall{From: 7, To: 7} },
		"without range": func(c *words.Change) { c.Low, c.High, c.Chance = math.NaN(), math.NaN(), math.NaN() },
		"a revision":    func(c *words.Change) { c.Kind = words.Revision },
	} {
		c := *d.Change
		edit(&c)
		d := d
		d.Change = &c
		if page := write(t, d); strings.Contains(page[:strings.Index(page, "<script")], "NaN") {
			t.Errorf("%s: the page says NaN", name)
		}
	}
}

func TestClaims(t *testing.T) {
	d := sample(t, 6, 8)
	html := write(t, d)
	for _, want := range []string{`<section id="claims"`, "Were we right?", "我们说对了吗", `<svg class="reliability"`, "300 of 400 claims are scored", "interval of a forecast", "预测区间", d.Ledger.Head, "1 line of the ledger is not as written"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	d.Ledger = &Ledger{Claims: 9, Summary: ledger.Summary{Entries: 1, Head: "x", All: ledger.Calibration("", nil)}}
	if html := write(t, d); !strings.Contains(html, "None of them can be scored yet") || strings.Contains(html, `class="reliability"`) {
		t.Error("a ledger without scored claims is not told of as one")
	}
}

// TestRevenue: price, promotion, volume and mix stand in a waterfall of their own, with what adds most to it by item; names are no markup.
func TestRevenue(t *testing.T) {
	d := sample(t, 6, 8)
	leaves, err := explain.Sales([]explain.Sale{{ID: "LANTERN <b>", UnitsBefore: 10, RevenueBefore: 9000, UnitsAfter: 12, RevenueAfter: 9600, DiscountBefore: 1000, DiscountAfter: 3600}, {ID: "TIN", UnitsAfter: 3, RevenueAfter: 500}})
	if err != nil {
		t.Fatal(err)
	}
	total, err := explain.Total("total", leaves)
	if err != nil {
		t.Fatal(err)
	}
	c := *d.Change
	c.Kind, c.Waterfall, c.Unit, c.Low, c.High, c.Chance = words.Past, total, "", math.NaN(), math.NaN(), math.NaN()
	d.Sales = &Sales{Change: c, Items: leaves, All: 2}
	page := write(t, d)
	for _, want := range []string{"Price, promotion, volume and mix of the last 8 weeks", "最近8周的价格、促销、销量与结构", "What adds most to it, of 2 items", "LANTERN b", "promotions", "new items +500"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, `<svg class="fall"`); n != 5+6 {
		t.Errorf("%d bars, want 11", n)
	}
	d.Change = nil // revenue alone
	if page := write(t, d); !strings.Contains(page, "salesCaption") || strings.Contains(page, "whyCaption\"") {
		t.Error("revenue is not told by itself")
	}
}
