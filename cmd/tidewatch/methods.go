package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/write"
)

func newMethods(c console) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "methods",
		Short: "List the methods that can forecast",
		Long: `Methods lists every method by the name that --method takes, with its parameters, what it does and what it costs to fit one
series: cheap, moderate or costly. Networks are trained on all series together, which takes seconds to minutes. auto chooses among them for each series.`,
		Example: `  tidewatch methods
  tidewatch methods --json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return write.Indented(c.out, append(model.Described(), model.Networks()...))
			}
			all := append(model.All(), model.Networks()...)
			t := &table{left: 3}
			t.add("auto", "", "chooses, or mixes, for each series by how the others forecast its past")
			for _, e := range all {
				does := e.Does
				if e.Forms != "" {
					does += "; also " + e.Forms
				}
				t.add(e.Name, string(e.Cost), does)
			}
			t.add(model.Boosted, "", "boosted trees that learn from all series together; also gbm(store,department), a model for each part; gbm(percent), for the least squared percentage error")
			t.print(c.out)
			fmt.Fprintln(c.out, "\nPapers and abilities: tidewatch methods --json")
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, with the papers the methods come from and what their models can do")
	return cmd
}
