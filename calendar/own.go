package calendar

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// ownColumns are the columns of a file of own events. name and first must be there.
var ownColumns = []string{"name", "first", "last", "chinese", "region", "off", "lead", "lag"}

// maxSpan bounds how many days an own event lasts, leads and lags: what moves a market for longer is no event.
const maxSpan = 120

// OpenEvents reads the own events of a file.
func OpenEvents(path string) ([]Event, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the events of %s: %w", path, err)
	}
	return ReadEvents(bytes.NewReader(b), path)
}

// ReadEvents reads own events: CSV with a line of column names. name is what the event is called, and events of one name share their
// effect; first and last are its days (2026-07-14), or 07-14 for every year; last may be missing. chinese is its Chinese name; region
// limits it to calendars of that region; off says yes where nobody works; lead and lag are for how many days before and after it
// has an effect (2 and 1 unless said). Lines that begin with # are skipped. file names it in errors.
//
// An error names every line that is wrong, up to ten: a calendar that is wrong in part is not used.
func ReadEvents(r io.Reader, file string) ([]Event, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: %w", file, err)
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	in.FieldsPerRecord, in.TrimLeadingSpace, in.Comment = -1, true, '#'
	head, err := in.Read()
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no events: begin with a line of columns such as name,first,last", file)
	}
	at := map[string]int{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(h))
		switch h {
		case "date", "day", "start":
			h = "first"
		case "end":
			h = "last"
		case "event":
			h = "name"
		}
		if !slices.Contains(ownColumns, h) {
			hint := ""
			if near := tidewatch.Nearest(h, ownColumns); near != "" {
				hint = " (did you mean " + near + "?)"
			}
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: column %q is not known%s: an event has %s", file, h, hint, strings.Join(ownColumns, ", "))
		}
		if _, twice := at[h]; twice {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: column %s stands twice", file, h)
		}
		at[h] = i
	}
	for _, must := range []string{"name", "first"} {
		if _, ok := at[must]; !ok {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: there is no column %s", file, must)
		}
	}
	var all []Event
	var wrong []error
	for {
		record, err := in.Read()
		if err == io.EOF {
			break
		}
		if err == nil {
			line, _ := in.FieldPos(0)
			var list []Event
			if list, err = ownEvents(record, at); err == nil {
				all = append(all, list...)
				continue
			}
			err = fmt.Errorf("%s: line %d: %w", file, line, err)
		} else {
			err = fmt.Errorf("%s: %w", file, err)
		}
		if wrong = append(wrong, err); len(wrong) == 10 {
			break
		}
	}
	if len(wrong) > 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%w", errors.Join(wrong...))
	}
	sortEvents(all)
	return all, nil
}

// ownEvents are the events of one line: one, or one a year.
func ownEvents(record []string, at map[string]int) ([]Event, error) {
	field := func(name string) string {
		if i, ok := at[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	e := Event{Key: field("name"), Kind: Own, Region: strings.ToUpper(field("region")), English: field("name"), Chinese: field("chinese"), Lead: 2, Lag: 1}
	if e.Key == "" {
		return nil, errors.New("column name is empty")
	}
	if e.Chinese == "" {
		e.Chinese = e.English
	}
	if e.Region != "" && !slices.Contains(Regions(), e.Region) {
		return nil, fmt.Errorf("column region: %q is none of %s", e.Region, strings.Join(Regions(), ", "))
	}
	switch strings.ToLower(field("off")) {
	case "", "no", "0", "false":
	case "yes", "1", "true":
		e.Off = true
	default:
		return nil, fmt.Errorf("column off: %q: say yes or no", field("off"))
	}
	for name, to := range map[string]*int{"lead": &e.Lead, "lag": &e.Lag} {
		if s := field(name); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 || n > maxSpan {
				return nil, fmt.Errorf("column %s: %q: say a number of days from 0 to %d", name, s, maxSpan)
			}
			*to = n
		}
	}
	first, last := field("first"), field("last")
	if last == "" {
		last = first
	}
	if len(first) == len("07-14") { // every year
		var list []Event
		for y := FirstYear; y <= LastYear; y++ {
			from, err := time.Parse("2006-01-02", fmt.Sprintf("%d-%s", y, first))
			if err != nil {
				if first == "02-29" {
					continue // not a leap year
				}
				return nil, fmt.Errorf("column first: %q is no date: write 2026-07-14, or 07-14 for every year", first)
			}
			to, err := time.Parse("2006-01-02", fmt.Sprintf("%d-%s", y, last))
			if err != nil {
				return nil, fmt.Errorf("column last: %q is no date like first, %q", last, first)
			}
			if to.Before(from) {
				to = to.AddDate(1, 0, 0) // over the turn of the year
			}
			e.First, e.Last = DayOf(from), DayOf(to)
			list = append(list, e)
		}
		return list, e.checkSpan()
	}
	var err error
	if e.First, err = ParseDay(first); err != nil {
		return nil, fmt.Errorf("column first: %q is no date: write 2026-07-14, or 07-14 for every year", first)
	}
	if e.Last, err = ParseDay(last); err != nil {
		return nil, fmt.Errorf("column last: %q is no date like first, %q", last, first)
	}
	return []Event{e}, e.checkSpan()
}

func (e Event) checkSpan() error {
	if e.Days() < 1 {
		return fmt.Errorf("column last: %v is before %v", e.Last, e.First)
	}
	if e.Days() > maxSpan {
		return fmt.Errorf("column last: %d days are no event: at most %d", e.Days(), maxSpan)
	}
	return nil
}
