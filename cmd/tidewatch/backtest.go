package main

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/score"
	"github.com/tidewatch/tidewatch/write"
)

func newBacktest(c console) *cobra.Command {
	var data dataFlags
	var output outputFlags
	var run runFlags
	cmd := &cobra.Command{
		Use:   "backtest",
		Short: "Test methods on the past, beside the seasonal naive forecast",
		Long: `Backtest forecasts the past: at several origins, each time from what was known by then alone, and compares with what came.
The scores are by method, window, step ahead and series. SQL and WQL judge the whole distribution, MASE and RMSSE its middle;
all are better when smaller. cov80 should be near 80 %, calib near 0.`,
		Example: `  # how would the method chosen by itself have done?
  tidewatch demo --export orders.csv
  tidewatch backtest --in orders.csv --by country,total --freq W --horizon 4

  # compare methods, at five origins two weeks apart; all scores into a file
  tidewatch backtest --in orders.csv --by country --freq W --horizon 4 --method ses,stm,window --windows 5 --step 2 --out scores.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := data.configuration()
			if err != nil {
				return err
			}
			outputs, print, err := output.resolve(c, run.json)
			if err != nil {
				return err
			}
			if outputs, err = scoresOutput(outputs); err != nil {
				return err
			}
			r, err := run.start(cmd.Context(), c, job.Backtest, config, outputs)
			if err != nil {
				return err
			}
			return tellScores(c, r, print)
		},
	}
	data.register(cmd)
	flags := cmd.Flags()
	flags.IntVar(&data.config.Windows, "windows", 3, "how many origins to forecast from")
	flags.IntVar(&data.config.Step, "step", 0, "periods between origins (default: the horizon)")
	output.register(cmd, "write the scores to this .csv file, - for standard output, or a folder for everything")
	run.register(cmd)
	return cmd
}

// scoresOutput turns outputs named for a forecast into those of a backtest: scores go where the forecast would.
func scoresOutput(o job.Outputs) (job.Outputs, error) {
	switch {
	case o.Folder != "":
		o.Scores = filepath.Join(o.Folder, "scores.csv")
	case len(o.Forecast) > 1:
		return o, tidewatch.Errorf(tidewatch.CodeUsage, "a backtest writes one file of scores: give --out once")
	case len(o.Forecast) == 1:
		if !strings.EqualFold(filepath.Ext(o.Forecast[0]), ".csv") && isPlain(o.Forecast[0]) {
			return o, tidewatch.Errorf(tidewatch.CodeUsage, "--out %s: scores are written as .csv", o.Forecast[0])
		}
		o.Scores = o.Forecast[0]
	}
	o.Forecast = nil
	return o, nil
}

func tellScores(c console, r *job.Result, print printing) error {
	switch print {
	case printTable:
		notices(c.err, r)
		return write.Scores(c.out, r.Backtest)
	case printRecord:
		return write.Indented(c.out, r.Record)
	}
	s := newSummary(c.out, r)
	s.input()
	s.scores()
	s.files()
	return nil
}

// scores prints the scores of all methods, and those of the best and of the seasonal naive forecast by window and by step.
func (s summary) scores() {
	b := s.r.Backtest
	fmt.Fprintf(s.w, "\n%s\n", s.lang.Say("scores.title", b.Plan.Windows, s.lang.Periods(s.r.Data.Panel.Grid().Freq, b.Plan.Horizon)))
	order := make([]int, len(b.Methods))
	for m := range order {
		order[m] = m
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case b.Overall[x].SQL < b.Overall[y].SQL:
			return -1
		case b.Overall[x].SQL > b.Overall[y].SQL:
			return 1
		}
		return 0
	})
	t := &table{indent: "  ", left: 1}
	t.add(s.lang.Say("scores.method"), "SQL", "WQL", "MASE", "RMSSE", "cov80", "calib", s.lang.Say("scores.skill"))
	for _, m := range order {
		o := b.Overall[m]
		name, skill := b.Methods[m], ""
		if m != b.Baseline {
			k := b.Skill[m]
			skill = fmt.Sprintf("%s (%s … %s)", s.lang.Change(k.Value), s.lang.Change(k.Low), s.lang.Change(k.High))
		}
		t.add(name, s.lang.Number(o.SQL, 3), s.lang.Number(o.WQL, 3), s.lang.Number(o.MASE, 3), s.lang.Number(o.RMSSE, 3),
			s.lang.Percent(o.Cov80, 0), s.lang.Number(o.Calib, 3), skill)
	}
	t.print(s.w)
	best := order[0]
	pair := []int{best}
	if best != b.Baseline {
		pair = append(pair, b.Baseline)
	}
	s.measures(pair)
	for _, by := range []struct {
		key string
		of  [][]score.Summary
	}{{"scores.window", b.ByWindow}, {"scores.step", b.ByHorizon}} {
		n := len(by.of[best])
		t := &table{indent: "  ", left: 1}
		head := []string{s.lang.Say(by.key)}
		shown := spread(n, 8)
		for _, i := range shown {
			head = append(head, s.lang.Number(float64(i+1), 0))
		}
		t.add(head...)
		for _, m := range pair {
			row := []string{b.Methods[m]}
			for _, i := range shown {
				row = append(row, s.lang.Number(by.of[m][i].SQL, 3))
			}
			t.add(row...)
		}
		fmt.Fprintln(s.w)
		t.print(s.w)
	}
}

// measures prints how good the distributions of the methods were.
func (s summary) measures(methods []int) {
	b := s.r.Backtest
	fmt.Fprintln(s.w)
	t := &table{indent: "  ", left: 1}
	head := []string{s.lang.Say("measure.title")}
	for _, m := range methods {
		head = append(head, b.Methods[m])
	}
	t.add(head...)
	for _, measure := range []struct {
		key string
		of  func(backtest.Measures) backtest.Estimate
	}{
		{"measure.crps", func(m backtest.Measures) backtest.Estimate { return m.CRPS }},
		{"measure.interval80", func(m backtest.Measures) backtest.Estimate { return m.Interval80 }},
		{"measure.interval95", func(m backtest.Measures) backtest.Estimate { return m.Interval95 }},
		{"measure.energy", func(m backtest.Measures) backtest.Estimate { return m.Energy }},
		{"measure.uneven", func(m backtest.Measures) backtest.Estimate { return m.Uneven }},
		{"measure.wrmsse", func(m backtest.Measures) backtest.Estimate { return m.WRMSSE }},
	} {
		if e := measure.of(b.Measures[methods[0]]); math.IsNaN(e.Value) {
			continue
		}
		row := []string{s.lang.Say(measure.key)}
		for _, m := range methods {
			e := measure.of(b.Measures[m])
			row = append(row, fmt.Sprintf("%s (%s … %s)", s.lang.Number(e.Value, 3), s.lang.Number(e.Low, 3), s.lang.Number(e.High, 3)))
		}
		t.add(row...)
	}
	if p := b.Skill[methods[0]].P; methods[0] != b.Baseline && !math.IsNaN(p) {
		t.add(s.lang.Say("measure.equal"), s.lang.Number(p, 3), "")
	}
	t.print(s.w)
}

// spread is up to k of the numbers below n, evenly, with the first and the last.
func spread(n, k int) (at []int) {
	if n <= k {
		for i := range n {
			at = append(at, i)
		}
		return at
	}
	for i := range k {
		at = append(at, i*(n-1)/(k-1))
	}
	return at
}
