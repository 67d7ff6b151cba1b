package job

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/write"
)

// Undo takes what repairs, a file that a run of cleaning wrote, lists out of the series of c, and writes what was there before to out: values, and
// rows where rows were changed. It returns how many values and rows were taken back. Series that differ from what the repairs led to are an error,
// and nothing is written.
func Undo(ctx context.Context, c Config, repairs, out string, w Watch) (values, rows int, err error) {
	c.Clean = ""
	r, err := begin(ctx, cleanCommand, c, Outputs{}, w)
	if err != nil {
		return 0, 0, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return 0, 0, err
	}
	p := r.result.Data.Panel
	list, err := readRepairs(repairs, p)
	if err != nil {
		return 0, 0, err
	}
	foreign := func(id string, err error) error {
		return tidewatch.Errorf(tidewatch.CodeData, "%s does not belong to these series: %q: %w", repairs, id, err)
	}
	series, back := make([]tidewatch.Series, p.Len()), make([][]clean.Row, p.Len())
	for i := range series {
		s := p.Series(i)
		s.Values = slices.Clone(s.Values)
		changes := list[s.ID]
		values += len(changes.values)
		rows += len(changes.rows)
		if err := clean.Undo(s.Values, s.Start, changes.values); err != nil {
			return 0, 0, foreign(s.ID, err)
		}
		if len(changes.rows) > 0 {
			for t, v := range s.Values {
				back[i] = append(back[i], clean.Row{At: s.Grid.Stamp(s.Start + t).UnixMicro(), Value: v})
			}
			if back[i], err = clean.Unsettle(back[i], changes.rows); err != nil {
				return 0, 0, foreign(s.ID, err)
			}
		}
		series[i] = s
	}
	return values, rows, write.File(ctx, out, func(w io.Writer) error {
		if rows == 0 {
			p, err := tidewatch.NewPanel(p.Grid(), p.Seasons(), series)
			if err != nil {
				return err
			}
			return write.Series(w, p)
		}
		for i, s := range series {
			if back[i] == nil {
				for t, v := range s.Values {
					back[i] = append(back[i], clean.Row{At: s.Grid.Stamp(s.Start + t).UnixMicro(), Value: v})
				}
			}
			if err := write.Rows(w, p.Grid(), s.ID, back[i], i == 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// repaired is what a list of repairs says of one series.
type repaired struct {
	values []clean.Change
	rows   []clean.RowChange
}

// readRepairs reads a list of repairs by series.
func readRepairs(path string, p *tidewatch.Panel) (map[string]*repaired, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the repairs: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was read only
	list := map[string]*repaired{}
	for i := range p.Len() {
		list[p.ID(i)] = &repaired{}
	}
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = len(write.RepairColumns)
	head, err := rows.Read()
	if err != nil || !slices.Equal(head, write.RepairColumns) {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: this is no list of repairs: its first line must be %v", path, write.RepairColumns)
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: %w", path, err)
		}
		line, _ := rows.FieldPos(0)
		if row[1] == "" {
			continue // how a transform was done: its values are listed one by one
		}
		of := list[row[0]]
		if of == nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: there is no series %s", path, line, strconv.Quote(row[0]))
		}
		if err := of.add(row, p.Grid()); err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %w", path, line, err)
		}
	}
}

// add adds a line of a list of repairs.
func (r *repaired) add(row []string, g tidewatch.Grid) error {
	at, err := moment(row[1], g)
	if err != nil {
		return err
	}
	plan, err := clean.Parse(row[2])
	if err != nil {
		return err
	}
	c := clean.RowChange{ID: row[0], Step: row[2], At: at.UnixMicro(), Why: message.Plain(row[5])}
	switch of := plan.Rows(); {
	case of.Order != nil:
		from, err1 := strconv.ParseInt(row[3], 10, 64)
		to, err2 := strconv.ParseInt(row[4], 10, 64)
		if err1 != nil || err2 != nil {
			return errors.New("before and after must be numbers of rows")
		}
		c.From, c.To = from, to
		r.rows = append(r.rows, c)
		return nil
	case of.Stamps != nil:
		from, err1 := moment(row[3], g)
		to, err2 := moment(row[4], g)
		if err1 != nil || err2 != nil {
			return errors.New("before and after must be times")
		}
		c.From, c.To = from.UnixMicro(), to.UnixMicro()
		r.rows = append(r.rows, c)
		return nil
	}
	before, err1 := value(row[3])
	after, err2 := value(row[4])
	if err1 != nil || err2 != nil {
		return errors.New("before and after must be numbers, or empty where unknown")
	}
	if plan.Rows().Duplicates != nil {
		c.Before, c.After = before, after
		r.rows = append(r.rows, c)
		return nil
	}
	r.values = append(r.values, clean.Change{Step: row[2], At: g.Index(at), Before: before, After: after, Why: c.Why})
	return nil
}

// moment reads a time of a list of repairs.
func moment(text string, g tidewatch.Grid) (time.Time, error) {
	t, _, err := read.ParseTime(text, g.Anchor.Location())
	return t, err
}

// value reads a number; an empty text is unknown.
func value(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}
