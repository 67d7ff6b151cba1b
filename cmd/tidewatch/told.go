package main

import (
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/write"
)

// told is what --json prints; what is not known is null.
type told struct {
	Periods  int        `json:"periods"` // in a window
	Beyond   float64    `json:"beyond"`
	Least    float64    `json:"least"` // mean of a period from which on a series is asked about
	Cases    int        `json:"learned_claims"`
	Origins  int        `json:"learned_origins"`
	BaseUp   job.Number `json:"learned_share_up"`
	BaseDown job.Number `json:"learned_share_down"`
	Series   []toldOf   `json:"series"`
	New      []toldNew  `json:"new"`
	Leads    []toldLead `json:"leads"`
	Judged   int        `json:"values_judged"` // against the band that was expected of them
	Looked   int        `json:"pairs_looked_at"`
	Launches int        `json:"past_launches"`
}

type toldOf struct {
	ID       string        `json:"id"`
	Name     string        `json:"name,omitempty"`
	Group    string        `json:"group,omitempty"`
	Stage    string        `json:"stage"`
	Growth   [3]job.Number `json:"growth_a_year"` // value, low and high of the 80 % interval
	Recent   [3]job.Number `json:"growth_a_year_lately"`
	Q        job.Number    `json:"q"`
	Speeds   [3]job.Number `json:"acceleration"` // lately less long-term
	Trending bool          `json:"trending"`
	Share    job.Number    `json:"share"`
	Whole    string        `json:"share_of,omitempty"` // absent: of its kind
	Shares   [3]job.Number `json:"share_points_a_year"`
	Turned   bool          `json:"turned_lately"`
	Turns    []toldTurn    `json:"turns,omitempty"`
	Unusual  []toldUnusual `json:"unusual,omitempty"`
	Claim    *toldClaim    `json:"claim,omitempty"`
}

type toldTurn struct {
	Kind   string     `json:"kind"`
	From   string     `json:"from"`
	Until  string     `json:"until,omitempty"` // first period after it; absent where it lasts
	Before job.Number `json:"before"`
	After  job.Number `json:"after"`
}

type toldUnusual struct {
	From     string     `json:"from"`
	Value    float64    `json:"value"`
	Expected float64    `json:"expected"`
	Low      float64    `json:"low"` // of the band that holds 95 % of what was expected
	High     float64    `json:"high"`
	P        job.Number `json:"p"`
	Q        job.Number `json:"q"`
}

type toldClaim struct {
	Last     float64    `json:"last"`
	Expected float64    `json:"expected_by_season"`
	Up       float64    `json:"chance_up"`
	Down     float64    `json:"chance_down"`
	PathUp   job.Number `json:"paths_up"`
	PathDown job.Number `json:"paths_down"`
	WhyUp    []toldWhy  `json:"why_up,omitempty"`
	WhyDown  []toldWhy  `json:"why_down,omitempty"`
}

type toldWhy struct {
	Kind   string  `json:"kind"`
	Weight float64 `json:"log_odds"`
	Change float64 `json:"change"`
}

type toldNew struct {
	ID   string        `json:"id"`
	Age  int           `json:"age"`
	Sold float64       `json:"sold"`
	Star float64       `json:"chance_of_top_tenth"`
	Then [3]job.Number `json:"by_then"` // low, median and high
	Like []string      `json:"like"`
}

type toldLead struct {
	Leader   string  `json:"leader"`
	Measure  string  `json:"leader_measure,omitempty"` // absent: that of the series
	Follower string  `json:"follower"`
	Lag      int     `json:"periods_ahead"`
	R        float64 `json:"correlation"`
	Q        float64 `json:"q"`
	Gain     float64 `json:"error_lessened"`
}

func toldAs(d report.Data) told {
	s := d.Story
	grid := d.Panel.Grid()
	layout := write.TimeLayout(grid)
	rate := func(g trend.Growth) [3]job.Number {
		return [3]job.Number{job.Number(g.Value), job.Number(g.Low), job.Number(g.High)}
	}
	whys := func(list []claim.Reason) (out []toldWhy) {
		for _, w := range list {
			out = append(out, toldWhy{string(w.Kind), w.Weight, w.Change})
		}
		return out
	}
	names := map[string]report.Label{}
	for _, l := range report.Names(d) {
		names[l.ID] = l
	}
	out := told{Periods: s.Question.Steps, Beyond: s.Question.By, Least: s.Question.Least, Cases: s.Learning.Cases, Origins: s.Learning.Origins, BaseUp: job.Number(s.Learning.Base.Up),
		BaseDown: job.Number(s.Learning.Base.Down), Looked: s.Looked, Judged: s.Judged, Launches: s.Launches, New: []toldNew{}, Leads: []toldLead{}, Series: []toldOf{}}
	for i := range s.Profiles {
		p := &s.Profiles[i]
		one := toldOf{ID: p.ID, Group: names[p.ID].Group, Stage: string(p.Stage), Growth: rate(p.Growth), Recent: rate(p.Recent), Speeds: rate(p.Acceleration), Whole: p.Whole, Q: job.Number(p.Q), Trending: p.Trending(),
			Share: job.Number(p.Share), Shares: rate(p.ShareGrowth), Turned: p.Turned}
		if n := names[p.ID].Name; n != p.ID {
			one.Name = n
		}
		for _, t := range p.Turns {
			until := ""
			if t.To < d.Panel.End() {
				until = grid.Stamp(t.To).Format(layout)
			}
			one.Turns = append(one.Turns, toldTurn{string(t.Kind), grid.Stamp(t.From).Format(layout), until, job.Number(t.Before), job.Number(t.After)})
		}
		for _, u := range p.Unusual {
			one.Unusual = append(one.Unusual, toldUnusual{grid.Stamp(u.From).Format(layout), u.Value, u.Expected, u.Low, u.High, job.Number(u.P), job.Number(u.Q)})
		}
		if c := p.Claim; c != nil {
			one.Claim = &toldClaim{c.Last, c.Expected, c.Up, c.Down, job.Number(c.Paths.Up), job.Number(c.Paths.Down), whys(c.WhyUp), whys(c.WhyDown)}
		}
		out.Series = append(out.Series, one)
	}
	for _, x := range s.Prospects {
		out.New = append(out.New, toldNew{x.ID, x.Age, x.Sold, x.Star, [3]job.Number{job.Number(x.Reach.Low), job.Number(x.Reach.Median), job.Number(x.Reach.High)}, x.Like})
	}
	for _, x := range s.Leads {
		out.Leads = append(out.Leads, toldLead{x.Leader, x.Measure, x.Follower, s.Ahead(x), x.Correlation, x.Q, x.Gain})
	}
	return out
}
