package main

import (
	"fmt"
	"io"
	"os"
	"os/user"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/write"
)

// adjustFlags are what tidewatch adjust can be told.
type adjustFlags struct {
	file, id, from, to, by, why, who, lang string
	scored, actual                         string
	withdraw                               int
	list, json                             bool
}

func newAdjust(c console) *cobra.Command {
	var f adjustFlags
	cmd := &cobra.Command{
		Use:   "adjust",
		Short: "Note what a planner changes about a forecast, and score it later",
		Long: `Adjust notes an adjustment of a series: from a day, to a day, by how much, and why. Adjustments stand in a file of their
own, adjustments.csv, to which lines are only ever added; the model's forecast is never changed. 'tidewatch forecast --adjustments
adjustments.csv' writes adjusted.csv beside it: the same columns, adjusted, with what the model had said and the numbers of the
adjustments; the report marks them on its charts and lists who changed what, and why. When the truth has come, --score says whether they helped,
and so does the next forecast with --score-adjusted.

A change is +20% or -5% of the forecast, +30 or -12 units a period, or =120 for a value. Of a week or a month that an adjustment is
only partly about, it changes its share.`,
		Example: `  # a campaign, then second thoughts
  tidewatch adjust --id total --from 2011-12-12 --to 2011-12-18 --by +20% --why 'television campaign'
  tidewatch adjust --id France --from 2011-12-12 --to 2011-12-25 --by -5% --why 'strike of the carriers'
  tidewatch adjust --withdraw 2 --why 'the strike is off'
  tidewatch adjust --list

  # beside the model's forecast
  tidewatch demo --export orders.csv
  tidewatch forecast --in orders.csv --by total,country --freq W --horizon 4 --adjustments adjustments.csv --out result/

  # when the truth has come: a file of id, time and value
  printf 'id,time,value\ntotal,2011-12-12,250000\n' > actual.csv
  tidewatch adjust --score result/adjusted.csv --actual actual.csv`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := language(f.lang)
			if err != nil {
				return err
			}
			switch {
			case f.scored != "" || f.actual != "":
				return f.score(c, l)
			case f.list:
				return f.show(c, l)
			}
			return f.note(c, l)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.id, "id", "", "the series to adjust")
	flags.StringVar(&f.from, "from", "", "first day, such as 2026-11-01")
	flags.StringVar(&f.to, "to", "", "last day (default the first)")
	flags.StringVar(&f.by, "by", "", "the change: +20%, -5%, +30, -12 or =120")
	flags.StringVar(&f.why, "why", "", "the reason; it must be given")
	flags.StringVar(&f.who, "user", "", "who adjusts (default the user of this computer)")
	flags.IntVar(&f.withdraw, "withdraw", 0, "take back the adjustment of this number; its line stays")
	flags.BoolVar(&f.list, "list", false, "list all adjustments")
	flags.StringVar(&f.scored, "score", "", "score the adjustments of this adjusted.csv")
	flags.StringVar(&f.actual, "actual", "", "with --score: what came, a .csv file of id, time and value")
	flags.StringVar(&f.file, "file", adjust.Name, "the file of adjustments")
	flags.StringVar(&f.lang, "lang", "", "language of what is printed: en or zh (default from LANG, else en)")
	flags.BoolVar(&f.json, "json", false, "with --score: as JSON")
	complete(cmd, "lang", "en", "zh")
	return cmd
}

// note adds an adjustment, or the withdrawal of one, to the file.
func (f *adjustFlags) note(c console, l message.Lang) error {
	e := adjust.Entry{At: time.Now(), By: f.who, Withdraws: f.withdraw, ID: f.id, Why: f.why}
	if e.By == "" {
		if u, err := user.Current(); err == nil {
			e.By = u.Username
		}
	}
	if f.withdraw < 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "--withdraw %d: adjustments are numbered from 1", f.withdraw)
	}
	if f.withdraw == 0 {
		if f.id == "" || f.from == "" || f.by == "" {
			return tidewatch.Errorf(tidewatch.CodeUsage, "an adjustment needs --id, --from, --by and --why; see 'tidewatch adjust --help'")
		}
		var err error
		if e.From, err = calendar.ParseDay(f.from); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--from %w", err)
		}
		e.To = e.From
		if f.to != "" {
			if e.To, err = calendar.ParseDay(f.to); err != nil {
				return tidewatch.Errorf(tidewatch.CodeUsage, "--to %w", err)
			}
		}
		if e.Change, err = adjust.ParseChange(f.by); err != nil {
			return err
		}
	}
	e, err := adjust.Append(f.file, e)
	if err != nil {
		return err
	}
	if f.withdraw > 0 {
		fmt.Fprintln(c.out, l.Say("adjust.withdrawn", strconv.Itoa(e.Withdraws), f.file))
		return nil
	}
	fmt.Fprintln(c.out, l.Say("adjust.added", strconv.Itoa(e.Number), e.ID, e.Change.String(), e.From.String(), e.To.String(), f.file))
	return nil
}

// show lists the file.
func (f *adjustFlags) show(c console, l message.Lang) error {
	b, err := adjust.Open(f.file)
	if err != nil {
		return err
	}
	t := &table{left: 8}
	t.add("#", l.Say("adjust.series"), l.Say("adjust.from"), l.Say("adjust.to"), l.Say("adjust.by"), l.Say("adjust.who"), l.Say("adjust.at"), l.Say("adjust.why"))
	for _, e := range b.Entries {
		change, from, to := e.Change.String(), e.From.String(), e.To.String()
		why := e.Why
		switch {
		case e.Withdraws > 0:
			change, from, to = l.Say("adjust.back", strconv.Itoa(e.Withdraws)), "", ""
		case e.Gone > 0:
			why += " " + l.Say("adjust.gone", strconv.Itoa(e.Gone))
		}
		t.add(strconv.Itoa(e.Number), e.ID, from, to, change, e.By, e.At.UTC().Format("2006-01-02 15:04"), why)
	}
	t.print(c.out)
	for _, n := range b.Broken {
		fmt.Fprintln(c.err, l.Say("adjust.broken", strconv.Itoa(n), f.file))
	}
	return nil
}

// score compares an adjusted forecast with what came.
func (f *adjustFlags) score(c console, l message.Lang) error {
	if f.scored == "" || f.actual == "" {
		return tidewatch.Errorf(tidewatch.CodeUsage, "scoring needs both: --score adjusted.csv --actual actual.csv")
	}
	open := func(path string) (io.ReadCloser, error) {
		r, err := os.Open(path)
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read %s: %w", path, err)
		}
		return r, nil
	}
	forecast, err := open(f.scored)
	if err != nil {
		return err
	}
	defer forecast.Close() //nolint:errcheck // it is only read
	actual, err := open(f.actual)
	if err != nil {
		return err
	}
	defer actual.Close() //nolint:errcheck // it is only read
	scores, err := adjust.Compare(forecast, actual, f.scored, f.actual)
	if err != nil {
		return err
	}
	if f.json {
		return write.Indented(c.out, scores)
	}
	scoreTable(l, scores).print(c.out)
	return nil
}
