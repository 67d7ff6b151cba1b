package tidewatch_test

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
)

func TestAddAndReplace(t *testing.T) {
	g := tidewatch.Grid{Freq: tidewatch.Daily}
	p, err := tidewatch.NewPanel(g, nil, []tidewatch.Series{{ID: "a", Start: 2, Values: []float64{1, 2, 3, 4}, Unavailable: []bool{true, false, false, false}}, {ID: "b", Values: []float64{5, 6, 7}}})
	if err != nil {
		t.Fatal(err)
	}
	more, err := p.Add(tidewatch.Covariate{Name: "x", Ahead: true, First: 1, Values: []float32{10, 11, 12, 13, 14, 15, 16}})
	if err != nil {
		t.Fatal(err)
	}
	cut := more.Before(1).Select([]int{1, 0})
	twice := cut.Replace(func(i int, v []float64) {
		for t := range v {
			v[t] *= 2 + float64(i)
		}
	})
	for i, want := range [][]float64{{10, 12}, {3, 6, 9}} {
		s, old := twice.Series(i), cut.Series(i)
		if len(s.Values) != len(want) || s.ID != old.ID || s.Start != old.Start {
			t.Fatalf("series %d: %+v", i, s)
		}
		for k, v := range want {
			if s.Values[k] != v {
				t.Errorf("series %s at %d: %v, want %v", s.ID, k, s.Values[k], v)
			}
		}
		if s.Covariate(0, 6) != 15 || old.Covariate(0, 6) != 15 {
			t.Errorf("series %s: the covariate at 6 is %v", s.ID, s.Covariate(0, 6))
		}
	}
	if a := twice.Series(1); !a.Unavailable[0] || a.Unavailable[1] || !math.IsNaN(a.Demand()[0]) {
		t.Errorf("availability %v", a.Unavailable)
	}
	if p.Series(0).Values[0] != 1 || len(p.Covariates()) != 0 {
		t.Error("the panel itself changed")
	}
	if _, err := p.Add(tidewatch.Covariate{Name: "x", Scope: tidewatch.BySeries, Values: []float32{1, 2}}); err == nil {
		t.Error("a covariate by series was added")
	}
}
