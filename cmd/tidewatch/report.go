package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/trend"
)

// source is where a report or a picture comes from: the folder of a run, or data that are forecast anew.
type source struct {
	data   dataFlags
	run    runFlags
	engine engine // that makes what is shown; nil = a forecast, tested on the past
}

func (s *source) register(cmd *cobra.Command) {
	s.run.register(cmd)
	s.data.register(cmd)
}

// load is what the folder holds, or the run makes of the data. No files are written.
func (s *source) load(ctx context.Context, c console, args []string) (*job.Result, error) {
	lang, err := language(s.run.lang)
	if err != nil {
		return nil, err
	}
	if s.run.json {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--json: the record of a run is the file run.json in its folder")
	}
	if len(args) == 0 {
		if len(s.data.config.In) == 0 && s.data.config.Workspace == "" {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a report of what? Name the folder of a run, such as tidewatch-demo, or data with --in orders.csv --horizon 8")
		}
		config, err := s.data.configuration()
		if err != nil {
			return nil, err
		}
		if s.engine != nil {
			return s.run.start(ctx, c, s.engine, config, job.Outputs{})
		}
		return s.run.start(ctx, c, job.Forecast, config, job.Outputs{Accuracy: true})
	}
	if len(s.data.config.In) > 0 || s.data.config.Workspace != "" {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "either the folder of a run (%s) or data to forecast anew (--in), not both", args[0])
	}
	d, err := job.Load(args[0])
	if err != nil {
		return nil, err
	}
	s.run.present(&d)
	d.Lang = lang
	r := &job.Result{Data: d, Outputs: job.Outputs{Lang: lang}}
	for i := range d.Moves {
		if d.Moves[i].ID == d.Total && d.Total != "" || len(d.Moves) == 1 {
			r.Total = &d.Moves[i]
		}
	}
	return r, nil
}

func newReport(c console) *cobra.Command {
	var from source
	var out []string
	cmd := &cobra.Command{
		Use:   "report [FOLDER]",
		Short: "Show a run again: at the terminal, as a page, as a workbook",
		Long: `Report shows what a run found: the headline, what rises and falls, what is new and what fades, the largest series, how good such
forecasts were before. It reads the folder of a run (--out FOLDER/), which takes no time, or forecasts data anew as
'tidewatch forecast' does. --out writes a page (.html) or a workbook of Excel (.xlsx) of it, in the language and under the title you want.`,
		Example: `  tidewatch demo
  tidewatch report tidewatch-demo

  # in Chinese, under a title of your own, as a page and as a workbook
  tidewatch report tidewatch-demo --lang zh --title 冬季备货 --out winter.html --out winter.xlsx

  # of data, anew
  tidewatch demo --export orders.csv
  tidewatch report --in orders.csv --by country,total --freq W --horizon 4 --country GB`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, path := range out {
				if !slices.Contains(job.Reports, strings.ToLower(filepath.Ext(path))) {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--out %s: a report is a page (.html) or a workbook (.xlsx)", path)
				}
			}
			r, err := from.load(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			if err := job.Publish(cmd.Context(), r.Data, out); err != nil {
				return err
			}
			return tellReport(c, r, out)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringArrayVar(&out, "out", nil, "write a page (.html) or a workbook (.xlsx); may be given again")
	from.register(cmd)
	return cmd
}

// tellReport prints a run at length.
func tellReport(c console, r *job.Result, files []string) error {
	s := newSummary(c.out, r)
	first, sentences, err := report.Headline(r.Data, s.lang)
	if err != nil {
		return err
	}
	s.input()
	s.blank()
	s.line(s.paint.bold(first))
	for _, text := range sentences {
		s.line("  " + text)
	}
	if err := s.moves(10); err != nil {
		return err
	}
	s.newcomers()
	s.fading()
	s.largest()
	s.adjusted()
	s.steps()
	s.blank()
	s.problems()
	if len(files) > 0 {
		s.line(s.lang.Say("summary.files", strings.Join(files, "  ")))
	}
	return nil
}

const listed = 5 // series of the shorter lists of a report at the terminal

// newcomers lists the largest series that began too lately to be compared.
func (s summary) newcomers() {
	d := &s.r.Data
	fresh := trend.Newcomers(d.Panel, s.inLargestGroup(), d.Forecast.Steps, listed)
	if len(fresh) == 0 {
		return
	}
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("new.title"))+" "+s.paint.dim(s.lang.Say("new.intro")), "", s.head("summary.sum", s.horizon()), s.head("summary.range"))
	for _, m := range fresh {
		t.add("  "+shorten(s.name(m.ID), nameWidth), s.sparks.of(m.ID), s.lang.Value(m.Next.Median), s.lang.Value(m.Next.Low)+" – "+s.lang.Value(m.Next.High))
	}
	t.print(s.w)
}

// fading lists the series that have all but stopped.
func (s summary) fading() {
	d := &s.r.Data
	fades := trend.Fading(d.Panel, s.inLargestGroup(), d.Forecast.Steps, listed)
	if len(fades) == 0 {
		return
	}
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("fading.title")), "", s.head("fading.usual", s.horizon()), s.head("fading.recent", s.horizon()), s.head("summary.sum", s.horizon()))
	for _, f := range fades {
		t.add("  "+shorten(s.name(f.ID), nameWidth), s.sparks.of(f.ID), s.lang.Value(f.Usual), s.lang.Value(f.Recent.From), s.paint.down(s.lang.Value(f.Next.Median)))
	}
	t.print(s.w)
}

// largest lists the series that sold most lately.
func (s summary) largest() {
	d := &s.r.Data
	moves := slices.DeleteFunc(s.inLargestGroup(), func(m trend.Move) bool { return !m.Recent.Known() })
	slices.SortStableFunc(moves, func(a, b trend.Move) int {
		switch {
		case a.Recent.From > b.Recent.From:
			return -1
		case a.Recent.From < b.Recent.From:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	if len(moves) < 2 || d.Forecast == nil {
		return
	}
	t := s.table()
	t.add()
	t.add(s.paint.bold(s.lang.Say("top.title")), "", s.head("summary.sum", s.horizon()), s.head("summary.range"), s.head("summary.change"), s.head("summary.sure"))
	for _, m := range moves[:min(10, len(moves))] {
		t.add(s.moved(m)...)
	}
	t.print(s.w)
}

// steps prints the error by step of the method and of the seasonal naive forecast, with its interval.
func (s summary) steps() {
	a := s.r.Data.Accuracy
	if a == nil {
		return
	}
	t := &table{indent: "  ", left: 1}
	for _, m := range a.Methods {
		if m.Method != a.Chosen && m.Method != a.Naive || len(m.BySteps) < 2 {
			continue
		}
		of, name := func(x report.StepScore) report.Estimate { return x.SQL }, "SQL"
		if v := m.BySteps[0].SQL.Value; v != v {
			of, name = func(x report.StepScore) report.Estimate { return x.WQL }, "WQL"
		}
		at := spread(len(m.BySteps), 6)
		if len(t.rows) == 0 {
			head := []string{s.paint.bold(s.lang.Say("accuracy.steps", name))}
			for _, h := range at {
				head = append(head, s.paint.dim(s.lang.Say("js.step", m.BySteps[h].Step)))
			}
			t.add()
			t.add(head...)
		}
		row := []string{"  " + m.Method}
		for _, h := range at {
			e := of(m.BySteps[h])
			text := s.lang.Number(e.Value, 3)
			if e.High > e.Low {
				text += s.paint.dim(" ±" + s.lang.Number((e.High-e.Low)/2, 2))
			}
			row = append(row, text)
		}
		t.add(row...)
	}
	t.print(s.w)
}
