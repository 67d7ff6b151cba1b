package job

import (
	"context"
	"io"
	"strings"

	"github.com/tidewatch/tidewatch"
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
	c.Rows = r.rows
	plan := r.config.plan()
	r.result.Record.Cleaning = c.Counts(plan)
	values, touched := 0, map[string]bool{}
	for _, s := range c.Series {
		if values += len(s.Changes); len(s.Changes) > 0 {
			touched[s.ID] = true
		}
	}
	for _, row := range c.Rows {
		if row.ID != "" {
			values++
			touched[row.ID] = true
		}
	}
	if r.result.Record.Command == cleanCommand {
		return // that is all it says
	}
	n := message.NoteOf("note.cleaned", values, len(touched), plan.String())
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
	if err := stage(r.outputs.Repairs, func(w io.Writer) error { return write.Repairs(w, p.Grid(), c, r.outputs.Lang) }); err != nil {
		return err
	}
	if err := stage(r.outputs.Cleaned, func(w io.Writer) error { return write.Series(w, c.Panel) }); err != nil {
		return err
	}
	return stage(r.outputs.Pictures, func(w io.Writer) error {
		return cleaning.Write(w, cleaning.Data{Lang: r.outputs.Lang, Before: p, Cleaned: c, Counts: r.result.Record.Cleaning, Command: r.config.commandLine(cleanCommand)})
	})
}
