package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch/feature"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newFeatures(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	var rejected string
	cmd := &cobra.Command{
		Use:   "features",
		Short: "List what the global method gbm looks at",
		Long: `Features reads the input as forecast does and lists the columns that gbm learns from: what each is made of and when it is known.
origin: made of values before the forecast is made; ahead: known beforehand of the time itself; always: does not change.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch features --in orders.csv --by country --freq W --horizon 8

  # for other programs
  tidewatch features --in orders.csv --by country --freq W --horizon 8 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := data.configuration()
			if err != nil {
				return err
			}
			var list []feature.Feature
			engine := func(ctx context.Context, config job.Config, o job.Outputs, w job.Watch) (*job.Result, error) {
				all, result, err := job.Features(ctx, config, o, w)
				list = all
				return result, err
			}
			if _, err := run.start(cmd.Context(), c, engine, config, job.Outputs{Rejected: rejected}); err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, list)
			}
			t := &table{left: 4}
			for _, f := range list {
				t.add(f.Name, string(f.Known), strings.Join(f.Inputs, ", "), f.Does)
			}
			t.print(c.out)
			_, err = fmt.Fprintf(c.out, "\n%d features\n", len(list))
			return err
		},
	}
	data.register(cmd)
	cmd.Flags().StringVar(&rejected, "rejected", "", "write refused rows to this .csv file")
	run.register(cmd)
	return cmd
}
