package effect

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model"
)

// The parts add up to the forecast, and the effects are among them: what a feast adds is about twice what is sold without it.
func TestExplain(t *testing.T) {
	p, _ := shops(t, 3, 28, 100, 7)
	inner, err := model.Panel("ets", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Method{Inner: inner}.Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Forecast(t.Context(), tidewatch.Ask{Steps: 28})
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Len() {
		a, err := m.(tidewatch.Explainer).Explain(t.Context(), p, i, 28)
		if err != nil {
			t.Fatal(err)
		}
		total := a.Total()
		for h, v := range f.Rows[i].Mean {
			if d := total[a.Known+h] - v; math.Abs(d) > 1e-9*(1+math.Abs(v)) {
				t.Fatalf("series %d, step %d: the parts are %g apart from the forecast", i, h, d)
			}
		}
		feast, closed := a.Part(tidewatch.CovariatePart, "feast", len(total)), a.Part(tidewatch.CovariatePart, "closed", len(total))
		seen := 0
		for at, v := range feast {
			if p.Series(i).Covariate(1, a.First+at) == 1 && !math.IsNaN(total[at]) && closed[at] == 0 {
				seen++
				if share := v / total[at]; share < .5 || share > .8 {
					t.Errorf("series %d, period %d: a feast is %.2f of what is sold, want two thirds", i, at, share)
				}
			}
			if p.Series(i).Covariate(2, a.First+at) == 1 && math.Abs(total[at]) > 1e-6 {
				t.Errorf("series %d, period %d: %g is sold while closed", i, at, total[at])
			}
		}
		if seen == 0 {
			t.Error("there was no feast")
		}
	}
}
