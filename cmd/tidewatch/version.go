package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/write"
)

func newVersion(c console) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which build this is",
		Example: `  tidewatch version
  tidewatch version --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			b := job.ThisBuild()
			if asJSON {
				return write.Indented(c.out, b)
			}
			commit := b.Commit
			if commit == "" {
				commit = "unknown commit"
			}
			_, err := fmt.Fprintf(c.out, "tidewatch %s (%s, %s, %s)\n", b.Version, commit, b.Go, b.System)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
