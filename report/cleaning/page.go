// Package cleaning is the page that shows series before and after cleaning: one HTML file that needs no other file, no script and no
// network.
package cleaning

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
)

// Data is what the page shows.
type Data struct {
	Lang    message.Lang
	Before  *tidewatch.Panel
	Cleaned *clean.Cleaned
	Counts  []clean.Count
	Command string // that shows it again
}

//go:embed page.html
var pageHTML string

const (
	maxSeries  = 60 // with a picture
	maxChanges = 20 // listed of each
	maxRows    = 50 // listed
)

type page struct {
	Lang, Title, Lede, Shown, Again, Command string
	Step, Count, Values, Does                string
	Steps                                    []step
	RowsTitle, RowsMore                      string
	Rows                                     []row
	Series                                   []series
	ID, Time, Before, After, Why             string
	Legend                                   [2]string
}

// row is one row that was changed before it became a value.
type row struct{ ID, Time, Step, Before, After, Why string }

type step struct{ Name, Series, Values, Does string }

type series struct {
	ID, Changed, More string
	Picture           template.HTML
	Changes           []change
}

type change struct{ Time, Step, Before, After, Why string }

// Write writes the page. The same data give the same bytes.
func Write(w io.Writer, d Data) error {
	l := d.Lang
	p := page{Lang: l.Tag(), Title: l.Say("clean.page"), Again: l.Say("clean.again"), Command: d.Command, Step: l.Say("clean.step"), Count: l.Say("clean.series"),
		Values: l.Say("clean.values"), Does: l.Say("clean.does"), ID: l.Say("clean.series"), Time: l.Say("clean.time"), Before: l.Say("clean.before"), After: l.Say("clean.after"), Why: l.Say("clean.why"),
		Legend: [2]string{l.Say("clean.before"), l.Say("clean.after")}}
	changed, cells, many := 0, 0, 0
	var order []int
	for i := range d.Cleaned.Series {
		cells += len(d.Before.Series(i).Values)
		if n := len(d.Cleaned.Series[i].Changes); n > 0 {
			changed += n
			many++
			order = append(order, i)
		}
	}
	p.Lede = l.Say("clean.lede", changed, cells, many)
	if changed == 0 && len(d.Cleaned.Rows) == 0 {
		p.Lede = l.Say("clean.nothing")
	}
	for _, c := range d.Counts {
		p.Steps = append(p.Steps, step{c.Step, l.Number(float64(max(c.Series, c.Applied)), 0), l.Number(float64(c.Values), 0), Does(l, c.Step)})
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(d.Cleaned.Series[b].Changes), len(d.Cleaned.Series[a].Changes))
	})
	order = order[:min(len(order), maxSeries)]
	if many > len(order) {
		p.Shown = l.Say("clean.shown", len(order))
	}
	p.rows(d)
	for _, i := range order {
		p.Series = append(p.Series, d.series(i))
	}
	return template.Must(template.New("page").Parse(pageHTML)).Execute(w, p)
}

// rows lists what was done to rows.
func (p *page) rows(d Data) {
	for _, r := range d.Cleaned.Rows[:min(len(d.Cleaned.Rows), maxRows)] {
		_, time, before, after := RowTexts(d.Lang, d.Before.Grid(), r)
		if r.ID == "" {
			time, before, after = "", "", ""
		}
		p.Rows = append(p.Rows, row{r.ID, time, r.Step, before, after, r.Why.In(d.Lang)})
	}
	p.RowsTitle = d.Lang.Say("clean.rows")
	if n := len(d.Cleaned.Rows) - len(p.Rows); n > 0 {
		p.RowsMore = d.Lang.Say("clean.more", n)
	}
}

// RowTexts are the words for a row that was changed before it became a value: its time, and what it was and is; key is the message that puts the
// series' id and these into a sentence.
func RowTexts(l message.Lang, g tidewatch.Grid, r clean.RowChange) (key, time, before, after string) {
	value := func(v float64) string {
		if v != v {
			return l.Say("clean.gone")
		}
		return l.Value(v)
	}
	time = clean.RowTime(g, r.At)
	switch {
	case r.Step == clean.Order{}.String():
		return "clean.rowOrder", time, l.Number(float64(r.From), 0), l.Number(float64(r.To), 0)
	case r.From != r.To:
		return "clean.row", time, clean.RowTime(g, r.From), clean.RowTime(g, r.To)
	}
	return "clean.row", time, value(r.Before), value(r.After)
}

// Does says what a step does.
func Does(l message.Lang, name string) string {
	name, _, _ = strings.Cut(name, "(")
	return l.Say("repair." + name)
}

func (d Data) series(i int) series {
	l, done, s := d.Lang, d.Cleaned.Series[i], d.Before.Series(i)
	out := series{ID: s.ID, Changed: l.Say("clean.changed", len(done.Changes)), Picture: picture(s, d.Cleaned.Panel.Series(i), done.Changes, s.ID+": "+l.Say("clean.changed", len(done.Changes)), l)}
	number := func(v float64) string {
		if v != v {
			return l.Say("clean.gone")
		}
		return l.Value(v)
	}
	for _, c := range done.Changes[:min(len(done.Changes), maxChanges)] {
		out.Changes = append(out.Changes, change{s.Grid.Stamp(c.At).Format("2006-01-02 15:04"), c.Step, number(c.Before), number(c.After), c.Why.In(l)})
	}
	for k := range out.Changes {
		out.Changes[k].Time = strings.TrimSuffix(out.Changes[k].Time, " 00:00")
	}
	if n := len(done.Changes) - len(out.Changes); n > 0 {
		out.More = l.Say("clean.more", n)
	}
	return out
}

const (
	width, height = 720.0, 150.0
	left, bottom  = 52.0, 18.0
	maxDots       = 400
)

// picture draws a series: a thin line and dots for what was there before, a strong line for what is there after.
func picture(before, after tidewatch.Series, changes []clean.Change, label string, l message.Lang) template.HTML {
	lo, hi := 0.0, 0.0
	first := true
	for _, y := range [][]float64{before.Values, after.Values} {
		for _, v := range y {
			if v == v {
				if first {
					lo, hi, first = v, v, false
				}
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if lo > 0 && lo < hi/2 {
		lo = 0
	}
	if hi == lo {
		hi = lo + 1
	}
	n := max(1, len(before.Values)-1)
	x := func(t int) float64 { return left + float64(t)/float64(n)*(width-left-6) }
	y := func(v float64) float64 { return 8 + (1-(v-lo)/(hi-lo))*(height-bottom-8) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(label))
	for _, v := range []float64{lo, hi} {
		fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/><text class="axis" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			left, width-6, y(v), y(v), left-6, y(v)+4, template.HTMLEscapeString(message.English.Compact(v)))
	}
	fmt.Fprintf(&b, `<text class="axis" x="%g" y="%g">%s</text><text class="axis" x="%g" y="%g" text-anchor="end">%s</text>`, left, height-2,
		before.Grid.Stamp(before.Start).Format("2006-01-02"), width-6, height-2, before.Grid.Stamp(before.End()-1).Format("2006-01-02"))
	lineOf := func(class string, values []float64) {
		d, pen := "", "M"
		for t, v := range values {
			if v != v {
				pen = "M"
				continue
			}
			d += fmt.Sprintf("%s%.1f %.1f", pen, x(t), y(v))
			if pen == "M" && (t+1 == len(values) || values[t+1] != values[t+1]) {
				d += "h.1" // a point by itself
			}
			pen = "L"
		}
		fmt.Fprintf(&b, `<path class="%s" d="%s"/>`, class, d)
	}
	lineOf("before", before.Values)
	lineOf("after", after.Values)
	step := 1 + len(changes)/maxDots
	for k := 0; k < len(changes); k += step {
		c := changes[k]
		if t := c.At - before.Start; c.Before == c.Before && t >= 0 && t < len(before.Values) && c.Before == before.Values[t] {
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3"><title>%s: %s</title></circle>`, x(t), y(c.Before),
				before.Grid.Stamp(c.At).Format("2006-01-02"), template.HTMLEscapeString(c.Why.In(l)))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}
