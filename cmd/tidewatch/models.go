package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/hub"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/model/chronos"
	"github.com/tidewatch/tidewatch/write"
)

func newModels(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "models",
		Short: "Fetch pretrained models",
		Long:  `Models puts pretrained forecasting models where --method can use them. Nothing is ever fetched unless 'tidewatch models add' is run.`,
		Example: `  # how to fetch one, or to take it from a folder without a network
  tidewatch models add --help`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newModelsAdd(c))
	return cmd
}

func newModelsAdd(c console) *cobra.Command {
	var source hub.Source
	var run runFlags
	var dir string
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Fetch a pretrained model, or copy it from a folder, and check it",
		Long: `Add fetches config.json and model.safetensors of a model of the Chronos-Bolt family (chronos-bolt-tiny, -mini, -small, -base, or
owner/name), checks them against the digests that the hub lists, and whether Tidewatch can run them, and puts them into a folder. With --from
it takes them from a local folder, without a network. model.json beside them says where they came from.`,
		Example: `  tidewatch models add chronos-bolt-tiny
  tidewatch forecast --in sales.csv --horizon 28 --method 'chronos-bolt(models/chronos-bolt-tiny)' --out forecast.csv

  # without a network: from a folder that holds the two files, checked against a digest you know
  tidewatch models add chronos-bolt-tiny --from /media/usb/chronos-bolt-tiny --sha256 DIGEST`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "name one model, such as chronos-bolt-tiny; see '%s --help'", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			shown := newProgress(c.err, lang)
			defer shown.clear()
			source.Told = func(done, total int64) { shown.show(job.Progress{Phase: "fetch", Done: done, Total: total}) }
			source.Check = func(folder string) error {
				_, err := chronos.Open(folder)
				return err
			}
			folder, record, err := source.Add(cmd.Context(), args[0], dir)
			if err != nil {
				return err
			}
			shown.clear()
			if run.json {
				return write.Indented(c.out, record)
			}
			fmt.Fprintf(c.out, "%s\n--method 'chronos-bolt(%s)'\n", lang.Say("models.added", record.Name, folder), folder)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&dir, "dir", "models", "folder to put the model's folder into")
	flags.StringVar(&source.From, "from", "", "take the files from this local folder")
	flags.StringVar(&source.Hub, "hub", hub.Default, "address of the hub, or of a mirror of it")
	flags.StringVar(&source.Digest, "sha256", "", "digest that model.safetensors must have")
	run.registerLang(cmd)
	flags.BoolVar(&run.json, "json", false, "print what was added for machines")
	return cmd
}
