package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
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
	if r.id == p.data.Total {
		c.Caption = say("total.caption", named("group.", r.name))
	}
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

// Legend is the key to the charts' lines and bands.
func (p *page) Legend() []template.HTML {
	item := func(class string, text both) template.HTML {
		return template.HTML(`<span class="key `+class+`" aria-hidden="true"></span>`) + text.HTML()
	}
	keys := []template.HTML{item("history", say("legend.history")), item("median", say("legend.median"))}
	for i, l := range p.bands() {
		keys = append(keys, item(fmt.Sprintf("band%d", i+1), say("legend.band", percent(1-2*l, 0))))
	}
	if d := p.data.Adjusted; d != nil && len(d.Series) > 0 {
		keys = append(keys, item("adjusted", say("legend.adjusted")))
	}
	if p.YearAgo() {
		keys = append(keys, item("year", say("legend.year")))
	}
	if s := p.data.Story; s != nil && slices.ContainsFunc(s.Profiles, func(x trend.Profile) bool { return len(x.Turns) > 0 }) {
		keys = append(keys, item("turn", say("legend.turn")))
	}
	festival, promotion := false, false
	for _, e := range p.data.Events {
		festival, promotion = festival || !e.Promotion, promotion || e.Promotion
	}
	if festival {
		keys = append(keys, item("festival", say("legend.festival")))
	}
	if promotion {
		keys = append(keys, item("promotion", say("legend.promotion")))
	}
	return keys
}
