package tidewatch_test

import (
	"math"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// What an ask says of covariates holds from the series' end on, as far as it goes; before it, and beyond, the panel's does.
func TestAskCovariates(t *testing.T) {
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, nil, []tidewatch.Series{{ID: "a", Values: []float64{1, 2}}, {ID: "b", Start: 1, Values: []float64{1, 2}}},
		tidewatch.Covariate{Name: "all", Ahead: true, Values: []float32{1, 2, 3, 4, 5, 6}},
		tidewatch.Covariate{Name: "cell", Ahead: true, Scope: tidewatch.ByCell, Values: []float32{1, 2, 3, 4, 5, 6}, Cells: []tidewatch.Cells{{Len: 6}, {Len: 6}}},
		tidewatch.Covariate{Name: "fixed", Scope: tidewatch.BySeries, Values: []float32{7, 8}})
	if err != nil {
		t.Fatal(err)
	}
	a := tidewatch.Ask{Future: []tidewatch.Covariate{
		{Name: "all", Values: []float32{10, 20, 30}, First: 1},
		{Name: "cell", Scope: tidewatch.ByCell, Values: []float32{50, 60}, Cells: []tidewatch.Cells{{Start: 2, Len: 2}, {Start: 2, Len: 2}}},
		{Name: "fixed", Scope: tidewatch.BySeries, Values: []float32{70, 80}}}}
	read := a.Covariates(p, 1) // ends before 3
	for c, want := range [][]float64{{1, 2, 3, 30, 5, 6, math.NaN()}, {1, 2, 3, 60, 5, 6, math.NaN()}, {80, 80, 80, 80, 80, 80, 80}} {
		for at, v := range want {
			if got := read(c, at); got != v && (got == got || v == v) {
				t.Errorf("covariate %d at %d is %g, want %g", c, at, got, v)
			}
		}
	}
}
