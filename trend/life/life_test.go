package life

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

func series(n int, f func(t int) float64) []float64 {
	v := make([]float64, n)
	for t := range v {
		v[t] = f(t)
	}
	return v
}

func TestStages(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		want      Stage
		values    []float64
		low, high float64
	}{
		{Unsold, series(60, func(int) float64 { return 0 }), nan, nan},
		{Launch, series(60, func(t int) float64 { return float64(max(0, t-50)) }), nan, nan},
		{Growth, series(80, func(t int) float64 { return 10 + float64(t) }), .2, .6},
		{Decline, series(80, func(t int) float64 { return 100 - float64(t) }), -.7, -.3},
		{Maturity, series(80, func(t int) float64 { return 10 + float64(t%3) }), -.05, .3},
		{Ended, series(80, func(t int) float64 { return 10 * float64(min(1, max(0, 60-t))) }), -1, -.5},
		{Seasonal, series(130, func(t int) float64 {
			if t%52 > 38 && t%52 < 50 {
				return 40
			}
			return 1
		}), -.5, .5},
		{Revived, series(100, func(t int) float64 {
			if t >= 60 && t < 80 {
				return 0
			}
			return 10
		}), nan, nan},
	} {
		if got := Of(Record{Values: c.values, Year: 52, Low: c.low, High: c.high}); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	// One that is quiet now as it was a year ago waits for its season.
	waits := series(140, func(t int) float64 {
		if m := t % 52; m >= 20 && m < 30 {
			return 50
		}
		return 0
	})
	if got := Of(Record{Values: waits[:140], Year: 52, Low: nan, High: nan}); got == Ended {
		t.Errorf("an item out of season has %s", got)
	}
}

func TestBass(t *testing.T) {
	want := Bass{P: .03, Q: .38, Market: 5000}
	sales := series(18, func(t int) float64 { return want.By(float64(t+1)) - want.By(float64(t)) })
	got, ok := FitBass(sales)
	if !ok || math.Abs(got.P-want.P) > .004 || math.Abs(got.Q-want.Q) > .04 || math.Abs(got.Market-5000) > 250 {
		t.Errorf("%+v, want %+v", got, want)
	}
	if math.Abs(want.Peak()-6.19) > .01 { // log(.38/.03)/.41
		t.Errorf("peak at %g", want.Peak())
	}
	if _, ok := FitBass([]float64{1, 2}); ok {
		t.Error("a fit of two periods")
	}
	if _, ok := FitBass(make([]float64, 9)); ok {
		t.Error("a fit of nothing")
	}
}

// launches are items whose size and pace are drawn, n of them old enough to be judged.
func launches(t *testing.T, n, weeks int, age func(i int) int) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, 9))
	list := []tidewatch.Series{{ID: "old", Values: series(weeks, func(int) float64 { return 5 })}}
	for i := range n {
		b := Bass{P: .01 + .04*rng.Float64(), Q: .1 + .3*rng.Float64(), Market: math.Exp(5 + rng.NormFloat64())}
		start := weeks - age(i)
		v := make([]float64, age(i))
		for k := range v {
			rate := b.By(float64(k+1)) - b.By(float64(k)) + .3
			for x := rng.ExpFloat64() / rate; x < 1; x += rng.ExpFloat64() / rate {
				v[k]++
			}
		}
		list = append(list, tidewatch.Series{ID: fmt.Sprintf("item%04d", i), Start: start, Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRadar: of items judged after six weeks, the probabilities tell stars from others, and add up to as many as there are.
func TestRadar(t *testing.T) {
	whole := launches(t, 800, 140, func(i int) int { return 30 + i%100 })
	// At week 104 the younger half is new; by the end everybody knows.
	then := whole.Until(104)
	radar, err := NewRadar(then, 26, 4)
	if err != nil {
		t.Fatal(err)
	}
	claimed, came, brier, base, n := 0., 0., 0., 0., 0.
	for _, pr := range radar.New(then, 3, 4) {
		if pr.Star < 0 || pr.Star > 1 || pr.Reach.Low > pr.Reach.Median || pr.Reach.Median > pr.Reach.High || len(pr.Like) != 3 {
			t.Fatalf("%+v", pr)
		}
		for i := range whole.Len() {
			if s := whole.Series(i); s.ID == pr.ID {
				sold := 0.
				sales := launched(s)
				if len(sales) < 26 {
					break
				}
				for _, v := range sales[:26] {
					sold += v
				}
				y := 0.
				if sold >= radar.Decile {
					y = 1
				}
				claimed, came, n = claimed+pr.Star, came+y, n+1
				brier += (pr.Star - y) * (pr.Star - y)
				base += (.1 - y) * (.1 - y)
			}
		}
	}
	if n < 100 || math.Abs(claimed-came)/n > .04 || 1-brier/base < .4 {
		t.Errorf("%g items: %g stars claimed, %g came, skill %g", n, claimed, came, 1-brier/base)
	}
	if _, err := NewRadar(whole.Select([]int{0, 1, 2}), 26, 4); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Errorf("a cohort of two: %v", err)
	}
}
