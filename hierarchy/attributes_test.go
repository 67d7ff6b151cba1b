package hierarchy

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
)

// described is a panel of n items in stores of two states, in departments of categories, with a price known ahead.
func described(t testing.TB, n int) *tidewatch.Panel {
	t.Helper()
	names := []string{"item", "dept", "cat", "store", "state"}
	covariates := make([]tidewatch.Covariate, len(names))
	for k, name := range names {
		covariates[k] = tidewatch.Covariate{Name: name, Scope: tidewatch.BySeries}
	}
	label := func(k int, text string) {
		c := &covariates[k]
		at := slices.Index(c.Labels, text)
		if at < 0 {
			at, c.Labels = len(c.Labels), append(c.Labels, text)
		}
		c.Values = append(c.Values, float32(at))
	}
	price := tidewatch.Covariate{Name: "price", Scope: tidewatch.ByCell, Ahead: true}
	var series []tidewatch.Series
	for i := range n {
		for s := range 6 {
			for k, v := range []int{i, i % 6, i % 6 / 2, s, s / 3} {
				label(k, fmt.Sprint(names[k], v))
			}
			y := make([]float64, 100)
			for t := range y {
				y[t] = float64((i*7+s*3+t*t)%5 + t%7)
			}
			price.Cells = append(price.Cells, tidewatch.Cells{Offset: len(price.Values), Len: 107})
			for range 107 {
				price.Values = append(price.Values, float32(1+i%3))
			}
			series = append(series, tidewatch.Series{ID: fmt.Sprint("item", i, "@", s), Values: y})
		}
	}
	p, err := tidewatch.NewPanel(daily(), []int{7}, series, append(covariates, price)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Of attributes like M5's the levels of that competition come out, and of none nothing.
func TestOfAttributes(t *testing.T) {
	p := described(t, 24)
	h, err := OfAttributes(p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range h.Levels() {
		got = append(got, fmt.Sprint(l.Name, len(l.Nodes)))
	}
	want := []string{"total1", "state2", "cat3", "dept6", "store6", "cat+state6", "dept+state12", "cat+store18", "item24", "dept+store36", "item+state48"}
	if !slices.Equal(got, want) {
		t.Errorf("levels %v, want %v", got, want)
	}
	bare, err := tidewatch.NewPanel(p.Grid(), nil, []tidewatch.Series{p.Series(0), p.Series(1)})
	if err != nil {
		t.Fatal(err)
	}
	if h, err := OfAttributes(bare); h != nil || err != nil {
		t.Errorf("a panel without attributes has the hierarchy %v, %v", h, err)
	}
}

// Leaves answers as its base does for the bottom series; SumUp adds those up in means and in every path.
func TestLeavesAndSumUp(t *testing.T) {
	p := described(t, 12)
	h, err := OfAttributes(p)
	if err != nil {
		t.Fatal(err)
	}
	nodes, _, err := h.Panel(p)
	if err != nil {
		t.Fatal(err)
	}
	fitted, of, _ := coherent(t, nodes, h, OLS)
	leaves, err := Leaves{Base: fitted.(*coherentModel).Coherent, Hierarchy: h}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	a := tidewatch.Ask{Steps: 7, Seed: 3, Series: []int{40, 3}}
	f, err := leaves.Forecast(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range a.Series {
		if row := of.Rows[h.Bottom()+i]; f.Rows[k].ID != row.ID || !slices.Equal(f.Rows[k].Mean, row.Mean) || !slices.Equal(f.Rows[k].Quantiles, row.Quantiles) {
			t.Errorf("series %d is forecast otherwise alone", i)
		}
	}

	up, err := SumUp{Base: Leaves{Base: fitted.(*coherentModel).Coherent, Hierarchy: h}, Hierarchy: h}.Fit(t.Context(), nodes)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := up.Forecast(t.Context(), tidewatch.Ask{Steps: 7, Seed: 3})
	if err == nil {
		err = whole.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	paths, err := up.(tidewatch.Sampler).Sample(t.Context(), tidewatch.Ask{Steps: 7, Seed: 3}, 100)
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, h.Len())
	for step := range 7 {
		for v := range y {
			y[v] = whole.Rows[v].Mean[step]
		}
		h.Sum(y)
		for v := range y {
			if m := whole.Rows[v].Mean[step]; math.Abs(y[v]-m) > 1e-9*m {
				t.Fatalf("node %s, step %d: mean %g, its series sum to %g", h.ID(v), step, m, y[v])
			}
		}
		for k := range paths.Samples {
			for v := range y {
				y[v] = paths.Path(v, k)[step]
			}
			h.Sum(y)
			for v := range y {
				if x := paths.Path(v, k)[step]; math.Abs(y[v]-x) > 1e-9*x {
					t.Fatalf("node %s, path %d: %g, its series sum to %g", h.ID(v), k, x, y[v])
				}
			}
		}
	}
	account, err := up.(tidewatch.Explainer).Explain(t.Context(), nodes, 0, 7)
	if err != nil || math.Abs(account.Total()[account.Known+6]-whole.Rows[0].Mean[6]) > 1e-9*whole.Rows[0].Mean[6] {
		t.Errorf("the account of the total: %v", err)
	}
}

// What a price would be becomes one of the sums too, relative to what it was.
func TestLeavesWhatIf(t *testing.T) {
	p := described(t, 12)
	h, err := OfAttributes(p)
	if err != nil {
		t.Fatal(err)
	}
	future := tidewatch.Covariate{Name: "price", Scope: tidewatch.ByCell, Ahead: true}
	for i := range p.Len() {
		future.Cells = append(future.Cells, tidewatch.Cells{Start: 100, Offset: len(future.Values), Len: 7})
		for range 7 {
			future.Values = append(future.Values, float32(p.Series(i).Covariate(5, 100))/2)
		}
	}
	nodes, _, err := h.Panel(p)
	if err != nil {
		t.Fatal(err)
	}
	m := &leavesModel{h: h, bottom: p, nodes: nodes}
	a := m.ask(tidewatch.Ask{Steps: 7, Future: []tidewatch.Covariate{future}})
	for v := range h.Len() {
		at := a.Covariates(nodes, v)
		if ratio := at(5, 103) / at(5, 50); math.Abs(ratio-.5) > 1e-6 {
			t.Fatalf("%s: the price is %g times what it was", h.ID(v), ratio)
		}
	}
}
