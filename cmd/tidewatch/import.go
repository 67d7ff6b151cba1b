package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/write"
)

func newImport(c console) *cobra.Command {
	var config job.ImportConfig
	var key string
	var workspace workspaceFlag
	var run runFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Add files to a workspace",
		Long: `Import adds the rows of files and folders to a workspace: all of them, or, if anything fails, nothing. What a file is, is
recognised as forecast does it.

A row that is there already is not added again: import a file twice, or files that overlap, and nothing is counted twice.
Without --key, rows are the same if all they say is the same; rows that a file repeats are real duplicates and stay. With
--key, a row of a known key is a new version of it; of events, the first of a key stays and others are counted as conflicts.
What was known before stays on record: see --as-of.

User ids are kept under a key for each user, which tidewatch forget destroys. Columns that look personal (e-mail, telephone,
address ...) are not kept.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch init shop
  tidewatch import --workspace shop orders.csv

  # again: nothing is added
  tidewatch import --workspace shop orders.csv

  # forecast from it
  tidewatch forecast --workspace shop --by country --freq W --horizon 4 --method ses --out forecast.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "no file: name files or folders to import, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			if err := useThreads(run.threads); err != nil {
				return err
			}
			config.Files, config.Key = args, split(key)
			if config.Layout == "auto" {
				config.Layout = ""
			}
			s, err := duck.Open(cmd.Context(), workspace.dir, true)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // what counts was committed
			shown := newProgress(c.err, lang)
			done, err := job.Import(cmd.Context(), s, config, shown.show)
			shown.clear()
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, done)
			}
			tellImport(c, lang, done)
			return nil
		},
	}
	workspace.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&config.Table, "table", "", "table to add to, or to make (default: orders, events, series or table, as the rows are)")
	flags.StringVar(&key, "key", "", "columns, or roles, that identify a row, such as order,item; said once, when the table is made")
	flags.StringVar(&config.Supersedes, "supersedes", "", "column that names the key of the row that a row corrects; said once, when the table is made")
	flags.StringVar(&config.Known, "known-at", "", "when the files became known, such as 2011-10-01 (default: now); not before what was imported already")
	flags.StringArrayVar(&config.Keep, "keep-column", nil, "column to keep although its name looks personal; may be given again")
	flags.StringVar(&config.Rejected, "rejected", "", "write refused rows to this .csv file")
	flags.StringVar(&config.Layout, "layout", "auto", "what a row is: auto, orders, events, series, table ...")
	flags.StringToStringVar(&config.Columns, "map", nil, "which column plays which role, such as time=InvoiceDate,item=StockCode")
	flags.StringVar(&config.Times, "time-format", "", "how times are written, if it is not recognised: ymd, dmy, mdy, unix, ms ...")
	flags.StringVar(&config.Delim, "delimiter", "", "what parts the fields of a text, if it is not recognised: one character, tab or space")
	flags.StringVar(&config.Charset, "encoding", "", "of texts, if it is not recognised: utf-8, utf-16le, utf-16be, gb18030 or windows-1252")
	flags.StringVar(&config.Sheet, "sheet", "", "sheet of an Excel workbook (default: the first that holds a table)")
	flags.StringVar(&config.Query, "query", "", "what to read from a database (postgres://..., mysql://...), in SQL")
	flags.StringVar(&config.Mapping, "mapping", "", "read the files as a saved mapping says: its name, or a file")
	flags.StringVar(&config.Zone, "tz", "", "time zone of times without an offset, such as Asia/Shanghai (default: the table's, at first UTC)")
	run.register(cmd)
	return cmd
}

// tellImport says what became of the rows of each file.
func tellImport(c console, lang message.Lang, done *job.Imported) {
	separator := " · "
	if lang == message.Chinese {
		separator = "；"
	}
	tables := map[string]store.Import{}
	var order []string
	for _, i := range done.Imports {
		said := []string{lang.Say("import.read", i.File, int(i.Read), int(i.Added))}
		for _, part := range []struct {
			key string
			n   int64
		}{{"import.changed", i.Changed}, {"import.same", i.Same}, {"import.conflicts", i.Conflicts}, {"import.corrected", i.Corrected}, {"import.refused", i.Refused}, {"import.rounded", i.Rounded}} {
			if part.n > 0 {
				said = append(said, lang.Say(part.key, int(part.n)))
			}
		}
		fmt.Fprintln(c.out, strings.Join(said, separator))
		if _, ok := tables[i.Table]; !ok {
			order = append(order, i.Table)
		}
		tables[i.Table] = i
	}
	for k, r := range done.Reasons {
		if k == 5 {
			fmt.Fprintln(c.out, "  ...")
			break
		}
		fmt.Fprintf(c.out, "  %s × %s: %s\n", lang.Number(float64(r.Count), 0), r.Reason, r.Example)
	}
	if len(done.Left) > 0 {
		fmt.Fprintln(c.out, lang.Say("import.left", strings.Join(done.Left, ", ")))
	}
	for _, name := range order {
		i := tables[name]
		fmt.Fprintln(c.out, lang.Say("import.now", name, int(i.Rows), shortID(i.After)))
	}
	fmt.Fprintln(c.out, lang.Say("import.took", lang.Number(done.Seconds, 1)))
}
