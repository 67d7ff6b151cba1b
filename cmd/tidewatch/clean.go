package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/job"
	"github.com/tidewatch/tidewatch/report/cleaning"
	"github.com/tidewatch/tidewatch/write"
)

func newClean(c console) *cobra.Command {
	var data dataFlags
	var run runFlags
	var out, pictures, repairs, rejected, record, undo string
	var steps strings.Builder
	for _, s := range clean.Steps() {
		fmt.Fprintf(&steps, "\n  %-10s %s", s.Name, s.Does)
		if s.Forms != "" {
			fmt.Fprintf(&steps, ": %s", s.Forms)
		}
	}
	cmd := &cobra.Command{
		Use:   "clean",
		Short: "Show what cleaning would do to series, before it is done",
		Long: `Clean shows what its steps would do to the series: how many values each changes, and what the series look like before and after.
Nothing is changed until a forecast is asked for with --clean, or the cleaned series with --out. Every changed value is listed in the
file of --repairs with what it was, what it is, why; and --undo takes it all back.

By default: order, stamps, duplicates, outliers, shifts, gaps. A festival of --country or --events, and a promotion of --known, is no outlier. The steps:
` + steps.String(),
		Example: `  # what would be done, as text and as pictures
  tidewatch demo --export orders.csv
  tidewatch clean --in orders.csv --by country,total --freq W --report clean.html

  # other steps; the cleaned series, the list of what changed, and back
  tidewatch clean --in orders.csv --by country --freq W --clean 'outliers(hampel),gaps(kalman)' --out cleaned.csv --repairs repairs.csv
  tidewatch clean --in cleaned.csv --undo repairs.csv --out original.csv

  # does it help? the same forecasts of the past, with and without
  tidewatch backtest --in orders.csv --by country --freq W --horizon 4 --method ses
  tidewatch backtest --in orders.csv --by country --freq W --horizon 4 --method ses --clean auto`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data.config.Horizon = 1 // nothing is forecast
			config, err := data.configuration()
			if err != nil {
				return err
			}
			if out == "-" {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--out - : the summary goes to standard output; name a file, such as --out cleaned.csv")
			}
			for _, f := range []struct{ flag, path, ending string }{{"out", out, ".csv"}, {"repairs", strings.TrimSuffix(repairs, "none"), ".csv"}, {"report", pictures, ".html"}} {
				if f.path != "" && !strings.EqualFold(filepath.Ext(f.path), f.ending) && isPlain(f.path) {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--%s %s: give it the ending %s", f.flag, f.path, f.ending)
				}
			}
			if undo != "" {
				return run.undo(cmd, c, config, undo, out)
			}
			switch {
			case repairs == "none":
				repairs = ""
			case out != "" && repairs == "":
				repairs = filepath.Join(filepath.Dir(out), "repairs.csv")
			}
			outputs := job.Outputs{Cleaned: out, Repairs: repairs, Pictures: pictures, Rejected: rejected, Record: record}
			r, err := run.start(cmd.Context(), c, job.Clean, config, outputs)
			if err != nil {
				return err
			}
			if run.json {
				return write.Indented(c.out, r.Record)
			}
			s := newSummary(c.out, r)
			s.input()
			s.cleaning()
			return nil
		},
	}
	data.registerInput(cmd)
	flags := cmd.Flags()
	flags.StringVar(&data.config.Clean, "clean", "auto", "the steps, by comma: auto ("+clean.Default().String()+"), or those listed above")
	flags.StringVar(&pictures, "report", "", "draw the series before and after in this .html file")
	flags.StringVar(&repairs, "repairs", "", "list what changed in this .csv file, or none (default with --out: repairs.csv beside it)")
	flags.StringVar(&out, "out", "", "write the cleaned series to this .csv file: id, time, value")
	flags.StringVar(&undo, "undo", "", "take the repairs of this file back from the series of --in, and write what was there before to --out")
	flags.StringVar(&rejected, "rejected", "", "write refused rows to this .csv file")
	flags.StringVar(&record, "record", "", "write the record of the run to this .json file")
	complete(cmd, "clean", "auto", "outliers", "shifts", "gaps")
	run.register(cmd)
	return cmd
}

// undo takes repairs back.
func (f *runFlags) undo(cmd *cobra.Command, c console, config job.Config, repairs, out string) error {
	if out == "" {
		return tidewatch.Errorf(tidewatch.CodeUsage, "--undo %s: where to? Name a file, such as --out original.csv", repairs)
	}
	lang, err := language(f.lang)
	if err != nil {
		return err
	}
	shown := newProgress(c.err, lang)
	defer shown.clear()
	values, rows, err := job.Undo(cmd.Context(), config, repairs, out, shown.show)
	if err != nil {
		return err
	}
	also := ""
	if rows > 0 {
		also = lang.Say("clean.rowsBack", rows)
	}
	_, err = fmt.Fprintln(c.out, lang.Say("clean.undone", values, out, also))
	return err
}

const (
	cleanedShown = 5  // series in the summary
	sparkWidth   = 64 // columns of a series' picture
)

// cleaning says what cleaning does: each step, the series that change most, and where the rest is.
func (s summary) cleaning() {
	fmt.Fprintf(s.w, "\n%s\n", s.lang.Say("clean.title", s.r.Record.Config.Clean))
	t := &table{indent: "  ", left: 2}
	t.add(s.lang.Say("clean.step"), s.lang.Say("clean.does"), s.lang.Say("clean.series"), s.lang.Say("clean.values"))
	total := 0
	for _, k := range s.r.Record.Cleaning {
		t.add(k.Step, cleaning.Does(s.lang, k.Step), s.lang.Number(float64(max(k.Series, k.Applied)), 0), s.lang.Number(float64(k.Values), 0))
		total += k.Values
	}
	t.print(s.w)
	unknown, shifts := 0, 0
	p := s.r.Cleaned.Panel
	for i := range p.Len() {
		for _, v := range p.Series(i).Demand() {
			if v != v {
				unknown++
			}
		}
	}
	for _, k := range s.r.Record.Cleaning {
		shifts += k.Shifts
	}
	if unknown > 0 {
		s.line("  " + s.lang.Say("clean.unknown", unknown))
	}
	if shifts > 0 {
		s.line("  " + s.lang.Say("clean.shifts", shifts))
	}
	if total == 0 {
		s.line(s.lang.Say("clean.nothing"))
	}
	s.skipped()
	s.rows()
	s.mostChanged()
	fmt.Fprintln(s.w)
	if files := s.r.Outputs.Files(); len(files) > 0 {
		fmt.Fprintln(s.w, s.lang.Say("summary.files", strings.Join(files, "  ")))
	} else {
		fmt.Fprintln(s.w, s.lang.Say("clean.hint", s.r.Record.Config.Clean))
	}
}

// rowsShown is how many rows of each step are shown.
const rowsShown = 3

// rows says what was done to rows before they became values.
func (s summary) rows() {
	said, shown := map[string]int{}, false
	for _, r := range s.r.Cleaned.Rows {
		if said[r.Step]++; said[r.Step] > rowsShown {
			continue
		}
		if !shown {
			fmt.Fprintf(s.w, "\n%s\n", s.lang.Say("clean.rows"))
			shown = true
		}
		if r.ID == "" {
			s.line("  " + r.Why.In(s.lang))
			continue
		}
		key, time, before, after := cleaning.RowTexts(s.lang, s.r.Cleaned.Panel.Grid(), r)
		s.line("  " + s.lang.Say(key, shorten(r.ID, 50), time, before, after) + " (" + r.Why.In(s.lang) + ")")
	}
	for _, k := range s.r.Record.Cleaning {
		if n := said[k.Step] - rowsShown; n > 0 {
			s.line("  " + k.Step + ": " + s.lang.Say("clean.more", n))
		}
	}
}

// skipped says which steps could not be done to some series.
func (s summary) skipped() {
	for _, k := range s.r.Record.Cleaning {
		if k.Skipped == 0 {
			continue
		}
		for _, done := range s.r.Cleaned.Series {
			if i := slices.IndexFunc(done.Skipped, func(x clean.Skip) bool { return x.Step == k.Step }); i >= 0 {
				s.line("  " + s.lang.Say("clean.skipped", k.Step, k.Skipped, done.ID, done.Skipped[i].Why.In(s.lang)))
				break
			}
		}
	}
}

// mostChanged draws the series that change most.
func (s summary) mostChanged() {
	var order []int
	for i, done := range s.r.Cleaned.Series {
		if len(done.Changes) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(s.r.Cleaned.Series[b].Changes) - len(s.r.Cleaned.Series[a].Changes) })
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(s.w, "\n%s\n", s.lang.Say("clean.most"))
	number := func(v float64) string {
		if v != v {
			return s.lang.Say("clean.gone")
		}
		return s.lang.Value(v)
	}
	for _, i := range order[:min(len(order), cleanedShown)] {
		done, before, after := s.r.Cleaned.Series[i], s.r.Data.Panel.Series(i), s.r.Cleaned.Panel.Series(i)
		fmt.Fprintf(s.w, "  %s  %s\n", shorten(done.ID, 50), s.lang.Say("clean.changed", len(done.Changes)))
		t := &table{indent: "    ", left: 2}
		lo, hi := rangeOf(before.Values, after.Values)
		t.add(s.lang.Say("clean.before"), sparkline(before.Values, lo, hi))
		t.add(s.lang.Say("clean.after"), sparkline(after.Values, lo, hi))
		t.add("", marks(len(before.Values), before.Start, done.Changes))
		t.print(s.w)
		for _, c := range done.Changes[:min(len(done.Changes), 2)] {
			fmt.Fprintf(s.w, "    %s (%s)\n", s.lang.Say("clean.change", before.Grid.Stamp(c.At).Format(write.TimeLayout(before.Grid)), number(c.Before), number(c.After)), c.Why.In(s.lang))
		}
		if n := len(done.Changes) - 2; n > 0 {
			fmt.Fprintf(s.w, "    %s\n", s.lang.Say("clean.more", n))
		}
	}
	if n := len(order) - cleanedShown; n > 0 {
		fmt.Fprintf(s.w, "  %s\n", s.lang.Say("clean.more", n))
	}
}

// rangeOf is the smallest and the largest known value.
func rangeOf(all ...[]float64) (lo, hi float64) {
	first := true
	for _, y := range all {
		for _, v := range y {
			if v == v {
				if first {
					lo, hi, first = v, v, false
				}
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return lo, hi
}

// columns is how many values share a column of a picture of n.
func columns(n int) int { return max(1, (n+sparkWidth-1)/sparkWidth) }

// sparkline draws values as blocks, several to a column where there are many: the one furthest from the middle of the range, so that what
// stands out does. Unknown ones are dots.
func sparkline(y []float64, lo, hi float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for piece := range slices.Chunk(y, columns(len(y))) {
		known, far := false, 0.0
		for _, v := range piece {
			if d := v - (lo+hi)/2; v == v && (!known || d*d > far*far) {
				known, far = true, d
			}
		}
		switch {
		case !known:
			b.WriteRune('·')
		case hi > lo:
			b.WriteRune(blocks[min(7, int((far/(hi-lo)+.5)*8))])
		default:
			b.WriteRune(blocks[3])
		}
	}
	return b.String()
}

// marks points at the columns of a sparkline in which something changed.
func marks(n, start int, changes []clean.Change) string {
	per := columns(n)
	row := slices.Repeat([]byte{' '}, (n+per-1)/per)
	for _, c := range changes {
		row[(c.At-start)/per] = '^'
	}
	return strings.TrimRight(string(row), " ")
}
