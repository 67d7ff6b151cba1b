package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/tidewatch/tidewatch/trend"
)

// moveGroup is the risers and fallers of one group of series.
type moveGroup struct {
	Element         string // id of the caption of Newcomers
	Name            both
	Named           bool
	Ranked          both
	Risers, Fallers moveTable
	Newcomers       []newRow
	Fading          []fadeRow
	FadingElement   string // id of the caption of Fading
	Span, Range     both   // "8 weeks", "80%"
	Years           bool   // some series can be compared with a year ago
}

type moveTable struct {
	Element     string // id of its caption
	Title, Sure both
	Class       string // of its numbers: up or down
	Arrow       string
	Rows        []moveRow
	Group       *moveGroup
}

// moveRow is one riser or faller.
type moveRow struct {
	Row                *row
	Spark, Whisker     template.HTML
	From, Next, Change both
	Low, High          both
	Sure, Year         both
}

// newRow is one series that began too lately to be ranked.
type newRow struct {
	Row                    *row
	Spark                  template.HTML
	First, Next, Low, High both
}

// movesSection is what rises and falls, what is new and what fades, by group.
func (p *page) movesSection() (part, error) {
	if err := p.moves(); err != nil || len(p.Moves) == 0 {
		return part{}, err
	}
	return part{Data: p.Moves}, nil
}

func (p *page) moves() error {
	names, members := p.groups()
	for _, name := range names[:min(len(names), maxGroups)] {
		var moves []trend.Move
		byID := map[string]*row{}
		for _, r := range members[name] {
			if r.move != nil {
				moves, byID[r.id] = append(moves, *r.move), r
			}
		}
		if len(moves) < 2 {
			continue
		}
		ranking, err := trend.Rank(moves, trend.RankOptions{N: 6})
		if err != nil {
			return err
		}
		g := &moveGroup{Name: named("group.", name), Named: name != "" && len(names) > 1, Ranked: count(ranking.Ranked), Span: p.Span(), Range: percent(highLevel-lowLevel, 0)}
		g.Risers = moveTable{Element: fmt.Sprintf("risers%d", len(p.Moves)), Class: "up", Arrow: "▲", Title: say("moves.risers"), Sure: say("moves.rise"), Group: g}
		g.Fallers = moveTable{Element: fmt.Sprintf("fallers%d", len(p.Moves)), Class: "down", Arrow: "▼", Title: say("moves.fallers"), Sure: say("moves.fall"), Group: g}
		for _, m := range ranking.Risers {
			g.Risers.Rows = append(g.Risers.Rows, p.moveRow(byID[m.ID], m, m.Recent.Rise))
			g.Years = g.Years || m.YearAgo.Known()
		}
		for _, m := range ranking.Fallers {
			g.Fallers.Rows = append(g.Fallers.Rows, p.moveRow(byID[m.ID], m, 1-m.Recent.Rise))
			g.Years = g.Years || m.YearAgo.Known()
		}
		for _, m := range trend.Newcomers(p.data.Panel, moves, p.data.Forecast.Steps, 5) {
			r := byID[m.ID]
			g.Newcomers = append(g.Newcomers, newRow{Row: r, Spark: p.Spark(r), First: period(p.freq, p.data.Panel.Grid().Stamp(r.series.Start)),
				Next: compact(m.Next.Median), Low: compact(m.Next.Low), High: compact(m.Next.High)})
		}
		for _, f := range trend.Fading(p.data.Panel, moves, p.data.Forecast.Steps, 5) {
			r := byID[f.ID]
			g.Fading = append(g.Fading, fadeRow{Row: r, Spark: p.Spark(r), Usual: compact(f.Usual), Recent: compact(f.Recent.From), Next: compact(f.Next.Median),
				Last: period(p.freq, p.data.Panel.Grid().Stamp(f.Last))})
		}
		if len(ranking.Risers)+len(ranking.Fallers)+len(g.Newcomers)+len(g.Fading) == 0 {
			continue
		}
		g.Element = fmt.Sprintf("new%d", len(p.Moves))
		g.FadingElement = fmt.Sprintf("fading%d", len(p.Moves))
		p.Moves = append(p.Moves, *g)
	}
	return nil
}

// fadeRow is one series that has all but stopped.
type fadeRow struct {
	Row                       *row
	Spark                     template.HTML
	Usual, Recent, Next, Last both
}

func (p *page) moveRow(r *row, m trend.Move, sure float64) moveRow {
	c := m.Recent.Relative()
	out := moveRow{Row: r, Spark: p.Spark(r), Whisker: whisker(c.Low, c.Median, c.High), From: compact(m.Recent.From), Next: compact(m.Next.Median),
		Change: p.changed(m.Recent), Low: change(c.Low), High: change(c.High), Sure: chance(sure), Year: change(math.NaN())}
	if math.IsNaN(c.Low) { // from nothing there is no share
		out.Low, out.High = signed(m.Recent.Difference.Low), signed(m.Recent.Difference.High)
	}
	if m.YearAgo.Known() {
		out.Year = p.changed(m.YearAgo)
	}
	return out
}
