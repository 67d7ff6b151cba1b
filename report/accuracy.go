package report

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/message"
)

// accuracy is Data.Accuracy for the page.
type accuracy struct {
	Origins  int
	Series   both
	Naive    both
	Chosen   string
	Rows     []scoreRow
	Has      struct{ Versus, SQL, WQL, MASE, RMSSE, Used bool }
	Measures []measureRow // of distributions, of the chosen method and the naive one; nil = none
	Steps    *both        // the text alternative of the chart by step; nil = no chart
	Loss     string       // its loss: SQL or WQL
	Bands    bool         // the chart by step has confidence intervals
	Skill    *both        // by how much the chosen method beats the naive one, with its interval; nil = not known
	Cover    *both        // the text alternative of the calibration plot; nil = none
}

type scoreRow struct {
	Method                 string
	About                  both // what the method is; "" where the catalogue does not say
	Chosen, Naive          bool
	Used                   both
	SQL, WQL, MASE, RMSSE  both
	Versus                 both
	Better, Worse, Compare bool
}

// accuracySection is how the methods did before.
func (p *page) accuracySection() (part, error) {
	a := p.data.Accuracy
	if a == nil || len(a.Methods) == 0 {
		return part{}, nil
	}
	out := &accuracy{Origins: a.Origins, Series: count(a.Series), Naive: named("method.", a.Naive), Chosen: a.Chosen}
	score := func(v float64) both {
		return each(func(l message.Lang) string { return l.Number(v, 3) })
	}
	naive := a.score(a.Naive)
	methods := slices.Clone(a.Methods)
	slices.SortStableFunc(methods, func(x, y MethodScore) int { return compareScores(a.measure(&x), a.measure(&y)) })
	for _, m := range methods {
		r := scoreRow{Method: m.Method, Chosen: m.Method == a.Chosen, Naive: m.Method == a.Naive, SQL: score(m.SQL), WQL: score(m.WQL),
			MASE: score(m.MASE), RMSSE: score(m.RMSSE), Used: plain("")}
		if message.Has("method." + m.Method) {
			r.About = say("method." + m.Method)
		}
		if m.Chosen > 0 {
			r.Used = count(m.Chosen)
		}
		if naive != nil && a.measure(naive) > 0 && !math.IsNaN(a.measure(&m)) && !r.Naive {
			gain := a.measure(&m)/a.measure(naive) - 1
			out.Has.Versus = true
			r.Versus, r.Compare, r.Better, r.Worse = change(gain), true, gain < 0, gain > 0
		}
		out.Rows = append(out.Rows, r)
		out.Has.SQL = out.Has.SQL || !math.IsNaN(m.SQL)
		out.Has.WQL = out.Has.WQL || !math.IsNaN(m.WQL)
		out.Has.MASE = out.Has.MASE || !math.IsNaN(m.MASE)
		out.Has.RMSSE = out.Has.RMSSE || !math.IsNaN(m.RMSSE)
		out.Has.Used = out.Has.Used || m.Chosen > 0
	}
	out.Measures = a.measures()
	p.steps(out, a)
	if len(a.Coverage) > 1 {
		sum, most := 0., 0.
		for _, c := range a.Coverage {
			off := math.Abs(c.Observed - c.Level)
			sum, most = sum+off, max(most, off)
		}
		text := say("accuracy.coverSay", percent(sum/float64(len(a.Coverage)), 1), percent(most, 1))
		out.Cover = &text
		var points []floats
		for _, c := range a.Coverage {
			points = append(points, floats{c.Level, c.Observed})
		}
		p.draw("cover", "calibration", points)
	}
	if s := a.Skill; known(s.Value) && known(s.Low) && known(s.High) && s.High > s.Low && a.Chosen != a.Naive {
		key, value, low, high := "accuracy.better", s.Value, s.Low, s.High
		if value < 0 {
			key, value, low, high = "accuracy.worse", -value, -high, -low
		}
		text := say(key, percent(value, 1), out.Naive, percent(low, 1), percent(high, 1))
		out.Skill = &text
	}
	return part{Data: out}, nil
}

// measureRow is one measure of the distributions of the chosen method and the naive one.
type measureRow struct{ Name, About, Chosen, Naive both }

// measures are those known of the chosen method.
func (a *Accuracy) measures() []measureRow {
	m, n := a.score(a.Chosen), a.score(a.Naive)
	if m == nil || n == nil {
		return nil
	}
	text := func(e Estimate) both {
		if !known(e.Value) {
			return plain("")
		}
		return each(func(l message.Lang) string {
			if !known(e.Low) || !known(e.High) {
				return l.Number(e.Value, 3)
			}
			return l.Number(e.Value, 3) + " (" + l.Number(e.Low, 3) + " – " + l.Number(e.High, 3) + ")"
		})
	}
	var rows []measureRow
	for _, x := range []struct {
		key string
		of  func(*MethodScore) Estimate
	}{
		{"crps", func(s *MethodScore) Estimate { return s.CRPS }},
		{"interval80", func(s *MethodScore) Estimate { return s.Interval80 }},
		{"interval95", func(s *MethodScore) Estimate { return s.Interval95 }},
		{"energy", func(s *MethodScore) Estimate { return s.Energy }},
		{"uneven", func(s *MethodScore) Estimate { return s.Uneven }},
		{"wrmsse", func(s *MethodScore) Estimate { return s.WRMSSE }},
	} {
		if e := x.of(m); known(e.Value) && e != (Estimate{}) {
			rows = append(rows, measureRow{say("measure." + x.key), say("measure." + x.key + ".about"), text(e), text(x.of(n))})
		}
	}
	if rows != nil && known(m.Equal) && a.Chosen != a.Naive {
		rows = append(rows, measureRow{say("measure.equal"), say("measure.equal.about"), each(func(l message.Lang) string { return l.Number(m.Equal, 3) }), plain("")})
	}
	return rows
}

// steps describes the chart of the error by step, if there is one.
func (p *page) steps(out *accuracy, a *Accuracy) {
	loss, name := a.stepLoss()
	if loss == nil {
		return
	}
	m, n := a.score(a.Chosen).BySteps, a.score(a.Naive).BySteps
	score := func(s StepScore) both {
		return each(func(l message.Lang) string { return l.Number(loss(s).Value, 3) })
	}
	text := say("accuracy.stepsSay", a.Chosen, score(m[0]), a.Naive, score(n[0]), score(m[len(m)-1]), score(n[len(n)-1]))
	out.Steps, out.Loss = &text, name
	type line struct {
		Name  string   `json:"name"`
		Naive bool     `json:"naive"`
		Steps []floats `json:"steps"` // step, loss, low, high
	}
	lines := []line{{Name: a.Naive, Naive: true}, {Name: a.Chosen}}
	for i, list := range [][]StepScore{n, m} {
		for _, s := range list {
			e := loss(s)
			lines[i].Steps = append(lines[i].Steps, floats{float64(s.Step), e.Value, e.Low, e.High})
		}
	}
	if a.Chosen == a.Naive {
		lines = lines[:1]
	}
	p.draw("steps", "stepErrors", lines)
	for _, s := range m {
		out.Bands = out.Bands || loss(s).High > loss(s).Low
	}
}

// stepLoss is the loss that the chosen method and the naive one have at some step, and its name; nil if there is none.
func (a *Accuracy) stepLoss() (loss func(StepScore) Estimate, name string) {
	c, naive := a.score(a.Chosen), a.score(a.Naive)
	if c == nil || naive == nil || len(c.BySteps) < 2 || len(naive.BySteps) < 2 {
		return nil, ""
	}
	for _, l := range []struct {
		name string
		of   func(StepScore) Estimate
	}{{"SQL", func(s StepScore) Estimate { return s.SQL }}, {"WQL", func(s StepScore) Estimate { return s.WQL }}} {
		known := func(s StepScore) bool { return !math.IsNaN(l.of(s).Value) }
		if slices.ContainsFunc(c.BySteps, known) && slices.ContainsFunc(naive.BySteps, known) {
			return l.of, l.name
		}
	}
	return nil, ""
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
