package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/internal/duck"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/write"
)

// workspaceFlag names the workspace that a command works on.
type workspaceFlag struct{ dir string }

func (f *workspaceFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.dir, "workspace", ".", "folder of the workspace")
}

// shortID is enough of a snapshot's id to tell it from others.
func shortID(id string) string {
	if len(id) > 19 {
		return id[:19]
	}
	return id
}

func newInit(c console) *cobra.Command {
	var run runFlags
	cmd := &cobra.Command{
		Use:   "init FOLDER",
		Short: "Make a workspace, which keeps imported rows",
		Long: `Init makes a workspace: a folder that keeps the rows of imported files, what of them was known when, and the keys of users.
It is a file that belongs to one machine and needs no server. Back it up by copying the folder while nothing is imported.`,
		Example: `  tidewatch init shop`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "name one folder, such as tidewatch init shop")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			if err := duck.Init(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintln(c.out, lang.Say("workspace.made", args[0]))
			return nil
		},
	}
	run.registerLang(cmd)
	return cmd
}

func newStatus(c console) *cobra.Command {
	var workspace workspaceFlag
	var run runFlags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say what a workspace holds",
		Long:  `Status says which tables a workspace holds: rows, times, imports and what was refused. It reads the records of imports alone, so it is as fast for a large workspace as for a small one.`,
		Example: `  tidewatch init shop
  tidewatch status --workspace shop`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			s, err := duck.Open(cmd.Context(), workspace.dir, false)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // it was read only
			all, err := store.Survey(cmd.Context(), s)
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, all)
			}
			if len(all.Tables) == 0 {
				fmt.Fprintln(c.out, lang.Say("workspace.empty", workspace.dir))
				return nil
			}
			fmt.Fprintln(c.out, lang.Say("workspace.is", workspace.dir, all.Imports, all.Known.Format(time.RFC3339)))
			t := &table{left: 1}
			t.add(lang.Say("snapshots.table"), lang.Say("snapshots.rows"), lang.Say("snapshots.from"), lang.Say("snapshots.to"), lang.Say("snapshots.imports"), lang.Say("snapshots.refused"), lang.Say("snapshots.id"))
			for _, o := range all.Tables {
				t.add(o.Name, lang.Number(float64(o.Rows), 0), day(o.First), day(o.Last), lang.Number(float64(o.Imports), 0), lang.Number(float64(o.Refused), 0), shortID(o.Snapshot))
			}
			t.print(c.out)
			return nil
		},
	}
	workspace.register(cmd)
	run.registerLang(cmd)
	cmd.Flags().BoolVar(&run.json, "json", false, "for machines")
	return cmd
}

func day(t time.Time) string {
	if t.IsZero() {
		return message.Unknown
	}
	return t.Format("2006-01-02")
}

func newSnapshots(c console) *cobra.Command {
	var workspace workspaceFlag
	var run runFlags
	var tableName, asOf, origin string
	cmd := &cobra.Command{
		Use:   "snapshots",
		Short: "List what was known when, or name one snapshot",
		Long: `Snapshots lists the imports of a workspace. Each left a snapshot: what was known from then on. Its id is a digest of the rows
alone: however they arrived, in one file or in ten, in whatever order, the same rows have the same id, and make the same
forecasts. With --as-of or --origin it names the snapshot that a forecast with these flags rests on.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch init shop
  tidewatch import --workspace shop orders.csv
  tidewatch snapshots --workspace shop

  # what was known by now, about events up to the first of October
  tidewatch snapshots --workspace shop --origin 2011-10-01`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			s, err := duck.Open(cmd.Context(), workspace.dir, false)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // it was read only
			if asOf != "" || origin != "" || tableName != "" {
				return oneSnapshot(cmd, c, s, tableName, asOf, origin, run.json)
			}
			all, err := s.Imports(cmd.Context())
			if err != nil {
				return err
			}
			if run.json {
				if all == nil {
					all = []store.Import{}
				}
				return write.Indented(c.out, all)
			}
			if len(all) == 0 {
				fmt.Fprintln(c.out, lang.Say("workspace.empty", workspace.dir))
				return nil
			}
			t := &table{left: 1}
			t.add(lang.Say("snapshots.known"), lang.Say("snapshots.table"), lang.Say("snapshots.rows"), lang.Say("snapshots.id"), lang.Say("snapshots.file"))
			for _, i := range all {
				t.add(i.Known.Format(time.RFC3339Nano), i.Table, lang.Number(float64(i.Rows), 0), shortID(i.After), filepath.Base(i.File))
			}
			t.print(c.out)
			return nil
		},
	}
	workspace.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&tableName, "table", "", "which table, if there are several of orders, events or series")
	flags.StringVar(&asOf, "as-of", "", "known by then, such as 2011-10-01 (default: all that is known)")
	flags.StringVar(&origin, "origin", "", "about events up to then, such as 2011-10-01 (default: all)")
	run.registerLang(cmd)
	flags.BoolVar(&run.json, "json", false, "for machines")
	return cmd
}

// oneSnapshot prints one snapshot: its id, or all of it as JSON.
func oneSnapshot(cmd *cobra.Command, c console, s store.Store, name, asOf, origin string, asJSON bool) error {
	t, err := store.FindTable(cmd.Context(), s, name)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return tidewatch.Errorf(tidewatch.CodeInput, "the time zone %s of table %s is not known to this system: %w", t.Zone, t.Name, err)
	}
	var at [2]time.Time
	for k, text := range []string{asOf, origin} {
		if text == "" {
			continue
		}
		if at[k], err = aggregate.ParseOrigin(text, zone); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--as-of and --origin: %w", err)
		}
	}
	n, err := store.Take(cmd.Context(), s, t.Name, at[0], at[1])
	if err != nil {
		return err
	}
	if asJSON {
		return write.Indented(c.out, struct {
			ID    string    `json:"snapshot"`
			Table string    `json:"table"`
			Known time.Time `json:"known"`
			Rows  int64     `json:"rows"`
		}{n.ID, t.Name, n.Known, n.Rows})
	}
	fmt.Fprintln(c.out, n.ID)
	return nil
}

func newForget(c console) *cobra.Command {
	var workspace workspaceFlag
	var run runFlags
	var user string
	cmd := &cobra.Command{
		Use:   "forget --user ID",
		Short: "Make a user's rows anonymous, for ever",
		Long: `Forget destroys the key that the id of a user is kept under. The rows stay, and so do the ids of snapshots and every forecast; but
neither the workspace nor any copy of its rows says any more whose they were. Files that were imported hold the id still: they
are yours to delete. If one is imported again, its rows are recognised and stay anonymous.`,
		Example: `  tidewatch demo --export orders.csv
  tidewatch init shop
  tidewatch import --workspace shop orders.csv
  tidewatch forget --workspace shop --user 12347`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, err := language(run.lang)
			if err != nil {
				return err
			}
			if user == "" {
				return tidewatch.Errorf(tidewatch.CodeUsage, "whose key? Say --user ID, as the id stands in your files")
			}
			s, err := duck.Open(cmd.Context(), workspace.dir, true)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // nothing was written to it
			people, err := store.OpenPeople(cmd.Context(), s)
			if err != nil {
				return err
			}
			known, err := people.Forget(user)
			if err != nil {
				return err
			}
			if !known {
				fmt.Fprintln(c.out, lang.Say("forget.none", user))
				return nil
			}
			fmt.Fprintln(c.out, lang.Say("forget.done", user, store.KeyFile))
			return nil
		},
	}
	workspace.register(cmd)
	cmd.Flags().StringVar(&user, "user", "", "id of the user, as it stands in the files (required)")
	run.registerLang(cmd)
	return cmd
}
