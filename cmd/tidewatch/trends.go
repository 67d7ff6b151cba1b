package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/trend/claim"
	"github.com/tidewatch/tidewatch/write"
)

func newTrends(c console) *cobra.Command {
	var from source
	var top int
	var beyond string
	cmd := &cobra.Command{
		Use:   "trends [FOLDER]",
		Short: "Say what is rising, what is turning and what is new",
		Long: `Trends says where each series is heading: how likely the next periods lie above or below what the season alone makes of the last ones,
and why; which levels changed for good; which shares grow; which new items may become stars; and which series run ahead of others.

A chance is learned from claims of the same kind at earlier origins, whose end is known: "of such claims, so many came true". That a jump falls
back, and that December is high, is no news to it. It reads the folder of a run (--out FOLDER/), which takes no time, or forecasts data anew, with
the light preset unless you ask for another. docs/trends.md says how to read it and what it does not claim.`,
		Example: `  tidewatch demo
  tidewatch trends tidewatch-demo --top 5

  # of your own orders: the next four weeks, by country
  tidewatch demo --export orders.csv
  tidewatch trends --in orders.csv --by country,total --freq W --horizon 4

  # all that is known of every series, for other programs; in Chinese for people
  tidewatch trends tidewatch-demo --json
  tidewatch trends tidewatch-demo --lang zh`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			share, err := parseShare(beyond)
			if err != nil {
				return err
			}
			if top < 1 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--top %d: how many of each, at least 1", top)
			}
			from.data.config.Beyond = share
			asJSON := from.run.json
			from.run.json, from.engine = false, job.Trends
			r, err := from.load(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			s := r.Data.Story
			switch {
			case s == nil:
				return tidewatch.Errorf(tidewatch.CodeData, "this run has no trends: it was made by an earlier version, or without a report; forecast anew with --in")
			case len(args) > 0 && cmd.Flags().Changed("beyond") && math.Abs(s.Question.By-share) > 1e-9:
				return tidewatch.Errorf(tidewatch.CodeUsage, "the run in %s asked for changes beyond %g %%: forecast anew with --in for --beyond %s", args[0], 100*s.Question.By, beyond)
			case asJSON:
				return write.Indented(c.out, toldAs(r.Data))
			}
			return tellTrends(c, r, top)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().IntVar(&top, "top", 10, "how many risers, fallers and others to list")
	cmd.Flags().StringVar(&beyond, "beyond", "20%", "the change that counts, beyond what the season alone expects")
	from.register(cmd)
	if f := cmd.Flags().Lookup("preset"); f != nil {
		f.DefValue = "light"
		_ = f.Value.Set("light")
	}
	return cmd
}

// parseShare reads 20% or 0.2.
func parseShare(s string) (float64, error) {
	text, hundredths := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(text, 64)
	if hundredths {
		v /= 100
	}
	if err != nil || !(v > 0 && v < 1) {
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "--beyond %s: say a share between 0 and 100 %%, such as 20%%", s)
	}
	return v, nil
}

// tellTrends prints the story at length.
func tellTrends(c console, r *job.Result, top int) error {
	s := newSummary(c.out, r)
	if r.Data.Quality != nil {
		s.input()
	}
	s.story()
	s.beyond(top)
	s.turned(top)
	s.prospects(top)
	s.leads(top)
	return nil
}

// story prints the market in short.
func (s summary) story() {
	lines := report.Story(s.r.Data, s.lang)
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(s.w, "\n%s\n", s.paint.bold(s.lang.Say("story.title")))
	for _, l := range lines {
		fmt.Fprintln(s.w, "  "+l)
	}
}

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

// turned lists the levels that changed for good lately.
func (s summary) turned(n int) {
	list := report.LateTurns(s.r.Data, n)
	if len(list) == 0 {
		return
	}
	grid := s.r.Data.Panel.Grid()
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("trends.turned")), "", s.head("turned.when"), s.head("turned.level"), s.head("summary.change"))
	for _, x := range list {
		per := float64(s.r.Data.Story.Binned)
		t.add("  "+shorten(s.name(x.ID), nameWidth), s.sparks.of(x.ID), s.lang.Period(grid.Freq, grid.Stamp(x.From)), s.lang.Value(x.Before/per)+" → "+s.lang.Value(x.After/per),
			s.paint.signed(x.After-x.Before, s.lang.Change(x.Ratio()-1)))
	}
	t.print(s.w)
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
		t.add("  "+shorten(s.name(x.Leader), nameWidth), "→ "+shorten(s.name(x.Follower), nameWidth), s.lang.Periods(s.r.Data.Panel.Grid().Freq, x.Lag*story.Binned), s.lang.Percent(x.Gain, 0))
	}
	t.print(s.w)
}

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
	Trending bool          `json:"trending"`
	Share    job.Number    `json:"share"`
	Shares   [3]job.Number `json:"share_points_a_year"`
	Turned   bool          `json:"turned_lately"`
	Turns    []toldTurn    `json:"turns,omitempty"`
	Claim    *toldClaim    `json:"claim,omitempty"`
}

type toldTurn struct {
	Kind   string     `json:"kind"`
	From   string     `json:"from"`
	Before job.Number `json:"before"`
	After  job.Number `json:"after"`
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
		BaseDown: job.Number(s.Learning.Base.Down), Looked: s.Looked, Launches: s.Launches, New: []toldNew{}, Leads: []toldLead{}, Series: []toldOf{}}
	for i := range s.Profiles {
		p := &s.Profiles[i]
		one := toldOf{ID: p.ID, Group: names[p.ID].Group, Stage: string(p.Stage), Growth: rate(p.Growth), Recent: rate(p.Recent), Q: job.Number(p.Q), Trending: p.Trending(),
			Share: job.Number(p.Share), Shares: rate(p.ShareGrowth), Turned: p.Turned}
		if n := names[p.ID].Name; n != p.ID {
			one.Name = n
		}
		for _, t := range p.Turns {
			one.Turns = append(one.Turns, toldTurn{string(t.Kind), grid.Stamp(t.From).Format(layout), job.Number(t.Before), job.Number(t.After)})
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
		out.Leads = append(out.Leads, toldLead{x.Leader, x.Follower, x.Lag * s.Binned, x.Correlation, x.Q, x.Gain})
	}
	return out
}
