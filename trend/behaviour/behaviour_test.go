package behaviour

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tidewatch/tidewatch/trend/slope"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.6g, want %.6g", what, got, want)
	}
}

// TestWilson: Newcombe 1998 (Statistics in Medicine 17), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, at 95 %.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		of, all   int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		r := Wilson(c.of, c.all, .95)
		near(t, "low", r.Low, c.low, 6e-5)
		near(t, "high", r.High, c.high, 6e-5)
	}
	// Newcombe 1998 (pp. 873), method 10: 56/70 less 48/80.
	v, low, high, _ := Difference(Wilson(56, 70, .95), Wilson(48, 80, .95))
	near(t, "difference", v, .2, 1e-12)
	near(t, "low", low, .0524, 6e-5)
	near(t, "high", high, .3339, 6e-5)
	if r := Wilson(0, 0, .95); r.Value == r.Value {
		t.Error("a share of nothing")
	}
}

const hour = dayMicros / 24

func did(person int32, kind Kind, at int64) Act {
	return Act{Person: person, Item: 1, Basket: person, Kind: kind, Time: at * dayMicros}
}

func logOf(acts ...Act) *Log {
	l := &Log{Acts: acts, Items: []string{"", "x"}, People: 4, Baskets: 4, Last: 4, Share: 1}
	l.Sort()
	return l
}

func TestPassages(t *testing.T) {
	// Person 2 bought before any view, which came of nothing; person 1 took the whole way, and viewed again; 4 put into the cart at the moment of the view.
	l := logOf(did(2, Buy, 0), did(1, View, 1), did(2, View, 1), did(3, View, 1), did(1, Cart, 2), did(2, Cart, 2), did(1, Buy, 3), did(1, View, 4), did(4, Cart, 3), did(4, View, 3))
	for _, byItem := range []bool{false, true} {
		got := map[[2]Kind]Rate{}
		for _, p := range Passages(l, byItem, 0, .95) {
			got[[2]Kind{p.From, p.To}] = p.Whole
		}
		for step, want := range map[[2]Kind][2]int{{View, Cart}: {3, 4}, {Cart, Buy}: {1, 3}, {View, Buy}: {1, 4}} {
			if r := got[step]; r.Of != want[0] || r.All != want[1] {
				t.Errorf("%v to %v: %d of %d, want %v", step[0], step[1], r.Of, r.All, want)
			}
		}
		if len(got) != 3 {
			t.Errorf("passages of what nobody did: %v", got)
		}
	}
	// The last two days against the two before: there 2 carts of 3 views, then 1 of 2.
	for _, p := range Passages(l, true, 2, .95) {
		if p.From == View && p.To == Cart {
			if p.Before.All != 3 || p.Before.Of != 2 || p.Now.All != 2 || p.Now.Of != 1 || math.Abs(p.Change+1./6) > 1e-12 || !(p.Low < p.Change && p.Change < p.High) {
				t.Errorf("%+v", p)
			}
		}
	}
}

// TestClusters: intervals of cases that come in clusters hold the truth as often as they say; those that take all cases for independent do not.
func TestClusters(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	const runs = 4000
	held, naive := 0, 0
	for range runs {
		var c clusters
		for p := 1; p <= 80; p++ {
			own := .3
			if rng.IntN(2) == 0 { // people are drawn, as those of a shop are
				own = .05
			}
			for range 1 + rng.IntN(40) {
				c.add(p, rng.Float64() < own)
			}
		}
		if r := c.rate(.95); r.Low <= .175 && .175 <= r.High {
			held++
		}
		if r := Wilson(c.of, c.all, .95); r.Low <= .175 && .175 <= r.High {
			naive++
		}
	}
	t.Logf("held %.3f; taking all cases for independent %.3f", float64(held)/runs, float64(naive)/runs)
	if share := float64(held) / runs; share < .93 || share > .97 {
		t.Errorf("held %.3f", share)
	}
	if share := float64(naive) / runs; share > .8 {
		t.Errorf("independent cases would have held %.3f: the test shows nothing", share)
	}
}

func TestRetention(t *testing.T) {
	l := logOf(did(1, Buy, 0), did(2, Buy, 0), did(3, Buy, 1), did(1, Buy, 1), did(1, Buy, 2), did(3, Buy, 3), did(4, Buy, 3))
	l.Last = 3
	c, ages := Retention(l, Act.Day, 3, .95)
	if len(c) != 3 || c[0].People != 2 || len(c[0].Back) != 3 || c[0].Back[0].Of != 1 || c[0].Back[2].Of != 0 || c[1].Back[1].Of != 1 || len(c[2].Back) != 0 {
		t.Errorf("%+v", c)
	}
	if len(ages) != 3 || ages[0].All != 3 || ages[0].Of != 1 || ages[1].Of != 2 || ages[2].All != 2 {
		t.Errorf("%+v", ages)
	}
	// Within two days 1 came back and 2 did not; 3 came at 1 and again at 3; of 4 nothing can be said.
	if r := Repeat(l, 2, .95); r.Whole.Of != 2 || r.Whole.All != 3 || r.Before.All != 0 || r.Now.All != 1 {
		t.Errorf("%+v", r)
	}
	if o := Oftenness(l); o[0].People != 4 || o[0].Orders != 4 { // one basket each
		t.Errorf("%+v", o)
	}
}

func TestPairs(t *testing.T) {
	const tea, cup, bag = 1, 2, 3
	var baskets [][]int32
	for i := range 100 {
		switch {
		case i < 20:
			baskets = append(baskets, []int32{tea, cup})
		case i < 40:
			baskets = append(baskets, []int32{bag})
		default:
			baskets = append(baskets, []int32{cup, bag}[i%2:][:1])
		}
	}
	got, looked := Pairs(baskets, []string{"", "tea", "cup", "bag"}, 5, .95)
	// Tea is in 20, cup in 20 + 30, both in 20.
	if p := got[0]; looked != 3 || p.A != "tea" || p.B != "cup" || p.Together != 20 || math.Abs(p.Lift-20*100/(20.*50)) > 1e-12 || p.Confidence.Value != 1 || p.P > 1e-5 || p.Low > p.Lift {
		t.Errorf("%d: %+v", looked, got)
	}
	if got, _ := Pairs(nil, []string{""}, 1, .95); got != nil {
		t.Error("pairs of nothing")
	}
}

// TestFind: what was put into simulated behaviour is found, and what was not is not.
func TestFind(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	l := &Log{Items: []string{""}, First: 20000, Last: 20000 + 99, Share: 1}
	for k := range 40 {
		l.Items = append(l.Items, string(rune('A'+k)))
	}
	for p := int32(1); p <= 600; p++ {
		l.People++
		for range 6 {
			day := l.First + rng.Int64N(100)
			at, item := day*dayMicros+rng.Int64N(20)*hour, 1+rng.Int32N(40)
			l.Acts = append(l.Acts, Act{Person: p, Item: item, Kind: View, Time: at})
			buys := .3
			if day > l.Last-28 {
				buys = .6
			}
			if rng.Float64() < buys {
				l.Baskets++
				b := int32(l.Baskets)
				l.Acts = append(l.Acts, Act{Person: p, Item: item, Basket: b, Kind: Buy, Time: at + hour})
				if item == 7 {
					l.Acts = append(l.Acts, Act{Person: p, Item: 8, Basket: b, Kind: Buy, Time: at + hour})
				}
			}
		}
	}
	f, err := Find(context.Background(), l, Options{Adjust: slope.Adjust})
	if err != nil {
		t.Fatal(err)
	}
	if f.Window != 28 || f.Period != Week || f.People != 600 || f.Buyers > 600 || f.Buyers < 500 || len(f.Cohorts) < 12 || f.Acts[View] != 3600 {
		t.Errorf("%+v", f)
	}
	p := f.Cases[0]
	if p.From != View || p.To != Buy || !(p.Low > .2 && p.High < .4 && p.P < 1e-6) {
		t.Errorf("a rise from .3 to .6 was measured as %+v", p)
	}
	if len(f.Pairs) != 1 || f.Pairs[0].A+f.Pairs[0].B != "GH" && f.Pairs[0].A+f.Pairs[0].B != "HG" {
		t.Errorf("pairs %+v", f.Pairs)
	}
	if f.Baskets.Baskets != l.Baskets || !(f.Baskets.Items.Low < f.Baskets.Items.Value) || len(f.Repeats) != 2 {
		t.Errorf("%+v %+v", f.Baskets, f.Repeats)
	}
	if _, err := Find(context.Background(), l, Options{Window: 51, Adjust: slope.Adjust}); err == nil {
		t.Error("two windows of 51 days in 100")
	}
	if _, err := Find(context.Background(), &Log{Items: []string{""}}, Options{Adjust: slope.Adjust}); err == nil {
		t.Error("the behaviour of nobody")
	}
}

func TestPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int64Range(-5000, 40000).Draw(t, "day")
		for _, p := range []Period{Day, Week, Month} {
			n := p.Of(day)
			from, to := p.Begin(n).Unix()/86400, p.Begin(n+1).Unix()/86400
			if p.Begin(n).Before(time.Unix(0, 0)) {
				from = floorDiv(p.Begin(n).Unix(), 86400)
				to = floorDiv(p.Begin(n+1).Unix(), 86400)
			}
			if day < from || day >= to {
				t.Fatalf("%v: day %d is not in %d to %d", p, day, from, to)
			}
		}
	})
}

func TestRatesAreShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.IntRange(1, 500).Draw(t, "all")
		of := rapid.IntRange(0, all).Draw(t, "of")
		if r := Wilson(of, all, .9); !(0 <= r.Low && r.Low <= r.Value && r.Value <= r.High && r.High <= 1) {
			t.Fatalf("%+v", r)
		}
	})
}
