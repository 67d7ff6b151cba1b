package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch/message"
)

// quality is Data.Quality for the page.
type quality struct {
	Figures    []figure
	Files      []string
	Rejects    []rejectRow
	Recognised []settingRow
	Unfinished *both
	Notes      []both
}

type rejectRow struct {
	Reason, Count, Share both
	Example              string
}

type settingRow struct {
	Name  both
	Value string
}

// problem is one series that fell back or abstained.
type problem struct {
	Row    *row
	Kind   both // its code in words
	Reason string
	Method string // "" = no forecast
}

// run is Data.Run for the page.
type run struct {
	Command  string
	Settings []settingRow
	Timings  []settingRow
	Methods  []figure // Name = method, Value = series
}

// maxProblems is how many series with problems are listed one by one.
const maxProblems = 200

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
		out.Recognised = settings(d.Recognised)
		if u := d.Unfinished; u != nil {
			last := each(func(l message.Lang) string { return l.Moment(u.Last) })
			text := say("quality.unfinished", period(p.freq, u.From), last, u.Rows)
			out.Unfinished = &text
		}
	}
	out.Figures = append(out.Figures, figure{Name: say("quality.fallback"), Value: count(fell)}, figure{Name: say("quality.series"), Value: count(abstained)})
	p.Quality = out
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

func settings(list []Setting) []settingRow {
	var rows []settingRow
	for _, s := range list {
		rows = append(rows, settingRow{named("setting.", s.Name), s.Value})
	}
	return rows
}

func (p *page) run() {
	d := p.data.Run
	p.Run = run{Command: d.Command, Settings: settings(d.Settings), Timings: settings(d.Timings)}
	own := func(key, value string) {
		if value != "" {
			p.Run.Settings = append(p.Run.Settings, settingRow{say(key), value})
		}
	}
	own("run.seed", strconv.FormatUint(d.Seed, 10))
	own("run.version", d.Version)
	own("run.digest", d.Digest)
	used := map[string]int{}
	for i := range p.rows {
		if !p.rows[i].forecast.Abstains() {
			used[cmp.Or(p.rows[i].forecast.Method, "–")]++
		}
	}
	for _, m := range slices.SortedFunc(maps.Keys(used), func(a, b string) int { return cmp.Or(cmp.Compare(used[b], used[a]), cmp.Compare(a, b)) }) {
		p.Run.Methods = append(p.Run.Methods, figure{Name: plain(m), Value: count(used[m])})
	}
}
