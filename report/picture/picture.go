// Package picture draws the forecast of one series as a picture: SVG, whose text any browser sets, or PNG.
package picture

import (
	"cmp"
	"io"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// Format is a form of picture.
type Format string

// The formats.
const (
	SVG Format = "svg"
	PNG Format = "png"
)

// Options says how to draw. The zero value is the documented default.
type Options struct {
	Format        Format       // "" = SVG
	Width, Height int          // in pixels; 0 = 960 by 480
	Dark          bool         // light on dark
	Lang          message.Lang // "" = English
}

// The sizes a picture can have.
const (
	minSize = 200
	maxSize = 4000
)

func (o Options) check() (Options, error) {
	o.Format, o.Lang = cmp.Or(o.Format, SVG), cmp.Or(o.Lang, message.English)
	o.Width, o.Height = cmp.Or(o.Width, 960), cmp.Or(o.Height, 480)
	if o.Width < minSize || o.Height < minSize || o.Width > maxSize || o.Height > maxSize {
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "a picture of %d by %d pixels: use %d to %d each way", o.Width, o.Height, minSize, maxSize)
	}
	if o.Format != SVG && o.Format != PNG {
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "picture format %q: use svg or png", o.Format)
	}
	return o, nil
}

// Write draws the series with the id, or the name, of d: history, forecast with its intervals, the year before, festivals and promotions.
// It fails with CodeUsage where there is no such series, and says which are like it.
func Write(w io.Writer, d report.Data, id string, o Options) error {
	o, err := o.check()
	if err != nil {
		return err
	}
	c := &chart{data: d, lang: o.Lang, theme: light, w: float64(o.Width), h: float64(o.Height)}
	if o.Dark {
		c.theme = dark
	}
	if err := c.find(id); err != nil {
		return err
	}
	if o.Format == PNG {
		p, err := newRaster(o.Width, o.Height, c.theme.paper, c.words())
		if err != nil {
			return err
		}
		c.draw(p)
		return p.encode(w)
	}
	s := newSVG(o.Width, o.Height, c.theme.paper, c.title(), c.summary())
	c.draw(s)
	_, err = io.WriteString(w, s.end())
	return err
}

// find finds the series by its id, its id without its group, or its name.
func (c *chart) find(id string) error {
	labels := map[string]report.Label{}
	for _, l := range c.data.Labels {
		labels[l.ID] = l
	}
	var names []string
	c.row = -1
	best := math.MaxInt
	for k := range c.data.Forecast.Rows {
		own := c.data.Forecast.Rows[k].ID
		l := labels[own]
		for n, name := range []string{own, strings.TrimPrefix(own, l.Group+"="), l.Name} {
			if name == "" {
				continue
			}
			names = append(names, name)
			if name == id && n < best {
				c.row, best, c.name = k, n, cmp.Or(strings.TrimSpace(l.Name), strings.TrimPrefix(own, l.Group+"="))
			}
		}
	}
	if c.row < 0 {
		hint := ""
		if near := tidewatch.Nearest(id, names); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return tidewatch.Errorf(tidewatch.CodeUsage, "there is no series %q among %d%s", id, len(c.data.Forecast.Rows), hint)
	}
	if c.data.Forecast.Rows[c.row].ID == c.data.Total {
		c.name = c.lang.Or("group."+c.name, c.name)
	}
	for i := range c.data.Panel.Len() {
		if c.data.Panel.ID(i) == c.data.Forecast.Rows[c.row].ID {
			c.series = c.data.Panel.Series(i)
			return nil
		}
	}
	return tidewatch.Errorf(tidewatch.CodeInternal, "series %q has a forecast but no history", id)
}

// title is the name of the series, after that of the data.
func (c *chart) title() string {
	if c.data.Title != "" && c.data.Title != c.name {
		return c.data.Title + " · " + c.name
	}
	return c.name
}

// summary is the forecast in one line.
func (c *chart) summary() string {
	l, f := c.lang, c.data.Forecast
	if f.Rows[c.row].Abstains() {
		return l.Say("js.abstain")
	}
	var m *trend.Move
	for i := range c.data.Moves {
		if c.data.Moves[i].ID == f.Rows[c.row].ID {
			m = &c.data.Moves[i]
		}
	}
	span := l.Periods(f.Grid.Freq, f.Steps)
	if m == nil || math.IsNaN(m.Next.Median) {
		return l.Say("headline.next", l.Quantity(l.Compact(f.Quantile(c.row, 0, .5)), c.data.Unit), l.Period(f.Grid.Freq, f.Grid.Stamp(f.Rows[c.row].First)))
	}
	s := l.Say("all.next", span) + l.Say("picture.colon") + l.Quantity(l.Compact(m.Next.Median), c.data.Unit) + " (" +
		l.Say("figure.interval", l.Percent(.8, 0), l.Compact(m.Next.Low), l.Compact(m.Next.High)) + ")"
	if r := m.Recent.Relative().Median; !math.IsNaN(r) {
		s += " · " + l.Say("figure.recent", span) + l.Say("picture.colon") + l.Change(r)
	}
	return s
}
