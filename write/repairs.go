package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
)

// RepairColumns are the columns of a list of repairs.
var RepairColumns = []string{"id", "time", "step", "before", "after", "why"}

// Repairs writes what cleaning changed as CSV, a line a value: first of the rows that the series were made of, then series by series, and within
// each in the order it was done, with the reasons in language l. Numbers have all their digits, so that repairs can be taken back exactly; an
// unknown value is empty. Of a row out of order, before and after are its numbers among the rows of its series that have a value, as read and by
// time; of a row beside its stamp, its time and the stamp; of one of several rows at a stamp, its value and that of the stamp. A transform has a
// line without a time that says how it was done; a step that could not be done has one too.
func Repairs(w io.Writer, g tidewatch.Grid, c *clean.Cleaned, l message.Lang) error {
	at := newStamps(g)
	line := []byte("id,time,step,before,after,why\n")
	put := func(id, time, step, before, after string, why message.Note) error {
		for _, text := range []string{id, time, step, before, after} {
			if text != "" {
				line = append(line, csvField(text)...)
			}
			line = append(line, ',')
		}
		line = append(append(line, csvField(why.In(l))...), '\n')
		_, err := w.Write(line)
		line = line[:0]
		return err
	}
	for _, r := range c.Rows {
		time, before, after := clean.RowTime(g, r.At), exact(r.Before), exact(r.After)
		switch {
		case r.ID == "":
			time, before, after = "", "", ""
		case r.Step == clean.Order{}.String():
			before, after = strconv.FormatInt(r.From, 10), strconv.FormatInt(r.To, 10)
		case r.From != r.To:
			before, after = clean.RowTime(g, r.From), clean.RowTime(g, r.To)
		}
		if err := put(r.ID, time, r.Step, before, after, r.Why); err != nil {
			return err
		}
	}
	for _, s := range c.Series {
		for _, a := range s.Applied {
			if err := put(s.ID, "", a.Step, "", "", a.Why); err != nil {
				return err
			}
		}
		for _, change := range s.Changes {
			if err := put(s.ID, at.at(change.At), change.Step, exact(change.Before), exact(change.After), change.Why); err != nil {
				return err
			}
		}
		for _, k := range s.Skipped {
			if err := put(s.ID, "", k.Step, "", "", message.NoteOf("clean.notDone", k.Why.In(l))); err != nil {
				return err
			}
		}
	}
	if len(line) > 0 {
		_, err := w.Write(line)
		return err
	}
	return nil
}

// Rows writes rows as CSV, as [Series] does, each with its own time.
func Rows(w io.Writer, g tidewatch.Grid, id string, rows []clean.Row, header bool) error {
	var line []byte
	if header {
		line = append(line, "id,time,value\n"...)
	}
	name := csvField(id)
	for _, r := range rows {
		line = append(append(line, name...), ',')
		line = append(append(line, clean.RowTime(g, r.At)...), ',')
		line = append(appendExact(line, r.Value), '\n')
	}
	_, err := w.Write(line)
	return err
}

// Series writes the values of a panel as CSV: id, time, value, with all their digits; an unknown value is empty.
func Series(w io.Writer, p *tidewatch.Panel) error {
	at := newStamps(p.Grid())
	line := []byte("id,time,value\n")
	for i := range p.Len() {
		s := p.Series(i)
		id := csvField(s.ID)
		for t, v := range s.Values {
			line = append(append(line, id...), ',')
			line = append(append(line, at.at(s.Start+t)...), ',')
			line = append(appendExact(line, v), '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = line[:0]
		}
	}
	if len(line) > 0 {
		_, err := w.Write(line)
		return err
	}
	return nil
}

// appendExact appends v with all its digits; nothing where it is unknown.
func appendExact(b []byte, v float64) []byte {
	if v != v {
		return b
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// exact is v with all its digits; empty where it is unknown.
func exact(v float64) string { return string(appendExact(nil, v)) }
