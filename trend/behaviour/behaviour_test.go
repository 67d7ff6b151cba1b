package behaviour

import (
	"math"
	"testing"

	"pgregory.net/rapid"
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

func TestFunnel(t *testing.T) {
	e := func(p, kind string, at int64) Event { return Event{Person: p, Item: "x", Kind: kind, Time: at} }
	events := []Event{e("b", "buy", 0), e("a", "view", 1), e("b", "view", 1), e("c", "view", 1), e("a", "cart", 2), e("b", "cart", 2), e("a", "buy", 3), e("a", "view", 4)}
	got := Funnel(events, []string{"view", "cart", "buy"}, false, .95)
	for k, want := range []int{3, 2, 1} { // what b bought before came of nothing
		if got[k].People != want {
			t.Errorf("%s: %d, want %d", got[k].Kind, got[k].People, want)
		}
	}
	near(t, "rate", got[2].Rate.Value, .5, 0)
}

func TestRetention(t *testing.T) {
	e := func(p string, at int64) Event { return Event{Person: p, Kind: "buy", Time: at} }
	events := []Event{e("a", 0), e("b", 0), e("c", 1), e("a", 1), e("a", 2), e("c", 3), e("d", 3)}
	c := Retention(events, "buy", 3, .95)
	if len(c) != 3 || c[0].People != 2 || len(c[0].Back) != 3 || c[0].Back[0].Of != 1 || c[0].Back[2].Of != 0 || c[1].Back[1].Of != 1 || len(c[2].Back) != 0 {
		t.Errorf("%+v", c)
	}
	// Within two periods a came back and b did not; c came at 1 and again at 3; of d nothing can be said.
	if r := Repeat(events, "buy", 2, 3, .95); r.Of != 2 || r.All != 3 {
		t.Errorf("%+v", r)
	}
}

func TestPairs(t *testing.T) {
	var baskets [][]string
	for i := range 100 {
		switch {
		case i < 20:
			baskets = append(baskets, []string{"tea", "cup", "tea"})
		case i < 40:
			baskets = append(baskets, []string{"bag"})
		default:
			baskets = append(baskets, []string{"cup", "bag"}[i%2:])
		}
	}
	got := Pairs(baskets, 5, .95)
	// Tea is in 20, cup in 20 + 30, both in 20.
	if p := got[0]; p.A != "tea" || p.B != "cup" || p.Together != 20 || math.Abs(p.Lift-20*100/(20.*50)) > 1e-12 || p.Confidence.Value != 1 || p.P > 1e-5 || p.Low > p.Lift {
		t.Errorf("%+v", got)
	}
	if Pairs(nil, 1, .95) != nil {
		t.Error("pairs of nothing")
	}
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
