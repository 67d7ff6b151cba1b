package explain

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
)

// value draws a number as shops have them: zero, counts, money, and now and then something vast.
func value(t *rapid.T, name string) float64 {
	switch rapid.IntRange(0, 5).Draw(t, name+" kind") {
	case 0:
		return 0
	case 1:
		return float64(rapid.IntRange(0, 50).Draw(t, name))
	case 2:
		return rapid.Float64Range(-1e4, 1e4).Draw(t, name)
	case 3:
		return rapid.Float64Range(0, 1e12).Draw(t, name)
	}
	return math.Round(rapid.Float64Range(0, 1e5).Draw(t, name)*100) / 100
}

// closes reports a waterfall that does not add up exactly, in whole units and in floating-point numbers, as it is and as it is shown.
func closes(t interface {
	Helper()
	Fatalf(string, ...any)
}, w Waterfall) {
	t.Helper()
	if err := w.Check(); err != nil {
		t.Fatalf("%v: %+v", err, w)
	}
	for i, s := range w.Steps {
		if s.Amount == 0 {
			t.Fatalf("step %d is nothing: %+v", i, w)
		}
		if i > 0 && (slices.Index(Order, s.Cause) < slices.Index(Order, w.Steps[i-1].Cause)) {
			t.Fatalf("steps are out of order: %+v", w)
		}
	}
	at := w.From
	for _, s := range w.Steps {
		at += s.Amount
		if int64(float64(at)) != at {
			t.Fatalf("a running total of %d is not exact", at)
		}
	}
	for _, d := range []int{0, 2, -3} {
		r := w.Rounded(d)
		if err := r.Check(); err != nil {
			t.Fatalf("with %d decimals: %v", d, err)
		}
		for _, s := range w.Steps {
			shown := int64(0)
			for _, x := range r.Steps {
				if x.Cause == s.Cause && x.Name == s.Name {
					shown += x.Amount
				}
			}
			if v, to := w.Value(s.Amount), r.Value(shown); math.Abs(v-to) > math.Pow10(-r.Decimals)*(1+1e-9)+1e-12*math.Abs(v) {
				t.Fatalf("a step of %g is shown as %g", v, to)
			}
		}
	}
}

// What things, groups and the whole tell adds up at every level, whatever was sold.
func TestSalesAddUpAtEveryLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "things")
		things := make([]Sale, n)
		group := make([]int, n)
		for i := range things {
			things[i] = Sale{fmt.Sprint(i), value(t, "q0"), value(t, "r0"), value(t, "q1"), value(t, "r1"), value(t, "d0"), value(t, "d1")}
			group[i] = rapid.IntRange(0, 3).Draw(t, "group")
		}
		leaves, err := Sales(things)
		if err != nil {
			t.Fatal(err)
		}
		groups := make([][]Waterfall, 4)
		for i, w := range leaves {
			closes(t, w)
			if math.Abs(w.Value(w.From)-things[i].RevenueBefore) > math.Pow10(-w.Decimals) || math.Abs(w.Value(w.To)-things[i].RevenueAfter) > math.Pow10(-w.Decimals) {
				t.Fatalf("%+v is told of %+v", w, things[i])
			}
			groups[group[i]] = append(groups[group[i]], w)
		}
		var middle []Waterfall
		for g, parts := range groups {
			w, err := Total(fmt.Sprint(g), parts)
			if err != nil {
				t.Fatal(err)
			}
			if parts == nil {
				continue
			}
			closes(t, w)
			middle = append(middle, w)
		}
		top, err := Total("total", leaves)
		if err != nil {
			t.Fatal(err)
		}
		closes(t, top)
		again, err := Total("total", middle)
		if err != nil || !slices.Equal(again.Steps, top.Steps) || again.From != top.From || again.To != top.To {
			t.Fatalf("the groups make %+v, the things %+v", again, top)
		}
		for k := 2; k < 5; k++ {
			b := top.Brief(k)
			closes(t, b)
			if len(b.Steps) > k {
				t.Fatalf("%d steps, at most %d", len(b.Steps), k)
			}
		}
	})
}

// By hand: two things of prices 10 and 20. Volume grows by half; the dear one takes a greater share; the cheap one becomes dearer.
func TestSalesByHand(t *testing.T) {
	leaves, err := Sales([]Sale{
		{"cheap", 10, 100, 12, 132, 0, 0}, {"dear", 10, 200, 18, 360, 0, 0}, {"new", 0, 0, 3, 30, 0, 0}, {"old", 2, 50, 0, 0, 0, 0}, {"back", 1, 5, -1, -5, 0, 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	top, err := Total("total", leaves)
	if err != nil {
		t.Fatal(err)
	}
	for cause, want := range map[Cause]float64{Volume: 150, Mix: (12-15)*10 + (18-15)*20, Price: 12, Launched: 30, Gone: -50, Rest: -10} {
		if got := top.Value(top.Of(cause)); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %g, want %g", cause, got, want)
		}
	}
	if top.Value(top.From) != 355 || top.Value(top.To) != 517 {
		t.Errorf("%+v", top)
	}
	top.Against(355, 520) // a total that was forecast by itself
	closes(t, top)
	if got := top.Value(top.Of(Coherence)); got != 3 {
		t.Errorf("3 more than the parts are told as %g", got)
	}
}

// What discounts do is told apart from prices: 10 pieces at 10 less 1 each, then 12 at 11 less 3 each. Prices rose by 12, discounts took 24.
func TestSalesWithDiscounts(t *testing.T) {
	leaves, err := Sales([]Sale{{"a", 10, 90, 12, 96, 10, 36}})
	if err != nil {
		t.Fatal(err)
	}
	closes(t, leaves[0])
	for cause, want := range map[Cause]float64{Volume: 18, Mix: 0, Price: 12, Promotion: -24} {
		if got := leaves[0].Value(leaves[0].Of(cause)); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %g, want %g", cause, got, want)
		}
	}
}

// A change told from any account adds up; with an unknown past nothing is told of it but that.
func TestChangeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, steps := rapid.IntRange(4, 20).Draw(t, "known"), rapid.IntRange(1, 5).Draw(t, "steps")
		s := tidewatch.Series{ID: "a", Values: make([]float64, n)}
		if rapid.Bool().Draw(t, "stock") {
			s.Unavailable = make([]bool, n)
		}
		a := &tidewatch.Account{Known: n}
		for k, kind := range []tidewatch.PartKind{tidewatch.LevelPart, tidewatch.TrendPart, tidewatch.SeasonPart, tidewatch.CovariatePart, tidewatch.OtherPart} {
			v := a.Part(kind, []string{"", "", "12", "easter", "calibration"}[k], n+steps)
			for i := range v {
				v[i] = value(t, "part")
			}
		}
		blank := rapid.IntRange(0, n).Draw(t, "not expected before")
		for i := range n {
			s.Values[i] = value(t, "sold")
			if s.Unavailable != nil {
				s.Unavailable[i] = rapid.Bool().Draw(t, "out")
			}
			if i < blank {
				a.Parts[0].Values[i] = math.NaN()
			}
		}
		for _, spans := range [][2]Span{{{n - 3, n}, {n, n + steps}}, {{0, 2}, {2, 4}}} {
			w, err := Change(a, s, spans[0], spans[1], Causes{})
			if err != nil {
				t.Fatal(err)
			}
			closes(t, w)
			from := 0.0
			for _, v := range s.Values[spans[0].From:spans[0].To] {
				from += v
			}
			if d := math.Abs(w.Value(w.From) - from); d > math.Pow10(-w.Decimals)+1e-12*math.Abs(from) {
				t.Fatalf("from %g, not %g", w.Value(w.From), from)
			}
		}
	})
	s := tidewatch.Series{ID: "a", Values: []float64{1, math.NaN()}}
	a := &tidewatch.Account{Known: 2}
	a.Part(tidewatch.LevelPart, "", 3)
	if _, err := Change(a, s, Span{1, 2}, Span{2, 3}, Causes{}); tidewatch.CodeOf(err) != tidewatch.CodeData {
		t.Error(err)
	}
	if _, err := Change(a, s, Span{0, 1}, Span{2, 4}, Causes{}); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Error(err)
	}
}

func TestChangeByHand(t *testing.T) {
	s := tidewatch.Series{ID: "a", Values: []float64{10, 4, 12}, Unavailable: []bool{false, true, false}}
	a := &tidewatch.Account{Known: 3, Parts: []tidewatch.Part{
		{Kind: tidewatch.LevelPart, Values: []float64{math.NaN(), 9, 10, 11, 11}},
		{Kind: tidewatch.CovariatePart, Name: "GB:christmas-2", Values: []float64{0, 0, 0, 5, 0}},
	}}
	day := func(y int) calendar.Day { return calendar.DayOf(time.Date(y, 12, 25, 0, 0, 0, 0, time.UTC)) }
	cal, err := calendar.New("GB")
	if err != nil {
		t.Fatal(err)
	}
	w, err := Change(a, s, Span{1, 3}, Span{3, 5}, NewCauses(cal, day(2010), day(2012)))
	if err != nil {
		t.Fatal(err)
	}
	// 16 were sold where 19 were expected: 5 too few without stock, 2 more than expected with it.
	for cause, want := range map[Cause]float64{Level: 3, Festival: 5, StockOut: 5, Surprise: -2} {
		if got := w.Value(w.Of(cause)); got != want {
			t.Errorf("%s: %g, want %g in %+v", cause, got, want, w)
		}
	}
	closes(t, w)
}

func TestRevision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Forecasts{value(t, "earlier"), value(t, "again"), value(t, "now")}
		if rapid.Bool().Draw(t, "unknown") {
			f.Again = math.NaN()
		}
		w, err := Revision("a", f, Decimals(f.Size()))
		if err != nil {
			t.Fatal(err)
		}
		closes(t, w)
	})
	if w, _ := Revision("a", Forecasts{100, 110, 104}, 6); w.Value(w.Of(NewData)) != 10 || w.Value(w.Of(NewModel)) != -6 {
		t.Errorf("%+v", w)
	}
	if w, _ := Revision("a", Forecasts{100, math.NaN(), 104}, 6); w.Value(w.Of(Rest)) != 4 {
		t.Errorf("%+v", w)
	}
	if _, err := Revision("a", Forecasts{math.NaN(), 1, 2}, 6); err == nil {
		t.Error("an unknown forecast is told of")
	}
}

func TestCauses(t *testing.T) {
	c := NewCauses(nil, 0, 0)
	for name, want := range map[string]Cause{"price": Price, "sell_price": Price, "单价": Price, "promo": Promotion, "满减": Promotion, "stock": StockOut, "working-days": Calendar,
		"payday": Calendar, "US:month-end": Calendar, "event_name_1=SuperBowl": Festival, "temperature": Driver, "weekday=Sunday": Calendar, "discount=1": Promotion} {
		if got, _ := c.Of(tidewatch.Part{Kind: tidewatch.CovariatePart, Name: name}); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for _, k := range []tidewatch.PartKind{tidewatch.LevelPart, tidewatch.TrendPart, tidewatch.SeasonPart, tidewatch.PastPart, tidewatch.OtherPart} {
		if cause, _ := c.Of(tidewatch.Part{Kind: k}); !slices.Contains(Order, cause) {
			t.Errorf("%s has no cause", k)
		}
	}
}
