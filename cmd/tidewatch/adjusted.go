package main

import (
	"math"
	"strconv"

	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/message"
)

const adjustedShown = 8 // series, adjustments and scores at the terminal

// adjusted says what planners changed about the forecast, who and why, and how earlier changes did.
func (s summary) adjusted() {
	a := s.r.Data.Adjusted
	if a == nil {
		return
	}
	more := func(n int) {
		if n > adjustedShown {
			s.line("  " + s.paint.dim(s.lang.Say("report.more", n-adjustedShown)))
		}
	}
	if len(a.Series) > 0 {
		t := s.table()
		t.add()
		t.add(s.paint.bold(s.lang.Say("adjust.title")), "", s.head("adjust.modelSum", s.horizon()), s.head("adjust.adjustedSum", s.horizon()), "")
		for _, x := range a.Series[:min(len(a.Series), adjustedShown)] {
			by := ""
			if x.Model > 0 {
				by = s.paint.signed(x.Sum-x.Model, s.lang.Change(x.Sum/x.Model-1))
			}
			t.add("  "+shorten(s.name(x.ID), nameWidth), s.sparks.of(x.ID), s.lang.Value(x.Model), s.lang.Value(x.Sum), by)
		}
		t.print(s.w)
		more(len(a.Series))
	}
	if len(a.Adjustments) > 0 {
		t := &table{indent: "  ", left: 6}
		t.add()
		t.add(s.paint.dim("#"), s.head("adjust.series"), s.head("adjust.when"), s.head("adjust.by"), s.head("adjust.why"), s.head("adjust.who"))
		for _, x := range a.Adjustments[:min(len(a.Adjustments), adjustedShown)] {
			days, why := x.From, shorten(x.Why, nameWidth)
			if x.To != x.From {
				days = s.lang.Say("adjust.days", x.From, x.To)
			}
			switch {
			case x.Gone > 0:
				why += " " + s.lang.Say("adjust.gone", strconv.Itoa(x.Gone))
			case x.Unused:
				why += " (" + s.lang.Say("adjust.stateUnused") + ")"
			}
			t.add(strconv.Itoa(x.Number), shorten(s.name(x.ID), nameWidth), days, x.Change, why, x.Who)
		}
		t.print(s.w)
		more(len(a.Adjustments))
	}
	if len(a.Scores) > 0 {
		s.blank()
		s.line(s.paint.bold(s.lang.Say("adjust.scores")) + " " + s.paint.dim(a.Scored))
		t := scoreTable(s.lang, a.Scores[:min(len(a.Scores), adjustedShown)])
		t.indent = "  "
		t.print(s.w)
		more(len(a.Scores))
	}
}

// scoreTable is how adjustments did beside the model.
func scoreTable(l message.Lang, scores []adjust.Score) *table {
	t := &table{left: 1}
	t.add("#", l.Say("adjust.cells"), l.Say("adjust.model"), l.Say("adjust.adjusted"), l.Say("adjust.bias"), l.Say("adjust.adjustedbias"), l.Say("adjust.gain"))
	for _, s := range scores {
		name, gain := strconv.Itoa(s.Number), s.Gain()
		if s.Number == 0 {
			name = l.Say("adjust.all")
		}
		text := ""
		if !math.IsNaN(gain) && !math.IsInf(gain, 0) {
			text = l.Change(gain)
		}
		t.add(name, l.Number(float64(s.Cells), 0), l.Value(s.Model), l.Value(s.Adjusted), l.Value(s.ModelBias), l.Value(s.AdjustedBias), text)
	}
	return t
}
