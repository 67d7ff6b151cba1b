package main

import (
	"context"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newForecast(c console) *cobra.Command {
	var data dataFlags
	var output outputFlags
	var run runFlags
	var sumOver string
	var prob []string
	var claims string
	var also string
	cmd := &cobra.Command{
		Use:   "forecast",
		Short: "Forecast every series of a file, with its uncertainty",
		Long: `Forecast reads records (orders, events) or ready series, chooses a method for each series by how well it forecast the past,
and writes for each period ahead a mean and quantiles: columns id, time, mean, q0.025 ... q0.975.

What the file is, its columns, their format and the frequency are recognised, and it says what it took for what. Where it
is wrong, --layout, --map and --freq say better. Rows that cannot be understood go to rejected.csv with their reason.`,
		Example: `  # the orders of the demo, as your own file would be
  tidewatch demo --export orders.csv
  tidewatch forecast --in orders.csv --freq W --horizon 8 --out forecast.csv --report report.html

  # all files into a folder of its own; only some series: by country and in total
  tidewatch forecast --in orders.csv --by country,total --freq W --horizon 8 --out result/

  # ready series through a pipe, with a method of your choice
  printf 'id,time,value\na,2024-01,5\na,2024-02,7\na,2024-03,6\na,2024-04,8\n' | tidewatch forecast --in - --horizon 3 --method naive

  # countries and the total, in numbers that add up
  tidewatch forecast --in orders.csv --by country,total --freq W --horizon 4 --out sums/

  # how many of each in any two weeks, and how likely it is more than 100
  tidewatch forecast --in orders.csv --by country --freq D --horizon 28 --sum-over 14d --prob "units>100" --out fortnights/

  # days, weeks and months that agree
  tidewatch forecast --in orders.csv --freq D --horizon 70 --also W,M --out grains/

  # as if it were the first of October: then compare with what came
  tidewatch forecast --in orders.csv --freq W --horizon 8 --origin 2011-10-02 --out then.parquet`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data.config.SumOver, data.config.Prob = sumOver, prob
			var err error
			if data.config.Also, err = grains(also); err != nil {
				return err
			}
			config, err := data.configuration()
			if err != nil {
				return err
			}
			outputs, print, err := output.resolve(c, run.json)
			if err != nil {
				return err
			}
			if also != "" && len(outputs.Forecast) == 0 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--also needs an --out file or folder: the forecasts by week or month are written beside that by day")
			}
			if sumOver != "" || len(prob) > 0 {
				outputs.WithSums()
			}
			if config.Adjust != "" {
				if outputs.WithAdjusted(); outputs.Adjusted == "" {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--adjustments needs an --out file or folder: adjusted.csv is written beside the forecast")
				}
			}
			outputs.Ledger = ledgerOf(claims, config, outputs)
			r, err := run.start(cmd.Context(), c, job.Forecast, config, outputs)
			if err != nil {
				return err
			}
			return run.tell(c, r, print)
		},
	}
	data.register(cmd)
	cmd.Flags().StringVar(&data.config.Adjust, "adjustments", "", "file of planners' adjustments ('tidewatch adjust'): adjusted.csv is written beside the forecast")
	cmd.Flags().StringVar(&data.config.ScoreAdjusted, "score-adjusted", "", "adjusted.csv of an earlier run: its adjustments are scored by what has come since")
	cmd.Flags().StringVar(&sumOver, "sum-over", "", "also the distribution of sums over so long, such as 14d, 2w or 8 (periods): into sums.csv beside --out, or in place of the table")
	cmd.Flags().StringVar(&also, "also", "", "coarser frequencies to forecast too, from sums of their own and in agreement, such as W,M: into forecast-W.csv and forecast-M.csv beside --out")
	cmd.Flags().StringArrayVar(&prob, "prob", nil, "probability of an event of those sums, such as \"units>100\"; of the whole horizon without --sum-over; may be given again")
	cmd.Flags().StringArrayVar(&data.config.WhatIf, "what-if", nil, "change a number known ahead after the end of the series, such as price=-10% or promo=1, for a method that learns from it (gbm)")
	cmd.Flags().StringVar(&claims, "ledger", "", "write what is claimed into this file, and score earlier claims by these data ('tidewatch ledger'); none: do not (default ledger.jsonl of the workspace where one is read and files are written)")
	output.register(cmd, "write to this .csv, .parquet, .json, .jsonl or .xlsx file, - for standard output, or a folder for everything; may be given again")
	run.register(cmd)
	return cmd
}

// grains reads the frequencies of --also.
func grains(text string) ([]tidewatch.Freq, error) {
	var all []tidewatch.Freq
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		f, err := tidewatch.ParseFreq(name)
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--also %s: %w", name, err)
		}
		all = append(all, f)
	}
	return all, nil
}

// engine is a job that can be run.
type engine func(context.Context, job.Config, job.Outputs, job.Watch) (*job.Result, error)

// start runs a job and shows how far it is.
func (f *runFlags) start(ctx context.Context, c console, run engine, config job.Config, outputs job.Outputs) (*job.Result, error) {
	lang, err := language(f.lang)
	if err != nil {
		return nil, err
	}
	if err := useThreads(f.threads); err != nil {
		return nil, err
	}
	outputs.Lang, outputs.Title, outputs.Unit = lang, f.title, f.unit
	if config.Workspace != "" {
		s, err := duck.Open(ctx, config.Workspace, false)
		if err != nil {
			return nil, err
		}
		defer s.Close() //nolint:errcheck // it was read only
		config.Store = s
	}
	shown := newProgress(c.err, lang)
	defer shown.clear()
	return run(ctx, config, outputs, shown.show)
}

// tell prints what is wanted of a result.
func (f *runFlags) tell(c console, r *job.Result, print printing) error {
	switch print {
	case printTable:
		notices(c.err, r)
		if r.Sums != nil && r.Outputs.Sums == "" {
			return r.Sums.Write(c.out)
		}
		return write.Forecast(c.out, r.Data.Forecast, write.CSV)
	case printRecord:
		return write.Indented(c.out, r.Record)
	}
	return summarise(c.out, r)
}

// useThreads bounds the processors that the program uses.
func useThreads(n int) error {
	if n < 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "--threads %d: use 1 or more, or 0 for all processors", n)
	}
	if n > 0 {
		runtime.GOMAXPROCS(n)
	}
	return nil
}

// noArgs refuses words that are no flags, which are often files that lack their --in.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.Flags().Lookup("in") == nil {
		return tidewatch.Errorf(tidewatch.CodeUsage, "unexpected %q; see '%s --help'", args[0], cmd.CommandPath())
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "unexpected %q: files are named with --in, such as --in %s", args[0], args[0])
}
