package aggregate

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// BuildFolder makes the panel of a data set of several tables: see [read.FindFolder]. What its tables say beside the series becomes
// covariates, before those of c. opt is for all tables; its layout and map are not used.
func BuildFolder(ctx context.Context, f read.Found, opt read.Options, c Config) (*tidewatch.Panel, Summary, read.Recognised, error) {
	opt.Layout, opt.Map = "", nil
	b := folder{ctx: ctx, found: f, opt: opt, config: &c}
	b.summary = Summary{Layout: f.Name, Shape: read.Series}
	if c.By != nil || c.Measure != "" {
		return nil, b.summary, b.recognised, tidewatch.Errorf(tidewatch.CodeUsage, "the series of %s are taken as they are: --by and --measure are for orders and events", f.Name)
	}
	if f.Name == "m5" && (c.Where != "" || c.Successions != nil) {
		return nil, b.summary, b.recognised, tidewatch.Errorf(tidewatch.CodeUsage, "--where and --successions are for rows, and a row of %s is a whole series: leave them out", f.Name)
	}
	for _, path := range f.Files {
		if info, err := os.Stat(path); err == nil {
			b.total += info.Size()
		}
	}
	make := b.rossmann
	if f.Name == "m5" {
		make = b.m5
	}
	series, grid, covariates, err := make()
	if err != nil {
		return nil, b.summary, b.recognised, err
	}
	s := &b.summary
	b.recognised.Layout, b.recognised.Shape, b.recognised.Zone = f.Name, read.Series, grid.Anchor.Location().String()
	s.Zone, s.Digest = b.recognised.Zone, read.DigestOf(b.inputs...)
	for _, in := range b.inputs {
		s.Rows += in.Counts().Rows
		s.Refused += in.Counts().Refused
	}
	p, err := finish(ctx, series, grid, covariates, &c, s)
	return p, b.summary, b.recognised, err
}

// FolderOrigin is ParseOrigin for a data set of several tables, with days as M5 numbers them: d_1 is 2011-01-29.
func FolderOrigin(name, text string, zone *time.Location) (time.Time, error) {
	if number, ok := strings.CutPrefix(text, "d_"); ok && name == "m5" {
		if day, err := strconv.Atoi(number); err == nil && day > 0 && day < 100_000 {
			return time.Date(2011, 1, 28, 0, 0, 0, 0, zone).AddDate(0, 0, day+1).Add(-time.Microsecond), nil
		}
	}
	return ParseOrigin(text, zone)
}

// folder is the making of a panel of several tables.
type folder struct {
	ctx        context.Context //nolint:containedctx // one call
	found      read.Found
	opt        read.Options
	config     *Config
	inputs     []*read.Input
	recognised read.Recognised
	summary    Summary
	before     int64 // bytes of the tables read by now
	total      int64
}

// open opens the tables of the parts, as one input.
func (b *folder) open(layout string, roles map[read.Role]string, parts ...string) (*read.Input, error) {
	opt := b.opt
	opt.Layout, opt.Map = layout, roles
	var paths []string
	size := int64(0)
	for _, p := range parts {
		if path := b.found.Files[p]; path != "" {
			paths = append(paths, path)
			if info, err := os.Stat(path); err == nil {
				size += info.Size()
			}
		}
	}
	if tell := b.opt.Progress; tell != nil {
		before := b.before
		b.before += size
		opt.Progress = func(done, _ int64) { tell(min(before+done, b.total), b.total) }
	}
	in, err := read.Open(b.ctx, paths, opt)
	if err != nil {
		return nil, err
	}
	b.inputs = append(b.inputs, in)
	b.recognised.Files = append(b.recognised.Files, in.Recognised().Files...)
	b.summary.Notes = append(b.summary.Notes, in.Recognised().Notes...)
	return in, nil
}

// rossmann makes a series a store of the daily sales; whether it was open, promotions and holidays are known ahead, the stores' columns do
// not change.
func (b *folder) rossmann() ([]tidewatch.Series, tidewatch.Grid, []tidewatch.Covariate, error) {
	fail := func(err error) ([]tidewatch.Series, tidewatch.Grid, []tidewatch.Covariate, error) {
		return nil, tidewatch.Grid{}, nil, err
	}
	sales, err := b.open("rossmann", nil, "sales")
	if err != nil {
		return fail(err)
	}
	series, grid, err := readySeries(b.ctx, sales, b.config, &b.summary)
	if err != nil {
		return fail(err)
	}
	extra := Config{KnownColumns: []string{"Open", "Promo", "StateHoliday", "SchoolHoliday"}}
	if extra.Known, err = b.open(string(read.Table), map[read.Role]string{read.ID: "Store", read.Time: "Date"}, "ahead", "sales"); err != nil {
		return fail(err)
	}
	if extra.Static, err = b.open(string(read.Table), map[read.Role]string{read.ID: "Store"}, "stores"); err != nil {
		return fail(err)
	}
	covariates, err := readCovariates(b.ctx, series, grid, &extra, &b.summary)
	return series, grid, covariates, err
}
