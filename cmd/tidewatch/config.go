package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/config"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/write"
)

// configured are the commands whose flags the settings hold; other commands take shared settings only.
var configured = []string{"forecast", "backtest", "explain"}

// shared are the settings of commands that are not configured.
var shared = []string{"lang", "threads", "country", "events"}

// taken reports whether a flag of a command can be set by a file or the environment.
func taken(command, key string) bool {
	if slices.Contains([]string{"help", "json", "config"}, key) || command == "explain" && key == "id" {
		return false
	}
	return slices.Contains(configured, command) || slices.Contains(shared, key)
}

// schema is what settings there are: the flags of the configured commands.
func schema() config.Schema {
	s := config.Schema{Keys: pflag.NewFlagSet("", pflag.ContinueOnError), Sections: map[string]*pflag.FlagSet{}}
	s.Keys.SortFlags = false
	for _, cmd := range []*cobra.Command{newForecast(console{}), newBacktest(console{}), newExplain(console{})} {
		section := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if taken(cmd.Name(), f.Name) {
				section.AddFlag(f)
				if s.Keys.Lookup(f.Name) == nil {
					s.Keys.AddFlag(f)
				}
			}
		})
		s.Sections[cmd.Name()] = section
	}
	return s
}

// openSettings reads the file that --config or TIDEWATCH_CONFIG names, or tidewatch.yaml where it is, and checks its keys.
func openSettings(path string, s config.Schema) (*config.File, error) {
	if path == "" {
		path = os.Getenv(config.Variable("config"))
	}
	f, err := config.Open(path)
	if err != nil {
		return nil, err
	}
	return f, s.Check(f)
}

// configure gives the flags of the command that is about to run their values from the settings.
func configure(cmd *cobra.Command, path string) error {
	if cmd.Flags().Lookup("lang") == nil || cmd.Name() == "config" {
		return nil
	}
	f, err := openSettings(path, schema())
	if err != nil {
		return err
	}
	_, err = config.Apply(cmd.Flags(), cmd.Name(), f, os.LookupEnv, func(key string) bool { return taken(cmd.Name(), key) })
	return err
}

func newConfig(c console, path *string) *cobra.Command {
	var lang string
	of := "forecast"
	asJSON, asSchema := false, false
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings in force and where each comes from",
		Long: `Config prints the settings that forecast, backtest and explain would run with, and where each value comes from.

A setting is a flag's name. A flag on the command line comes first, then the environment (TIDEWATCH_HORIZON=8), then the
file tidewatch.yaml of the working folder, or the one that --config or TIDEWATCH_CONFIG names (none: no file), then the default.
In the file, a section named backtest, forecast or explain is for that command alone. A key that is no setting is an error.`,
		Example: `  # a file to start from: every setting, with its meaning, as a comment
  tidewatch config --schema > tidewatch.yaml
  tidewatch config

  # from a file and the environment
  printf 'horizon: 8\nfreq: W\ncountry: [GB-ENG]\nbacktest:\n  windows: 5\n' > shop.yaml
  TIDEWATCH_SEED=7 tidewatch config --config shop.yaml --of backtest`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			s := schema()
			if asSchema {
				printSchema(c.out, s)
				return nil
			}
			f, err := openSettings(*path, s)
			if err != nil {
				return err
			}
			section, ok := s.Sections[of]
			if !ok {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--of %s: there are settings of %s", of, strings.Join(configured, ", "))
			}
			all, err := config.Apply(section, of, f, os.LookupEnv, func(key string) bool { return taken(of, key) })
			if err != nil {
				return err
			}
			if lang == "" {
				for _, setting := range all {
					if setting.Key == "lang" {
						lang = setting.Value
					}
				}
			}
			l, err := language(lang)
			if err != nil {
				return err
			}
			if asJSON {
				return write.Indented(c.out, all)
			}
			printSettings(c.out, l, all, f)
			for _, name := range s.Strangers(os.Environ()) {
				fmt.Fprintln(c.err, l.Say("config.stranger", name))
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&of, "of", of, "the command whose settings to show: forecast, backtest or explain")
	flags.BoolVar(&asSchema, "schema", false, "print every setting with its type, default and meaning, as a file to start from")
	flags.StringVar(&lang, "lang", "", "language of what is printed: en or zh (default from LANG, else en)")
	flags.BoolVar(&asJSON, "json", false, "as JSON")
	complete(cmd, "of", configured...)
	complete(cmd, "lang", "en", "zh")
	return cmd
}

func printSettings(w io.Writer, l message.Lang, all []config.Setting, f *config.File) {
	if f.Path == "" {
		fmt.Fprintln(w, l.Say("config.nofile", config.Name))
	} else {
		fmt.Fprintln(w, l.Say("config.file", f.Path))
	}
	t := &table{left: 3}
	t.add(l.Say("config.key"), l.Say("config.value"), l.Say("config.source"))
	for _, s := range all {
		source := s.Source
		if source == "default" {
			source = l.Say("config.default")
		}
		t.add(s.Key, shorten(s.Value, 60), source)
	}
	t.print(w)
}

// printSchema prints every setting as a comment of YAML.
func printSchema(w io.Writer, s config.Schema) {
	fmt.Fprintf(w, "# Settings of tidewatch. Take the # away from those you set. Flags and the environment (TIDEWATCH_...) come first.\n# Sections forecast:, backtest: and explain: hold settings of one command.\n")
	s.Keys.VisitAll(func(f *pflag.Flag) {
		var only []string
		for _, name := range configured {
			if s.Sections[name].Lookup(f.Name) != nil {
				only = append(only, name)
			}
		}
		note := ""
		if len(only) < len(configured) {
			note = "; " + strings.Join(only, ", ") + " only"
		}
		kind, sample := yamlType(f)
		fmt.Fprintf(w, "\n# %s (%s%s)\n# %s: %s\n", f.Usage, kind, note, f.Name, sample)
	})
}

// yamlType is what a value of the flag is in YAML, and how its default is written.
func yamlType(f *pflag.Flag) (kind, sample string) {
	switch f.Value.Type() {
	case "stringArray", "stringSlice", "float64Slice", "intSlice":
		return "list", "[]"
	case "stringToString":
		return "map", "{}"
	case "bool":
		return "true or false", f.DefValue
	case "string":
		if f.DefValue == "" {
			return "text", `""`
		}
		return "text", f.DefValue
	}
	return "number", f.DefValue
}
