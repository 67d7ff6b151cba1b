package main

import (
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// mainly are the ids of the kind that has most series, without the total.
func (s summary) mainly() func(id string) bool {
	groups, largest := map[string]int{}, ""
	for _, l := range s.r.Data.Labels {
		if groups[l.Group]++; groups[l.Group] > groups[largest] {
			largest = l.Group
		}
	}
	return func(id string) bool { return id != s.r.Data.Total && s.labels[id].Group == largest }
}

// beyond lists what is likeliest to leave what its season expects.
func (s summary) beyond(n int) {
	story := s.r.Data.Story
	if story.Learning.Asked == 0 {
		return
	}
	span := s.lang.Periods(s.r.Data.Panel.Grid().Freq, story.Question.Steps)
	t := &table{indent: "  ", left: 2, notes: true}
	for _, part := range []struct {
		title string
		up    bool
		list  []trend.Beyond
	}{{s.paint.up("▲ ") + s.paint.bold(s.lang.Say("trends.risers")), true, story.Risers(n, s.mainly())}, {s.paint.down("▼ ") + s.paint.bold(s.lang.Say("trends.fallers")), false, story.Fallers(n, s.mainly())}} {
		t.add()
		t.add(part.title, "", s.head("trends.last", span), s.head("trends.expected"), s.head("trends.chance"), s.head("trends.stage"), s.head("trends.why"))
		if len(part.list) == 0 {
			t.add("  " + s.lang.Say("trends.none"))
		}
		for _, b := range part.list {
			t.add("  "+shorten(s.name(b.ID), nameWidth), s.sparks.of(b.ID), s.lang.Value(b.Claim.Last), s.lang.Value(b.Claim.Expected), s.lang.Probability(b.Chance),
				s.lang.Say("stage."+string(b.Stage)), report.Reasons(s.lang, b.Why, part.up))
		}
	}
	t.print(s.w)
	s.blank()
	by := s.lang.Percent(story.Question.By, 0)
	if l := story.Learning; l.Cases > 0 {
		s.line(s.paint.dim(s.lang.Say("trends.intro", span, by, l.Cases, l.Origins, s.lang.Percent(l.Base.Up, 0), s.lang.Percent(l.Base.Down, 0))))
	} else {
		s.line(s.paint.dim(s.lang.Say("trends.unlearned", span, by)))
	}
	s.line(s.paint.dim(s.lang.Say("trends.asked", story.Learning.Asked, len(story.Profiles), s.lang.Value(story.Question.Least))))
}

// occurred lists the levels that changed for good lately, and what else stood apart: spikes, bursts, festivals, and values outside their band.
func (s summary) occurred(n int) {
	list := report.Occurred(s.r.Data, n)
	if len(list) == 0 {
		return
	}
	grid := s.r.Data.Panel.Grid()
	t := &table{indent: "  ", left: 3}
	t.add()
	t.add(s.paint.bold(s.lang.Say("trends.turned")), "", s.head("turned.what"), s.head("turned.when"), s.head("turned.level"), s.head("summary.change"))
	for _, x := range list {
		t.add("  "+shorten(s.name(x.ID), nameWidth), s.sparks.of(x.ID), x.What(s.lang), s.lang.Period(grid.Freq, grid.Stamp(x.From)), s.lang.Value(x.Before)+" → "+s.lang.Value(x.After),
			s.paint.signed(x.After-x.Before, s.lang.Change(x.Ratio()-1)))
	}
	t.print(s.w)
}

// slopes lists the surest trends: long-term, lately, and whether they speed up.
func (s summary) slopes(n int) {
	list := report.Trending(s.r.Data, n)
	if len(list) == 0 {
		return
	}
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("slopes.title")), "", s.head("slopes.long"), "", s.head("slopes.lately"), "", s.head("slopes.acceleration"), "")
	for _, p := range list {
		row := []string{"  " + shorten(s.name(p.ID), nameWidth), s.sparks.of(p.ID)}
		for _, g := range []trend.Growth{p.Growth, p.Recent, p.Acceleration} {
			text := s.lang.Change(g.Value)
			if g.Sure() {
				text = s.paint.signed(g.Value, text)
			}
			if g.Value != g.Value {
				row = append(row, "", "")
				continue
			}
			row = append(row, text, s.paint.dim(s.lang.Say("to", s.lang.Change(g.Low), s.lang.Change(g.High))))
		}
		t.add(row...)
	}
	t.print(s.w)
	s.line("  " + s.paint.dim(s.lang.Say("slopes.intro")))
}

// shares lists what gains and what loses share most surely.
func (s summary) shares(n int) {
	list := report.Shares(s.r.Data, (n+1)/2)
	if len(list) == 0 {
		return
	}
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("trends.shares")), "", s.head("shares.now"), s.head("shares.of"), s.head("shares.change"), "")
	for _, p := range list {
		g := p.ShareGrowth
		t.add("  "+shorten(s.name(p.ID), nameWidth), s.sparks.of(p.ID), s.lang.Percent(p.Share, 2), s.whole(p), s.paint.signed(g.Value, report.SharePoints(s.lang, g.Value)),
			s.paint.dim(s.lang.Say("to", report.SharePoints(s.lang, g.Low), report.SharePoints(s.lang, g.High))))
	}
	t.print(s.w)
	s.line("  " + s.paint.dim(s.lang.Say("shares.intro")))
}

// whole names what a share is of.
func (s summary) whole(p *trend.Profile) string {
	if p.Whole != "" {
		return shorten(s.name(p.Whole), nameWidth)
	}
	return s.lang.Say("shares.kind")
}

// prospects lists what is new and may go far.
func (s summary) prospects(n int) {
	story := s.r.Data.Story
	list := story.Prospects[:min(n, len(story.Prospects))]
	if len(list) == 0 {
		return
	}
	freq := s.r.Data.Panel.Grid().Freq
	reach := s.lang.Periods(freq, trend.Year(freq)/2)
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("trends.new")) + " " + s.paint.dim(s.lang.Say("radar.intro", story.Launches, reach)))
	t.add("", "", s.head("radar.age"), s.head("radar.sold"), s.head("radar.reach"), s.head("radar.star"))
	for _, x := range list {
		t.add("  "+shorten(s.name(x.ID), nameWidth), s.sparks.of(x.ID), s.lang.Periods(freq, x.Age), s.lang.Value(x.Sold), s.lang.Value(x.Reach.Low)+" – "+s.lang.Value(x.Reach.High), s.lang.Probability(x.Star))
	}
	t.print(s.w)
}

// leads lists what runs ahead of what.
func (s summary) leads(n int) {
	story := s.r.Data.Story
	if len(story.Leads) == 0 {
		return
	}
	t := &table{indent: "  ", left: 2}
	t.add()
	t.add(s.paint.bold(s.lang.Say("trends.leads"))+" "+s.paint.dim(s.lang.Say("leads.intro", story.Looked)), "", s.head("leads.lag"), s.head("leads.gain"))
	for _, x := range story.Leads[:min(n, len(story.Leads))] {
		t.add("  "+shorten(report.LeaderName(s.lang, s.name(x.Leader), x), nameWidth), "→ "+shorten(s.name(x.Follower), nameWidth), s.lang.Periods(s.r.Data.Panel.Grid().Freq, story.Ahead(x)), s.lang.Percent(x.Gain, 0))
	}
	t.print(s.w)
}
