package workbook

import (
	"math"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
)

func itoa(n int) string { return strconv.Itoa(n) }

// overview is the headline, the total by period and its chart.
func (b *book) overview() {
	p := b.sheet("book.overview", 0, 24, 16)
	title := b.say("report.title")
	if b.data.Title != "" {
		title = b.say("report.of", b.data.Title)
	}
	p.row(excelize.Cell{StyleID: b.styles.title, Value: clean(title)})
	first, sentences, err := report.Headline(b.data, b.lang)
	if err != nil {
		b.try(err)
		return
	}
	p.row(excelize.Cell{StyleID: b.styles.lead, Value: first})
	for _, s := range sentences {
		p.row(b.text(s))
	}
	row := b.leading()
	if row < 0 {
		p.end()
		return
	}
	f, r := b.data.Forecast, &b.data.Forecast.Rows[row]
	p.section(b.say("total.caption", b.names[row].Name))
	p.head(b.say("numbers.period"), b.say("legend.history"), b.say("legend.median"), b.say("legend.band", "80%")+" ↓", b.say("legend.band", "80%")+" ↑", b.say("numbers.mean"))
	from := p.at + 1
	for i := range b.data.Panel.Len() {
		s := b.data.Panel.Series(i)
		if s.ID != r.ID {
			continue
		}
		for k := max(0, len(s.Values)-104); k < len(s.Values); k++ {
			if k == len(s.Values)-1 { // the forecast's lines begin where history ends
				v := b.number(s.Values[k])
				p.row(b.date(s.Start+k), v, v, v, v)
			} else {
				p.row(b.date(s.Start+k), b.number(s.Values[k]))
			}
		}
	}
	for h := range f.Steps {
		p.row(b.date(r.First+h), nil, b.number(f.Quantile(row, h, .5)), b.number(f.Quantile(row, h, .1)), b.number(f.Quantile(row, h, .9)), b.number(r.Mean[h]))
	}
	p.end()
	b.chart(p.name, from, p.at)
}

// leading is the row of the total, or of the only series; -1 where there is neither, or no forecast of it.
func (b *book) leading() int {
	for k := range b.data.Forecast.Rows {
		r := &b.data.Forecast.Rows[k]
		if (b.data.Total != "" && r.ID == b.data.Total || len(b.data.Forecast.Rows) == 1) && !r.Abstains() {
			return k
		}
	}
	return -1
}

// chart draws the total beside its numbers.
func (b *book) chart(sheet string, from, to int) {
	if b.err != nil {
		return
	}
	at := func(column string) string {
		return "'" + sheet + "'!$" + column + "$" + itoa(from) + ":$" + column + "$" + itoa(to)
	}
	line := func(column, colour string, width float64, dash excelize.LineDashType) excelize.ChartSeries {
		return excelize.ChartSeries{Name: "'" + sheet + "'!$" + column + "$" + itoa(from-1), Categories: at("A"), Values: at(column),
			Line:   excelize.LineOptions{Width: width, Dash: dash, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}},
			Marker: excelize.ChartMarker{Symbol: "none"}}
	}
	b.try(b.file.AddChart(sheet, "H"+itoa(from-1), &excelize.Chart{Type: excelize.Line,
		Series: []excelize.ChartSeries{line("B", "24333F", 1.75, excelize.LineDashSolid), line("C", "0E5A94", 2.5, excelize.LineDashSolid),
			line("D", "93C0E3", 1.25, excelize.LineDashDash), line("E", "93C0E3", 1.25, excelize.LineDashDash)},
		Legend: excelize.ChartLegend{Position: "top"}, ShowBlanksAs: "gap", Dimension: excelize.ChartDimension{Width: 880, Height: 400},
		XAxis: excelize.ChartAxis{TickLabelSkip: max(1, (to-from)/8)}, YAxis: excelize.ChartAxis{MajorGridLines: true}}))
}

// series is one row a series.
func (b *book) series() {
	p := b.sheet("book.series", 1, 30, 42, 14, 13, 13, 13, 13, 12, 14, 12, 34)
	span := b.lang.Periods(b.data.Forecast.Grid.Freq, b.data.Forecast.Steps)
	range80 := b.say("all.range", "80%")
	p.head(b.say("setting.id"), b.say("all.name"), b.say("all.group"), b.say("all.last"), b.say("all.next", span), range80+" ↓", range80+" ↑", b.say("all.change"), b.say("all.rise"),
		b.say("moves.year"), b.say("all.method"))
	last := map[string]float64{}
	for i := range b.data.Panel.Len() {
		if s := b.data.Panel.Series(i); len(s.Values) > 0 {
			last[s.ID] = s.Values[len(s.Values)-1]
		}
	}
	nan := math.NaN()
	for k, l := range b.names {
		v, ok := last[l.ID]
		if !ok {
			v = nan
		}
		cells := []any{b.text(l.ID), b.text(l.Name), b.text(b.lang.Or("group."+l.Group, l.Group)), b.number(v)}
		if m := b.moves[l.ID]; m != nil {
			cells = append(cells, b.number(m.Next.Median), b.number(m.Next.Low), b.number(m.Next.High), b.change(m.Recent.Relative().Median), b.share(m.Recent.Rise), b.change(m.YearAgo.Relative().Median))
		} else {
			cells = append(cells, nil, nil, nil, nil, nil, nil)
		}
		method := b.data.Forecast.Rows[k].Method
		if b.data.Forecast.Rows[k].Abstains() {
			method = b.say("quality.nothing")
		}
		p.row(append(cells, b.text(method))...)
	}
	p.filter(11)
}

// forecast is one row a series and period.
func (b *book) forecast() {
	f := b.data.Forecast
	p := b.sheet("book.forecast", 1, 30, 42, 13, 13)
	titles := []string{b.say("setting.id"), b.say("all.name"), b.say("numbers.period"), b.say("numbers.mean")}
	for _, q := range f.Levels {
		titles = append(titles, "q"+strconv.FormatFloat(q, 'g', -1, 64))
	}
	p.head(titles...)
	for k := range f.Rows {
		r := &f.Rows[k]
		if r.Abstains() {
			continue
		}
		id, name := b.text(r.ID), b.text(b.names[k].Name)
		for h := range f.Steps {
			cells := append(make([]any, 0, 4+len(f.Levels)), id, name, b.date(r.First+h), b.number(r.Mean[h]))
			for _, v := range f.At(k, h) {
				cells = append(cells, b.number(v))
			}
			p.row(cells...)
		}
	}
	p.filter(4 + len(f.Levels))
}

// accuracy is the scores by method and by step.
func (b *book) accuracy() {
	a := b.data.Accuracy
	if a == nil {
		return
	}
	p := b.sheet("nav.accuracy", 0, 44, 13)
	p.section(b.say("accuracy.methods"))
	p.head(b.say("accuracy.method"), "SQL", "WQL", "MASE", "RMSSE", b.say("accuracy.used"))
	for _, m := range a.Methods {
		var used any
		if m.Chosen > 0 {
			used = b.number(float64(m.Chosen))
		}
		p.row(b.text(m.Method), b.score(m.SQL), b.score(m.WQL), b.score(m.MASE), b.score(m.RMSSE), used)
	}
	for _, m := range a.Methods {
		if m.Method != a.Chosen && m.Method != a.Naive || len(m.BySteps) == 0 {
			continue
		}
		p.section(b.say("book.steps", m.Method))
		p.head(b.say("book.step"), "SQL", "95% ↓", "95% ↑", "WQL", "95% ↓", "95% ↑")
		for _, s := range m.BySteps {
			p.row(b.number(float64(s.Step)), b.score(s.SQL.Value), b.score(s.SQL.Low), b.score(s.SQL.High), b.score(s.WQL.Value), b.score(s.WQL.Low), b.score(s.WQL.High))
		}
	}
	if len(a.Coverage) > 0 {
		p.section(b.say("accuracy.cover"))
		p.head(b.say("js.coverX"), b.say("js.coverY"))
		for _, c := range a.Coverage {
			p.row(b.share(c.Level), b.share(c.Observed))
		}
	}
	p.end()
}

// quality is what was found in the data.
func (b *book) quality() {
	p := b.sheet("nav.quality", 0, 48, 16, 40)
	if q := b.data.Quality; q != nil {
		p.section(b.say("quality.title"))
		for _, line := range []struct {
			key string
			n   int
		}{{"quality.rows", q.Rows}, {"quality.used", q.Used}, {"quality.returns", q.Returns}} {
			p.row(b.text(b.say(line.key)), b.number(float64(line.n)))
		}
		if len(q.Rejects) > 0 {
			p.section(b.say("quality.rejects"))
			p.head(b.say("quality.reason"), b.say("quality.count"), b.say("quality.example"))
			for _, r := range q.Rejects {
				p.row(b.text(r.In(b.lang)), b.number(float64(r.Count)), b.text(r.Example))
			}
		}
		if len(q.Repairs) > 0 {
			p.section(b.say("quality.repairs"))
			p.head(b.say("quality.what"), b.say("quality.values"), b.say("quality.id"))
			for _, r := range q.Repairs {
				p.row(b.text(b.lang.Or("repair."+r.Kind, r.Kind)), b.number(float64(r.Values)), b.number(float64(r.Series)))
			}
		}
		for _, n := range q.Notes {
			p.row(b.text(n.In(b.lang)))
		}
	}
	if problems := b.data.Forecast.Problems; len(problems) > 0 {
		p.section(b.say("quality.problems"))
		p.head(b.say("quality.id"), b.say("quality.got"), b.say("quality.reason"))
		for _, x := range problems {
			if p.at > maxRows-10 {
				break
			}
			method := x.Method
			if method == "" {
				method = b.say("quality.nothing")
			}
			p.row(b.text(x.ID), b.text(method), b.text(b.lang.Or("code."+string(x.Code), string(x.Code))+map[bool]string{true: "：", false: ": "}[b.lang == message.Chinese]+x.Reason))
		}
	}
	p.end()
}

// run is how it was made.
func (b *book) run() {
	p := b.sheet("nav.run", 0, 28, 100)
	r := b.data.Run
	p.section(b.say("run.repeat"))
	p.row(b.text(r.Command))
	p.section(b.say("run.settings"))
	for _, s := range r.Settings {
		p.row(b.text(b.lang.Or("setting."+s.Name, s.Name)), b.text(s.Value))
	}
	p.row(b.text(b.say("run.seed")), b.text(strconv.FormatUint(r.Seed, 10)))
	p.row(b.text(b.say("run.version")), b.text(r.Version))
	p.row(b.text(b.say("run.digest")), b.text(r.Digest))
	p.end()
}
