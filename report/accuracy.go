package report

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/message"
)

// accuracy is Data.Accuracy for the page.
type accuracy struct {
	Origins int
	Series  both
	Naive   both
	Rows    []scoreRow
	Has     struct{ SQL, WQL, MASE, RMSSE, Used bool }
	Steps   *both // the text alternative of the chart by step; nil = no chart
	Bands   bool  // the chart by step has confidence intervals
	Cover   *both // the text alternative of the calibration plot; nil = none
}

type scoreRow struct {
	Method                 string
	Chosen, Naive          bool
	Used                   both
	SQL, WQL, MASE, RMSSE  both
	Versus                 both
	Better, Worse, Compare bool
}

func (p *page) accuracy() {
	a := p.data.Accuracy
	if a == nil || len(a.Methods) == 0 {
		return
	}
	out := &accuracy{Origins: a.Origins, Series: count(a.Series), Naive: plain(a.Naive)}
	score := func(v float64) both {
		return each(func(l message.Lang) string { return l.Number(v, 3) })
	}
	naive := a.score(a.Naive)
	methods := slices.Clone(a.Methods)
	slices.SortStableFunc(methods, func(x, y MethodScore) int { return compareScores(x.SQL, y.SQL) })
	for _, m := range methods {
		r := scoreRow{Method: m.Method, Chosen: m.Method == a.Chosen, Naive: m.Method == a.Naive, SQL: score(m.SQL), WQL: score(m.WQL),
			MASE: score(m.MASE), RMSSE: score(m.RMSSE), Used: plain("")}
		if m.Chosen > 0 {
			r.Used = count(m.Chosen)
		}
		if naive != nil && naive.SQL > 0 && !math.IsNaN(m.SQL) && !r.Naive {
			gain := m.SQL/naive.SQL - 1
			r.Versus, r.Compare, r.Better, r.Worse = change(gain), true, gain < 0, gain > 0
		}
		out.Rows = append(out.Rows, r)
		out.Has.SQL = out.Has.SQL || !math.IsNaN(m.SQL)
		out.Has.WQL = out.Has.WQL || !math.IsNaN(m.WQL)
		out.Has.MASE = out.Has.MASE || !math.IsNaN(m.MASE)
		out.Has.RMSSE = out.Has.RMSSE || !math.IsNaN(m.RMSSE)
		out.Has.Used = out.Has.Used || m.Chosen > 0
	}
	if c := a.score(a.Chosen); c != nil && naive != nil && len(c.BySteps) > 1 && len(naive.BySteps) > 1 {
		n, m := naive.BySteps, c.BySteps
		text := say("accuracy.stepsSay", a.Chosen, score(m[0].SQL), a.Naive, score(n[0].SQL), score(m[len(m)-1].SQL), score(n[len(n)-1].SQL))
		out.Steps = &text
		for _, s := range m {
			out.Bands = out.Bands || s.High > s.Low
		}
	}
	if len(a.Coverage) > 1 {
		sum, most := 0., 0.
		for _, c := range a.Coverage {
			off := math.Abs(c.Observed - c.Level)
			sum, most = sum+off, max(most, off)
		}
		text := say("accuracy.coverSay", percent(sum/float64(len(a.Coverage)), 1), percent(most, 1))
		out.Cover = &text
	}
	p.Accuracy = out
}

// compareScores orders scores, the unknown ones last.
func compareScores(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a) || a > b:
		return 1
	case math.IsNaN(b) || a < b:
		return -1
	}
	return 0
}
