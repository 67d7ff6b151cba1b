package job

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/write"
)

// read makes the panel of the input. Refused rows are written while it reads.
func (r *run) read() error { return r.reading(r.build) }

// reading makes something of the input, and writes refused rows while it does.
func (r *run) reading(make func(refused *refusals, keep func(read.Reject)) error) error {
	r.enter(Reading)
	refused := newRefusals()
	var failed error
	build := func(keep func(read.Reject)) error {
		failed = make(refused, keep)
		return failed
	}
	var err error
	if r.outputs.Rejected == "" {
		err = build(func(read.Reject) {})
	} else {
		err = r.files.Stage(r.ctx, r.outputs.Rejected, func(w io.Writer) error {
			list := read.NewRejectWriter(w)
			if err := build(list.Add); err != nil {
				return err
			}
			return list.Close()
		})
	}
	if failed != nil {
		return failed
	}
	r.clock.lap(Reading)
	return err
}

// readOptions is how the files of c are read.
func readOptions(c Config) (read.Options, error) {
	opt := read.Options{Layout: c.Layout, Map: map[read.Role]string{}, TimeFormat: c.Times, Delimiter: c.Delim, Encoding: c.Charset, Sheet: c.Sheet, Query: c.Query}
	for role, column := range c.Columns {
		if err := checkRole(role); err != nil {
			return opt, err
		}
		opt.Map[read.Role(role)] = column
	}
	if c.Zone != "" {
		zone, err := time.LoadLocation(c.Zone)
		if err != nil || c.Zone == "Local" {
			return opt, tidewatch.Errorf(tidewatch.CodeUsage, "time zone %q is not known: use a name such as Asia/Shanghai or Europe/London", c.Zone)
		}
		opt.Zone = zone
	}
	return opt, nil
}

// build opens, reads and aggregates, and describes what it found.
func (r *run) build(refused *refusals, keep func(read.Reject)) error {
	c := &r.config
	opt, err := readOptions(*c)
	if err != nil {
		return err
	}
	opt.Rejects = func(x read.Reject) { refused.count(x); keep(x) }
	opt.Progress = func(done, total int64) { r.watch.tell(Reading, done, total) }
	how := aggregate.Config{Freq: c.Freq, Seasons: c.Seasons, By: c.By, Measure: c.Measure, Where: c.Where, Rates: c.Rates, InferStockouts: c.Infer,
		KeepUnfinished: slices.Contains(c.Keep, "unfinished"), KeepStray: slices.Contains(c.Keep, "stray"), KeepRefunded: slices.Contains(c.Keep, "refunded")}
	how.WeekStart, _ = weekStart(c.WeekStart) // checked before
	how.Rows = c.plan().Rows()
	if c.Workspace == "" {
		set, many, err := read.FindFolder(c.In, c.Layout)
		if err != nil {
			return err
		}
		if many && !set.HasRows() {
			return r.buildFolder(set, opt, how, refused)
		}
	}
	if c.Workspace != "" {
		if err := r.take(); err != nil {
			return err
		}
	}
	in, err := r.open(opt, true)
	if err != nil {
		return err
	}
	if c.Origin != "" {
		if how.Origin, err = aggregate.ParseOrigin(c.Origin, in.Zone()); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--origin %s: %w", c.Origin, err)
		}
	}
	opt.Zone = in.Zone()
	if err := r.openBeside(&how, opt); err != nil {
		return err
	}
	g, err := r.groups(in, &how)
	if err != nil {
		return err
	}
	p, s, err := aggregate.Build(r.ctx, in, how)
	if err != nil {
		return refused.explain(err)
	}
	if p, err = r.withCalendar(p); err != nil {
		return err
	}
	if p, err = r.stack(p, g, &s); err != nil {
		return err
	}
	r.describe(p, in.Recognised(), s, refused)
	opt.Rejects, opt.Progress = nil, nil
	r.result.Data.Labels, err = labels(r.ctx, c, func() (*read.Input, error) { return r.open(opt, false) }, p, in.Recognised(), s)
	if err != nil {
		return err
	}
	return r.behave(in, how, func() (*read.Input, error) { return r.open(opt, true) }, p)
}

// buildFolder is build for a data set of several tables.
func (r *run) buildFolder(set read.Found, opt read.Options, how aggregate.Config, refused *refusals) (err error) {
	c := &r.config
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if len(opt.Map) > 0 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "%s was recognised as the data set %s, whose columns are known: leave --map, --id, --time and --value out, or name the files one by one", set.Dir, set.Name)
	}
	if c.Origin != "" {
		if how.Origin, err = aggregate.FolderOrigin(set.Name, c.Origin, opt.Zone); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--origin %s: %w", c.Origin, err)
		}
	}
	if err := r.openBeside(&how, opt); err != nil {
		return err
	}
	g := r.groupsOfSeries(&how)
	p, s, rec, err := aggregate.BuildFolder(r.ctx, set, opt, how)
	if err != nil {
		return refused.explain(err)
	}
	if p, err = r.withCalendar(p); err != nil {
		return err
	}
	if p, err = r.stack(p, g, &s); err != nil {
		return err
	}
	r.describe(p, rec, s, refused)
	return nil
}

// checkRole reports a role that is none.
func checkRole(role string) error {
	roles := read.RoleNames()
	if slices.Contains(roles, role) {
		return nil
	}
	hint := ""
	if near := tidewatch.Nearest(role, roles); near != "" {
		hint = " (did you mean " + near + "?)"
	}
	return tidewatch.Errorf(tidewatch.CodeUsage, "role %q is not known%s: a column can be %s", role, hint, strings.Join(roles, ", "))
}

// beside opens files of covariates; nil if there are none.
func (r *run) beside(files []string, opt read.Options) (*read.Input, error) {
	if len(files) == 0 {
		return nil, nil
	}
	if name, ok := strings.CutPrefix(files[0], tablePrefix); ok && len(files) == 1 {
		return r.besideTable(name, opt)
	}
	opt.Layout, opt.Map, opt.TimeFormat, opt.Delimiter, opt.Encoding, opt.Sheet, opt.Query = string(read.Table), nil, "", "", "", "", "" // written by other hands
	return read.Open(r.ctx, files, opt)
}

// tablePrefix begins the name of a table of the workspace that stands in the place of a file.
const tablePrefix = "table:"

// besideTable reads a table of the workspace, as it was known when the rows were.
func (r *run) besideTable(name string, opt read.Options) (*read.Input, error) {
	if r.config.Workspace == "" {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s%s: tables are in workspaces: name one with --workspace", tablePrefix, name)
	}
	n, err := store.Take(r.ctx, r.config.Store, name, r.snapshot.Known, time.Time{})
	if err != nil {
		return nil, err
	}
	return n.Input(r.config.Store, true, opt)
}

// openBeside opens all files beside the rows.
func (r *run) openBeside(how *aggregate.Config, opt read.Options) (err error) {
	c := &r.config
	if how.Known, err = r.beside(c.Known, opt); err != nil {
		return err
	}
	if how.Static, err = r.beside(c.Static, opt); err != nil {
		return err
	}
	if how.Stock, err = r.beside(c.Stock, opt); err != nil {
		return err
	}
	opt.Header = "yes" // names alone do not tell it
	how.Successions, err = r.beside(c.Successions, opt)
	return err
}

// describe fills in what the result says of the input.
func (r *run) describe(p *tidewatch.Panel, rec read.Recognised, s aggregate.Summary, refused *refusals) {
	d, record := &r.result.Data, &r.result.Record
	d.Panel, r.rows = p, s.Repaired
	if slices.Contains(s.By, "total") && p.Len() > 1 {
		d.Total = "total"
	}
	if s.Shape != read.Series && s.Measure != "revenue" {
		d.Unit = s.Measure
	}
	record.Panel = panelRecord(p, write.TimeLayout(p.Grid()))
	record.Input = Input{Digest: s.Digest, Layout: s.Layout, Measure: s.Measure, By: s.By, Zone: s.Zone, Files: rec.Files,
		Rows: s.Rows, Used: s.Kept, Rejected: s.Refused, Returns: s.Returns, Later: s.Later, Unknown: s.Unknown, Reasons: refused.list()}
	record.Notes = s.Notes
	q := &report.Quality{Rows: int(s.Rows), Used: int(s.Kept), Returns: int(s.Returns), Rejects: refused.shown(), Notes: s.Notes}
	for _, f := range rec.Files {
		q.Files = append(q.Files, f.Name)
	}
	q.Recognised = recognised(rec)
	if u := s.Unfinished; u != nil {
		q.Unfinished = &report.Unfinished{From: u.Stamp, Last: u.Last, Rows: int(u.Rows)}
		record.Input.Unfinished = &Unfinished{Stamp: u.Stamp.Format(write.TimeLayout(p.Grid())), Rows: u.Rows}
	}
	if cal, err := r.config.Calendar(); err == nil { // it was read once already
		d.Events = marks(cal, p, r.config.Horizon)
	}
	d.Quality = q
	if slices.Equal(r.config.In, []string{Bundled}) {
		d.Title = "Online Retail"
	}
	d.Title, d.Unit = cmp.Or(r.outputs.Title, d.Title), cmp.Or(r.outputs.Unit, d.Unit)
	d.Run = report.Run{Command: r.config.commandLine(record.Command), Version: record.Build.Version, Seed: r.config.Seed, Digest: s.Digest, Settings: r.settings(p)}
}

// recognised is what was taken for what, in the order to show.
func recognised(rec read.Recognised) []report.Setting {
	settings := []report.Setting{{Name: "layout", Value: rec.Layout}, {Name: "zone", Value: rec.Zone}}
	if len(rec.Files) == 0 {
		return settings
	}
	f := rec.Files[0]
	for _, s := range []report.Setting{{Name: "format", Value: f.Format}, {Name: "encoding", Value: f.Encoding}, {Name: "time_format", Value: f.TimeFormat}} {
		if s.Value != "" {
			settings = append(settings, s)
		}
	}
	for _, role := range f.Roles {
		settings = append(settings, report.Setting{Name: string(role.Role), Value: strings.Join(role.Columns, ", ")})
	}
	return settings
}

// take fixes what of the workspace is read: what is known, until when.
func (r *run) take() error {
	c := &r.config
	t, err := store.FindTable(r.ctx, c.Store, c.Table)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return tidewatch.Errorf(tidewatch.CodeInput, "the time zone %s of table %s is not known to this system: %w", t.Zone, t.Name, err)
	}
	var asOf, until time.Time
	if c.AsOf != "" {
		if asOf, err = aggregate.ParseOrigin(c.AsOf, zone); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--as-of %s: %w", c.AsOf, err)
		}
	}
	if c.Origin != "" {
		if until, err = aggregate.ParseOrigin(c.Origin, zone); err != nil {
			return tidewatch.Errorf(tidewatch.CodeUsage, "--origin %s: %w", c.Origin, err)
		}
	}
	if r.snapshot, err = store.Take(r.ctx, c.Store, t.Name, asOf, until); err != nil {
		return err
	}
	c.AsOf = r.snapshot.Known.Format(time.RFC3339Nano) // so that the record tells what a later run must ask for
	r.result.Record.Config.AsOf = c.AsOf
	return nil
}

// open opens the files to read, the workspace, or the data that come with the program. What is read in no order is read sooner.
func (r *run) open(opt read.Options, ordered bool) (*read.Input, error) {
	switch in := r.config.In; {
	case r.config.Workspace != "":
		return r.snapshot.Input(r.config.Store, ordered, opt)
	case len(in) == 1 && in[0] == Bundled:
		return openBundled(r.ctx, opt)
	default:
		set, many, err := read.FindFolder(in, opt.Layout)
		if err != nil {
			return nil, err
		}
		if many && set.HasRows() {
			return read.OpenFolder(r.ctx, set, opt)
		}
		return read.Open(r.ctx, in, opt)
	}
}
