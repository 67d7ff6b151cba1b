package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newTune(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	work := 0.
	cmd := &cobra.Command{
		Use:   "tune",
		Short: "Search for the configuration of a network that suits the data",
		Long: `Tune trains many configurations of networks for a little, the best third of them for longer, and so on, and judges each by how it
forecasts the last horizon of the data, which it does not see. The last line is what --method takes. --method names the families to search,
auto all of them. The work is counted, not timed: the same data and seed give the same configuration on any machine.`,
		Example: `  # a configuration for orders.csv with little work, and a forecast with what it may find
  tidewatch demo --export orders.csv
  tidewatch tune --in orders.csv --by country --freq W --horizon 4 --method dlinear --work 0.5
  tidewatch forecast --in orders.csv --by country --freq W --horizon 4 --method 'dlinear(lags=12,steps=500,rate=0.004)' --out forecast.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := data.configuration()
			if err != nil {
				return err
			}
			var tuned *job.Tuned
			_, err = run.start(cmd.Context(), c, func(ctx context.Context, config job.Config, _ job.Outputs, w job.Watch) (*job.Result, error) {
				var err error
				tuned, err = job.Tune(ctx, config, work, w)
				return nil, err
			}, config, job.Outputs{})
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, tuned)
			}
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			t := &table{indent: "  ", left: 0, notes: true}
			t.add(lang.Say("tune.round"), lang.Say("tune.steps"), lang.Say("tune.work"), "SQL", lang.Say("scores.method"))
			for _, x := range tuned.Trials {
				t.add(strconv.Itoa(x.Round), strconv.Itoa(x.Steps), lang.Number(x.Work, 2), lang.Number(x.Loss, 4), x.Config.String())
			}
			t.print(c.out)
			fmt.Fprintf(c.out, "\n%s\n--method '%s'\n", lang.Say("tune.best"), tuned.Method)
			return nil
		},
	}
	data.register(cmd)
	cmd.Flags().Float64Var(&work, "work", 20, "what may be spent, in trainings of the first family's usual network")
	run.register(cmd)
	return cmd
}
