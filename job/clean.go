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
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/cleaning"
	"github.com/tidewatch/tidewatch/write"
)

const cleanCommand = "clean"

// Clean does the steps of c to the series and shows what they do; c.Clean "" is the default steps. Nothing is forecast; of the outputs,
// the repairs, the cleaned series, the pictures, the refused rows and the record are written.
func Clean(ctx context.Context, c Config, o Outputs, w Watch) (*Result, error) {
	if c.Clean == "" {
		c.Clean = clean.Default().String()
	}
	r, err := begin(ctx, cleanCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return nil, err
	}
	if err := r.clean(); err != nil {
		return nil, err
	}
	return r.result, r.write()
}

// plan is the steps of c.
func (c Config) plan() clean.Plan {
	p, err := clean.Parse(c.Clean)
	if err != nil {
		return nil // it was checked
	}
	return p
}

// cleaning is m on cleaned series, if cleaning is asked for.
func (r *run) cleaning(m tidewatch.Method) tidewatch.Method {
	if plan := r.config.plan(); len(plan) > 0 {
		return clean.Method{Plan: plan, Method: m, Paths: conform.Sample}
	}
	return m
}

// clean does the plan to the whole panel, for the record.
func (r *run) clean() error {
	plan := r.config.plan()
	if len(plan) == 0 {
		return nil
	}
	r.enter(Cleaning)
	do := plan.Repairs
	if r.result.Record.Command == cleanCommand {
		do = plan.Apply
	}
	c, err := do(r.ctx, r.result.Data.Panel, nil)
	if err != nil {
		return err
	}
	r.cleaned(c)
	r.clock.lap(Cleaning)
	return nil
}

// cleaned records what was done.
func (r *run) cleaned(c *clean.Cleaned) {
	r.result.Cleaned = c
	plan := r.config.plan()
	r.result.Record.Cleaning = c.Counts(plan)
	values, series := 0, 0
	for _, s := range c.Series {
		values += len(s.Changes)
		if len(s.Changes) > 0 {
			series++
		}
	}
	if r.result.Record.Command == cleanCommand {
		return // that is all it says
	}
	n := message.NoteOf("note.cleaned", values, series, plan.String())
	r.result.Record.Notes = append(r.result.Record.Notes, n)
	if q := r.result.Data.Quality; q != nil {
		q.Notes = append(q.Notes, n)
		for _, done := range r.result.Record.Cleaning {
			if kind, _, _ := strings.Cut(done.Step, "("); done.Values > 0 {
				q.Repairs = append(q.Repairs, report.Repair{Kind: kind, Values: done.Values, Series: done.Series})
			}
		}
	}
}

// writeCleaned writes what is asked for of what was cleaned.
func (r *run) writeCleaned(stage func(string, func(io.Writer) error) error) error {
	c := r.result.Cleaned
	if c == nil {
		return nil
	}
	p := r.result.Data.Panel
	if err := stage(r.outputs.Repairs, func(w io.Writer) error { return write.Repairs(w, p.Grid(), c.Series) }); err != nil {
		return err
	}
	if err := stage(r.outputs.Cleaned, func(w io.Writer) error { return write.Series(w, c.Panel) }); err != nil {
		return err
	}
	return stage(r.outputs.Pictures, func(w io.Writer) error {
		return cleaning.Write(w, cleaning.Data{Lang: r.outputs.Lang, Before: p, Cleaned: c, Counts: r.result.Record.Cleaning, Command: r.config.commandLine(cleanCommand)})
	})
}

// Undo takes what repairs, a file that a run of cleaning wrote, lists out of the series of c, and writes what was there before to out.
// It returns how many values were taken back. Series that differ from what the repairs led to are an error, and nothing is written.
func Undo(ctx context.Context, c Config, repairs, out string, w Watch) (int, error) {
	c.Clean = ""
	r, err := begin(ctx, cleanCommand, c, Outputs{}, w)
	if err != nil {
		return 0, err
	}
	defer r.end()
	if err := r.read(); err != nil {
		return 0, err
	}
	p := r.result.Data.Panel
	changes, err := readRepairs(repairs, p)
	if err != nil {
		return 0, err
	}
	series := make([]tidewatch.Series, p.Len())
	n := 0
	for i := range series {
		series[i] = p.Series(i)
		series[i].Values = slices.Clone(series[i].Values)
		list := changes[series[i].ID]
		n += len(list)
		if err := clean.Undo(series[i].Values, series[i].Start, list); err != nil {
			return 0, tidewatch.Errorf(tidewatch.CodeData, "%s does not belong to these series: %q: %w", repairs, series[i].ID, err)
		}
	}
	if p, err = tidewatch.NewPanel(p.Grid(), p.Seasons(), series); err != nil {
		return 0, err
	}
	return n, write.File(ctx, out, func(w io.Writer) error { return write.Series(w, p) })
}

// readRepairs reads a list of repairs by series.
func readRepairs(path string, p *tidewatch.Panel) (map[string][]clean.Change, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "cannot read the repairs: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was read only
	at := map[string]int{}
	for i := range p.Len() {
		at[p.ID(i)] = i
	}
	rows := csv.NewReader(f)
	rows.FieldsPerRecord = len(write.RepairColumns)
	head, err := rows.Read()
	if err != nil || !slices.Equal(head, write.RepairColumns) {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: this is no list of repairs: its first line must be %v", path, write.RepairColumns)
	}
	changes := map[string][]clean.Change{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return changes, nil
		}
		if err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: %w", path, err)
		}
		line, _ := rows.FieldPos(0)
		bad := func(what string) error {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %s", path, line, what)
		}
		if row[1] == "" {
			continue // how a transform was done: its values are listed one by one
		}
		if _, ok := at[row[0]]; !ok {
			return nil, bad("there is no series " + strconv.Quote(row[0]))
		}
		t, err := aggregate.ParseOrigin(row[1], p.Grid().Anchor.Location())
		if err != nil {
			return nil, bad(row[1] + " is not a time")
		}
		before, err1 := value(row[3])
		after, err2 := value(row[4])
		if err1 != nil || err2 != nil {
			return nil, bad("before and after must be numbers, or empty where unknown")
		}
		changes[row[0]] = append(changes[row[0]], clean.Change{Step: row[2], At: p.Grid().Index(t), Before: before, After: after, Why: row[5]})
	}
}

// value reads a number; an empty text is unknown.
func value(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	return strconv.ParseFloat(s, 64)
}
