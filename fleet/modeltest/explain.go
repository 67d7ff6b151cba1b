package modeltest

import (
	"context"
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// explain: the parts of every series add up to its forecast, and where anything was expected of its past, to finite values.
func explain(t *testing.T, m fleet.Method) {
	p := Panel(t)
	f := fit(t, m, p, 1)
	const steps = 30
	fc := forecast(t, f, steps)
	for k := range fc.Rows {
		r, s := &fc.Rows[k], p.Series(k)
		a, err := f.(tidewatch.Explainer).Explain(context.Background(), p, k, steps)
		if r.Abstains() {
			if err == nil {
				t.Errorf("series %q has no forecast, but an explanation", r.ID)
			}
			continue
		}
		if err != nil {
			t.Errorf("series %q is not explained: %v", r.ID, err)
			continue
		}
		total := a.Total()
		if len(total) != len(s.Values)+steps || a.Known != len(s.Values) || a.First != s.Start || a.ID != r.ID {
			t.Fatalf("series %q: %d values for %d known and %d steps, from %d", r.ID, len(total), a.Known, steps, a.First)
		}
		size := 1e-300
		for _, v := range s.Demand() {
			if v == v {
				size = max(size, math.Abs(v))
			}
		}
		for h, v := range r.Mean {
			if d := math.Abs(total[a.Known+h] - v); !(d <= 1e-8*max(size, math.Abs(v))) {
				t.Errorf("series %q, %s: the parts of step %d add up to %g, the forecast is %g", r.ID, a.Form, h, total[a.Known+h], v)
				break
			}
		}
		begun := false
		for i, v := range total[:a.Known] {
			if math.IsInf(v, 0) || begun && math.IsNaN(v) && !math.IsNaN(s.Demand()[i]) {
				t.Errorf("series %q: fitted value %d is %g", r.ID, i, v)
				break
			}
			begun = begun || !math.IsNaN(v)
		}
	}
}
