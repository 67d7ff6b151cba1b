package model_test

import (
	"math"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/modeltest"
	"github.com/tidewatch/tidewatch/model"
)

// TestContract: every method has every ability of the contract, a paper and a cost.
func TestContract(t *testing.T) {
	for _, e := range model.Described() {
		if e.Paper == "" || e.Cost == "" || e.Does == "" || e.Version < 1 {
			t.Errorf("%s: paper %q, cost %q, does %q, version %d", e.Name, e.Paper, e.Cost, e.Does, e.Version)
		}
		for _, a := range []model.Ability{model.Quantiles, model.Paths, model.Fitted, model.Components, model.Updates, model.Saves, model.Unknowns} {
			if !slices.Contains(e.Abilities, a) {
				t.Errorf("%s lacks the ability %q: it has %q", e.Name, a, e.Abilities)
			}
		}
	}
}

// TestPathsOfEveryMethod: joint paths of each method go with its quantiles at every step, and hang together over the steps.
func TestPathsOfEveryMethod(t *testing.T) {
	p := modeltest.Panel(t).Select([]int{0, 2, 3, 4})
	for _, e := range model.All() {
		local, err := model.Local(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := fleet.Lifted{Method: local, Fallback: model.Fallback()}.Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		const n, steps = 600, 5
		ask := tidewatch.Ask{Steps: steps, Seed: 5}
		paths, err := conform.Sample(t.Context(), m, p, ask, n)
		if err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		f, err := m.Forecast(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		for k := range f.Rows {
			for h := range steps {
				inside, lo, hi := 0, f.Quantile(k, h, .1), f.Quantile(k, h, .9)
				for i := range n {
					v := paths.Path(k, i)[h]
					if math.IsNaN(v) {
						t.Fatalf("%s: series %q has no paths", e.Name, f.Rows[k].ID)
					}
					if v >= lo-.51 && v <= hi+.51 { // paths of whole numbers are whole
						inside++
					}
				}
				if share := float64(inside) / n; share < .72 {
					t.Errorf("%s: series %q, step %d: %.2f of the paths are between the quantiles .1 and .9", e.Name, f.Rows[k].ID, h+1, share)
				}
			}
		}
	}
}
