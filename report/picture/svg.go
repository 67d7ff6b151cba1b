package picture

import (
	"fmt"
	"html"
	"strings"
)

// svg is a canvas that writes SVG. Text stays text: it is set in the reader's own sans-serif font.
type svg struct{ b strings.Builder }

const fontFamily = `-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif`

func newSVG(width, height int, paper, title, summary string) *svg {
	s := &svg{}
	fmt.Fprintf(&s.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="%s">`+
		"\n<title>%s</title>\n<desc>%s</desc>\n"+`<rect width="%d" height="%d" fill="%s"/>`+"\n", width, height, width, height, fontFamily, escape(title), escape(summary), width, height, paper)
	return s
}

// escape makes text of s that XML can hold.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xfffe || r == 0xffff {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

func path(points []point) string {
	var b strings.Builder
	for i, p := range points {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		fmt.Fprintf(&b, "%.1f %.1f", p.x, p.y)
	}
	return b.String()
}

func (s *svg) area(points []point, colour string) {
	fmt.Fprintf(&s.b, `<path d="%sZ" fill="%s"/>`+"\n", path(points), colour)
}

func (s *svg) line(points []point, colour string, width, dash float64) {
	dashes := ""
	if dash > 0 {
		dashes = fmt.Sprintf(` stroke-dasharray="%g %g"`, dash, dash)
	}
	fmt.Fprintf(&s.b, `<path d="%s" fill="none" stroke="%s" stroke-width="%g" stroke-linejoin="round" stroke-linecap="round"%s/>`+"\n", path(points), colour, width, dashes)
}

func (s *svg) dot(at point, radius float64, colour string) {
	fmt.Fprintf(&s.b, `<circle cx="%.1f" cy="%.1f" r="%g" fill="%s"/>`+"\n", at.x, at.y, radius, colour)
}

func (s *svg) text(at point, text string, style textStyle) {
	weight := ""
	if style.bold {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(&s.b, `<text x="%.1f" y="%.1f" font-size="%g" fill="%s" text-anchor="%s"%s>%s</text>`+"\n",
		at.x, at.y, style.size, style.colour, [...]string{"start", "middle", "end"}[style.anchor], weight, escape(text))
}

// width guesses: the font is the reader's.
func (s *svg) width(text string, style textStyle) float64 {
	w := 0.
	for _, r := range text {
		switch {
		case r >= 0x2e80:
			w++
		case strings.ContainsRune("iljtfr .,:;'|!()[]I", r):
			w += .33
		case r >= 'A' && r <= 'Z' || strings.ContainsRune("mw%–—", r):
			w += .7
		default:
			w += .55
		}
	}
	return w * style.size
}

func (s *svg) end() string { return s.b.String() + "</svg>\n" }
