package tidewatch

import (
	"math"
	"slices"
	"testing"
	"time"
)

var testGrid = Grid{Daily, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}

func testPanel(t *testing.T) *Panel {
	t.Helper()
	p, err := NewPanel(testGrid, []int{7}, []Series{
		{ID: "a", Start: 0, Values: []float64{1, 2, 3, 4}},
		{ID: "b", Start: 2, Values: []float64{5, math.NaN(), 0}, Unavailable: []bool{false, false, true}},
		{ID: "c", Start: 3},
	},
		Covariate{Name: "holiday", Ahead: true, First: 0, Values: []float32{0, 0, 1, 0, 0, 1}},
		Covariate{Name: "traffic", First: 0, Values: []float32{10, 11, 12, 13, 14, 15}},
		Covariate{Name: "brand", Scope: BySeries, Labels: []string{"x", "y"}, Values: []float32{0, 1, 1}},
		Covariate{Name: "price", Scope: ByCell, Ahead: true, Values: []float32{7, 8, 9, 20, 21}, Cells: []Cells{{0, 0, 3}, {2, 3, 2}, {}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPanelViews(t *testing.T) {
	p := testPanel(t)
	if p.End() != 5 {
		t.Errorf("end is %d, not 5", p.End())
	}
	b := p.Series(1)
	if d := b.Demand(); d[0] != 5 || !math.IsNaN(d[1]) || !math.IsNaN(d[2]) || b.Values[2] != 0 {
		t.Errorf("demand of b is %v over %v", d, b.Values)
	}
	cut := p.Until(3)
	if got := cut.Series(0).Values; !slices.Equal(got, []float64{1, 2, 3}) {
		t.Errorf("a until 3 is %v", got)
	}
	if got := cut.Series(1); len(got.Values) != 1 || len(got.Unavailable) != 1 {
		t.Errorf("b until 3 is %v", got)
	}
	if got := p.Before(2).Series(0).Values; !slices.Equal(got, []float64{1, 2}) {
		t.Errorf("a two before its end is %v", got)
	}
	back := p.Select([]int{1, 0})
	if s := back.Series(0); s.ID != "b" || s.Covariate(3, 2) != 20 || s.Covariate(2, 0) != 1 {
		t.Errorf("selected series %q has price %g and brand %g", s.ID, s.Covariate(3, 2), s.Covariate(2, 0))
	}
}

// TestCovariateHidesFuture: what is not known ahead cannot be seen at or after a series' end, at any origin.
func TestCovariateHidesFuture(t *testing.T) {
	p := testPanel(t)
	for end := range 6 {
		s := p.Until(end).Series(0)
		for at := range 6 {
			seen := !math.IsNaN(s.Covariate(1, at))
			if want := at < s.End(); seen != want {
				t.Errorf("end %d: past-only covariate at %d visible: %v", s.End(), at, seen)
			}
			if math.IsNaN(s.Covariate(0, at)) {
				t.Errorf("end %d: covariate known ahead is hidden at %d", s.End(), at)
			}
		}
	}
}

func TestNewPanelRefuses(t *testing.T) {
	one := []Series{{ID: "a", Values: []float64{1}}}
	for name, make := range map[string]func() (*Panel, error){
		"no frequency": func() (*Panel, error) { return NewPanel(Grid{}, nil, one) },
		"repeated id":  func() (*Panel, error) { return NewPanel(testGrid, nil, []Series{{ID: "a"}, {ID: "a"}}) },
		"empty id":     func() (*Panel, error) { return NewPanel(testGrid, nil, []Series{{}}) },
		"infinite": func() (*Panel, error) {
			return NewPanel(testGrid, nil, []Series{{ID: "a", Values: []float64{math.Inf(1)}}})
		},
		"season": func() (*Panel, error) { return NewPanel(testGrid, []int{1}, one) },
		"mask": func() (*Panel, error) {
			return NewPanel(testGrid, nil, []Series{{ID: "a", Values: []float64{1}, Unavailable: []bool{true, false}}})
		},
		"by series": func() (*Panel, error) { return NewPanel(testGrid, nil, one, Covariate{Name: "x", Scope: BySeries}) },
		"cells": func() (*Panel, error) {
			return NewPanel(testGrid, nil, one, Covariate{Name: "x", Scope: ByCell, Cells: []Cells{{0, 0, 1}}})
		},
		"label": func() (*Panel, error) {
			return NewPanel(testGrid, nil, one, Covariate{Name: "x", Labels: []string{"l"}, Values: []float32{1}})
		},
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
