package picture

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// chart is one series to draw.
type chart struct {
	data   report.Data
	lang   message.Lang
	theme  theme
	w, h   float64
	row    int // of the forecast
	series tidewatch.Series
	name   string

	from, to    int     // grid indices shown
	low, high   float64 // of the vertical axis
	left, right float64 // edges of the plot
	top, bottom float64
}

// bandLevels are the lower ends of the nested central intervals, from the inside out.
var bandLevels = [...]float64{.3, .1, .025}

// bands are those that the forecast's quantiles reach.
func (c *chart) bands() (lower []float64) {
	levels := c.data.Forecast.Levels
	for _, l := range bandLevels {
		if len(levels) > 1 && levels[0] <= l+1e-9 && levels[len(levels)-1] >= 1-l-1e-9 {
			lower = append(lower, l)
		}
	}
	return lower
}

// words is all text that may be set, to find a font that has it.
func (c *chart) words() string {
	all := c.title() + c.summary()
	for _, e := range c.marks() {
		all += e.name
	}
	for _, key := range []string{"legend.history", "legend.median", "legend.year", "legend.band"} {
		all += c.lang.Say(key)
	}
	return all + c.lang.Date(time.Unix(0, 0))
}

func (c *chart) draw(p canvas) {
	f, row := c.data.Forecast, &c.data.Forecast.Rows[c.row]
	ahead := 0
	if !row.Abstains() {
		ahead = f.Steps
	}
	keep := max(60, min(400, int(c.w/6)))
	c.from, c.to = max(c.series.Start, row.First-keep), max(row.First+ahead, c.series.End())
	if c.to <= c.from {
		c.to = c.from + 1
	}
	c.left, c.right, c.top, c.bottom = 62, c.w-22, 118, c.h-34
	c.scale()
	c.axes(p)
	bands := c.bands()
	for k := len(bands) - 1; k >= 0 && ahead > 0; k-- {
		c.band(p, bands[k], c.theme.bands[k+3-len(bands)])
	}
	c.events(p)
	if lag := trend.Year(f.Grid.Freq); lag >= 2 && row.First-lag >= c.series.Start && ahead > 0 {
		c.curve(p, row.First-1, c.to, func(i int) float64 { return c.at(i - lag) }, c.theme.year, 1.6, 3)
	}
	c.curve(p, c.from, c.series.End(), c.at, c.theme.history, 1.7, 0)
	if ahead > 0 {
		join := c.at(row.First - 1)
		c.curve(p, row.First-1, row.First+ahead, func(i int) float64 {
			if i < row.First {
				return join
			}
			return f.Quantile(c.row, i-row.First, .5)
		}, c.theme.median, 2.6, 0)
	}
	p.text(point{22, 34}, shorten(p, c.title(), textStyle{size: 20, bold: true}, c.w-44), textStyle{size: 20, bold: true, colour: c.theme.ink})
	p.text(point{22, 57}, shorten(p, c.summary(), textStyle{size: 13}, c.w-44), textStyle{size: 13, colour: c.theme.soft})
	c.legend(p, bands, ahead > 0)
}

// at is the value of a period, NaN where there is none.
func (c *chart) at(i int) float64 {
	if i < c.series.Start || i >= c.series.End() {
		return math.NaN()
	}
	return c.series.Values[i-c.series.Start]
}

func (c *chart) x(i int) float64 {
	return c.left + (c.right-c.left)*float64(i-c.from)/float64(max(1, c.to-1-c.from))
}

func (c *chart) y(v float64) float64 {
	v = min(max(v, c.low), c.high)
	return c.bottom - (c.bottom-c.top)*(v-c.low)/(c.high-c.low)
}

// scale chooses the vertical axis: of round steps, from zero unless values are below it, and not so far up that the outermost band
// flattens all the rest.
func (c *chart) scale() {
	f, row := c.data.Forecast, &c.data.Forecast.Rows[c.row]
	lo, hi, most := 0., 0., 0.
	take := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	for i := c.from; i < c.series.End(); i++ {
		take(c.at(i))
	}
	bands := c.bands()
	if !row.Abstains() {
		for h := range f.Steps {
			take(f.Quantile(c.row, h, .5))
			for k, l := range bands {
				if k == 2 {
					if v := f.Quantile(c.row, h, 1-l); v > most {
						most = v
					}
					if v := f.Quantile(c.row, h, l); v < lo {
						lo = v
					}
				} else {
					take(f.Quantile(c.row, h, l))
					take(f.Quantile(c.row, h, 1-l))
				}
			}
		}
	}
	if most > hi {
		hi = min(most, 1.4*hi)
	}
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		lo, hi = 0, 1
	}
	step := roundStep((hi - lo) / 4)
	c.low, c.high = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
}

// roundStep is the least round number that is not below v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, k := range []float64{1, 2, 2.5, 5} {
		if k*power >= v*(1-1e-9) {
			return k * power
		}
	}
	return 10 * power
}

func (c *chart) axes(p canvas) {
	step := roundStep((c.high - c.low) / 5)
	style := textStyle{size: 12, colour: c.theme.soft, anchor: end}
	for k := 0; ; k++ {
		v := c.low + float64(k)*step
		if v > c.high+step/1e6 {
			break
		}
		colour := c.theme.line
		if math.Abs(v) < step/1e6 {
			v, colour = 0, c.theme.rule
		}
		p.line([]point{{c.left, c.y(v)}, {c.right, c.y(v)}}, colour, 1, 0)
		p.text(point{c.left - 9, c.y(v) + 4}, c.lang.Compact(v), style)
	}
	style.anchor = middle
	last := math.Inf(-1)
	for _, t := range c.ticks() {
		w := p.width(t.text, style)
		x := min(max(c.x(t.at), c.left+w/2-20), c.right-w/2+10)
		if x-w/2 < last+10 {
			continue
		}
		last = x + w/2
		p.text(point{x, c.bottom + 20}, t.text, style)
	}
	if first := c.data.Forecast.Rows[c.row].First; first > c.from && first < c.to {
		p.line([]point{{c.x(first - 1), c.top}, {c.x(first - 1), c.bottom}}, c.theme.rule, 1, 4)
	}
}

// tick is a period with a label.
type tick struct {
	at   int
	text string
}

// ticks are the periods that begin a year, a quarter, a month or a day, whichever leaves some room between labels.
func (c *chart) ticks() []tick {
	grid := c.data.Panel.Grid()
	most := max(2, int((c.right-c.left)/88))
	new := func(unit func(t time.Time) int, every int, text func(t time.Time, first bool) string) []tick {
		var list []tick
		for i := c.from; i < c.to; i++ {
			t, before := grid.Stamp(i), grid.Stamp(i-1)
			if u := unit(t); u != unit(before) && u%every == 0 {
				list = append(list, tick{i, text(t, len(list) == 0)})
			}
		}
		return list
	}
	zh := c.lang == message.Chinese
	day := func(t time.Time, _ bool) string {
		if zh {
			return t.Format("1月2日")
		}
		return t.Format("2 Jan")
	}
	month := func(t time.Time, first bool) string {
		switch whole := first || t.Month() == time.January; {
		case zh && whole:
			return t.Format("2006年1月")
		case zh:
			return t.Format("1月")
		case whole:
			return t.Format("Jan 2006")
		}
		return t.Format("Jan")
	}
	year := func(t time.Time, _ bool) string {
		if zh {
			return t.Format("2006年")
		}
		return t.Format("2006")
	}
	days := func(t time.Time) int { return int(t.Unix()+4*86400) / 86400 }
	months := func(t time.Time) int { return t.Year()*12 + int(t.Month()) - 1 }
	years := func(t time.Time) int { return t.Year() }
	var tries []func() []tick
	for _, k := range []int{1, 7, 14} {
		tries = append(tries, func() []tick { return new(days, k, day) })
	}
	for _, k := range []int{1, 2, 3, 6} {
		tries = append(tries, func() []tick { return new(months, k, month) })
	}
	for _, k := range []int{1, 2, 5, 10, 20, 50} {
		tries = append(tries, func() []tick { return new(years, k, year) })
	}
	for _, try := range tries {
		if list := try(); len(list) > 1 && len(list) <= most {
			return list
		}
	}
	return []tick{{c.from, c.lang.Period(grid.Freq, grid.Stamp(c.from))}}
}

// band fills the central interval from the level to its counterpart.
func (c *chart) band(p canvas, level float64, colour string) {
	f, first := c.data.Forecast, c.data.Forecast.Rows[c.row].First
	var upper, lower []point
	if v := c.at(first - 1); !math.IsNaN(v) {
		upper = append(upper, point{c.x(first - 1), c.y(v)})
	}
	for h := range f.Steps {
		upper = append(upper, point{c.x(first + h), c.y(f.Quantile(c.row, h, 1-level))})
		lower = append(lower, point{c.x(first + h), c.y(f.Quantile(c.row, h, level))})
	}
	slices.Reverse(lower)
	p.area(append(upper, lower...), colour)
}

// curve strokes the known values of the periods from..to.
func (c *chart) curve(p canvas, from, to int, at func(int) float64, colour string, width, dash float64) {
	var run []point
	flush := func() {
		switch {
		case len(run) == 1:
			p.dot(run[0], width, colour)
		case len(run) > 1:
			p.line(run, colour, width, dash)
		}
		run = nil
	}
	for i := max(from, c.from); i < min(to, c.to); i++ {
		if v := at(i); math.IsNaN(v) {
			flush()
		} else {
			run = append(run, point{c.x(i), c.y(v)})
		}
	}
	flush()
}

// mark is an event on the chart.
type mark struct {
	first, last int
	name        string
	colour      string
	major       bool
}

func (c *chart) marks() (marks []mark) {
	grid := c.data.Panel.Grid()
	if u := grid.Freq.Unit; u == tidewatch.Quarter || u == tidewatch.Year {
		return nil
	}
	for _, e := range c.data.Events {
		m := mark{grid.Index(e.First), grid.Index(e.First), cmp.Or(e.English, e.Chinese), c.theme.festival, e.Major}
		if e.Last.After(e.First) {
			m.last = grid.Index(e.Last)
		}
		if c.lang == message.Chinese {
			m.name = cmp.Or(e.Chinese, e.English)
		}
		if e.Promotion {
			m.colour = c.theme.promotion
		}
		marks = append(marks, m)
	}
	first := c.data.Forecast.Rows[c.row].First
	slices.SortStableFunc(marks, func(a, b mark) int { // those ahead get names first, then the latest
		ahead, behind := a.first >= first, b.first < first
		switch {
		case ahead && !behind:
			return cmp.Compare(a.first, b.first)
		case !ahead && behind:
			return cmp.Compare(b.first, a.first)
		case ahead:
			return -1
		}
		return 1
	})
	return marks
}

// events draws the marks that fall into the chart, and as many of their names as there is room for in two lanes.
func (c *chart) events(p canvas) {
	var lanes [2][][2]float64
	style := textStyle{size: 11, anchor: middle}
	for _, m := range c.marks() {
		if m.last < c.from || m.first >= c.to {
			continue
		}
		x := c.x((max(m.first, c.from) + min(m.last, c.to-1)) / 2)
		p.line([]point{{x, c.top}, {x, c.bottom}}, m.colour, map[bool]float64{true: 1, false: .5}[m.major], 2)
		if !m.major {
			continue
		}
		w := p.width(m.name, style) + 8
		at := min(max(x, c.left+w/2), c.right-w/2)
		for k := range lanes {
			if slices.ContainsFunc(lanes[k], func(o [2]float64) bool { return at-w/2 < o[1] && at+w/2 > o[0] }) {
				continue
			}
			lanes[k] = append(lanes[k], [2]float64{at - w/2, at + w/2})
			style.colour = m.colour
			p.text(point{at, c.top - 6 - 13*float64(k)}, m.name, style)
			break
		}
	}
}

// legend is the key, at the foot of the head.
func (c *chart) legend(p canvas, bands []float64, ahead bool) {
	x, y := 22., 78.
	style := textStyle{size: 12, colour: c.theme.soft}
	item := func(text string, draw func(x float64)) {
		if w := p.width(text, style); x+28+w < c.w-16 {
			draw(x)
			p.text(point{x + 26, y}, text, style)
			x += 26 + w + 20
		}
	}
	stroke := func(colour string, width, dash float64) func(float64) {
		return func(x float64) { p.line([]point{{x, y - 4}, {x + 20, y - 4}}, colour, width, dash) }
	}
	item(c.lang.Say("legend.history"), stroke(c.theme.history, 2.4, 0))
	if !ahead {
		return
	}
	item(c.lang.Say("legend.median"), stroke(c.theme.median, 3, 0))
	for k, l := range bands {
		colour := c.theme.bands[k+3-len(bands)]
		item(c.lang.Say("legend.band", strings.TrimSuffix(c.lang.Percent(1-2*l, 0), ".0%")), func(x float64) {
			p.area([]point{{x, y - 10}, {x + 20, y - 10}, {x + 20, y + 1}, {x, y + 1}}, colour)
		})
	}
	if lag := trend.Year(c.data.Forecast.Grid.Freq); lag >= 2 && c.data.Forecast.Rows[c.row].First-lag >= c.series.Start {
		item(c.lang.Say("legend.year"), stroke(c.theme.year, 1.8, 3))
	}
}

// shorten cuts s to fit a width, with an ellipsis.
func shorten(p canvas, s string, style textStyle, width float64) string {
	if p.width(s, style) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 1 && p.width(string(runes)+"…", style) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}
