package backtest_test

import (
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
)

// One series has no others to be drawn from: its skill still has an interval, and a test, from its windows and steps.
func TestSkillOfOneSeries(t *testing.T) {
	p := panel(t, tidewatch.Series{ID: "one", Values: values(4, 80)})
	r, err := backtest.Run(t.Context(), p, methods(), backtest.Plan{Horizon: 4, Windows: 5})
	if err != nil {
		t.Fatal(err)
	}
	s := r.Skill[0] // naive, of a seasonal series
	if !(s.Value < 0 && s.Low <= s.Value && s.Value <= s.High && s.High < 0) || !(s.P < .05) {
		t.Errorf("naive against snaive: %+v, want surely worse", s)
	}
	if b := r.Skill[r.Baseline]; b.Value != 0 || !math.IsNaN(b.P) {
		t.Errorf("the baseline against itself: %+v", b)
	}
	if o := r.Overall[0]; !(o.CRPS > 0) || !(o.MSIS > 0) || o.CRPS < r.Overall[r.Baseline].CRPS {
		t.Errorf("CRPS %g, MSIS %g", o.CRPS, o.MSIS)
	}
}
