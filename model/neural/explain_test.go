package neural

import (
	"context"
	"math"
	"testing"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/model/neural/frame"
)

// TestExplain: the parts of every family's forecasts add up to them, hardly anything is left over, and what moves the series is told as such: its
// season, and a covariate known ahead.
func TestExplain(t *testing.T) {
	bare := waves(t, 24)
	promo := tidewatch.Covariate{Name: "promo", Scope: tidewatch.ByTime, Ahead: true, Values: make([]float32, 200)}
	for k := range promo.Values {
		if k%5 == 0 {
			promo.Values[k] = 1
		}
	}
	var series []tidewatch.Series
	for i := range bare.Len() {
		s := bare.Series(i)
		for k := range s.Values {
			s.Values[k] *= 1 + .5*float64(promo.Values[s.Start+k])
		}
		series = append(series, s)
	}
	p, err := tidewatch.NewPanel(bare.Grid(), bare.Seasons(), series, promo)
	if err != nil {
		t.Fatal(err)
	}
	long := 0
	for i := range p.Len() {
		if len(p.Series(i).Values) > len(p.Series(long).Values) {
			long = i
		}
	}
	for _, f := range Families() {
		t.Run(f.Name, func(t *testing.T) {
			m := small(f.Name)
			m.Base = frame.TrendBase
			if f.Name == "nhits" {
				m.Steps, m.Width = 400, 64
			}
			model := fit(t, m, p).(*Model)
			const steps = 9 // trained for 6
			a, err := model.Explain(context.Background(), p, long, steps)
			if err != nil {
				t.Fatal(err)
			}
			want := forecast(t, model, tidewatch.Ask{Steps: steps, Series: []int{long}}).Rows[0].Mean
			length := a.Known + steps
			total := a.Total()
			over, err := model.attribute(context.Background(), &tidewatch.Account{}, model.replicas(), frame.At{Series: long, Position: a.Known}, 6, length)
			if err != nil {
				t.Fatal(err)
			}
			for h, v := range want {
				if got := total[a.Known+h]; math.Abs(got-v) > 1e-9*math.Abs(v) {
					t.Errorf("step %d: the parts add up to %g, the forecast is %g", h, got, v)
				}
				if h < len(over) && math.Abs(over[h]) > .02*math.Abs(v) {
					t.Errorf("step %d: %g of %g is left over", h, over[h], v)
				}
			}
			if n := a.Known - 5; math.IsNaN(total[n]) || !math.IsNaN(total[0]) {
				t.Errorf("the fitted values are %g, and at first %g", total[n], total[0])
			}
			if f.Name != "nhits" {
				return
			}
			promoted := a.Part(tidewatch.CovariatePart, "promo", length)
			for h := range 6 {
				on := promo.Values[a.First+a.Known+h] == 1
				if on != (promoted[a.Known+h] > .15*want[h]) {
					t.Errorf("step %d: promotion %v adds %g to %g", h, on, promoted[a.Known+h], want[h])
				}
			}
		})
	}
}
