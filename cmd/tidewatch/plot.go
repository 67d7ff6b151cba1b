package main

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/picture"
	"github.com/tidewatch/tidewatch/write"
)

func newPlot(c console) *cobra.Command {
	var from source
	var out string
	var o picture.Options
	cmd := &cobra.Command{
		Use:   "plot [FOLDER]",
		Short: "Draw the forecast of one series as a picture",
		Long: `Plot draws one series of a run: history, forecast with its intervals, the year before, festivals and promotions. It reads the folder
of a run (--out FOLDER/), or forecasts data anew as 'tidewatch forecast' does. SVG needs no fonts; PNG in Chinese takes a font of
the system, or the one that TIDEWATCH_FONT names.`,
		Example: `  tidewatch demo
  tidewatch plot tidewatch-demo --out total.svg
  tidewatch plot tidewatch-demo --id "POPCORN HOLDER" --out popcorn.png --width 1200 --height 500
  tidewatch plot tidewatch-demo --id country=France --dark --out - > france.svg`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch ext := strings.ToLower(filepath.Ext(out)); {
			case out == "-" || out == "" && !isTerminal(c.out) || ext == ".svg":
			case ext == ".png":
				o.Format = picture.PNG
			default:
				return tidewatch.Errorf(tidewatch.CodeUsage, "--out %s: name a picture, .svg or .png, or - for SVG on standard output", out)
			}
			id := from.data.id // here it names the series, not a column
			from.data.id = ""
			r, err := from.load(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			o.Lang = r.Data.Lang
			if id == "" {
				if id, err = leading(r.Data); err != nil {
					return err
				}
			}
			draw := func(w io.Writer) error { return picture.Write(w, r.Data, id, o) }
			if out == "-" || out == "" {
				return draw(c.out)
			}
			return write.File(cmd.Context(), out, draw)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&out, "out", "", "write to this .svg or .png file, - for SVG on standard output")
	flags.IntVar(&o.Width, "width", 0, "of the picture in pixels; a PNG has twice as many, for sharp screens (default 960)")
	flags.IntVar(&o.Height, "height", 0, "of the picture in pixels (default 480)")
	flags.BoolVar(&o.Dark, "dark", false, "light on dark")
	from.register(cmd)
	flags.Lookup("id").Usage = "which series: its id or its name (default: the total, or the only one; a column of ids is named by --map id=...)"
	return cmd
}

// leading is the series to draw where none is named.
func leading(d report.Data) (string, error) {
	switch {
	case d.Total != "":
		return d.Total, nil
	case len(d.Forecast.Rows) == 1:
		return d.Forecast.Rows[0].ID, nil
	}
	return "", tidewatch.Errorf(tidewatch.CodeUsage, "which of the %d series? Say --id, such as --id %s", len(d.Forecast.Rows), d.Forecast.Rows[0].ID)
}
