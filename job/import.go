package job

import (
	"context"
	"io"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/store"
	"github.com/tidewatch/tidewatch/write"
)

// ImportConfig is what an import is asked to do. Layout to Zone are as in [Config].
type ImportConfig struct {
	Files   []string // and folders, "-" for standard input, [Bundled] for the data in the program
	Layout  string
	Columns map[string]string
	Times   string
	Delim   string
	Charset string
	Zone    string
	Mapping string // saved mapping, by name or file, for what is not said above

	Table      string   // to add to; "" = named like the shape of the rows
	Key        []string // columns or roles that identify a row; nil = what the table has, at first its content
	Supersedes string   // column that names the key of the row that a row takes the place of
	Keep       []string // columns to keep although they look personal
	Known      string   // when the files became known, "2006-01-02" or RFC 3339; "" = now
	Sheet      string   // of Excel workbooks; "" = the first that holds a table
	Query      string   // in SQL, where a file is a database
	Rejected   string   // file for the rows that were refused; "" = none
}

// Imported is what an import did.
type Imported struct {
	store.Added
	Reasons []RejectCount `json:"rejected_by_reason,omitempty"`
	Seconds float64       `json:"seconds"`
}

// Import imports files into a workspace: all of them, or nothing.
func Import(ctx context.Context, s store.Store, c ImportConfig, w Watch) (*Imported, error) {
	began := time.Now()
	how := store.Intake{Table: c.Table, Key: c.Key, Supersedes: c.Supersedes, Keep: c.Keep}
	if len(c.Files) == 1 && c.Files[0] == Bundled {
		how.Open = func(ctx context.Context, _ string, opt read.Options) (*read.Input, error) {
			return openBundled(ctx, opt)
		}
	}
	refused := newRefusals()
	said := Config{Layout: c.Layout, Columns: c.Columns, Times: c.Times, Delim: c.Delim, Charset: c.Charset, Zone: c.Zone, Sheet: c.Sheet, Query: c.Query}
	if c.Mapping != "" {
		m, err := LoadMapping(c.Mapping)
		if err != nil {
			return nil, err
		}
		said = said.WithMapping(m)
	}
	opt, err := readOptions(said)
	if err != nil {
		return nil, err
	}
	if c.Known != "" {
		zone := opt.Zone
		if zone == nil {
			zone = time.UTC
		}
		if how.Known, err = aggregate.ParseOrigin(c.Known, zone); err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--known-at %s: %w", c.Known, err)
		}
	}
	w.tell(Reading, 0, 0)
	opt.Progress = func(done, total int64) { w.tell(Reading, done, total) }
	var done *store.Added
	work := func(keep func(read.Reject)) (err error) {
		opt.Rejects = func(x read.Reject) { refused.count(x); keep(x) }
		how.Read = opt
		done, err = store.Add(ctx, s, c.Files, how)
		return err
	}
	var files write.Set
	defer files.Discard()
	if c.Rejected == "" {
		err = work(func(read.Reject) {})
	} else {
		err = files.Stage(ctx, c.Rejected, func(w io.Writer) error {
			list := read.NewRejectWriter(w)
			if err := work(list.Add); err != nil {
				return err
			}
			return list.Close()
		})
	}
	if err != nil {
		return nil, refused.explain(err)
	}
	return &Imported{Added: *done, Reasons: refused.list(), Seconds: seconds(time.Since(began))}, files.Commit()
}
