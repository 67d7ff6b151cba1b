package selection_test

import (
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/selection"
)

// The mean of a mixture is the weighted mean of its members', each draws its share of the paths, and a member that abstains is left out.
func TestMixture(t *testing.T) {
	low, high := make([]float64, 40), make([]float64, 40)
	for k := range low {
		low[k], high[k] = float64(k%3), 1000+10.5*float64(k)
	}
	p := panel(t, []int{12}, low, high, []float64{5}, nil)
	var members []selection.Weighted
	var alone []*tidewatch.Forecast
	a := tidewatch.Ask{Steps: 6, Seed: 2}
	for k, name := range []string{"naive", "snaive(12)"} {
		m, err := model.Panel(name, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, selection.Weighted{Method: m, Weight: float64(3 - 2*k)})
		fitted, err := m.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		alone = append(alone, f)
	}
	fitted, err := selection.Mixture{Name: "both", Members: members}.Fit(t.Context(), p)
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
	paths, err := fitted.(tidewatch.Sampler).Sample(t.Context(), a, 40)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		for h, m := range f.Rows[i].Mean {
			if want := .75*alone[0].Rows[i].Mean[h] + .25*alone[1].Rows[i].Mean[h]; math.Abs(m-want) > 1e-9*(1+want) {
				t.Errorf("series %d, step %d: mean %g, want %g", i, h+1, m, want)
			}
		}
		account, err := fitted.(tidewatch.Explainer).Explain(t.Context(), p, i, 6)
		if err != nil {
			t.Fatal(err)
		}
		for h, m := range f.Rows[i].Mean {
			if got := account.Total()[account.Known+h]; math.Abs(got-m) > 1e-9*(1+m) {
				t.Errorf("series %d, step %d: the parts make %g, the mean is %g", i, h+1, got, m)
			}
		}
	}
	// The seasonal forecast of the rising series lies far below the other: a quarter of the paths do.
	below := 0
	for k := range paths.Samples {
		if paths.Path(1, k)[0] < (alone[0].Rows[1].Mean[0]+alone[1].Rows[1].Mean[0])/2 {
			below++
		}
	}
	if below < 6 || below > 14 {
		t.Errorf("%d of 40 paths are of the method with a quarter of the weight", below)
	}
	one, err := fitted.Forecast(t.Context(), tidewatch.Ask{Steps: 6, Seed: 2, Series: []int{1}})
	if err != nil || !slices.Equal(one.Rows[0].Quantiles, f.Rows[1].Quantiles) {
		t.Errorf("a series asked for alone is forecast otherwise: %v", err)
	}
	if !f.Rows[3].Abstains() || len(f.Problems) != 1 || !math.IsNaN(paths.Path(3, 0)[0]) {
		t.Errorf("a series without values: %v, problems %v", f.Rows[3].Mean, f.Problems)
	}
	for k := range paths.Samples {
		if v := paths.Path(2, k)[0]; math.IsNaN(v) {
			t.Fatal("a series of one value has no paths")
		}
	}
	if _, err := (selection.Mixture{Members: []selection.Weighted{{Method: members[0].Method}}}).Fit(t.Context(), p); tidewatch.CodeOf(err) != tidewatch.CodeUsage {
		t.Errorf("a weight of zero: %v", err)
	}
}
