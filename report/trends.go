package report

import (
	"html/template"
	"math"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
	turning "github.com/tidewatch/tidewatch/trend/change"
)

const (
	shownBeyond    = 8 // risers, and fallers
	shownTurns     = 8
	shownSlopes    = 6
	shownProspects = 6
	shownLeads     = 6
	shownShares    = 5 // gaining, and losing
)

// trendsView is Data.Story for the page.
type trendsView struct {
	Short                  []both
	Intro, Asked           both
	Flat                   bool
	Span                   both
	Risers, Fallers        beyondTable
	HasBeyond              bool
	Turns                  []turnRow
	Prospects              []prospectRow
	RadarIntro, RadarReach both
	Leads                  []leadRow
	LeadsIntro             both
	Shares                 []shareRow
	Slopes                 []slopeRow
}

type beyondTable struct {
	Element, Class, Arrow string
	Title                 both
	Span                  both
	Rows                  []beyondRow
}

type beyondRow struct {
	Row                    *row
	Spark                  template.HTML
	Chance, Last, Expected both
	Why, Growth, Stage     both
	Width                  int // of the bar, in hundredths
}

type turnRow struct {
	Row           *row
	Spark         template.HTML
	What          both
	Since         both
	Before, After both
	Change        both
	Class         string
}

// slopeRow is the trend of a series: long-term, lately, and the difference.
type slopeRow struct {
	Row   *row
	Spark template.HTML
	Rates []slopeRate
}

type slopeRate struct {
	Value, Range both
	Class        string
}

type prospectRow struct {
	Row                   *row
	Spark                 template.HTML
	Age, Sold, Star, Then both
}

type leadRow struct {
	Leader    both
	Follower  *row
	Sparks    [2]template.HTML
	Lag, Gain both
}

type shareRow struct {
	Row               *row
	Spark             template.HTML
	Share, Of         both
	Change, Low, High both
	Class             string
}

// trendsSection opens the page: where each series is heading, and what turned.
func (p *page) trendsSection() (part, error) {
	s := newStory(p.data)
	if s == nil {
		return part{}, nil
	}
	rows := map[string]*row{}
	for i := range p.rows {
		rows[p.rows[i].id] = &p.rows[i]
	}
	grid := p.data.Panel.Grid()
	span := periods(p.freq, s.Question.Steps)
	by := percent(s.Question.By, 0)
	v := &trendsView{Span: span, Flat: s.Question.Year == 0 || p.flat(s)}
	for i := range Story(p.data, message.English) {
		v.Short = append(v.Short, each(func(l message.Lang) string { return Story(p.data, l)[i] }))
	}
	if s.Learning.Cases > 0 {
		v.Intro = say("trends.intro", span, by, count(s.Learning.Cases), count(s.Learning.Origins), percent(s.Learning.Base.Up, 0), percent(s.Learning.Base.Down, 0))
	} else {
		v.Intro = say("trends.unlearned", span, by)
	}
	v.Asked = say("trends.asked", count(s.Learning.Asked), count(len(s.Profiles)), value(s.Question.Least))
	v.Risers = p.beyond(s, rows, span, true)
	v.Fallers = p.beyond(s, rows, span, false)
	v.HasBeyond = s.Learning.Asked > 0
	for _, x := range Occurred(p.data, shownTurns) {
		r := rows[x.ID]
		out := turnRow{Row: r, Spark: p.Spark(r), What: each(x.What), Since: period(p.freq, grid.Stamp(x.From)), Before: compact(x.Before), After: compact(x.After), Change: change(x.Ratio() - 1), Class: "up"}
		if x.After < x.Before {
			out.Class = "down"
		}
		v.Turns = append(v.Turns, out)
	}
	for _, x := range Trending(p.data, shownSlopes) {
		out := slopeRow{Row: rows[x.ID], Spark: p.Spark(rows[x.ID])}
		for _, g := range []trend.Growth{x.Growth, x.Recent, x.Acceleration} {
			rate := slopeRate{Class: way(g.Low, g.High)}
			if known(g.Value) {
				rate.Value, rate.Range = change(g.Value), say("to", change(g.Low), change(g.High))
			}
			out.Rates = append(out.Rates, rate)
		}
		v.Slopes = append(v.Slopes, out)
	}
	if s.Launches > 0 {
		reach := periods(p.freq, trend.Year(p.freq)/2)
		v.RadarIntro, v.RadarReach = say("radar.intro", count(s.Launches), reach), reach
		for _, x := range s.Prospects[:min(shownProspects, len(s.Prospects))] {
			if r := rows[x.ID]; r != nil {
				v.Prospects = append(v.Prospects, prospectRow{Row: r, Spark: p.Spark(r), Age: periods(p.freq, x.Age), Sold: compact(x.Sold), Star: chance(x.Star),
					Then: say("to", compact(x.Reach.Low), compact(x.Reach.High))})
			}
		}
	}
	v.LeadsIntro = say("leads.intro", count(s.Looked))
	for _, x := range s.Leads[:min(shownLeads, len(s.Leads))] {
		a, b := rows[x.Leader], rows[x.Follower]
		v.Leads = append(v.Leads, leadRow{Leader: each(func(l message.Lang) string { return LeaderName(l, a.name, x) }), Follower: b, Sparks: [2]template.HTML{p.Spark(a), p.Spark(b)}, Lag: periods(p.freq, s.Ahead(x)), Gain: percent(x.Gain, 0)})
	}
	for _, x := range Shares(p.data, shownShares) {
		g := x.ShareGrowth
		of := func(v float64) both { return each(func(l message.Lang) string { return SharePoints(l, v) }) }
		out := shareRow{Row: rows[x.ID], Spark: p.Spark(rows[x.ID]), Share: percent(x.Share, 2), Of: say("shares.kind"), Change: of(g.Value), Low: of(g.Low), High: of(g.High), Class: way(g.Low, g.High)}
		if w := rows[x.Whole]; w != nil {
			out.Of = plain(w.name)
		}
		v.Shares = append(v.Shares, out)
	}
	return part{Data: v}, nil
}

// flat reports that no series has a year behind it: their season is not known.
func (p *page) flat(s *story) bool {
	for i := range s.Profiles {
		if c := s.Profiles[i].Claim; c != nil && c.Season != 1 {
			return false
		}
	}
	return true
}

func (p *page) beyond(s *story, rows map[string]*row, span both, up bool) beyondTable {
	t := beyondTable{Element: "beyondUp", Class: "up", Arrow: "▲", Title: say("trends.risers"), Span: span}
	list := s.Risers(shownBeyond, s.keep)
	if !up {
		t.Element, t.Class, t.Arrow, t.Title = "beyondDown", "down", "▼", say("trends.fallers")
		list = s.Fallers(shownBeyond, s.keep)
	}
	for _, b := range list {
		r := rows[b.ID]
		out := beyondRow{Row: r, Spark: p.Spark(r), Chance: chance(b.Chance), Width: int(math.Round(100 * b.Chance)), Last: compact(b.Claim.Last), Expected: compact(b.Claim.Expected),
			Why: each(func(l message.Lang) string { return Reasons(l, b.Why, up) }), Stage: say("stage." + string(b.Stage))}
		t.Rows = append(t.Rows, out)
	}
	return t
}

// turns are the places at which the levels of the rows changed for good, by the number of the series in the payload: [period, change of the level].
func (p *page) turns(rows []*row, from, end int) map[int][][2]any {
	out := map[int][][2]any{}
	if p.data.Story == nil {
		return out
	}
	of := map[string]*trend.Profile{}
	for i := range p.data.Story.Profiles {
		of[p.data.Story.Profiles[i].ID] = &p.data.Story.Profiles[i]
	}
	for i, r := range rows {
		x := of[r.id]
		if x == nil {
			continue
		}
		for _, t := range x.Turns {
			if t.Kind == turning.Shift && t.From >= from && t.From < end && known(t.Ratio()) {
				out[i] = append(out[i], [2]any{t.From - from, math.Round(1000*t.Ratio()) / 1000})
			}
		}
	}
	return out
}
