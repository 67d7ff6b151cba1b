package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/write"
)

func newTrends(c console) *cobra.Command {
	var from source
	var top int
	var beyond string
	cmd := &cobra.Command{
		Use:   "trends [FOLDER]",
		Short: "Say what is rising, what is turning and what is new",
		Long: `Trends says where each series is heading: how likely the next periods lie above or below what the season alone makes of the last ones,
and why; which trends speed up and which shares grow; which levels changed for good, and what else stood apart (bursts, festivals, values outside
what was expected); which new items may become stars; and which series, or of events which views and carts, run ahead of others.

A chance is learned from claims of the same kind at earlier origins, whose end is known: "of such claims, so many came true". That a jump falls
back, and that December is high, is no news to it. It reads the folder of a run (--out FOLDER/), which takes no time, or forecasts data anew, with
the light preset unless you ask for another. docs/trends.md says how to read it and what it does not claim.`,
		Example: `  tidewatch demo
  tidewatch trends tidewatch-demo --top 5

  # of your own orders: the next four weeks, by country
  tidewatch demo --export orders.csv
  tidewatch trends --in orders.csv --by country,total --freq W --horizon 4

  # all that is known of every series, for other programs; in Chinese for people
  tidewatch trends tidewatch-demo --json
  tidewatch trends tidewatch-demo --lang zh`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			share, err := parseShare(beyond)
			if err != nil {
				return err
			}
			if top < 1 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--top %d: how many of each, at least 1", top)
			}
			from.data.config.Beyond = share
			asJSON := from.run.json
			from.run.json, from.engine = false, job.Trends
			r, err := from.load(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			s := r.Data.Story
			switch {
			case s == nil:
				return tidewatch.Errorf(tidewatch.CodeData, "this run has no trends: it was made by an earlier version, or without a report; forecast anew with --in")
			case len(args) > 0 && cmd.Flags().Changed("beyond") && math.Abs(s.Question.By-share) > 1e-9:
				return tidewatch.Errorf(tidewatch.CodeUsage, "the run in %s asked for changes beyond %g %%: forecast anew with --in for --beyond %s", args[0], 100*s.Question.By, beyond)
			case asJSON:
				return write.Indented(c.out, toldAs(r.Data))
			}
			return tellTrends(c, r, top)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().IntVar(&top, "top", 10, "how many risers, fallers and others to list")
	cmd.Flags().StringVar(&beyond, "beyond", "20%", "the change that counts, beyond what the season alone expects")
	from.register(cmd)
	if f := cmd.Flags().Lookup("preset"); f != nil {
		f.DefValue = "light"
		_ = f.Value.Set("light")
	}
	return cmd
}

// parseShare reads 20% or 0.2.
func parseShare(s string) (float64, error) {
	text, hundredths := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(text, 64)
	if hundredths {
		v /= 100
	}
	if err != nil || !(v > 0 && v < 1) {
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "--beyond %s: say a share between 0 and 100 %%, such as 20%%", s)
	}
	return v, nil
}

// tellTrends prints the story at length.
func tellTrends(c console, r *job.Result, top int) error {
	s := newSummary(c.out, r)
	if r.Data.Quality != nil {
		s.input()
	}
	s.story()
	s.beyond(top)
	s.slopes(top)
	s.shares(top)
	s.occurred(top)
	s.prospects(top)
	s.leads(top)
	return nil
}

// story prints the market in short.
func (s summary) story() {
	lines := report.Story(s.r.Data, s.lang)
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(s.w, "\n%s\n", s.paint.bold(s.lang.Say("story.title")))
	for _, l := range lines {
		fmt.Fprintln(s.w, "  "+l)
	}
}
