package tidewatch

import (
	"math"
	"slices"
	"testing"
)

func TestForecastShapeAndCheck(t *testing.T) {
	p := testPanel(t)
	a, err := Ask{Steps: 2, Series: []int{2, 0}}.Check(p.Len())
	if err != nil {
		t.Fatal(err)
	}
	f := NewForecast(p, a)
	if f.Rows[0].ID != "c" || f.Rows[0].First != 3 || f.Rows[1].First != 4 {
		t.Fatalf("rows are %+v", f.Rows)
	}
	if f.Check() == nil {
		t.Error("a forecast that was never filled in passes Check")
	}
	for k := range f.Rows {
		for i := range f.Rows[k].Mean {
			f.Rows[k].Mean[i] = 1
		}
		for i := range f.Rows[k].Quantiles {
			f.Rows[k].Quantiles[i] = float64(i % len(f.Levels))
		}
	}
	if err := f.Check(); err != nil {
		t.Error(err)
	}
	if got := f.Quantile(0, 0, .45); math.Abs(got-5.5) > 1e-12 { // between levels .4 and .5, which hold 5 and 6
		t.Errorf("quantile .45 is %g", got)
	}
	f.At(1, 1)[3] = -1
	if f.Check() == nil {
		t.Error("crossed quantiles pass Check")
	}
	f.Rows[1].Mean, f.Rows[1].Quantiles = nil, nil
	if err := f.Check(); err != nil {
		t.Errorf("a row that abstains fails Check: %v", err)
	}
}

func TestAskRefuses(t *testing.T) {
	for name, a := range map[string]Ask{"no steps": {}, "negative": {Steps: -1}, "huge": {Steps: 1e9}, "level 1.5": {Steps: 1, Levels: []float64{1.5}},
		"level NaN": {Steps: 1, Levels: []float64{math.NaN()}}, "descending": {Steps: 1, Levels: []float64{.5, .1}}, "series": {Steps: 1, Series: []int{3}}} {
		if _, err := a.Check(3); CodeOf(err) != CodeUsage {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

func TestPathsSum(t *testing.T) {
	p := testPanel(t)
	a := Ask{Steps: 2, Levels: []float64{.5}, Series: []int{0, 1}}
	f := NewForecast(p, a)
	f.Rows[1].First = f.Rows[0].First
	paths := NewPaths(f, 3)
	for i := range paths.Values {
		paths.Values[i] = float64(i)
	}
	sums, err := paths.Sum(nil, 0, 2)
	if err != nil || !slices.Equal(sums, []float64{0 + 1 + 6 + 7, 2 + 3 + 8 + 9, 4 + 5 + 10 + 11}) {
		t.Errorf("sums are %v, %v", sums, err)
	}
	if _, err := paths.Sum(nil, 1, 3); err == nil {
		t.Error("a sum beyond the horizon is no error")
	}
	paths.First[1]++
	if _, err := paths.Sum(nil, 0, 2); err == nil {
		t.Error("series of different times are summed")
	}
	if q := SampleQuantiles([]float64{3, 1, 2}, []float64{.25, .5, .99}); math.Abs(q[0]-1.5) > 1e-12 || q[1] != 2 || math.Abs(q[2]-2.98) > 1e-12 {
		t.Errorf("sample quantiles are %v", q)
	}
}
