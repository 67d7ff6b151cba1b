package main

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/calendar"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/write"
)

func newCalendar(c console) *cobra.Command {
	var countries, files, kinds []string
	var from, to, lang string
	asJSON := false
	cmd := &cobra.Command{
		Use:   "calendar",
		Short: "List holidays, festivals and sales of a country",
		Long: `Calendar lists what forecasts with --country know beforehand: public holidays, substitute days off, China's make-up workdays,
festivals and sales, by day, in English and Chinese, with own events from files. In a pipe it prints CSV.

An own event stands in a file with the columns name and first, and perhaps last, chinese, region, off, lead and lag:
days as 2026-07-14, or 07-14 for every year; lead and lag are for how many days before and after it has an effect.`,
		Example: `  # the coming year in China
  tidewatch calendar --country CN

  # days off and make-up workdays of one year
  tidewatch calendar --country CN --from 2026-01-01 --to 2026-12-31 --kind holiday,workday

  # two countries, with own events, as CSV
  printf 'name,first,last\nPrime Day,2026-07-14,2026-07-17\n' > own.csv
  tidewatch calendar --country US,DE-BY --events own.csv --from 2026-07-01 --to 2026-07-31 | cat`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			l, err := language(lang)
			if err != nil {
				return err
			}
			if len(countries)+len(files) == 0 {
				return tidewatch.Errorf(tidewatch.CodeUsage, "which calendar? Name one or more with --country: %s", strings.Join(calendar.Regions(), ", "))
			}
			cal, err := calendar.New(countries...)
			if err != nil {
				return err
			}
			for _, f := range files {
				own, err := calendar.OpenEvents(f)
				if err != nil {
					return err
				}
				cal = cal.With(own)
			}
			for _, k := range kinds {
				if !slices.Contains(calendar.Kinds, calendar.Kind(k)) {
					return tidewatch.Errorf(tidewatch.CodeUsage, "--kind %s is not known: use one of %v", k, calendar.Kinds)
				}
			}
			first, last, err := span(from, to)
			if err != nil {
				return err
			}
			list := cal.Events(first, last)
			if len(kinds) > 0 {
				list = slices.DeleteFunc(list, func(e calendar.Event) bool { return !slices.Contains(kinds, string(e.Kind)) })
			}
			switch {
			case asJSON:
				return write.Indented(c.out, jsonEvents(list))
			case !isTerminal(c.out):
				return eventsCSV(c.out, list)
			}
			eventsTable(c.out, l, list)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&countries, "country", nil, "countries and parts of them, such as CN,US or DE-BY")
	flags.StringArrayVar(&files, "events", nil, "file of own events; may be given again")
	flags.StringVar(&from, "from", "", "first day, such as 2026-01-01 (default today)")
	flags.StringVar(&to, "to", "", "last day (default a year after the first)")
	flags.StringSliceVar(&kinds, "kind", nil, "only these kinds: holiday, substitute, workday, regional, festival, shopping, own")
	flags.StringVar(&lang, "lang", "", "language of the table: en or zh (default from LANG, else en)")
	flags.BoolVar(&asJSON, "json", false, "as JSON")
	complete(cmd, "country", calendar.Regions()...)
	complete(cmd, "lang", "en", "zh")
	return cmd
}

// span is the days asked for.
func span(from, to string) (first, last calendar.Day, err error) {
	first = calendar.DayOf(time.Now())
	if from != "" {
		if first, err = calendar.ParseDay(from); err != nil {
			return 0, 0, tidewatch.Errorf(tidewatch.CodeUsage, "--from %w", err)
		}
	}
	last = calendar.DayOf(first.Time().AddDate(1, 0, -1))
	if to != "" {
		if last, err = calendar.ParseDay(to); err != nil {
			return 0, 0, tidewatch.Errorf(tidewatch.CodeUsage, "--to %w", err)
		}
	}
	if last < first || last.Year()-first.Year() > 200 {
		return 0, 0, tidewatch.Errorf(tidewatch.CodeUsage, "--from %v --to %v: the last day must follow the first, within 200 years", first, last)
	}
	return first, last, nil
}

type jsonEvent struct {
	First   string        `json:"first"`
	Last    string        `json:"last"`
	Region  string        `json:"region,omitempty"`
	Kind    calendar.Kind `json:"kind"`
	Off     bool          `json:"off"`
	Key     string        `json:"key"`
	English string        `json:"english"`
	Chinese string        `json:"chinese"`
	Lead    int           `json:"lead"`
	Lag     int           `json:"lag"`
}

func jsonEvents(list []calendar.Event) []jsonEvent {
	out := []jsonEvent{}
	for _, e := range list {
		out = append(out, jsonEvent{e.First.String(), e.Last.String(), e.Region, e.Kind, e.Off, e.Key, e.English, e.Chinese, e.Lead, e.Lag})
	}
	return out
}

func eventsCSV(w io.Writer, list []calendar.Event) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"first", "last", "region", "kind", "off", "key", "english", "chinese"}) // Error below
	for _, e := range list {
		off := "no"
		if e.Off {
			off = "yes"
		}
		_ = out.Write([]string{e.First.String(), e.Last.String(), e.Region, string(e.Kind), off, e.Key, e.English, e.Chinese})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return tidewatch.Errorf(tidewatch.CodeOutput, "cannot print the events: %w", err)
	}
	return nil
}

func eventsTable(w io.Writer, l message.Lang, list []calendar.Event) {
	t := &table{left: 6}
	t.add(l.Say("calendar.day"), l.Say("calendar.to"), l.Say("calendar.region"), l.Say("calendar.kind"), l.Say("calendar.off"), l.Say("calendar.event"))
	off := map[calendar.Day]bool{}
	for _, e := range list {
		to, mark, name := "", "", e.English+" · "+e.Chinese
		if e.Last > e.First {
			to = e.Last.String()
		}
		if l == message.Chinese {
			name = e.Chinese + " · " + e.English
		}
		if e.Off {
			mark = "✓"
			for d := e.First; d <= e.Last; d++ {
				off[d] = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
			}
		}
		t.add(e.First.String(), to, e.Region, l.Or("event."+string(e.Kind), string(e.Kind)), mark, name)
	}
	n := 0
	for _, weekday := range off {
		if weekday {
			n++
		}
	}
	t.add()
	t.add(l.Say("calendar.count", len(list), n))
	t.print(w)
}
