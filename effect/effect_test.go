package effect

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model"
)

// shops makes daily series of three years from a known truth: a promotion that sells half as much again, a feast three times as much, and days
// on which nothing is sold. Each shop has a weekly pattern and a promotion effect of its own; the last horizon days are cut off.
func shops(t *testing.T, n, horizon int, size float64, seed uint64) (p *tidewatch.Panel, truth [][]float64) {
	t.Helper()
	const days = 3*365 + 40
	rng := rand.New(rand.NewPCG(seed, 1))
	feast, closed := make([]float32, days), make([]float32, days)
	for d := range days {
		if d%110 == 5 {
			feast[d] = 1
		}
		if d%97 == 15 || d%97 == 40 {
			closed[d] = 1
		}
	}
	promo := tidewatch.Covariate{Name: "promo", Scope: tidewatch.ByCell, Ahead: true, Cells: make([]tidewatch.Cells, n)}
	var list []tidewatch.Series
	for i := range n {
		own := math.Log(1.5) + .1*rng.NormFloat64()
		promo.Cells[i] = tidewatch.Cells{Start: 0, Offset: len(promo.Values), Len: days}
		y := make([]float64, days)
		for d := range days {
			on := float32(0)
			if (d/7+i)%3 == 0 && d%7 < 5 {
				on = 1
			}
			promo.Values = append(promo.Values, on)
			mu := size * (1 + .3*math.Sin(float64(d)/150)) * []float64{1, .9, .9, 1, 1.2, 1.6, 1.1}[d%7] * math.Exp(own*float64(on)+math.Log(3)*float64(feast[d]))
			y[d] = math.Round(mu * math.Exp(.1*rng.NormFloat64()))
			if closed[d] == 1 {
				y[d] = 0
			}
		}
		truth = append(truth, y[days-horizon:])
		list = append(list, tidewatch.Series{ID: fmt.Sprintf("shop%d", i), Values: y[:days-horizon]})
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC)}, []int{7}, list, promo,
		tidewatch.Covariate{Name: "feast", Ahead: true, Values: feast}, tidewatch.Covariate{Name: "closed", Ahead: true, Values: closed},
		tidewatch.Covariate{Name: "hidden", Values: feast})
	if err != nil {
		t.Fatal(err)
	}
	return p, truth
}

func inner(t *testing.T) tidewatch.Method {
	t.Helper()
	s, err := model.Panel("stm", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func forecast(t *testing.T, m tidewatch.Method, p *tidewatch.Panel, a tidewatch.Ask) (*tidewatch.Forecast, tidewatch.Model) {
	t.Helper()
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fit.Forecast(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	return f, fit
}

func TestEffectsAreFound(t *testing.T) {
	p, truth := shops(t, 30, 40, 500, 1)
	f, fit := forecast(t, Method{Inner: inner(t)}, p, tidewatch.Ask{Steps: 40})
	plain, _ := forecast(t, inner(t), p, tidewatch.Ask{Steps: 40})
	found := map[string]Effect{}
	for _, e := range fit.(*Model).Effects() {
		found[e.Name] = e
	}
	if e := found["promo"]; math.Abs(e.Factor-1.5) > .06 {
		t.Errorf("promo %+v, want 1.5", e)
	}
	if e := found["feast"]; math.Abs(e.Factor-3) > .1 || e.High-e.Low > .2 {
		t.Errorf("feast %+v, want 3", e)
	}
	if e := found["closed"]; e.Kind != "closed" {
		t.Errorf("closed %+v", e)
	}
	if _, ok := found["hidden"]; ok || len(found) != 3 {
		t.Errorf("found %v: a covariate of the past has no effect ahead", found)
	}
	var with, without float64
	for i := range f.Rows {
		for h, y := range truth[i] {
			with += math.Abs(f.Rows[i].Mean[h] - y)
			without += math.Abs(plain.Rows[i].Mean[h] - y)
			if p.Series(i).Covariate(2, f.Rows[i].First+h) == 1 && (f.Rows[i].Mean[h] != 0 || slices.Max(f.At(i, h)) != 0) {
				t.Errorf("%s is forecast as %v on a closed day", f.Rows[i].ID, f.Rows[i].Mean[h])
			}
		}
	}
	if with > .6*without {
		t.Errorf("the error is %.0f with and %.0f without what is known", with, without)
	}
}

// What stands in the future must not reach the forecast, nor the number of workers, nor the order of series beside the sample.
func TestNothingOfTheFuture(t *testing.T) {
	p, _ := shops(t, 12, 0, 500, 2)
	cut := p.Before(50)
	a, _ := forecast(t, Method{Inner: inner(t), Workers: 1}, cut, tidewatch.Ask{Steps: 30})
	wild := p.Replace(func(i int, v []float64) {
		for k := range 50 {
			v[len(v)-1-k] = 1e6
		}
	}).Before(50)
	b, _ := forecast(t, Method{Inner: inner(t), Workers: 5}, wild, tidewatch.Ask{Steps: 30})
	for i := range a.Rows {
		if !slices.Equal(a.Rows[i].Quantiles, b.Rows[i].Quantiles) {
			t.Fatalf("%s differs", a.Rows[i].ID)
		}
	}
}

// A what-if replaces a plan.
func TestWhatIf(t *testing.T) {
	p, _ := shops(t, 10, 40, 500, 3)
	plan := p.Covariates()[1]
	plan.Values = slices.Clone(plan.Values)
	first := p.Series(0).End()
	for h := range 40 {
		plan.Values[first+h] = 1
	}
	fit, err := Method{Inner: inner(t)}.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	usual, err := fit.Forecast(context.Background(), tidewatch.Ask{Steps: 40})
	if err != nil {
		t.Fatal(err)
	}
	if1, err := fit.Forecast(context.Background(), tidewatch.Ask{Steps: 40, Series: []int{3}, Future: []tidewatch.Covariate{plan}})
	if err != nil {
		t.Fatal(err)
	}
	for h := range 40 {
		a, b := usual.Rows[3].Mean[h], if1.Rows[0].Mean[h]
		if was := p.Series(3).Covariate(1, first+h); a > 0 && was == 0 && (b < 2*a || b > 4*a) {
			t.Errorf("step %d: %g becomes %g on a feast", h, a, b)
		}
	}
}

func TestCountsStayWhole(t *testing.T) {
	p, _ := shops(t, 30, 40, 2, 4)
	m, err := model.Panel("count", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, fit := forecast(t, Method{Inner: m}, p, tidewatch.Ask{Steps: 40})
	feasts := 0
	for i, r := range f.Rows {
		for j, q := range r.Quantiles {
			if q != math.Trunc(q) || q < 0 {
				t.Fatalf("%s: quantile %d is %g", r.ID, j, q)
			}
		}
		for h := range 40 {
			if p.Series(i).Covariate(1, r.First+h) == 1 && p.Series(i).Covariate(2, r.First+h) == 0 {
				feasts++
				if r.Mean[h] < 3 {
					t.Errorf("%s: a feast is forecast as %g", r.ID, r.Mean[h])
				}
			}
		}
	}
	if feasts == 0 {
		t.Errorf("no feast ahead; effects %v", fit.(*Model).Effects())
	}
}

// Series that effects have no meaning for go to the inner method as they are, and so does a panel without covariates.
func TestLeftAlone(t *testing.T) {
	x := tidewatch.Covariate{Name: "x", Ahead: true, Values: make([]float32, 130)}
	for i := range x.Values {
		x.Values[i] = float32(i % 2)
	}
	series := func() []tidewatch.Series {
		below, zero, few := make([]float64, 100), make([]float64, 100), []float64{3, 4, 5}
		for i := range below {
			below[i] = float64(i%7) - 3
		}
		return []tidewatch.Series{{ID: "below", Values: below}, {ID: "zero", Values: zero}, {ID: "few", Values: few}, {ID: "none", Values: []float64{math.NaN()}}}
	}
	g := tidewatch.Grid{Freq: tidewatch.Daily}
	with, err := tidewatch.NewPanel(g, []int{7}, series(), x)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := tidewatch.NewPanel(g, []int{7}, series())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := forecast(t, inner(t), bare, tidewatch.Ask{Steps: 5})
	for _, p := range []*tidewatch.Panel{with, bare} {
		got, _ := forecast(t, Method{Inner: inner(t)}, p, tidewatch.Ask{Steps: 5})
		for i := range want.Rows {
			if got.Rows[i].Abstains() != want.Rows[i].Abstains() || !slices.Equal(got.Rows[i].Quantiles, want.Rows[i].Quantiles) {
				t.Errorf("%s: %v, want %v", want.Rows[i].ID, got.Rows[i].Mean, want.Rows[i].Mean)
			}
		}
		if len(got.Problems) != len(want.Problems) {
			t.Errorf("problems %v", got.Problems)
		}
	}
	if name := (Method{Inner: inner(t)}).String(); name != "stm" {
		t.Errorf("its name is %s", name)
	}
}

// Terms: labels and few numbers are told apart, shares and positive numbers are numbers, and others are left out.
func TestTerms(t *testing.T) {
	n := 60
	make32 := func(f func(i int) float32) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	p, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily}, nil, []tidewatch.Series{{ID: "a", Values: make([]float64, 50)}},
		tidewatch.Covariate{Name: "state", Ahead: true, Labels: []string{"0", "a", "b"}, Values: make32(func(i int) float32 { return float32(max(0, i%9-6)) })},
		tidewatch.Covariate{Name: "open", Ahead: true, Values: make32(func(i int) float32 { return float32(min(1, i%7)) })},
		tidewatch.Covariate{Name: "price", Ahead: true, Values: make32(func(i int) float32 { return 2 + float32(i)/10 })},
		tidewatch.Covariate{Name: "part", Ahead: true, Values: make32(func(i int) float32 { return float32(max(0, i-40)) / 20 })},
		tidewatch.Covariate{Name: "degrees", Ahead: true, Values: make32(func(i int) float32 { return float32(i) - 30 })},
		tidewatch.Covariate{Name: "same", Ahead: true, Values: make32(func(int) float32 { return 7 })},
		tidewatch.Covariate{Name: "past", Values: make32(func(i int) float32 { return float32(i % 2) })})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range termsOf(p) {
		got = append(got, fmt.Sprint(x.name, " ", x.form))
	}
	if want := []string{"state=a 0", "state=b 0", "open=0 0", "price 2", "part 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCancel(t *testing.T) {
	p, _ := shops(t, 10, 0, 500, 5)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Method{Inner: inner(t)}).Fit(ctx, p); err == nil {
		t.Error("it went on after the end of its context")
	}
}
