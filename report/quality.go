package report

import (
	"github.com/tidewatch/tidewatch/message"
)

// quality is Data.Quality for the page.
type quality struct {
	Figures    []figure
	Files      []string
	Rejects    []rejectRow
	Recognised []settingRow
	Unfinished *both
	Repairs    []repairRow
	Notes      []both
}

// repairRow is one kind of repair.
type repairRow struct{ Kind, Values, Series both }

type rejectRow struct {
	Reason, Count, Share both
	Example              string
}

// problem is one series that fell back or abstained.
type problem struct {
	Row    *row
	Kind   both // its code in words
	Reason string
	Method string // "" = no forecast
}

// maxProblems is how many series with problems are listed one by one.
const maxProblems = 200

// qualitySection is what was found in the files, and which series needed care.
func (p *page) qualitySection() (part, error) {
	p.quality()
	return part{Data: p.Quality}, nil
}

func (p *page) quality() {
	abstained, fell := 0, 0
	byID := map[string]*row{}
	for i := range p.rows {
		byID[p.rows[i].id] = &p.rows[i]
	}
	for _, q := range p.data.Forecast.Problems {
		if q.Method == "" {
			abstained++
		} else {
			fell++
		}
		if r := byID[q.ID]; r != nil && len(p.Problems) < maxProblems {
			p.Problems = append(p.Problems, problem{r, named("code.", string(q.Code)), q.Reason, q.Method})
		}
	}
	p.Hidden = len(p.data.Forecast.Problems) - len(p.Problems)

	out := &quality{}
	if d := p.data.Quality; d != nil {
		refused := 0
		for _, r := range d.Rejects {
			refused += r.Count
		}
		figures := []figure{{Name: say("quality.rows"), Value: count(d.Rows)}, {Name: say("quality.used"), Value: count(d.Used)},
			{Name: say("quality.refused"), Value: count(refused)}}
		if d.Returns > 0 {
			figures = append(figures, figure{Name: say("quality.returns"), Value: count(d.Returns)})
		}
		out.Figures, out.Files = figures, d.Files
		for _, n := range d.Notes {
			out.Notes = append(out.Notes, each(n.In))
		}
		for _, r := range d.Rejects {
			out.Rejects = append(out.Rejects, rejectRow{rejectReason(r), count(r.Count), percent(float64(r.Count)/float64(max(d.Rows, 1)), 2), r.Example})
		}
		repaired := 0
		for _, r := range d.Repairs {
			out.Repairs = append(out.Repairs, repairRow{named("repair.", r.Kind), count(r.Values), count(r.Series)})
			repaired += r.Values
		}
		if repaired > 0 {
			out.Figures = append(out.Figures, figure{Name: say("quality.repaired"), Value: count(repaired)})
		}
		out.Recognised = settings(d.Recognised)
		if u := d.Unfinished; u != nil {
			last := each(func(l message.Lang) string { return l.Moment(u.Last) })
			text := say("quality.unfinished", period(p.freq, u.From), last, u.Rows)
			out.Unfinished = &text
		}
	}
	if series, periods := p.stockouts(); periods > 0 {
		out.Figures = append(out.Figures, figure{Name: say("quality.stockouts"), Value: count(periods), Remark: say("quality.inSeries", series)})
	}
	out.Figures = append(out.Figures, figure{Name: say("quality.fallback"), Value: count(fell)}, figure{Name: say("quality.series"), Value: count(abstained)})
	p.Quality = out
}

// stockouts counts the series that were unavailable at some time, and the periods in which they were.
func (p *page) stockouts() (series, periods int) {
	for i := range p.data.Panel.Len() {
		out := 0
		for _, u := range p.data.Panel.Series(i).Unavailable {
			if u {
				out++
			}
		}
		if out > 0 {
			series, periods = series+1, periods+out
		}
	}
	return series, periods
}

func rejectReason(r Reject) both {
	return each(func(l message.Lang) string {
		text := l.Or("reject."+r.Code, r.Reason)
		if r.Column != "" {
			return r.Column + ": " + text
		}
		return text
	})
}
