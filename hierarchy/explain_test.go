package hierarchy

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model"
)

// The parts of every node add up to its reconciled forecast, and those of the base forecasts are among them.
func TestExplain(t *testing.T) {
	p, h := shop(t, 90)
	ets, err := model.Panel("ets", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	ses, err := model.Panel("ses", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Coherent{Base: Mixed{Hierarchy: h, All: ets, Sums: ses, Many: 6}, Hierarchy: h, Seed: 1}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 7, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for v, row := range f.Rows {
		a, err := m.(tidewatch.Explainer).Explain(t.Context(), p, v, 7)
		if err != nil {
			t.Fatal(err)
		}
		total, level := a.Total(), a.Part(tidewatch.LevelPart, "", len(a.Total()))
		for step, want := range row.Mean {
			if d := total[a.Known+step] - want; math.Abs(d) > 1e-9*(1+math.Abs(want)) {
				t.Fatalf("node %q, step %d: the parts are %g apart from the forecast", row.ID, step, d)
			}
			if level[a.Known+step] <= 0 {
				t.Errorf("node %q has no level in step %d", row.ID, step)
			}
		}
	}
}
