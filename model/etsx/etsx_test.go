package etsx

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

const (
	days    = 800
	horizon = 28
)

// market makes series of one calendar: weekly pattern, promotions that are known ahead, a feast on which all is closed, and a level that walks.
func market(t *testing.T, n int, walk, noise float64) (known *tidewatch.Panel, ahead [][]float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	promo := make([]float32, days+2*horizon)
	feast := make([]float32, days+2*horizon)
	for d := range promo {
		if d%17 == 3 {
			promo[d] = 1
		}
		if d%365 == 200 || d == days+10 {
			feast[d] = 1
		}
	}
	week := []float64{.7, .8, .9, 1, 1.1, 1.3, 1.2}
	series := make([]tidewatch.Series, n)
	ahead = make([][]float64, n)
	for i := range series {
		level := 1000.0
		y := make([]float64, days+horizon)
		for d := range y {
			level *= math.Exp(walk * rng.NormFloat64())
			y[d] = math.Round(level * week[d%7] * math.Exp(.3*float64(promo[d])+noise*rng.NormFloat64()))
			if feast[d] == 1 {
				y[d] = 2
			}
		}
		series[i] = tidewatch.Series{ID: "s" + strconv.Itoa(i), Values: y[:days]}
		ahead[i] = y[days:]
	}
	grid := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(grid, []int{7}, series,
		tidewatch.Covariate{Name: "promo", Ahead: true, Values: promo},
		tidewatch.Covariate{Name: "event", Ahead: true, Values: feast, Labels: []string{"none", "feast"}})
	if err != nil {
		t.Fatal(err)
	}
	return p, ahead
}

func fit(t *testing.T, p *tidewatch.Panel) *Model {
	t.Helper()
	m, err := Method{Horizon: horizon}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return m.(*Model)
}

// What is known ahead shows in the forecast: promotions, the weekday, a closed day.
func TestKnownAhead(t *testing.T) {
	p, ahead := market(t, 3, .002, .03)
	m := fit(t, p)
	f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: horizon})
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range f.Rows {
		for h, y := range ahead[i] {
			if math.Abs(row.Mean[h]-y) > .12*y+1 {
				t.Errorf("series %d, step %d: %.0f is foreseen, %.0f came", i, h+1, row.Mean[h], y)
			}
		}
	}
	// Without the promotion of a day its forecast falls by as much as promotions bring.
	none := tidewatch.Covariate{Name: "promo", Ahead: true, Values: make([]float32, days+2*horizon)}
	g, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: horizon, Series: []int{1}, Future: []tidewatch.Covariate{none}})
	if err != nil {
		t.Fatal(err)
	}
	at := 3 + 17*((days-3)/17+1) - days
	if ratio := f.Rows[1].Mean[at] / g.Rows[0].Mean[at]; math.Abs(math.Log(ratio)-.3) > .05 {
		t.Errorf("a promotion multiplies by %.3f, want %.3f", ratio, math.Exp(.3))
	}
}

// Sums of replayed paths are as uncertain as they should be: of series whose level walks, about 80 % of the sums over 28 days lie inside the
// central 80 %, and far more inside the sums of quantiles.
func TestSumsOfPaths(t *testing.T) {
	const n = 150
	p, ahead := market(t, n, .01, .1)
	m := fit(t, p)
	back := make([]int, 200)
	for i := range back {
		back[i] = horizon + 2*i
	}
	ask := tidewatch.Ask{Steps: horizon, Levels: []float64{.1, .9}}
	paths, err := m.Replay(t.Context(), ask, back)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Forecast(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	in, added := 0, 0
	for i := range n {
		sums, err := paths.Sum([]int{i}, 0, horizon)
		if err != nil {
			t.Fatal(err)
		}
		y, lo, hi := 0.0, 0.0, 0.0
		for h, v := range ahead[i] {
			y, lo, hi = y+v, lo+f.At(i, h)[0], hi+f.At(i, h)[1]
		}
		q := tidewatch.SampleQuantiles(sums, []float64{.1, .9})
		if q[0] <= y && y <= q[1] {
			in++
		}
		if lo <= y && y <= hi {
			added++
		}
	}
	if in < n*72/100 || in > n*90/100 {
		t.Errorf("%d of %d sums inside the central 80 %%", in, n)
	}
	if added <= in {
		t.Errorf("sums of quantiles hold %d, those of paths %d", added, in)
	}
}

// A path of every series is made of errors from the same past origin: series that move alike have paths that move alike.
func TestReplayTogether(t *testing.T) {
	p, _ := market(t, 1, .01, .1)
	s := p.Series(0)
	double := make([]float64, len(s.Values))
	for d, v := range s.Values {
		double[d] = 3 * v
	}
	two, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), []tidewatch.Series{{ID: "a", Values: s.Values}, {ID: "b", Values: double}}, p.Covariates()...)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := fit(t, two).Replay(t.Context(), tidewatch.Ask{Steps: 5}, []int{28, 100, 300, 799})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 4 {
		for h := range 5 {
			if a, b := paths.Path(0, k)[h], paths.Path(1, k)[h]; math.Abs(b-3*a) > .02*b {
				t.Errorf("path %d, step %d: %g beside %g", k, h, a, b)
			}
		}
	}
}

func TestAbstains(t *testing.T) {
	y := make([]float64, 200)
	for d := range y {
		y[d] = 10 + float64(d%7)
	}
	with := func(change func(y []float64)) []float64 {
		z := append([]float64(nil), y...)
		change(z)
		return z
	}
	series := []tidewatch.Series{{ID: "good", Values: y},
		{ID: "below", Values: with(func(y []float64) { y[5] = -1 })},
		{ID: "short", Values: y[:40]},
		{ID: "seldom", Values: with(func(y []float64) {
			for d := range y {
				y[d] *= float64(d * 7 % 3 % 2)
			}
		})},
		{ID: "empty", Values: nil}}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fit(t, p).Forecast(t.Context(), tidewatch.Ask{Steps: 7})
	if err != nil {
		t.Fatal(err)
	}
	if f.Rows[0].Abstains() || len(f.Problems) != 4 {
		t.Errorf("%+v", f.Problems)
	}
	for h, v := range f.Rows[0].Mean {
		if want := 10 + float64((200+h)%7); math.Abs(v-want) > .2 {
			t.Errorf("step %d: %g, want %g", h, v, want)
		}
	}
}

// The parts of an account add up to the forecast, closed days included.
func TestExplain(t *testing.T) {
	p, _ := market(t, 2, .01, .1)
	m := fit(t, p)
	f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: horizon})
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Explain(t.Context(), p, 1, horizon)
	if err != nil {
		t.Fatal(err)
	}
	total := a.Total()
	for h, want := range f.Rows[1].Mean {
		if got := total[a.Known+h]; math.Abs(got-want) > 1e-9*want+1e-9 {
			t.Errorf("step %d: the parts make %g, the forecast is %g", h+1, got, want)
		}
	}
	names := map[string]bool{}
	for _, part := range a.Parts {
		names[part.Name] = true
	}
	for _, want := range []string{"", "7", "promo", "event=feast", "day of the month"} {
		if !names[want] {
			t.Errorf("no part %q in %v", want, names)
		}
	}
}
