package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/message"
)

// chart is one fan chart of the page: drawn by the script from the payload, described here in words and, for the lead, in numbers.
type chart struct {
	Element string // id of the element it is drawn in
	Series  int    // in Forecast.Rows, and so in the payload
	Row     *row
	Say     both
	Caption both
	Numbers *numbers
}

// numbers are the forecast as a table.
type numbers struct {
	Levels []both
	Rows   []numberRow
}

type numberRow struct {
	Period both
	Cells  []both
}

// bandLevels are the nested central intervals of a fan chart, from the inside out: half their outer tails.
var bandLevels = [...]float64{.3, .1, .025}

// bands are the lower levels of the intervals that the forecast's quantiles reach, from the inside out.
func (p *page) bands() []float64 {
	var lower []float64
	for _, l := range bandLevels {
		if levels := p.data.Forecast.Levels; len(levels) > 1 && levels[0] <= l+1e-9 && levels[len(levels)-1] >= 1-l-1e-9 {
			lower = append(lower, l)
		}
	}
	return lower
}

// chart describes the fan chart of a row.
func (p *page) chart(r *row, element string) *chart {
	c := &chart{Element: element, Series: r.at, Row: r, Caption: say("total.caption", r.name)}
	grid, last := p.data.Panel.Grid(), p.data.Forecast.Steps-1
	known := len(r.series.Values) - 1
	for known >= 0 && math.IsNaN(r.series.Values[known]) {
		known--
	}
	if known < 0 {
		c.Say = c.Caption
		return c
	}
	level, low, high := p.interval(r, last)
	c.Say = say("total.say", period(p.freq, grid.Stamp(r.series.Start+known)), p.size(r.series.Values[known]),
		period(p.freq, grid.Stamp(r.forecast.First+last)), p.size(p.data.Forecast.Quantile(r.at, last, .5)), level, compact(low), compact(high))
	return c
}

// maxNumbers is how many steps the lead's table of numbers lists.
const maxNumbers = 120

// numbersOf is the forecast of a row as a table: the mean, the median, and the quantiles that bound the bands.
func (p *page) numbersOf(r *row) *numbers {
	f := p.data.Forecast
	var levels []float64
	bands := p.bands()
	for i := len(bands) - 1; i >= 0; i-- {
		levels = append(levels, bands[i])
	}
	levels = append(levels, .5)
	for _, l := range bands {
		levels = append(levels, 1-l)
	}
	n := &numbers{}
	for _, l := range levels {
		n.Levels = append(n.Levels, each(func(lang message.Lang) string { return lang.Percent(l, 1) }))
		n.Levels[len(n.Levels)-1] = plain(strings.Replace(n.Levels[len(n.Levels)-1][0], ".0%", "%", 1))
	}
	for h := range min(f.Steps, maxNumbers) {
		nr := numberRow{Period: period(p.freq, f.Grid.Stamp(r.forecast.First+h)), Cells: []both{value(r.forecast.Mean[h])}}
		for _, l := range levels {
			nr.Cells = append(nr.Cells, value(f.Quantile(r.at, h, l)))
		}
		n.Rows = append(n.Rows, nr)
	}
	return n
}

// topGroup is the largest series of one group, as small charts.
type topGroup struct {
	Name   both
	Named  bool
	Charts []*chart
}

// maxTops is how many small charts the page has; maxGroups how many groups share them.
const (
	maxTops   = 12
	maxGroups = 3
)

func (p *page) tops() {
	for i, l := range p.bands() {
		width := each(func(lang message.Lang) string { return lang.Percent(1-2*l, 0) })
		if i == 0 {
			p.Bands = width
		} else {
			p.Bands = each(func(lang message.Lang) string {
				sep := map[message.Lang]string{message.English: ", ", message.Chinese: "、"}[lang]
				return p.Bands.in(lang) + sep + width.in(lang)
			})
		}
	}
	if p.Lead != nil {
		p.Lead.Numbers = p.numbersOf(p.Lead.Row)
	}
	names, members := p.groups()
	shown := min(len(names), maxGroups)
	for _, name := range names[:shown] {
		g := topGroup{Name: named("group.", name), Named: name != "" && len(names) > 1}
		for _, r := range members[name] {
			if len(g.Charts) == maxTops/shown {
				break
			}
			if !r.forecast.Abstains() {
				g.Charts = append(g.Charts, p.chart(r, fmt.Sprintf("top%d", r.at)))
			}
		}
		if len(g.Charts) > 0 {
			p.Tops = append(p.Tops, g)
		}
	}
}

// Legend is the key to the charts' lines and bands.
func (p *page) Legend() []template.HTML {
	item := func(class string, text both) template.HTML {
		return template.HTML(`<span class="key `+class+`" aria-hidden="true"></span>`) + text.HTML()
	}
	keys := []template.HTML{item("history", say("legend.history")), item("median", say("legend.median"))}
	for i, l := range p.bands() {
		keys = append(keys, item(fmt.Sprintf("band%d", i+1), say("legend.band", percent(1-2*l, 0))))
	}
	return keys
}
