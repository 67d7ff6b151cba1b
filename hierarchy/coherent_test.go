package hierarchy

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/model"
)

// shop is daily counts of two categories of items in two shops that share a common shock.
func shop(t testing.TB, n int) (*tidewatch.Panel, *Hierarchy) {
	t.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	var series []tidewatch.Series
	for range 12 {
		series = append(series, tidewatch.Series{})
	}
	ids := make([]string, len(series))
	category, store := make([]string, len(series)), make([]string, len(series))
	for i := range series {
		ids[i] = string(rune('a' + i))
		category[i], store[i] = []string{"x", "y", "z"}[i%3], []string{"north", "south"}[i/6]
		start := i % 5 * 3
		series[i] = tidewatch.Series{ID: ids[i], Start: start, Values: make([]float64, n-start)}
	}
	for t := range n {
		shock := math.Exp(.3 * rng.NormFloat64())
		for i, s := range series {
			if t >= s.Start {
				s.Values[t-s.Start] = math.Round((float64(2+i) + 2*math.Sin(2*math.Pi*float64(t)/7)) * shock * math.Exp(.2*rng.NormFloat64()))
			}
		}
	}
	bottom, err := tidewatch.NewPanel(daily(), []int{7}, series)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]string{"category": category, "store": store}
	h, err := Of(ids, []string{"total", "category", "store", "category+store"}, func(c string) ([]string, bool) { x, ok := texts[c]; return x, ok })
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := h.Panel(bottom)
	if err != nil {
		t.Fatal(err)
	}
	return p, h
}

func coherent(t testing.TB, p *tidewatch.Panel, h *Hierarchy, m Method) (tidewatch.Model, *tidewatch.Forecast, *tidewatch.Paths) {
	t.Helper()
	base, err := model.Panel("ses", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	fitted, err := Coherent{Base: base, Hierarchy: h, Reconcile: m, Horizon: 7, Seed: 1}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fitted.Forecast(t.Context(), tidewatch.Ask{Steps: 7, Seed: 3})
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	paths, err := fitted.(tidewatch.Sampler).Sample(t.Context(), tidewatch.Ask{Steps: 7, Seed: 3}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return fitted, f, paths
}

// Every node of every path, and every mean, is the sum of its bottom series, and none is negative.
func TestForecastsAndPathsAddUp(t *testing.T) {
	p, h := shop(t, 120)
	for _, m := range append(Methods(), "mo:store") {
		method, level, err := ParseMethod(string(m))
		if err != nil {
			t.Fatal(err)
		}
		fitted, f, paths := coherent(t, p, h, method)
		if got, ok := Reconciled(fitted); !ok || got == Auto {
			t.Errorf("%s %s: reconciled by %q", m, level, got)
		}
		y := make([]float64, h.Len())
		check := func(what string, value func(v int) float64) {
			for v := range y {
				y[v] = value(v)
			}
			sums := slices.Clone(y)
			h.Sum(sums)
			agree(t, string(m)+" "+what, y, sums, 1e-9)
			if slices.Min(y) < 0 {
				t.Errorf("%s: %s is negative", m, what)
			}
		}
		for step := range 7 {
			check("mean", func(v int) float64 { return f.Rows[v].Mean[step] })
			for k := range paths.Samples {
				check("path", func(v int) float64 { return paths.Path(v, k)[step] })
			}
		}
	}
}

func TestSameAtAnyNumberOfWorkers(t *testing.T) {
	p, h := shop(t, 90)
	_, f, paths := coherent(t, p, h, WLS)
	before := runtime.GOMAXPROCS(1)
	_, f1, paths1 := coherent(t, p, h, WLS)
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(f, f1) || !reflect.DeepEqual(paths.Values, paths1.Values) {
		t.Error("one worker makes another forecast than several")
	}
}

func TestAskForSome(t *testing.T) {
	p, h := shop(t, 90)
	m, f, paths := coherent(t, p, h, WLS)
	ask := tidewatch.Ask{Steps: 7, Seed: 3, Series: []int{5, 0}}
	some, err := m.Forecast(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	few, err := m.(tidewatch.Sampler).Sample(t.Context(), ask, 100)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(some.Rows[0], f.Rows[5]) || !reflect.DeepEqual(some.Rows[1], f.Rows[0]) || !slices.Equal(few.Path(0, 9), paths.Path(5, 9)) {
		t.Error("some of the series are forecast otherwise than all")
	}
}

// A series without a history abstains, counts as zero in sums, and does not stop the others.
func TestItemsWithoutHistory(t *testing.T) {
	h, err := New([]string{"a", "new"}, Total("total", 2))
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, 60)
	for i := range y {
		y[i] = 20 + float64(i%7)
	}
	bottom, err := tidewatch.NewPanel(daily(), []int{7}, []tidewatch.Series{{ID: "a", Values: y}, {ID: "new", Start: 60}})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := h.Panel(bottom)
	if err != nil {
		t.Fatal(err)
	}
	_, f, _ := coherent(t, p, h, WLS)
	if !f.Rows[2].Abstains() || f.Rows[0].Mean[3] != f.Rows[1].Mean[3] || len(f.Problems) == 0 {
		t.Errorf("total %v, a %v, new %v, problems %v", f.Rows[0].Mean, f.Rows[1].Mean, f.Rows[2].Mean, f.Problems)
	}
}

// Quantiles of even quantiles are those: no spread is lost on the way through paths.
func TestQuantilesGiveBackEvenOnes(t *testing.T) {
	x := make([]float64, 200)
	for i := range x {
		x[i] = 3 * (float64(i) + .5) / 200
	}
	q := make([]float64, 3)
	Quantiles(x, []float64{.025, .5, .99}, q)
	agree(t, "quantiles", q, []float64{.075, 1.5, 2.97}, 1e-12)
}

func TestSpreadIsTheVariance(t *testing.T) {
	f := &tidewatch.Forecast{Steps: 1, Levels: conform.Grid(), Rows: []tidewatch.ForecastRow{{Mean: []float64{5}}, {}}}
	for _, p := range f.Levels {
		f.Rows[0].Quantiles = append(f.Rows[0].Quantiles, 5+2*math.Sqrt2*math.Erfinv(2*p-1))
	}
	if v := Spread(f); math.Abs(v[0]-4) > .15 || !math.IsInf(v[1], 1) {
		t.Errorf("variances %v, want about 4 and infinite", v)
	}
}

// Sums of many series come from one method, all others from another.
func TestMixed(t *testing.T) {
	p, h := shop(t, 90)
	forecast := func(m tidewatch.Method, a tidewatch.Ask) *tidewatch.Forecast {
		fitted, err := m.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(t.Context(), a)
		if err == nil {
			err = f.Check()
		}
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	mean, err := model.Panel("mean", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	naive, err := model.Panel("naive", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	ask := tidewatch.Ask{Steps: 2, Seed: 1}
	mixed := Mixed{Hierarchy: h, All: naive, Sums: mean, Many: 6}
	f, a, b := forecast(mixed, ask), forecast(naive, ask), forecast(mean, ask)
	for v, row := range f.Rows {
		want, method := a.Rows[v].Quantiles, "naive"
		if h.Size(v) >= 6 {
			want, method = b.Rows[v].Quantiles, "mean"
		}
		if row.ID != h.ID(v) || row.Method != method || !slices.Equal(row.Quantiles, want) {
			t.Errorf("node %q of %d series is forecast as %q by %q", h.ID(v), h.Size(v), row.ID, row.Method)
		}
	}
	ask.Series = []int{9, 0}
	if some := forecast(mixed, ask); !reflect.DeepEqual(some.Rows, []tidewatch.ForecastRow{f.Rows[9], f.Rows[0]}) {
		t.Error("some of the nodes are forecast otherwise than all")
	}
}
