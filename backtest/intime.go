package backtest

import (
	"math"

	"github.com/tidewatch/tidewatch/score"
)

// loss is the scaled CRPS of all series at one step of one window.
type loss struct{ sum, n float64 }

func (l *loss) add(v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		l.sum += v
		l.n++
	}
}

// fewSeries is how many series a bootstrap over them needs.
const fewSeries = 8

// inTime adds what the losses of a method and of the baseline say as they come one after another: whether they differ, and where there are few
// series, by how much. Blocks are half a horizon long: what comes together is missed together.
func (s *Skill) inTime(method, base []loss, plan Plan, series []score.Summary) {
	var a, b []float64
	for k := range method {
		if method[k].n > 0 && base[k].n > 0 {
			a, b = append(a, method[k].sum/method[k].n), append(b, base[k].sum/base[k].n)
		}
	}
	_, s.P = score.DieboldMariano(a, b, min(plan.Horizon, max(1, len(a)/3)))
	scaled := 0
	for _, x := range series {
		if !math.IsNaN(x.SQL) {
			scaled++
		}
	}
	if scaled >= fewSeries || len(a) < 4 {
		return
	}
	ratio := func(index []int) float64 {
		x, y := 0.0, 0.0
		for _, k := range index {
			x, y = x+a[k], y+b[k]
		}
		if y == 0 {
			return math.NaN()
		}
		return 1 - x/y
	}
	all := make([]int, len(a))
	for k := range all {
		all[k] = k
	}
	if math.IsNaN(s.Value) {
		s.Value = ratio(all)
	}
	s.Low, s.High = score.BlockBootstrap(len(a), (plan.Horizon+1)/2, 500, .95, plan.Seed, ratio)
}
