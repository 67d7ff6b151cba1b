package report

import (
	"encoding/json"
	"html/template"
	"slices"

	"github.com/tidewatch/tidewatch/message"
)

// table is the table of all series, which the script fills.
type table struct {
	Groups []groupName
	Shown  int
	Of     int
	Moves  bool
	Range  both
}

type groupName struct {
	Value string
	Name  both
}

// The page holds at most maxSeries series and about maxBytes of their numbers: history is cut, and quantiles thinned, to fit.
const (
	maxSeries = 5000
	maxBytes  = 6 << 20
)

// detail is how much of each series the page holds.
type detail struct {
	history int       // periods
	levels  []float64 // of the quantiles, ascending
	steps   int
}

// allSection is the table of all series.
func (p *page) allSection() (part, error) {
	names, _ := p.groups()
	p.Table = table{Of: len(p.rows), Range: percent(highLevel-lowLevel, 0), Moves: len(p.data.Moves) > 0}
	if len(names) > 1 {
		for _, n := range names {
			p.Table.Groups = append(p.Table.Groups, groupName{n, named("group.", n)})
		}
	}
	p.Table.Shown = min(len(p.rows), maxSeries)
	return part{Data: p.Table}, nil
}

// payloads chooses the series the page holds and writes what the script reads, once all charts are known.
func (p *page) payloads() {
	rows := make([]*row, len(p.rows))
	for i := range p.rows {
		rows[i] = &p.rows[i]
	}
	slices.SortStableFunc(rows, largest)
	if t := p.total(); t != nil { // the total leads
		at := slices.Index(rows, t)
		rows = append([]*row{t}, slices.Delete(rows, at, at+1)...)
	}
	full := map[int]bool{}
	if p.Lead != nil {
		full[p.Lead.Series] = true
	}
	for _, g := range p.Tops {
		for _, c := range g.Charts {
			full[c.Series] = true
		}
	}
	for _, c := range p.AdjustedCharts {
		full[c.Series] = true
	}
	// Charts on the page stay in the payload whatever their size.
	keep := rows[:min(len(rows), maxSeries)]
	for _, r := range rows[len(keep):] {
		if full[r.at] {
			keep = append(keep[:len(keep):len(keep)], r)
		}
	}
	p.Payload = template.JS(p.payload(keep, full))
	texts := map[message.Lang]map[string]string{}
	for _, l := range message.Langs {
		texts[l] = map[string]string{}
		for _, k := range message.Keys("js.") {
			texts[l][k[len("js."):]] = l.Say(k)
		}
		for _, k := range message.Keys("group.") {
			texts[l][k] = l.Say(k)
		}
	}
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // maps of strings
	}
	p.Texts = template.JS(b)
}

// levels are the quantile levels a chart needs, ascending.
func (p *page) levels() []float64 {
	levels := []float64{.5}
	for _, l := range p.bands() {
		levels = append([]float64{l}, append(levels, 1-l)...)
	}
	return levels
}

// budget chooses the detail of the many series that have no chart on the page, so that n of them fit.
func (p *page) budget(n int) detail {
	const perNumber = 8 // bytes, with the comma, of six digits and a point; counts take 3 to 4
	cells := maxBytes / max(1, n) / perNumber
	d := detail{history: 160, levels: p.levels(), steps: min(p.data.Forecast.Steps, 120)}
	if d.history+d.steps*len(d.levels) > cells && len(d.levels) > 3 {
		d.levels = []float64{p.clamp(lowLevel), .5, p.clamp(highLevel)}
	}
	d.steps = min(d.steps, max(1, cells/2/len(d.levels)))
	d.history = min(d.history, max(8, cells-d.steps*len(d.levels)))
	return d
}
