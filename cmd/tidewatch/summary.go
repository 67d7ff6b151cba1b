package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
	"github.com/tidewatch/tidewatch/write"
)

// summarise says in a screenful what a run found.
func summarise(w io.Writer, r *job.Result) error {
	s := newSummary(w, r)
	s.input()
	s.next()
	s.sums()
	s.story()
	if err := s.moves(movers); err != nil {
		return err
	}
	s.adjusted()
	s.accuracy()
	s.problems()
	s.files()
	return nil
}

type summary struct {
	w      io.Writer
	r      *job.Result
	lang   message.Lang
	paint  paint
	sparks *sparks
	labels map[string]report.Label
}

func newSummary(w io.Writer, r *job.Result) summary {
	s := summary{w: w, r: r, lang: r.Outputs.Lang, paint: newPaint(w), labels: map[string]report.Label{}}
	if r.Data.Forecast != nil && r.Data.Panel != nil {
		s.sparks = newSparks(&r.Data, s.paint)
	}
	for _, l := range r.Data.Labels {
		s.labels[l.ID] = l
	}
	return s
}

func (s summary) blank() { fmt.Fprintln(s.w) }

func (s summary) line(parts ...string) {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	separator := " · "
	if s.lang == message.Chinese {
		separator = "；"
	}
	fmt.Fprintln(s.w, strings.Join(said, separator))
}

// input says what was read and what became of it.
func (s summary) input() {
	d := &s.r.Data
	p := d.Panel
	if p.Len() == 0 {
		return
	}
	grid := p.Grid()
	first := p.End()
	for i := range p.Len() {
		if v := p.Series(i); len(v.Values) > 0 {
			first = min(first, v.Start)
		}
	}
	stamp := func(i int) string { return grid.Stamp(i).Format(write.TimeLayout(grid)) }
	s.line(s.paint.bold(d.Title), s.lang.Say("summary.series", p.Len(), s.lang.Or("every."+grid.Freq.String(), s.lang.Say("summary.every", s.lang.Periods(grid.Freq, 1))), stamp(first), stamp(p.End()-1)))
	q := d.Quality
	if q == nil {
		return
	}
	count := 0
	for _, r := range q.Rejects {
		count += r.Count
	}
	rows := s.lang.Say("summary.rows", q.Rows, q.Used)
	refused := ""
	if count > 0 {
		refused = s.lang.Say("summary.refused", count)
		if name := s.r.Outputs.Rejected; name != "" {
			refused += " " + s.lang.Say("summary.why", name)
		}
	}
	s.line(rows, refused)
	for _, r := range q.Rejects[:min(3, len(q.Rejects))] {
		s.line("  " + s.paint.dim(s.lang.Say("summary.because", r.Count, r.In(s.lang), r.Example)))
	}
	if q.Unfinished != nil {
		s.line(s.lang.Say("summary.unfinished", s.lang.Period(grid.Freq, q.Unfinished.From), q.Unfinished.Rows))
	}
	for _, note := range q.Notes {
		s.line(note.In(s.lang))
	}
}

// next says what is expected of the total.
func (s summary) next() {
	f := s.r.Data.Forecast
	end := s.r.Data.Panel.End()
	steps := s.lang.Periods(f.Grid.Freq, f.Steps)
	layout := "2006-01-02"
	fmt.Fprintf(s.w, "\n%s\n", s.paint.bold(s.lang.Say("summary.next", steps, f.Grid.Stamp(end).Format(layout), f.Grid.Stamp(end+f.Steps-1).Format(layout))))
	t := s.r.Total
	if t == nil || math.IsNaN(t.Next.Median) {
		return
	}
	middle := s.lang.Value(t.Next.Median)
	middle = s.paint.bold(s.lang.Quantity(middle, s.r.Data.Unit))
	if id := s.r.Data.Total; id != "" {
		fmt.Fprintf(s.w, "  %s\n", s.sparks.of(id))
	}
	fmt.Fprintf(s.w, "  %s  %s\n", s.lang.Say("summary.total"),
		s.lang.Say("summary.between", middle, s.lang.Value(t.Next.Low), s.lang.Value(t.Next.High)))
	for _, base := range []struct {
		key string
		trend.Change
	}{{"summary.recent", t.Recent}, {"summary.ago", t.YearAgo}} {
		if base.Known() && base.From > 0 {
			fmt.Fprintf(s.w, "    %s\n", s.lang.Say(base.key, s.paint.signed(base.Difference.Median, s.lang.Change(base.Relative().Median)), steps, s.sure(base.Change)))
		}
	}
}

// sure is the probability of the direction that is expected.
func (s summary) sure(c trend.Change) string {
	if c.Difference.Median < 0 {
		return s.lang.Probability(1 - c.Rise)
	}
	return s.lang.Probability(c.Rise)
}

// mostSums is how many sums the summary shows; the file has all.
const mostSums = 12

// sums shows the first of the sums over time that were asked for.
func (s summary) sums() {
	sums := s.r.Sums
	if sums == nil || len(sums.List) == 0 {
		return
	}
	grid := s.r.Data.Forecast.Grid
	t := &table{indent: "  ", left: 3}
	head := []string{s.lang.Say("summary.sumOf", s.lang.Periods(grid.Freq, sums.Window)), "", "", s.lang.Say("summary.expected")}
	low, high := 0, len(sums.Levels)-1
	head = append(head, write.LevelName(sums.Levels[low]), write.LevelName(sums.Levels[high]))
	for _, e := range sums.Events {
		head = append(head, e.Name)
	}
	t.add()
	t.add(head...)
	for _, x := range sums.List[:min(len(sums.List), mostSums)] {
		row := []string{shorten(x.ID, 42), grid.Stamp(x.First).Format("2006-01-02"), grid.Stamp(x.First + x.Periods - 1).Format("2006-01-02"), s.lang.Value(x.Mean),
			s.lang.Value(x.Quantiles[low]), s.lang.Value(x.Quantiles[high])}
		for _, p := range x.Probabilities {
			row = append(row, s.lang.Probability(p))
		}
		t.add(row...)
	}
	if more := len(sums.List) - mostSums; more > 0 {
		t.add("… " + strconv.Itoa(more))
	}
	t.print(s.w)
}

const (
	movers    = 5  // of each kind in the summary; the report has more
	nameWidth = 40 // of a series' id and name
)

// inLargestGroup are the moves of the group that has the most series, without the total.
func (s summary) inLargestGroup() (moves []trend.Move) {
	groups, largest := map[string]int{}, ""
	for _, l := range s.r.Data.Labels {
		if groups[l.Group]++; groups[l.Group] > groups[largest] {
			largest = l.Group
		}
	}
	for _, m := range s.r.Data.Moves {
		if m.ID != s.r.Data.Total && s.labels[m.ID].Group == largest {
			moves = append(moves, m)
		}
	}
	return moves
}

// horizon is how far ahead, in words.
func (s summary) horizon() string {
	return s.lang.Periods(s.r.Data.Forecast.Grid.Freq, s.r.Data.Forecast.Steps)
}

// head is a quiet heading of a column.
func (s summary) head(key string, args ...any) string { return s.paint.dim(s.lang.Say(key, args...)) }

// table is a table of series: a name, its course, and numbers.
func (s summary) table() *table { return &table{indent: "  ", left: 2} }

// name is a series' id, without its group, and its name if it has one.
func (s summary) name(id string) string { return nameOf(id, s.labels[id]) }

// moved is the row of a series: what is expected of it, and how it changes.
func (s summary) moved(m trend.Move) []string {
	return []string{"  " + shorten(s.name(m.ID), nameWidth), s.sparks.of(m.ID), s.lang.Value(m.Next.Median), s.lang.Value(m.Next.Low) + " – " + s.lang.Value(m.Next.High),
		s.paint.signed(m.Recent.Difference.Median, s.lang.Change(m.Recent.Relative().Median)), s.sure(m.Recent)}
}

// moves says which series rise and fall most, within the group that has the most series.
func (s summary) moves(n int) error {
	var moves []trend.Move
	for _, m := range s.inLargestGroup() {
		if m.Recent.From > 0 {
			moves = append(moves, m)
		}
	}
	if len(moves) < 2 {
		return nil
	}
	ranking, err := trend.Rank(moves, trend.RankOptions{N: n})
	if err != nil {
		return err
	}
	t := s.table()
	for _, part := range []struct {
		title string
		moves []trend.Move
	}{{s.paint.up("▲ ") + s.paint.bold(s.lang.Say("summary.risers")), ranking.Risers}, {s.paint.down("▼ ") + s.paint.bold(s.lang.Say("summary.fallers")), ranking.Fallers}} {
		t.add()
		t.add(part.title, "", s.head("summary.sum", s.horizon()), s.head("summary.range"), s.head("summary.change"), s.head("summary.sure"))
		if len(part.moves) == 0 {
			t.add("  " + s.lang.Say("summary.none"))
		}
		for _, m := range part.moves {
			t.add(s.moved(m)...)
		}
	}
	t.print(s.w)
	return nil
}

// nameOf is a series' id, without its group, and its name if it has one.
func nameOf(id string, l report.Label) string {
	id = strings.TrimPrefix(id, l.Group+"=")
	if l.Name == "" || l.Name == id {
		return id
	}
	return id + "  " + l.Name
}

// accuracy says how good forecasts like these were before.
func (s summary) accuracy() {
	a := s.r.Data.Accuracy
	if a == nil {
		return
	}
	var chosen, naive report.MethodScore
	for _, m := range a.Methods {
		if m.Method == a.Chosen {
			chosen = m
		}
		if m.Method == a.Naive {
			naive = m
		}
	}
	// SQL needs more history than a season to have a scale.
	name, ours, theirs, inside := "SQL", chosen.SQL, naive.SQL, a.Inside(.1, .9)
	if math.IsNaN(ours) || math.IsNaN(theirs) {
		name, ours, theirs = "WQL", chosen.WQL, naive.WQL
	}
	if math.IsNaN(ours) || math.IsNaN(theirs) || theirs <= 0 {
		return
	}
	key, by := "summary.beats", 1-ours/theirs
	if by < 0 {
		key, by = "summary.loses", -by
	}
	fmt.Fprintln(s.w)
	s.line(s.lang.Say(key, a.Origins, s.lang.Percent(by, 1), s.lang.Number(ours, 3), s.lang.Number(theirs, 3), name))
	if !math.IsNaN(inside) {
		s.line(s.lang.Say("summary.inside", s.lang.Percent(inside, 0)))
	}
}

// problems says which series needed help.
func (s summary) problems() {
	if a := s.r.Record.Adjusted; a != nil && a.File != "" {
		fmt.Fprintln(s.w, s.lang.Say("summary.adjusted", a.Values, s.r.Outputs.Adjusted))
		for _, n := range a.Unused {
			fmt.Fprintln(s.w, "  "+s.lang.Say("summary.unadjusted", strconv.Itoa(n)))
		}
		for _, n := range a.Broken {
			fmt.Fprintln(s.w, "  "+s.lang.Say("adjust.broken", strconv.Itoa(n), a.File))
		}
	}
	simpler, without := 0, 0
	var problems []tidewatch.Problem
	if f := s.r.Data.Forecast; f != nil {
		problems = f.Problems
	}
	for _, p := range problems {
		if p.Method == "" {
			without++
		} else {
			simpler++
		}
	}
	var parts []string
	if simpler > 0 {
		parts = append(parts, s.lang.Say("summary.simpler", simpler))
	}
	if without > 0 {
		parts = append(parts, s.lang.Say("summary.without", without))
	}
	if len(parts) > 0 && s.r.Outputs.Record != "" {
		parts[len(parts)-1] += " " + s.lang.Say("summary.listed", s.r.Outputs.Record)
	}
	if len(parts) > 0 {
		s.line(parts...)
	}
}

// files says where everything is.
func (s summary) files() {
	fmt.Fprintln(s.w)
	var others []string
	for _, f := range s.r.Outputs.Files() {
		if f != s.r.Outputs.Report {
			others = append(others, f)
		}
	}
	if s.r.Outputs.Report != "" {
		fmt.Fprintln(s.w, s.lang.Say("summary.report", s.r.Outputs.Report))
	}
	switch {
	case len(others) > 0:
		fmt.Fprintln(s.w, s.lang.Say("summary.files", strings.Join(others, "  ")))
	case s.r.Outputs.Report == "":
		fmt.Fprintln(s.w, s.lang.Say("summary.hint"))
	}
	t := s.r.Record.Timings
	if t.Resumed > 0 {
		fmt.Fprintln(s.w, s.lang.Say("summary.resumed", t.Resumed))
	}
	fmt.Fprintln(s.w, s.lang.Say("summary.took", s.lang.Number(t.Seconds, 1), s.lang.Number(float64(t.PeakMemory)/1e6, 0), t.Threads))
}

// notices says on the side what must not be missed when the result itself is printed.
func notices(w io.Writer, r *job.Result) {
	s := newSummary(w, r)
	s.input()
	s.problems()
}
