package report

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

// page is what the template shows: the data, put into words and in order.
type page struct {
	data Data
	rows []row // as Forecast.Rows
	freq tidewatch.Freq

	Lang, Tag, Policy string
	Style             template.CSS
	ECharts, Script   template.JS
	Payload, Texts    template.JS

	Title    both
	Subject  string // Data.Title
	About    both
	Made     *both
	Headline headline
	Sections []section
	Lead     *chart // the total, or the only series
	Tops     []topGroup
	Bands    both // "40%, 80%, 95%"
	Moves    []moveGroup
	Table    table
	Quality  *quality
	Problems []problem
	Hidden   int // problems that are not listed one by one
	Run      run
	drawings []drawing

	AdjustedCharts []*chart
	adjustedBy     map[int][]float64 // [in Forecast.Rows] the median with planners' adjustments, NaN where they changed nothing
}

// row is one series of the report.
type row struct {
	id, name, group string
	series          tidewatch.Series
	forecast        *tidewatch.ForecastRow
	at              int         // in Forecast.Rows
	move            *trend.Move // nil = not known
	reason          string      // of its Problem
	volume          float64     // recent size, to order by
}

// Name and ID of the row, for the template.
func (r *row) Name() string { return r.name }

// ID is the series' id where its name says something else, otherwise "".
func (r *row) ID() string {
	id := strings.TrimPrefix(r.id, r.group+"=") // as series of several groupings are named
	if id == r.name {
		return ""
	}
	return id
}

// gather checks the data and joins what belongs together.
func gather(d Data) (*page, error) {
	if d.Panel == nil || d.Forecast == nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInternal, "report: the panel or the forecast is missing")
	}
	if d.Lang == "" {
		d.Lang = message.English
	}
	p := &page{data: d, freq: d.Panel.Grid().Freq, Lang: string(d.Lang), Tag: d.Lang.Tag(), Style: template.CSS(style), Subject: d.Title, adjustedBy: map[int][]float64{}}
	return p, p.collect()
}

func newPage(d Data) (*page, error) {
	p, err := gather(d)
	if err != nil {
		return nil, err
	}
	p.ECharts, p.Script, p.Policy = scripts()
	p.Title = say("report.title")
	if d.Title != "" {
		p.Title = say("report.of", d.Title)
	}
	p.about()
	p.headline()
	if err := p.write(); err != nil {
		return nil, err
	}
	p.payloads()
	return p, nil
}

// collect joins the forecast's rows with their history, names and moves.
func (p *page) collect() error {
	d := p.data
	number := make(map[string]int, d.Panel.Len())
	for i := range d.Panel.Len() {
		number[d.Panel.ID(i)] = i
	}
	labels := make(map[string]Label, len(d.Labels))
	for _, l := range d.Labels {
		labels[l.ID] = l
	}
	moves := make(map[string]*trend.Move, len(d.Moves))
	for i := range d.Moves {
		moves[d.Moves[i].ID] = &d.Moves[i]
	}
	reasons := make(map[string]string, len(d.Forecast.Problems))
	for _, q := range d.Forecast.Problems {
		reasons[q.ID] = q.Reason
	}
	p.rows = make([]row, len(d.Forecast.Rows))
	for k := range d.Forecast.Rows {
		f := &d.Forecast.Rows[k]
		i, ok := number[f.ID]
		if !ok {
			return tidewatch.Errorf(tidewatch.CodeInternal, "report: series %q has a forecast but no history in the panel", f.ID)
		}
		r := row{id: f.ID, name: cmp.Or(strings.TrimSpace(labels[f.ID].Name), f.ID), group: labels[f.ID].Group, series: d.Panel.Series(i),
			forecast: f, at: k, move: moves[f.ID], reason: reasons[f.ID]}
		r.volume = recent(r.series, max(d.Forecast.Steps, 8))
		p.rows[k] = r
	}
	return nil
}

// recent is the sum of the last n known values of a series, by size.
func recent(s tidewatch.Series, n int) float64 {
	sum := 0.
	for _, v := range s.Values[max(0, len(s.Values)-n):] {
		if !math.IsNaN(v) {
			sum += math.Abs(v)
		}
	}
	return sum
}

// total is the row of the total, or of the only series; nil if there is neither.
func (p *page) total() *row {
	for i := range p.rows {
		if p.data.Total != "" && p.rows[i].id == p.data.Total || len(p.rows) == 1 {
			return &p.rows[i]
		}
	}
	return nil
}

// groups are the groups of the series but the total, in the order they first appear, each largest series first.
func (p *page) groups() (names []string, members map[string][]*row) {
	members = map[string][]*row{}
	total := p.total()
	for i := range p.rows {
		r := &p.rows[i]
		if r == total {
			continue
		}
		if members[r.group] == nil {
			names = append(names, r.group)
		}
		members[r.group] = append(members[r.group], r)
	}
	for _, rows := range members {
		slices.SortStableFunc(rows, largest)
	}
	return names, members
}

// largest orders by size, then by id.
func largest(a, b *row) int {
	return cmp.Or(cmp.Compare(b.volume, a.volume), cmp.Compare(a.id, b.id))
}

// about is the line under the title.
func (p *page) about() {
	grid := p.data.Panel.Grid()
	first, end := 0, p.data.Panel.End()
	for i := range p.data.Panel.Len() {
		if s := p.data.Panel.Series(i); i == 0 || s.Start < first {
			first = s.Start
		}
	}
	p.About = say("report.about", ofUnit("grain", p.freq), date(grid.Stamp(first)), date(grid.Stamp(max(first, end-1))),
		count(len(p.rows)), periods(p.freq, p.data.Forecast.Steps))
	if !p.data.Made.IsZero() {
		made := say("report.made", date(p.data.Made))
		p.Made = &made
	}
}

// Span is the horizon in words: "8 weeks".
func (p *page) Span() both { return periods(p.freq, p.data.Forecast.Steps) }

// Version is Tidewatch's, for the footer.
func (p *page) Version() string { return p.data.Run.Version }

// HasFiles reports whether rows of files were counted.
func (p *page) HasFiles() bool { return p.data.Quality != nil && p.data.Quality.Rows > 0 }

// ProblemCount is how many series fell back or abstained.
func (p *page) ProblemCount() both { return count(len(p.data.Forecast.Problems)) }

// Everyone is the first choice of the group filter, which the script says in the page's language.
func (p *page) Everyone() string { return p.data.Lang.Say("js.everyone") }
