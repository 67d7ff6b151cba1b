package segments

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
)

// colours are the classes of segments; more segments than these share the last.
const colours = 8

// Class is the style's name for a segment, by its number from 0.
func Class(a int) string { return fmt.Sprintf("s%d", min(a, colours-1)) }

// Map draws the places of the subjects, at most so many of them, each in the colour of its segment, with the numbers of the segments at their middles.
func Map(f *segment.Found, l message.Lang, most int) template.HTML {
	const size, edge = 520.0, 14.0
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, at := range f.Map {
		for k, v := range at {
			lo[k], hi[k] = min(lo[k], v), max(hi[k], v)
		}
	}
	height := size * max(.45, min(1, (hi[1]-lo[1])/max(1e-300, hi[0]-lo[0])))
	place := func(at [2]float64) (x, y float64) {
		scale := func(v, lo, hi, size float64) float64 {
			if !(hi > lo) {
				return size / 2
			}
			return edge + (size-2*edge)*(v-lo)/(hi-lo)
		}
		return scale(at[0], lo[0], hi[0], size), height - scale(at[1], lo[1], hi[1], height)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="map" viewBox="0 0 %g %.0f" role="img" aria-label="%s">`, size, height, template.HTMLEscapeString(l.Say("segments.map")))
	step := max(1, (len(f.IDs)+most-1)/most)
	radius := 3.4
	if len(f.IDs) > 400 {
		radius = 2.2
	}
	for i := 0; i < len(f.IDs); i += step {
		x, y := place(f.Map[i])
		c, name := "none", l.Say("segments.none")
		if a := f.Labels[i]; a >= 0 {
			c, name = Class(a), fmt.Sprint(a+1)
		}
		fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="%.1f" r="%.1f"><title>%s (%s)</title></circle>`, c, x, y, radius, template.HTMLEscapeString(f.IDs[i]), template.HTMLEscapeString(name))
	}
	for a := range f.Segments {
		var at [2]float64
		for _, i := range f.Segments[a].Members {
			at[0] += f.Map[i][0] / float64(f.Segments[a].Size)
			at[1] += f.Map[i][1] / float64(f.Segments[a].Size)
		}
		x, y := place(at)
		fmt.Fprintf(&b, `<g class="mid %s"><circle cx="%.1f" cy="%.1f" r="11"/><text x="%.1f" y="%.1f" text-anchor="middle">%d</text></g>`, Class(a), x, y, x, y+4.5, a+1)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// Line draws how the members of a segment of series ran: the mean and the middle half.
func Line(f *segment.Found, a int, l message.Lang) template.HTML {
	const width, height, left, bottom = 300.0, 96.0, 26.0, 16.0
	s, stamps := &f.Segments[a], f.Lines.Stamps
	lo, hi := 0.0, 1.25
	for b, v := range s.Line {
		for _, v := range []float64{v, s.High[b]} {
			if !math.IsNaN(v) {
				hi = max(hi, v)
			}
		}
		if v := s.Low[b]; !math.IsNaN(v) {
			lo = min(lo, v)
		}
	}
	ticks := []float64{0, 1}
	if step := math.Floor(hi); step >= 2 {
		ticks = append(ticks, step)
	}
	n := len(s.Line)
	x := func(b int) float64 { return left + (width-left-4)*float64(b)/float64(max(1, n-1)) }
	y := func(v float64) float64 { return 4 + (height-bottom-4)*(1-(v-lo)/(hi-lo)) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="line %s" viewBox="0 0 %g %g" role="img" aria-label="%s">`, Class(a), width, height, template.HTMLEscapeString(s.Name(l)))
	for _, v := range ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/><text class="axis" x="%g" y="%.1f" text-anchor="end">%g</text>`, left, width-4, y(v), y(v), left-5, y(v)+3.5, v)
	}
	var upper, lower []string
	for k := range n {
		if !math.IsNaN(s.Low[k]) {
			upper = append(upper, fmt.Sprintf("%.1f %.1f", x(k), y(s.High[k])))
			lower = append([]string{fmt.Sprintf("%.1f %.1f", x(k), y(s.Low[k]))}, lower...)
		}
	}
	if len(upper) > 0 {
		fmt.Fprintf(&b, `<path class="band" d="M%sL%sZ"/>`, strings.Join(upper, "L"), strings.Join(lower, "L"))
	}
	pen := "M"
	b.WriteString(`<path class="mean" d="`)
	for k, v := range s.Line {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, x(k), y(v))
		pen = "L"
	}
	fmt.Fprintf(&b, `"/><text class="axis" x="%g" y="%g">%s</text><text class="axis" x="%g" y="%g" text-anchor="end">%s</text></svg>`, left, height-2,
		stamps[0].Format("2006-01-02"), width-4, height-2, stamps[n-1].Format("2006-01-02"))
	return template.HTML(b.String())
}

// Bars draws how far a segment's mean of each trait lies from that of all.
func Bars(f *segment.Found, a int, l message.Lang) template.HTML {
	const width, row, middle, half = 300.0, 19.0, 196.0, 52.0
	s := &f.Segments[a]
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="bars %s" viewBox="0 0 %g %g" role="img" aria-label="%s">`, Class(a), width, row*float64(len(f.Traits))+2, template.HTMLEscapeString(s.Name(l)))
	fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="0" y2="%g"/>`, middle, middle, row*float64(len(f.Traits)))
	for k, t := range f.Traits {
		e := max(-2, min(2, s.Effects[k])) / 2 * half
		y := row * float64(k)
		fmt.Fprintf(&b, `<text x="138" y="%.1f" text-anchor="end">%s</text><rect x="%.1f" y="%.1f" width="%.1f" height="11" rx="1.5"/><text class="axis" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			y+13, template.HTMLEscapeString(l.Say("trait."+t.Name)), middle+min(0, e), y+4, math.Abs(e), width, y+13, template.HTMLEscapeString(Value(l, t, s.Medians[k])))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// Value is the value of a trait as people read it.
func Value(l message.Lang, t segment.Trait, v float64) string {
	switch t.Unit {
	case "share":
		return l.Percent(v, 0)
	case "ratio":
		return l.Say("segments.times", l.Value(math.Round(v*100)/100))
	}
	return l.Compact(v)
}
