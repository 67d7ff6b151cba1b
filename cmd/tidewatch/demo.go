package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newDemo(c console) *cobra.Command {
	var out, export, workspace string
	var run runFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Forecast a year of real orders and write a report",
		Long: `Demo reads a year of a British online retailer's orders that come with the program (Online Retail, UCI, CC BY 4.0),
builds weekly series by item, by country and in total, chooses methods by how they forecast the past, forecasts the next
8 weeks, and writes a folder: report.html, forecast.csv, forecast.parquet, rejected.csv, run.json and run.tide.

It is the same as 'tidewatch forecast' with this data: --export gives the orders as a file to try it with.`,
		Example: `  tidewatch demo

  # in Chinese, into a folder of your choice
  tidewatch demo --lang zh --out demo-zh

  # through a workspace: init, import, forecast; then look around in it
  tidewatch demo --workspace demo-shop
  tidewatch status --workspace demo-shop

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
			config := job.Demo()
			if workspace != "" {
				if err := demoWorkspace(cmd.Context(), c, &run, workspace); err != nil {
					return err
				}
				config.In, config.Workspace = nil, workspace
			}
			r, err := run.start(cmd.Context(), c, job.Forecast, config, job.InFolder(out))
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
	flags.StringVar(&workspace, "workspace", "", "import the orders into a new workspace in this folder, and forecast from there")
	flags.StringVar(&export, "export", "", "only write the orders to this .csv file (- for standard output)")
	run.register(cmd)
	return cmd
}

// demoWorkspace makes a workspace of the orders of the demo.
func demoWorkspace(ctx context.Context, c console, run *runFlags, dir string) error {
	lang, err := language(run.lang)
	if err != nil {
		return err
	}
	if err := duck.Init(ctx, dir); err != nil {
		return err
	}
	s, err := duck.Open(ctx, dir, true)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // what counts was committed
	shown := newProgress(c.err, lang)
	done, err := job.Import(ctx, s, job.ImportConfig{Files: []string{job.Bundled}}, shown.show)
	shown.clear()
	if err == nil && !run.json {
		tellImport(c, lang, done)
	}
	return err
}
