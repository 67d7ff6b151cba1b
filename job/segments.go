package job

import (
	"context"
	"io"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/aggregate"
	"github.com/tidewatch/tidewatch/cluster"
	"github.com/tidewatch/tidewatch/cluster/segment"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/read"
	"github.com/tidewatch/tidewatch/report"
	"github.com/tidewatch/tidewatch/report/segments"
	"github.com/tidewatch/tidewatch/write"
)

const segmentsCommand = "segments"

// SegmentConfig is what a parting is asked to do.
type SegmentConfig struct {
	Of     segment.Subject `json:"of"`
	K      int             `json:"k,omitempty"` // 0 = chosen
	Method string          `json:"method"`
}

// Segmented is the part of a record that says what segments were found.
type Segmented struct {
	SegmentConfig
	Subjects   int            `json:"subjects"`
	Silhouette Number         `json:"silhouette"`
	Error      Number         `json:"silhouette_error"`
	Tried      []TriedNumber  `json:"tried,omitempty"`
	Segments   []SegmentCount `json:"segments"`
	Alone      int            `json:"alone,omitempty"` // in no segment
	Left       int            `json:"left,omitempty"`  // left out beforehand
}

// TriedNumber is how well one number of segments fits.
type TriedNumber struct {
	K          int    `json:"k"`
	Silhouette Number `json:"silhouette"`
	Stability  Number `json:"stability"`
}

// SegmentCount is one segment.
type SegmentCount struct {
	Segment int               `json:"segment"` // from 1
	Size    int               `json:"size"`
	Name    string            `json:"name"`
	NameZh  string            `json:"name_zh"`
	Medians map[string]Number `json:"medians,omitempty"` // by trait
	Typical []string          `json:"typical"`           // ids
}

// Segments parts series, items or customers into groups that are alike. Of c only what says how data are read, and the seed, is heeded; of
// the outputs, the segments, their page, the refused rows and the record are written.
func Segments(ctx context.Context, c Config, of SegmentConfig, o Outputs, w Watch) (*Result, error) {
	if _, err := segment.ParseMethod(of.Method, of.Of); err != nil {
		return nil, err
	}
	c.Horizon, c.Clean = 1, "" // nothing is forecast
	r, err := begin(ctx, segmentsCommand, c, o, w)
	if err != nil {
		return nil, err
	}
	defer r.end()
	var t *segment.Table
	if of.Of == segment.Series {
		if err := r.read(); err != nil {
			return nil, err
		}
		t = segment.Shapes(r.result.Data.Panel, r.result.Data.Total)
	} else if err := r.reading(func(refused *refusals, keep func(read.Reject)) error {
		t, err = r.traits(of.Of, refused, keep)
		return err
	}); err != nil {
		return nil, err
	}
	r.enter(Segmenting)
	found, err := segment.Find(ctx, t, segment.Config{Method: of.Method, K: of.K, Seed: c.Seed})
	if err != nil {
		return nil, err
	}
	r.clock.lap(Segmenting)
	of.Method = found.Method
	r.result.Segments = found
	r.result.Record.Segments = segmented(of, found)
	return r.result, r.write()
}

// segmented is what the record says of segments.
func segmented(of SegmentConfig, f *segment.Found) *Segmented {
	s := &Segmented{SegmentConfig: of, Subjects: len(f.IDs), Silhouette: Number(f.Quality.Value), Error: Number(f.Quality.Error), Left: len(f.Left)}
	for _, t := range f.Tried {
		s.Tried = append(s.Tried, TriedNumber{t.K, Number(t.Silhouette.Value), Number(t.Stability.Value)})
	}
	for a := range f.Segments {
		g := &f.Segments[a]
		n := SegmentCount{Segment: a + 1, Size: g.Size, Name: g.Name(message.English), NameZh: g.Name(message.Chinese), Medians: map[string]Number{}, Typical: segments.Typical(f, a, nil, 5)}
		for k, t := range f.Traits {
			n.Medians[t.Name] = Number(g.Medians[k])
		}
		s.Segments = append(s.Segments, n)
	}
	for _, l := range f.Labels {
		if l == cluster.Noise {
			s.Alone++
		}
	}
	return s
}

// traits reads the table of customers or items.
func (r *run) traits(of segment.Subject, refused *refusals, keep func(read.Reject)) (*segment.Table, error) {
	c := &r.config
	opt, err := readOptions(*c)
	if err != nil {
		return nil, err
	}
	opt.Rejects = func(x read.Reject) { refused.count(x); keep(x) }
	opt.Progress = func(done, total int64) { r.watch.tell(Reading, done, total) }
	if c.Workspace == "" {
		set, many, err := read.FindFolder(c.In, c.Layout)
		if err != nil {
			return nil, err
		}
		if many && !set.HasRows() {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s is the data set %s of ready series, which know nothing of %s: segment the series themselves with --of series", set.Dir, set.Name, of)
		}
	}
	if c.Workspace != "" {
		if err := r.take(); err != nil {
			return nil, err
		}
	}
	in, err := r.open(opt, true)
	if err != nil {
		return nil, err
	}
	how := aggregate.Config{Where: c.Where, Rates: c.Rates, KeepStray: slices.Contains(c.Keep, "stray"), KeepRefunded: slices.Contains(c.Keep, "refunded")}
	if c.Origin != "" {
		if how.Origin, err = aggregate.ParseOrigin(c.Origin, in.Zone()); err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "--origin %s: %w", c.Origin, err)
		}
	}
	t, s, err := aggregate.Traits(r.ctx, in, how, of)
	if err != nil {
		return nil, refused.explain(err)
	}
	rec := in.Recognised()
	record := &r.result.Record
	record.Input = Input{Digest: s.Digest, Layout: s.Layout, By: s.By, Zone: s.Zone, Files: rec.Files, Rows: s.Rows, Used: s.Kept, Rejected: s.Refused, Returns: s.Returns,
		Later: s.Later, Reasons: refused.list()}
	record.Panel = Panel{Series: s.Series, Seasons: []int{}, From: s.First.Format("2006-01-02"), To: s.Last.Format("2006-01-02")}
	record.Notes = s.Notes
	q := &report.Quality{Rows: int(s.Rows), Used: int(s.Kept), Returns: int(s.Returns), Rejects: refused.shown(), Notes: s.Notes, Recognised: recognised(rec)}
	for _, f := range rec.Files {
		q.Files = append(q.Files, f.Name)
	}
	r.result.Data.Quality = q
	if of == segment.Items && !slices.Contains(c.In, "-") {
		opt.Rejects, opt.Progress = nil, nil
		names, err := itemNames(r.ctx, func() (*read.Input, error) { return r.open(opt, false) }, rec)
		if err != nil {
			return nil, err
		}
		for _, id := range t.IDs {
			r.result.Data.Labels = append(r.result.Data.Labels, report.Label{ID: id, Name: names[id]})
		}
	}
	return t, nil
}

// writeSegments writes what is asked for of segments.
func (r *run) writeSegments(stage func(string, func(io.Writer) error) error) error {
	f := r.result.Segments
	if f == nil {
		return nil
	}
	l := r.outputs.Lang
	if err := stage(r.outputs.Segments, func(w io.Writer) error { return write.Segments(w, f, l) }); err != nil {
		return err
	}
	names := map[string]string{}
	for _, label := range r.result.Data.Labels {
		names[label.ID] = label.Name
	}
	var notes []string
	for _, n := range r.result.Record.Notes {
		notes = append(notes, n.In(l))
	}
	of := r.result.Record.Segments
	command := r.config.commandLine(segmentsCommand) + " --of " + string(of.Of) + " --method " + quote(of.Method)
	if of.K > 0 {
		command += " --k " + strconv.Itoa(of.K)
	}
	return stage(r.outputs.SegmentPage, func(w io.Writer) error {
		return segments.Write(w, segments.Data{Lang: l, Title: r.outputs.Title, Found: f, Names: names, Notes: notes, Command: command})
	})
}

// minAlike is how many series must be of one group for a report to part them.
const minAlike = 12

// alike parts the series of a report's largest group by how they run, if there are enough of them.
func (r *run) alike() error {
	d := &r.result.Data
	if r.outputs.Report == "" && r.outputs.Data == "" {
		return nil
	}
	group, members := map[string]string{}, map[string]int{}
	for _, l := range d.Labels {
		group[l.ID] = l.Group
	}
	largest := ""
	for i := range d.Panel.Len() {
		if id := d.Panel.ID(i); id != d.Total {
			g := group[id]
			if members[g]++; members[g] > members[largest] || members[g] == members[largest] && g < largest {
				largest = g
			}
		}
	}
	if members[largest] < minAlike {
		return nil
	}
	var own []int
	for i := range d.Panel.Len() {
		if id := d.Panel.ID(i); id != d.Total && group[id] == largest {
			own = append(own, i)
		}
	}
	r.enter(Segmenting)
	f, err := segment.Find(r.ctx, segment.Shapes(d.Panel.Select(own)), segment.Config{Seed: r.config.Seed})
	if tidewatch.CodeOf(err) == tidewatch.CodeData { // too few have a shape, or all the same
		return nil
	}
	if err != nil {
		return err
	}
	d.Segments = f.Slim()
	r.clock.lap(Segmenting)
	return nil
}
