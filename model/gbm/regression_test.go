package gbm

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tidewatch/tidewatch"
)

// totalsWith is a daily total with a week, a year, a day of benefits that counts most on Sundays, and a feast that lifts the day before it; the
// level rises in steps. The returned means are of the 28 days after the end.
func totalsWith(t *testing.T, days int) (*tidewatch.Panel, []float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 8))
	snap := tidewatch.Covariate{Name: "snap", Scope: tidewatch.ByTime, Ahead: true}
	feast := tidewatch.Covariate{Name: "event", Scope: tidewatch.ByTime, Ahead: true, Labels: []string{"", "feast"}}
	log := make([]float64, days+28)
	level := 8.0
	for k := range log {
		if k%200 == 199 {
			level += .05
		}
		log[k] = level + .3*math.Cos(2*math.Pi*float64(k)/7) + .2*math.Sin(2*math.Pi*float64(k)/365.25)
		on, label := float32(0), float32(0)
		if k%30 < 10 {
			on = 1
			log[k] += .1
			if k%7 == 0 {
				log[k] += .2
			}
		}
		switch k % 91 {
		case 15:
			label = 1
			log[k] -= .4
		case 14:
			log[k] += .3
		}
		snap.Values, feast.Values = append(snap.Values, on), append(feast.Values, label)
	}
	y := make([]float64, days)
	for k := range y {
		y[k] = math.Exp(log[k] + .05*rng.NormFloat64())
	}
	y[100], y[days-3] = 1, math.NaN() // a day when all was shut, and one not known
	g := tidewatch.Grid{Freq: tidewatch.Daily, Anchor: time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)}
	p, err := tidewatch.NewPanel(g, []int{7}, []tidewatch.Series{{ID: "a", Values: y}, {ID: "short", Values: y[:20]}, {ID: "zero", Values: append(make([]float64, 300), 1)}}, snap, feast)
	if err != nil {
		t.Fatal(err)
	}
	truth := make([]float64, 28)
	for h := range truth {
		truth[h] = math.Exp(log[days+h] + .05*.05/2)
	}
	return p, truth
}

// The calendar explains all but the noise: effects are shrunk, so that they need not be whole.
func TestRegressionLearnsTheCalendar(t *testing.T) {
	p, truth := totalsWith(t, 1301) // 1301 % 91 = 27: the feast is on step 80 - 27 - ...; the year's sine is mid-way
	mean, variance, err := newRegression(p, 28).forecast(context.Background(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if mean[1] != nil || mean[2] != nil {
		t.Errorf("a series that is too short and one with zeros have forecasts: %v, %v", mean[1], mean[2])
	}
	worst, sum := 0.0, 0.0
	for h, v := range mean[0] {
		e := math.Log(v / truth[h])
		worst, sum = max(worst, math.Abs(e)), sum+e/28
	}
	if worst > .12 || math.Abs(sum) > .03 {
		t.Errorf("off by up to %.3f, on average by %.3f, want at most .12 and .03", worst, sum)
	}
	if variance[0] < .05*.05/2 || variance[0] > .012 {
		t.Errorf("variance %g, want about %g", variance[0], .05*.05)
	}
}

// A feast in the horizon is forecast, and so is what the day before it gains.
func TestRegressionLearnsEvents(t *testing.T) {
	p, truth := totalsWith(t, 91*14+5) // the feast is the 11th step
	mean, _, err := newRegression(p, 28).forecast(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []int{9, 10} {
		if e := math.Log(mean[0][h] / truth[h]); math.Abs(e) > .15 {
			t.Errorf("step %d: off by %.3f, want at most .15", h+1, e)
		}
	}
}
