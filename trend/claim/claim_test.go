package claim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// market is weekly counts around levels that wander; a jump of the last window mostly falls back. All have the same season.
func market(t testing.TB, n, weeks int, seed uint64) *tidewatch.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 3))
	var list []tidewatch.Series
	for i := range n {
		level := math.Log(20 + 60*rng.Float64())
		v := make([]float64, weeks)
		for k := range v {
			level += .04 * rng.NormFloat64()
			mean := math.Exp(level + .4*math.Sin(2*math.Pi*float64(k)/52) + .3*rng.NormFloat64())
			for x := rng.ExpFloat64(); x < mean; x += rng.ExpFloat64() {
				v[k]++
			}
		}
		list = append(list, tidewatch.Series{ID: fmt.Sprint("s", i), Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestClaimsComeTrue: what is learned at an origin has skill over the shares known then, and as many claims come true as were said to.
func TestClaimsComeTrue(t *testing.T) {
	p := market(t, 80, 220, 1)
	b, err := New(p, nil, Question{Steps: 4, Year: 52, Least: 5})
	if err != nil {
		t.Fatal(err)
	}
	ours, climate, reversion, claimed, came, n := 0., 0., 0., 0., 0., 0.
	for o := 160; o+4 <= b.End(); o += 4 {
		j, err := b.Learn(o, Learning{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Learn(o, Learning{Reversion: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Len() {
			if !b.Asked(i, o) {
				continue
			}
			out, _ := b.Outcome(i, o)
			c, s := j.Chance(i, o), r.Chance(i, o)
			if c.Up < 0 || c.Down < 0 || c.Up+c.Down > 1+1e-12 {
				t.Fatalf("%+v", c)
			}
			y := 0.
			if out == Up {
				y = 1
			}
			ours, climate, reversion = ours+(c.Up-y)*(c.Up-y), climate+(j.Base.Up-y)*(j.Base.Up-y), reversion+(s.Up-y)*(s.Up-y)
			claimed, came, n = claimed+c.Up, came+y, n+1
		}
	}
	if 1-ours/climate < .05 || ours >= reversion || math.Abs(claimed-came)/n > .05 {
		t.Errorf("%g claims: skill %.3f and %.3f, %.3f claimed, %.3f came", n, 1-ours/climate, 1-ours/reversion, claimed/n, came/n)
	}
}

// TestNothingFromTheFuture: whatever happens after an origin, what is said there stays the same, to the bit.
func TestNothingFromTheFuture(t *testing.T) {
	p := market(t, 40, 150, 2)
	const origin = 120
	changed := p.Replace(func(_ int, v []float64) {
		for k := origin; k < len(v); k++ {
			v[k] = 1000 * float64(k%7)
		}
	})
	var said [3][]Chance
	for k, q := range []*tidewatch.Panel{p, changed, p.Until(origin)} {
		b, err := New(q, nil, Question{Steps: 4, Year: 52, Least: 5})
		if err != nil {
			t.Fatal(err)
		}
		j, err := b.Learn(origin, Learning{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range q.Len() {
			if b.Asked(i, origin) {
				said[k] = append(said[k], j.Chance(i, origin))
			}
		}
	}
	for k := 1; k < 3; k++ {
		if fmt.Sprint(said[k]) != fmt.Sprint(said[0]) || len(said[0]) == 0 {
			t.Errorf("the future shows: %v, %v", said[0][:2], said[k][:2])
		}
	}
}

// TestSeasonIsNoNews: where every series only repeats its season, nothing rises or falls beyond it.
func TestSeasonIsNoNews(t *testing.T) {
	var list []tidewatch.Series
	for i := range 30 {
		v := make([]float64, 260)
		for k := range v {
			v[k] = float64(10+i) * (2 + math.Sin(2*math.Pi*float64(k)/52))
		}
		list = append(list, tidewatch.Series{ID: fmt.Sprint(i), Values: v})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Weekly, Anchor: time.Date(2020, 1, 6, 0, 0, 0, 0, time.UTC)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(p, nil, Question{Steps: 8, Year: 52})
	if err != nil {
		t.Fatal(err)
	}
	for o := 200; o < 250; o += 5 {
		if out, ok := b.Outcome(3, o); !ok || out != Neither {
			t.Errorf("at %d: %d, season %g", o, out, b.Season(3, o))
		}
	}
}

func TestByPaths(t *testing.T) {
	p := market(t, 2, 80, 4)
	b, err := New(p, nil, Question{Steps: 2, By: .2, Least: 1})
	if err != nil {
		t.Fatal(err)
	}
	a, err := tidewatch.Ask{Steps: 2}.Check(2)
	if err != nil {
		t.Fatal(err)
	}
	paths := tidewatch.NewPaths(tidewatch.NewForecast(p, a), 9)
	expected := b.Expected(1, 80)
	for n := range 9 {
		for h := range 2 { // 2 below, 4 between, 3 above
			paths.Path(1, n)[h] = expected / 2 * []float64{.5, .7, .9, 1, 1.1, 1.19, 1.3, 1.4, 2}[n]
		}
	}
	if c := b.ByPaths(1, 80, paths, 1); math.Abs(c.Up-.35) > 1e-12 || math.Abs(c.Down-.25) > 1e-12 {
		t.Errorf("%+v", c)
	}
}

func TestPool(t *testing.T) {
	nan := math.NaN()
	if c := Pool(Chance{.3, .2}, Chance{nan, nan}); c != (Chance{.3, .2}) {
		t.Errorf("without paths %+v", c)
	}
	if c := Pool(Chance{.3, .2}, Chance{.3, .2}); math.Abs(c.Up-.3) > 1e-12 || math.Abs(c.Down-.2) > 1e-12 {
		t.Errorf("of one mind: %+v", c)
	}
	if c := Pool(Chance{.3, .2}, Chance{.9, .02}); c.Up <= .3 || c.Up >= .9 || c.Down >= .2 || c.Up+c.Down > 1 {
		t.Errorf("between: %+v", c)
	}
}

func TestRefusals(t *testing.T) {
	p := market(t, 3, 40, 5)
	if _, err := New(p, nil, Question{}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("no steps: %v", err)
	}
	if _, err := New(p, nil, Question{Steps: 4, By: 1.5}); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("by 150 %%: %v", err)
	}
	b, err := New(p, nil, Question{Steps: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Learn(b.End(), Learning{}); tidewatch.CodeOf(err) != tidewatch.CodeTooShort {
		t.Errorf("three series: %v", err)
	}
}
