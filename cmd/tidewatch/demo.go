package main

import (
	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newDemo(c console) *cobra.Command {
	var out, export string
	var run runFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Forecast a year of real orders and write a report",
		Long: `Demo reads a year of a British online retailer's orders that come with the program (Online Retail, UCI, CC BY 4.0),
builds weekly series by item, by country and in total, chooses methods by how they forecast the past, forecasts the next
8 weeks, and writes a folder: report.html, forecast.csv, forecast.parquet, rejected.csv and run.json.

It is the same as 'tidewatch forecast' with this data: --export gives the orders as a file to try it with.`,
		Example: `  tidewatch demo

  # in Chinese, into a folder of your choice
  tidewatch demo --lang zh --out demo-zh

  # only the data, as CSV
  tidewatch demo --export orders.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if export != "" {
				if export == "-" {
					return job.ExportBundled(c.out)
				}
				return write.File(cmd.Context(), export, job.ExportBundled)
			}
			if out == "" || out == "-" {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--out must name a folder")
			}
			r, err := run.start(cmd.Context(), c, job.Forecast, job.Demo(), job.InFolder(out))
			if err != nil {
				return err
			}
			if run.json {
				return run.tell(c, r, printRecord)
			}
			return run.tell(c, r, printSummary)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&out, "out", "tidewatch-demo", "folder to write into; it is made if it is not there")
	flags.StringVar(&export, "export", "", "only write the orders to this .csv file (- for standard output)")
	run.register(cmd)
	return cmd
}
