package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Spark is a small drawing of a row's recent history, its median forecast and the 80 % interval. It says nothing that the table beside it does
// not, and so is hidden from screen readers.
func (p *page) Spark(r *row) template.HTML {
	const width, height, most = 132., 34., 40
	f := p.data.Forecast
	history := r.series.Values[max(0, len(r.series.Values)-most):]
	steps := 0
	if !r.forecast.Abstains() {
		steps = min(f.Steps, most/2)
	}
	lo, hi := 0., 0.
	take := func(v float64) {
		if !math.IsNaN(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	for _, v := range history {
		take(v)
	}
	for h := range steps {
		_, l, u := p.interval(r, h)
		take(l)
		take(u)
	}
	if hi == lo {
		hi = lo + 1
	}
	n := max(2, len(history)+steps)
	at := func(i int, v float64) string {
		return fmt.Sprintf("%.1f %.1f", 2+(width-4)*float64(i)/float64(n-1), height-2-(height-4)*(v-lo)/(hi-lo))
	}
	var line, median, upper, lower strings.Builder
	pen := "M"
	for i, v := range history {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		line.WriteString(pen + at(i, v))
		pen = "L"
	}
	if steps > 0 {
		pen = "M"
		if k := len(history) - 1; k >= 0 && !math.IsNaN(history[k]) {
			median.WriteString("M" + at(k, history[k]))
			upper.WriteString("M" + at(k, history[k]))
			pen = "L"
		}
		down := ""
		for h := range steps {
			_, l, u := p.interval(r, h)
			median.WriteString(pen + at(len(history)+h, f.Quantile(r.at, h, .5)))
			upper.WriteString(pen + at(len(history)+h, u))
			down = "L" + at(len(history)+h, l) + down
			pen = "L"
		}
		lower.WriteString(down + "Z")
	}
	return template.HTML(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %g %g" width="%g" height="%g" aria-hidden="true" focusable="false">`+
		`<path class="fan" d="%s%s"/><path class="line" d="%s"/><path class="mid" d="%s"/></svg>`,
		width, height, width, height, upper.String(), lower.String(), line.String(), median.String()))
}

// whisker draws a relative change with its interval beside a zero line. The scale is that of the logarithm of the ratio, on which a
// halving and a doubling are equally far from zero, and ends at a fifth and at five times.
func whisker(low, mid, high float64) template.HTML {
	const width, height, unit = 132., 20., 60.
	if math.IsNaN(mid) {
		return ""
	}
	x := func(v float64) float64 { return width/2 + unit*min(max(math.Log(max(1+v, 1e-9))/math.Log(5), -1), 1) }
	class := "up"
	if mid < 0 {
		class = "down"
	}
	return template.HTML(fmt.Sprintf(`<svg class="whisker %s" viewBox="0 0 %g %g" width="%g" height="%g" aria-hidden="true" focusable="false">`+
		`<path class="zero" d="M%.1f 1V19"/><path class="range" d="M%.1f 10H%.1f"/><circle class="dot" cx="%.1f" cy="10" r="4"/></svg>`,
		class, width, height, width, height, width/2, x(low), x(high), x(mid)))
}
