package job

import (
	"context"
	"io"
	"os"
	"runtime"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/adjust"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/conform"
	"github.com/tidewatch/tidewatch/hierarchy"
	"github.com/tidewatch/tidewatch/read/query"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/saved"
	"github.com/tidewatch/tidewatch/report/workbook"
	"github.com/tidewatch/tidewatch/selection"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/write"
)

// The commands, as the record of a run names them.
const (
	forecastCommand = "forecast"
	backtestCommand = "backtest"
)

// run is a job under way.
type run struct {
	ctx       context.Context //nolint:containedctx // a run is one call
	config    Config
	outputs   Outputs
	watch     Watch
	clock     *clock
	files     write.Set
	made      string // folder that was made for the outputs
	stage     Stage
	method    tidewatch.Method
	hierarchy *hierarchy.Hierarchy // of the series, where they add up; nil = they need not
	together  bool                 // the method makes the paths of all series at once
	events    []conform.Event
	shift     [][]float64    // [row][step] by how much making grains agree moved the forecast; nil = not at all
	snapshot  store.Snapshot // of the workspace
	loss      selection.Loss
	book      *adjust.Book      // nil without adjustments
	hindsight bool              // it is as if it were an earlier time
	rows      []clean.RowChange // what cleaning did to rows while they were read
	resume    *resume
	did       *aggregate.Doing // what people did; nil where no report tells of it
	result    *Result
}

// Forecast does the whole of c: it reads, chooses a method, fits, forecasts and writes o. Where a report is wanted, it also tests the method
// on the past. On an error, the end of ctx included, no file is left that was not there.
//
// A run of more than [ResumeFrom] series into files keeps what is finished in a folder beside the first of them, named as that with .resume
// after it, until the files are there: after a kill or a crash the same call goes on from it, to the same bytes. The error of such a run that
// was stopped is an [Interrupted].
func Forecast(ctx context.Context, c Config, o Outputs, w Watch) (*Result, error) {
	r, err := begin(ctx, forecastCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	return r.finish(func() error {
		if o.Report != "" || o.Accuracy {
			if err := r.score(); err != nil {
				return err
			}
		}
		return r.forecast()
	})
}

// finish reads, does the work, and writes.
func (r *run) finish(work func() error) (*Result, error) {
	err := r.read()
	if err == nil {
		err = work()
	}
	if err == nil {
		err = r.write()
	}
	if err != nil {
		return nil, r.resume.interrupted(err)
	}
	r.resume.forget()
	return r.result, nil
}

// Backtest forecasts the past instead of the future: the methods of c at several origins, beside the seasonal naive forecast. If a
// report is wanted, it forecasts the future too.
func Backtest(ctx context.Context, c Config, o Outputs, w Watch) (*Result, error) {
	r, err := begin(ctx, backtestCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	return r.finish(func() error {
		if err := r.score(); err != nil {
			return err
		}
		if o.Report != "" {
			return r.forecast()
		}
		return r.clean()
	})
}

// begin checks everything that can be checked before reading.
func begin(ctx context.Context, command string, c Config, o Outputs, w Watch) (*run, error) {
	c, err := c.Check()
	if err != nil {
		return nil, err
	}
	if command == forecastCommand {
		o.also = c.Also
	}
	if c.Clean == "" {
		o.Repairs = ""
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, config: c, outputs: o, watch: w, clock: startClock()}
	told := c // passwords are for no record
	told.In = nil
	for _, in := range c.In {
		told.In = append(told.In, query.Shown(in))
	}
	r.result = &Result{Outputs: o, Data: report.Data{Lang: o.Lang},
		Record: Record{Build: ThisBuild(), Command: command, Config: told, Problems: []tidewatch.Problem{}}}
	r.resume = newResume(ctx, command, told, o)
	r.hindsight = c.Origin != "" || c.AsOf != ""
	if r.loss, err = parseLoss(c.Loss); err != nil {
		return nil, err
	}
	if r.events, err = c.parseEvents(); err != nil {
		return nil, err
	}
	if err := r.openAdjustments(); err != nil {
		return nil, err
	}
	if r.method, err = r.chosen(); err != nil {
		return nil, err
	}
	if _, err := r.others(); err != nil {
		return nil, err
	}
	if o.Folder != "" {
		if _, err := os.Stat(o.Folder); err != nil {
			if err := os.MkdirAll(o.Folder, 0o777); err != nil {
				return nil, tidewatch.Errorf(tidewatch.CodeOutput, "cannot make the folder %s: %w", o.Folder, err)
			}
			r.made = o.Folder
		}
	}
	return r, nil
}

// enter begins a stage and says so.
func (r *run) enter(s Stage) {
	r.stage = s
	r.watch.tell(s, 0, 0)
}

// end removes what a run that failed would leave behind.
func (r *run) end() {
	r.files.Discard()
	if r.made != "" {
		_ = os.Remove(r.made) // it stays if anything is in it
	}
}

// write writes everything but the refused rows, which were written while reading, and lets all files appear.
func (r *run) write() error {
	r.enter(Writing)
	if err := r.publish(); err != nil {
		return err
	}
	stage := func(path string, fill func(io.Writer) error) error {
		if path == "" {
			return nil
		}
		return r.files.Stage(r.ctx, path, fill)
	}
	if f := r.result.Data.Forecast; f != nil {
		if err := r.alike(); err != nil {
			return err
		}
		r.enter(Writing)
		for _, path := range r.outputs.Forecast {
			format, err := write.FormatOf(path)
			if err != nil {
				return err
			}
			fill := func(w io.Writer) error { return write.Forecast(w, f, format) }
			if format == write.XLSX {
				fill = func(w io.Writer) error { return workbook.Write(w, r.result.Data) }
			}
			if err := stage(path, fill); err != nil {
				return err
			}
			for _, g := range r.result.Grains {
				if format == write.XLSX {
					continue // one workbook shows one grain
				}
				if err := stage(GrainFile(path, g.Freq), func(w io.Writer) error { return write.Forecast(w, g.Forecast, format) }); err != nil {
					return err
				}
			}
		}
		if a := r.result.Adjusted; a != nil {
			if err := stage(r.outputs.Adjusted, func(w io.Writer) error { return write.Adjusted(w, *a) }); err != nil {
				return err
			}
		}
		if err := stage(r.outputs.Report, func(w io.Writer) error { return report.Write(w, r.result.Data) }); err != nil {
			return err
		}
		if err := stage(r.outputs.Data, func(w io.Writer) error { return saved.Write(w, r.result.Data) }); err != nil {
			return err
		}
	}
	if s := r.result.Sums; s != nil {
		if err := stage(r.outputs.Sums, func(w io.Writer) error { return s.Write(w) }); err != nil {
			return err
		}
	}
	if err := r.writeCleaned(stage); err != nil {
		return err
	}
	if err := r.writeSegments(stage); err != nil {
		return err
	}
	if err := r.writeBehaviour(stage); err != nil {
		return err
	}
	if b := r.result.Backtest; b != nil {
		if err := stage(r.outputs.Scores, func(w io.Writer) error { return write.Scores(w, b) }); err != nil {
			return err
		}
	}
	r.clock.lap(Writing)
	r.result.Record.Timings = r.clock.timings(runtime.GOMAXPROCS(0))
	r.result.Record.Timings.Resumed = r.resume.found
	if err := stage(r.outputs.Record, func(w io.Writer) error { return write.Indented(w, r.result.Record) }); err != nil {
		return err
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.made = ""
	return r.files.Commit()
}
