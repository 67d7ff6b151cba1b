package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend/behaviour"
	"github.com/tidewatch/tidewatch/write"
)

func newBehaviour(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	var out string
	var top, window int
	cmd := &cobra.Command{
		Use:     "behaviour [FOLDER]",
		Aliases: []string{"behavior"},
		Short:   "Say what customers do: from view to purchase, who comes back, what is bought together",
		Long: `Behaviour reads order lines or events and measures what the people in them do, each share with an interval that says how sure so many people
make it:

  from step to step   of the items looked at, how many were put into the cart, how many bought; and whether that changed lately (events)
  who comes back      of those who bought first in a month, how many bought again in each month after it
  buying again        how many buy again within 7, 30 or 90 days, and whether that changed
  baskets             how many different items they hold, and which are bought together more often than chance explains

It reads the folder of a run (--out FOLDER/ of tidewatch forecast), which takes no time, or data anew. Order lines alone have no steps;
events (user, item, behaviour, time) have: --in UserBehavior.csv --tz Asia/Shanghai.`,
		Example: `  # who comes back and what is bought together, of the run of the demo
  tidewatch demo
  tidewatch behaviour tidewatch-demo

  # of your own orders, the last 14 days against the 14 before; the tables as CSV
  tidewatch demo --export orders.csv
  tidewatch behaviour --in orders.csv --window 14 --out customers/

  # the same in Chinese, by the day of Shanghai
  tidewatch behaviour --in orders.csv --tz Asia/Shanghai --lang zh`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case top < 1:
				return tidewatch.Errorf(tidewatch.CodeUsage, "--top %d: how many of each, at least 1", top)
			case window < 0:
				return tidewatch.Errorf(tidewatch.CodeUsage, "--window %d: the length of the windows in days, such as 28", window)
			case len(args) > 0:
				return behaviourOf(c, &data, &run, args[0], out, window, top)
			case len(data.config.In) == 0 && data.config.Workspace == "":
				return tidewatch.Errorf(tidewatch.CodeUsage, "the behaviour of whom? Name orders or events with --in, such as --in orders.csv, or the folder of a run, such as tidewatch-demo")
			case data.by != "" || data.freq != "auto" || data.config.Measure != "":
				return tidewatch.Errorf(tidewatch.CodeUsage, "--by, --freq and --measure make series: leave them out")
			}
			data.config.Horizon = 1 // nothing is forecast
			config, err := data.configuration()
			if err != nil {
				return err
			}
			outputs, err := behaviourOutputs(out)
			if err != nil {
				return err
			}
			engine := func(ctx context.Context, config job.Config, o job.Outputs, w job.Watch) (*job.Result, error) {
				return job.Behaviour(ctx, config, window, o, w)
			}
			r, err := run.start(cmd.Context(), c, engine, config, outputs)
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, r.Record)
			}
			s := newSummary(c.out, r)
			s.readRows()
			s.behaviour(top)
			s.blank()
			if files := r.Outputs.Files(); len(files) > 0 {
				fmt.Fprintln(c.out, s.lang.Say("summary.files", strings.Join(files, "  ")))
			} else {
				fmt.Fprintln(c.out, s.lang.Say("behaviour.hint"))
			}
			m := r.Record.Timings
			fmt.Fprintln(c.out, s.lang.Say("summary.took", s.lang.Number(m.Seconds, 1), s.lang.Number(float64(m.PeakMemory)/1e6, 0), m.Threads))
			return nil
		},
	}
	data.registerInput(cmd)
	flags := cmd.Flags()
	flags.IntVar(&window, "window", 0, "days of the windows that are compared (default 28 of at least 56 days, 7 of at least 14, else half of them)")
	flags.IntVar(&top, "top", 10, "how many pairs of items, and how many of the latest cohorts, to list")
	flags.StringVar(&out, "out", "", "write the tables into this folder: steps.csv, retention.csv, repeat.csv, pairs.csv, rejected.csv and run.json")
	run.register(cmd)
	return cmd
}

// behaviourOf shows that of a run that is there.
func behaviourOf(c console, data *dataFlags, run *runFlags, dir, out string, window, top int) error {
	lang, err := language(run.lang)
	if err != nil {
		return err
	}
	switch {
	case len(data.config.In) > 0 || data.config.Workspace != "":
		return tidewatch.Errorf(tidewatch.CodeUsage, "either the folder of a run (%s) or data to read anew (--in), not both", dir)
	case out != "" || window > 0:
		return tidewatch.Errorf(tidewatch.CodeUsage, "--out and --window need the data: name them with --in in the place of %s", dir)
	}
	d, err := job.Load(dir)
	if err != nil {
		return err
	}
	if d.Behaviour == nil {
		return tidewatch.Errorf(tidewatch.CodeData, "%s", lang.Say("behaviour.none"))
	}
	if run.json {
		return write.Indented(c.out, job.BehavedOf(d.Behaviour))
	}
	r := &job.Result{Data: d, Outputs: job.Outputs{Lang: lang}}
	newSummary(c.out, r).behaviour(top)
	return nil
}

// behaviourOutputs is what is written where.
func behaviourOutputs(out string) (o job.Outputs, err error) {
	switch {
	case out == "":
		return o, nil
	case out == "-":
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "--out - : the summary goes to standard output; name a folder, such as --out customers/, or print --json")
	case !isFolder(out) && filepath.Ext(out) != "":
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "--out %s: there are several tables: name a folder, such as %s/", out, strings.TrimSuffix(out, filepath.Ext(out)))
	}
	dir := filepath.Clean(out)
	at := func(name string) string { return filepath.Join(dir, name) }
	return job.Outputs{Folder: dir, Steps: at("steps.csv"), Retention: at("retention.csv"), Repeat: at("repeat.csv"), Pairs: at("pairs.csv"), Rejected: at("rejected.csv"), Record: at("run.json")}, nil
}

// readRows says what was read where no series were made.
func (s summary) readRows() {
	q := s.r.Data.Quality
	if q == nil {
		return
	}
	s.line(s.lang.Say("summary.rows", q.Rows, q.Used))
	for _, r := range q.Rejects[:min(3, len(q.Rejects))] {
		s.line("  " + s.paint.dim(s.lang.Say("summary.because", r.Count, r.In(s.lang), r.Example)))
	}
	for _, note := range q.Notes {
		s.line(note.In(s.lang))
	}
}

// behaviour says what customers do.
func (s summary) behaviour(top int) {
	f := s.r.Data.Behaviour
	fmt.Fprintf(s.w, "\n%s\n", s.paint.bold(s.lang.Say("behaviour.title")))
	for _, text := range report.Behaviour(s.lang, f) {
		fmt.Fprintln(s.w, "  "+text)
	}
	s.passages(f)
	s.retention(f, top)
	s.repeats(f)
	s.baskets(f, top)
}

// rate writes a share with its interval.
func (s summary) rate(r behaviour.Rate) string {
	if r.All == 0 {
		return ""
	}
	return s.lang.Percent(r.Value, 1)
}

func (s summary) interval(r behaviour.Rate) string {
	if r.All == 0 {
		return ""
	}
	return s.paint.dim(s.lang.Say("to", s.lang.Percent(r.Low, 1), s.lang.Percent(r.High, 1)))
}

// inPoints writes a change in points with its interval: in colour where it is beyond doubt.
func (s summary) inPoints(change, low, high float64) (string, string) {
	if change != change {
		return "", ""
	}
	text := report.Points(s.lang, change)
	if low > 0 || high < 0 {
		text = s.paint.signed(change, text)
	}
	return text, s.paint.dim(s.lang.Say("to", report.Points(s.lang, low), report.Points(s.lang, high)))
}

// passages prints the funnels.
func (s summary) passages(f *behaviour.Found) {
	window := s.lang.Say("behaviour.window", f.Window)
	for _, part := range []struct {
		key  string
		list []behaviour.Passage
	}{{"cases", f.Cases}, {"visits", f.Visits}} {
		if len(part.list) == 0 {
			continue
		}
		t := &table{indent: "  ", left: 1}
		t.add()
		t.add(s.paint.bold(s.lang.Say("behaviour.funnel"))+" "+s.paint.dim(s.lang.Say("behaviour."+part.key)), s.head("behaviour.from"), s.head("behaviour.on"), s.head("behaviour.rate"), s.head("behaviour.range"),
			s.head("behaviour.before", window), s.head("behaviour.now", window), s.head("behaviour.change"), s.head("behaviour.range"))
		for _, p := range part.list {
			change, interval := s.inPoints(p.Change, p.Low, p.High)
			t.add("  "+report.StepName(s.lang, p), s.lang.Number(float64(p.Whole.All), 0), s.lang.Number(float64(p.Whole.Of), 0), s.rate(p.Whole), s.interval(p.Whole), s.rate(p.Before), s.rate(p.Now), change, interval)
		}
		t.print(s.w)
	}
}

// shownAges is how many periods after the first a triangle of retention has at the terminal.
const shownAges = 12

// retention prints the triangle.
func (s summary) retention(f *behaviour.Found, top int) {
	if len(f.Ages) == 0 {
		return
	}
	t := &table{indent: "  ", left: 1}
	t.add()
	ages := min(shownAges, len(f.Ages))
	head := []string{s.paint.bold(s.lang.Say("behaviour.retention")), s.head("behaviour.people")}
	for k := range ages {
		head = append(head, s.head("behaviour.age", k+1))
	}
	t.add(head...)
	row := func(name string, people int, back []behaviour.Rate) {
		cells := []string{"  " + name, s.lang.Number(float64(people), 0)}
		for _, r := range back[:min(ages, len(back))] {
			cells = append(cells, s.lang.Percent(r.Value, 0))
		}
		t.add(cells...)
	}
	people := 0
	for _, c := range f.Cohorts {
		people += c.People
	}
	row(s.lang.Say("behaviour.together"), people, f.Ages)
	for _, c := range f.Cohorts[max(0, len(f.Cohorts)-max(top, shownAges)):] {
		row(report.PeriodName(s.lang, f, c.First), c.People, c.Back)
	}
	t.print(s.w)
	s.line("  " + s.paint.dim(s.lang.Say("behaviour.retention.say", s.lang.Say("behaviour."+string(f.Period)))))
}

// repeats prints who buys again, and how often people buy.
func (s summary) repeats(f *behaviour.Found) {
	if len(f.Repeats) > 0 {
		t := &table{indent: "  ", left: 1}
		t.add()
		t.add(s.paint.bold(s.lang.Say("behaviour.repeat")), s.head("behaviour.known"), s.head("behaviour.again"), s.head("behaviour.range"), s.head("behaviour.earlier"), s.head("behaviour.later"), s.head("behaviour.change"), s.head("behaviour.range"))
		for _, r := range f.Repeats {
			change, interval := s.inPoints(r.Change, r.Low, r.High)
			t.add("  "+s.lang.Say("behaviour.window", r.Days), s.lang.Number(float64(r.Whole.All), 0), s.rate(r.Whole), s.interval(r.Whole), s.rate(r.Before), s.rate(r.Now), change, interval)
		}
		t.print(s.w)
	}
	orders := 0
	for _, o := range f.Often {
		orders += o.Orders
	}
	if orders == 0 {
		return
	}
	t := &table{indent: "  ", left: 1}
	t.add()
	t.add(s.paint.bold(s.lang.Say("behaviour.often")), s.head("behaviour.people"), s.head("behaviour.often.share"), s.head("behaviour.often.made"))
	for _, o := range f.Often {
		name := s.lang.Number(float64(o.From), 0)
		switch {
		case o.To == 0:
			name = s.lang.Say("behaviour.often.from", o.From)
		case o.To > o.From:
			name = s.lang.Say("behaviour.often.to", o.From, o.To)
		}
		t.add("  "+name, s.lang.Number(float64(o.People), 0), s.lang.Percent(float64(o.People)/float64(f.Buyers), 1), s.lang.Percent(float64(o.Orders)/float64(orders), 1))
	}
	t.print(s.w)
}

// baskets prints how large baskets are and what is in them together.
func (s summary) baskets(f *behaviour.Found, top int) {
	if f.Baskets.Baskets == 0 {
		return
	}
	fmt.Fprintf(s.w, "\n  %s\n", s.paint.bold(s.lang.Say("behaviour.baskets")))
	for _, text := range report.BasketSentences(s.lang, f) {
		fmt.Fprintln(s.w, "    "+text)
	}
	if len(f.Pairs) == 0 {
		return
	}
	t := &table{indent: "  ", left: 2}
	t.add()
	t.add(s.paint.bold(s.lang.Say("behaviour.pairs")), s.head("behaviour.b"), s.head("behaviour.confidence"), s.head("behaviour.in"), s.head("behaviour.lift"), "")
	for _, p := range f.Pairs[:min(top, len(f.Pairs))] {
		t.add("  "+shorten(p.First(), nameWidth), shorten(p.Second(), nameWidth), s.lang.Percent(p.Confidence.Value, 0), s.lang.Number(float64(p.Together), 0), s.lang.Value(p.Lift), s.paint.dim(s.lang.Say("behaviour.least", s.lang.Value(p.Low))))
	}
	t.print(s.w)
	s.line("  " + s.paint.dim(s.lang.Say("behaviour.pairs.say", f.Least, f.Looked)))
}
