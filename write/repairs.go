package write

import (
	"io"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
)

// RepairColumns are the columns of a list of repairs.
var RepairColumns = []string{"id", "time", "step", "before", "after", "why"}

// Repairs writes what cleaning changed as CSV, a line a value: series by series, and within each in the order it was done. Numbers have all their
// digits, so that repairs can be taken back exactly; an unknown value is empty. A transform has a line without a time that says how it was
// done; a step that could not be done has one too.
func Repairs(w io.Writer, g tidewatch.Grid, series []clean.Treated) error {
	at := newStamps(g)
	line := []byte("id,time,step,before,after,why\n")
	put := func(id, time, step, why string, values ...float64) error {
		line = append(append(line, csvField(id)...), ',')
		line = append(append(line, time...), ',')
		line = append(append(line, csvField(step)...), ',')
		for k := range 2 {
			if k < len(values) {
				line = appendExact(line, values[k])
			}
			line = append(line, ',')
		}
		line = append(append(line, csvField(why)...), '\n')
		_, err := w.Write(line)
		line = line[:0]
		return err
	}
	for _, s := range series {
		for _, a := range s.Applied {
			if err := put(s.ID, "", a.Step, a.Why); err != nil {
				return err
			}
		}
		for _, c := range s.Changes {
			if err := put(s.ID, at.at(c.At), c.Step, c.Why, c.Before, c.After); err != nil {
				return err
			}
		}
		for _, k := range s.Skipped {
			if err := put(s.ID, "", k.Step, "not done: "+k.Why); err != nil {
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
