package hierarchy

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Covariates of single series become those of their sums: shares weighed by sales, labels that all have, prices against their own mean.
func TestCovariatesOfSums(t *testing.T) {
	h, err := New([]string{"a", "b", "c"}, Total("total", 3), Group("shop", []string{"x", "x", "y"}, func(s string) string { return s }))
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	series := []tidewatch.Series{{ID: "a", Values: []float64{30, 30}}, {ID: "b", Values: []float64{10, 10}}, {ID: "c", Start: 1, Values: []float64{40}}}
	cell := func(values ...float32) tidewatch.Covariate {
		return tidewatch.Covariate{Scope: tidewatch.ByCell, Ahead: true, Values: values, Cells: []tidewatch.Cells{{Start: 0, Offset: 0, Len: 3}, {Start: 0, Offset: 3, Len: 3}, {Start: 1, Offset: 6, Len: 2}}}
	}
	promo, price, kind := cell(1, 0, 1, 0, 0, 1, 0, 1), cell(1, 4, 1, 9, 9, 9, 5, 5), cell(0, 1, 1, 0, 0, 1, 1, 1)
	promo.Name, price.Name, kind.Name, kind.Labels = "promo", "price", "kind", []string{"none", "sale"}
	state := tidewatch.Covariate{Name: "state", Scope: tidewatch.BySeries, Values: []float32{1, 1, 0}, Labels: []string{"CA", "TX"}}
	day := tidewatch.Covariate{Name: "day", Ahead: true, Values: []float32{1, 2, 3}}
	bottom, err := tidewatch.NewPanel(tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, series, promo, price, kind, state, day)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := h.Panel(bottom)
	if err != nil {
		t.Fatal(err)
	}
	// The mean sales count one period more than there are, so that a series just begun weighs little: 20, 6.67 and 20.
	wa, wb, wc := 20.0, 20.0/3, 20.0
	up := math.Log(4) * 2 / 3 // the log of the second price of a against its mean
	for _, c := range []struct {
		node, covariate int
		want            []float64
	}{
		{0, 0, []float64{wa / (wa + wb), 0, 1}},
		{1, 0, []float64{wa / (wa + wb), 0, 1}},
		{2, 0, []float64{nan, 0, 1}},
		{1, 1, []float64{math.Exp(-up / 2 * wa / (wa + wb)), math.Exp(up * wa / (wa + wb)), math.Exp(-up / 2 * wa / (wa + wb))}},
		{0, 1, []float64{math.Exp(-up / 2 * wa / (wa + wb)), math.Exp(up * wa / (wa + wb + wc)), math.Exp(-up / 2 * wa / (wa + wb + wc))}},
		{1, 2, []float64{0, nan, 1}},
		{0, 2, []float64{0, nan, 1}},
		{0, 3, []float64{nan, nan, nan}},
		{1, 3, []float64{1, 1, 1}},
		{2, 4, []float64{1, 2, 3}},
		{3, 1, []float64{1, 4, 1}}, // bottom series keep their own
	} {
		for at, want := range c.want {
			if got := p.Series(c.node).Covariate(c.covariate, at); math.Abs(got-want) > 1e-6 || (got != got) != (want != want) {
				t.Errorf("%s of %s at %d is %g, want %g", p.Covariates()[c.covariate].Name, p.ID(c.node), at, got, want)
			}
		}
	}
}
