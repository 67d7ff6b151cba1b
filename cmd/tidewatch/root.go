package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tidewatch/tidewatch"
)

// newRoot is the whole command line.
func newRoot(c console) *cobra.Command {
	settings := ""
	root := &cobra.Command{
		Use:   "tidewatch",
		Short: "Forecasts of demand, with honest uncertainty, from a file of orders",
		Long: `Tidewatch turns a platform's own records (orders, events, or series made from them) into forecasts of what
the market will want, how sure it is, and what rises and falls. One program, no database, no network.

Start with the demo: it needs nothing but this program.`,
		Example: `  # forecast a year of real orders and open the report
  tidewatch demo

  # your own orders: recognised by themselves, weekly, eight weeks ahead
  tidewatch forecast --in orders.csv --freq W --horizon 8 --out forecast.csv`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return configure(cmd, settings) }
	root.AddCommand(newAdjust(c), newConfig(c, &settings))
	root.PersistentFlags().StringVar(&settings, "config", "", "file of settings (default tidewatch.yaml where it is; none: no file)")
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.err)
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
	root.AddCommand(newDemo(c), newForecast(c), newBacktest(c), newReport(c), newPlot(c), newTune(c), newExplain(c), newClean(c), newInit(c), newImport(c), newStatus(c), newSnapshots(c), newForget(c), newMethods(c), newModels(c), newCalendar(c), newVersion(c))
	root.AddCommand(newSegments(c), newFeatures(c), newLedger(c))
	root.AddCommand(newTrends(c), newBehaviour(c))
	for _, cmd := range root.Commands() {
		cmd.Flags().SortFlags = false
	}
	return root
}

// knownCommand refuses a word that is no command.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	hint := ""
	if near := tidewatch.Nearest(args[0], names); near != "" {
		hint = fmt.Sprintf(" (did you mean %s?)", near)
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "unknown command %q%s; see 'tidewatch --help'", args[0], hint)
}

// flagError rewrites what is wrong with a flag so that it says what to do.
func flagError(cmd *cobra.Command, err error) error {
	say := func(format string, args ...any) error {
		return tidewatch.Errorf(tidewatch.CodeUsage, format+"; see '%s --help'", append(args, cmd.CommandPath())...)
	}
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		name, dashes := unknown.GetSpecifiedName(), "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		hint := ""
		if near := tidewatch.Nearest(name, known); near != "" {
			hint = fmt.Sprintf(" (did you mean --%s?)", near)
		}
		return say("unknown flag %s%s%s", dashes, name, hint)
	case errors.As(err, &missing):
		return say("flag --%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		cause := strings.TrimPrefix(invalid.Unwrap().Error(), "strconv.")
		if _, after, ok := strings.Cut(cause, `": `); ok && strings.HasPrefix(cause, "Parse") {
			cause = fmt.Sprintf("it must be a whole number (%s)", after)
		}
		return say("--%s %s: %s", invalid.GetFlag().Name, invalid.GetValue(), cause)
	}
	return say("%v", err)
}
