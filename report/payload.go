package report

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/trend"
)

// payload is the script's data as JSON, in which nothing can end a script element:
//
//	{lang, unit, unitOfTime, stamps: [of each period], year: periods in a year, total: id, levels: [[...] full, [...] others],
//	 series: [[id, name or 0, group, method, start, [history], first, detail, [quantiles], last, next, low, high, change, rise, reason]],
//	 adjusted: {number of the series: [median of each step with planners' adjustments]}, charts: {element: number of the series drawn there}, drawings: [{element, kind, data}], events: [[first, last, English, Chinese, promotion, major]]}
//
// Unknown numbers are null. start, first and the periods of events count periods from stamps[0]; detail is an index into levels.
func (p *page) payload(rows []*row, full map[int]bool) []byte {
	grid := p.data.Panel.Grid()
	rich := detail{history: 400, levels: p.levels(), steps: min(p.data.Forecast.Steps, 400)}
	lean := p.budget(len(rows))
	detailOf := func(r *row) (detail, int) {
		if full[r.at] {
			return rich, 0
		}
		return lean, 1
	}
	from, end := math.MaxInt, math.MinInt
	for _, r := range rows {
		d, _ := detailOf(r)
		from = min(from, r.series.Start+max(0, len(r.series.Values)-d.history))
		end = max(end, r.series.End(), r.forecast.First+d.steps)
	}
	year := trend.Year(p.freq)
	var b []byte
	b = append(b, `{"lang":`...)
	b = appendString(b, string(p.data.Lang))
	b = append(b, `,"unit":`...)
	b = appendJSON(b, p.unitTexts())
	b = append(b, `,"unitOfTime":`...)
	b = appendString(b, tidewatch.Freq{N: 1, Unit: p.freq.Unit}.String())
	b = append(b, `,"year":`...)
	b = strconv.AppendInt(b, int64(year), 10)
	b = append(b, `,"levels":`...)
	b = appendJSON(b, [][]float64{rich.levels, lean.levels})
	b = append(b, `,"total":`...)
	if t := p.total(); t != nil && p.data.Total != "" {
		b = appendString(b, t.id)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"stamps":[`...)
	form := "2006-01-02"
	if p.freq.Unit == tidewatch.Hour {
		form = "2006-01-02T15:04"
	}
	for i := from; i < end; i++ {
		if i > from {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = grid.Stamp(i).AppendFormat(b, form)
		b = append(b, '"')
	}
	b = append(b, `],"series":[`...)
	for i, r := range rows {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		d, k := detailOf(r)
		b = p.appendSeries(b, r, d, k, from)
	}
	b = append(b, `],"adjusted":`...)
	b = p.appendAdjusted(b, rows)
	b = append(b, `,"turns":`...)
	b = appendJSON(b, p.turns(rows, from, end))
	b = append(b, `,"charts":`...)
	b = appendJSON(b, p.places(rows))
	b = append(b, `,"drawings":`...)
	b = appendJSON(b, p.drawings)
	b = append(b, `,"events":`...)
	b = appendJSON(b, p.marks(from, end))
	return append(b, '}')
}

func (p *page) unitTexts() map[message.Lang]string {
	texts := map[message.Lang]string{}
	for _, l := range message.Langs {
		texts[l] = named("measure.", p.data.Unit).in(l)
	}
	return texts
}

// places says which series is drawn in which element of the page.
func (p *page) places(rows []*row) map[string]int {
	at := map[int]int{}
	for i, r := range rows {
		at[r.at] = i
	}
	places := map[string]int{}
	if p.Lead != nil {
		places[p.Lead.Element] = at[p.Lead.Series]
	}
	for _, g := range p.Tops {
		for _, c := range g.Charts {
			places[c.Element] = at[c.Series]
		}
	}
	for _, c := range p.AdjustedCharts {
		places[c.Element] = at[c.Series]
	}
	return places
}

// appendAdjusted appends the adjusted medians by number of the series; null where adjustments changed nothing.
func (p *page) appendAdjusted(b []byte, rows []*row) []byte {
	b = append(b, '{')
	first := true
	for i, r := range rows {
		if median := p.adjustedBy[r.at]; median != nil {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(strconv.AppendInt(append(b, '"'), int64(i), 10), `":`...)
			b = appendNumbers(b, median)
		}
	}
	return append(b, '}')
}

func (p *page) appendSeries(b []byte, r *row, d detail, k, from int) []byte {
	b = append(b, '[')
	b = appendString(b, r.id)
	b = append(b, ',')
	if r.name == r.id {
		b = append(b, '0')
	} else {
		b = appendString(b, r.name)
	}
	b = append(b, ',')
	b = appendString(b, r.group)
	b = append(b, ',')
	b = appendString(b, r.forecast.Method)
	b = append(b, ',')
	skip := max(0, len(r.series.Values)-d.history)
	b = strconv.AppendInt(b, int64(r.series.Start+skip-from), 10)
	b = append(b, ',')
	b = appendNumbers(b, r.series.Values[skip:])
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(r.forecast.First-from), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(k), 10)
	b = append(b, ',')
	if r.forecast.Abstains() {
		b = append(b, "null"...)
	} else {
		q := make([]float64, 0, d.steps*len(d.levels))
		for h := range d.steps {
			for _, l := range d.levels {
				q = append(q, p.data.Forecast.Quantile(r.at, h, l))
			}
		}
		b = appendNumbers(b, q)
	}
	last, next, low, high, relative, rise := math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()
	if n := len(r.series.Values); n > 0 {
		last = r.series.Values[n-1]
	}
	if m := r.move; m != nil {
		next, low, high, relative, rise = m.Next.Median, m.Next.Low, m.Next.High, m.Recent.Relative().Median, m.Recent.Rise
	}
	for _, v := range []float64{last, next, low, high, relative, rise} {
		b = append(b, ',')
		b = appendNumber(b, v)
	}
	b = append(b, ',')
	b = appendString(b, r.reason)
	return append(b, ']')
}

func appendNumbers(b []byte, values []float64) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, v)
	}
	return append(b, ']')
}

// appendNumber writes v with six significant digits, enough for any chart and label of the page.
func appendNumber(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', 6, 64)
}

// appendString and appendJSON write JSON with <, > and & escaped, so that it is safe inside a script element.
func appendString(b []byte, s string) []byte { return appendJSON(b, s) }

func appendJSON(b []byte, v any) []byte {
	j, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and finite numbers only
	}
	return append(b, j...)
}
