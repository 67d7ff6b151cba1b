package aggregate

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// entry is what a row adds to a series in one bucket: a day, or an hour, of the shop's civil time. Of measures that count distinct
// things, value is the thing's number.
type entry struct {
	bucket int64
	value  float64
}

// group is one grouping: its series by their text.
type group struct {
	name    string // "" where ids are bare
	columns []string
	field   int // of the batch; -1 = total
	index   map[string]int
	number  []int // of the batch's codes, -1 = not looked up yet
}

// between joins the texts of a grouping of several columns; no text holds it.
const between = "\x1f"

// records gathers the rows of orders or events.
type records struct {
	groups   []group
	ids      []string
	entries  []list[entry]
	arena    arena[entry]
	measure  measure
	distinct map[string]int // numbers of orders, for a measure that counts them
	hourly   bool           // buckets are hours, not days
	clock    *read.Clock
	offset   int64          // of the zone within the hour, microseconds
	periods  map[int64]*day // by bucket: what all rows of it say
	buf      []entry
	cancels  int8 // order ids that begin with C are cancelled orders: 1 yes, -1 no, 0 not known yet
}

// day is what is known of one bucket over all series.
type day struct {
	rows int64
	last int64 // moment of the last row
}

// recordSeries makes series of order lines or events.
func recordSeries(ctx context.Context, in *read.Input, cfg *Config, s *Summary) ([]tidewatch.Series, tidewatch.Grid, error) {
	r := &records{clock: read.NewClock(in.Zone()), periods: map[int64]*day{}, hourly: cfg.Freq.IsZero() || cfg.Freq.Unit == tidewatch.Hour}
	r.offset = floorMod(r.clock.Civil(0), hourMicros)
	m, fields, err := measureOf(in, cfg.Measure)
	if err != nil {
		return nil, tidewatch.Grid{}, err
	}
	r.measure, s.Measure = m, m.name
	if fields, err = r.group(in, cfg.By, fields, s); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	if m.distinct {
		r.distinct = map[string]int{}
	}
	origin := int64(math.MaxInt64)
	if !cfg.Origin.IsZero() {
		origin = cfg.Origin.UnixMicro()
	}
	if err := in.Read(ctx, fields, func(b *read.Batch) error { r.batch(b, origin, s); return nil }); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	if s.Later > 0 {
		s.note("note.later", s.Later)
	}
	if len(r.ids) == 0 {
		hint := "check --origin and the columns"
		if m.action != "" {
			hint = "no event is of that kind: say --measure events to count all"
		}
		return nil, tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeData, "no row is left to count %s of: %s", m.name, hint)
	}
	if m.note != "" {
		s.note(m.note)
	}
	return r.finish(ctx, in.Zone(), cfg, s)
}

// group sets the groupings up and adds the fields they need.
func (r *records) group(in *read.Input, by []string, fields []read.Field, s *Summary) ([]read.Field, error) {
	if len(by) == 0 {
		by = []string{"total"}
		if in.Has(read.Item) {
			by[0] = string(read.Item)
		} else {
			s.note("note.noItems")
		}
	}
	s.By = by
	seen := map[string]bool{}
	for _, name := range by {
		g := group{field: -1, index: map[string]int{}}
		if seen[name] {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "grouping %q is asked for twice", name)
		}
		seen[name] = true
		if name != "total" {
			columns := []string{name}
			if _, ok := in.Column(name); !ok {
				columns = strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == '+' })
			}
			for _, c := range columns {
				c = strings.TrimSpace(c)
				if _, ok := in.Column(c); !ok {
					return nil, tidewatch.Errorf(tidewatch.CodeUsage, "grouping %q: there is no column %q; the columns are %s", name, c, columnNames(in))
				}
				g.columns = append(g.columns, c)
			}
			g.field = len(fields)
			fields = append(fields, read.Field{Columns: g.columns, Kind: read.Text, Join: between, Required: slices.Equal(g.columns, []string{string(read.Item)})})
			if len(by) > 1 || len(g.columns) > 1 {
				g.name = name
			}
		}
		r.groups = append(r.groups, g)
	}
	return fields, nil
}

func columnNames(in *read.Input) string {
	var names []string
	for _, c := range in.Recognised().Files[0].Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// id is the name of a series of g.
func (g *group) id(text string) string {
	if g.field < 0 {
		return "total"
	}
	parts := strings.Split(text, between)
	for i := range parts {
		if parts[i] == "" {
			parts[i] = "(blank)"
		}
		if g.name != "" {
			parts[i] = g.columns[i] + "=" + parts[i]
		}
	}
	return strings.Join(parts, ",")
}

// of is the number of the series of g with that text.
func (r *records) of(g *group, text string) int {
	i, ok := g.index[text]
	if !ok {
		i = len(r.ids)
		g.index[text] = i
		r.ids = append(r.ids, g.id(text))
		r.entries = append(r.entries, list[entry]{})
	}
	return i
}

// batch adds the rows of one batch.
func (r *records) batch(b *read.Batch, origin int64, s *Summary) {
	for k := range r.groups {
		g := &r.groups[k]
		g.number = g.number[:0]
		if g.field >= 0 {
			for range b.Columns[g.field].Dict {
				g.number = append(g.number, -1)
			}
		}
	}
	rows := r.measure.batch(r, b)
	var at *day
	bucketAt := int64(math.MinInt64)
	for i, t := range b.Columns[0].Times {
		if t > origin {
			s.Later++
			continue
		}
		value, what := rows(i)
		if what == cancelled {
			s.Returns++
		}
		bucket := r.bucket(t)
		if bucket != bucketAt || at == nil {
			bucketAt = bucket
			if at = r.periods[bucket]; at == nil {
				at = &day{last: math.MinInt64}
				r.periods[bucket] = at
			}
		}
		at.rows++
		at.last = max(at.last, t)
		if what == skipped || what == cancelled && !r.measure.returns {
			continue
		}
		for k := range r.groups {
			g := &r.groups[k]
			n := 0
			if g.field < 0 {
				n = r.of(g, "")
			} else {
				code := b.Columns[g.field].Codes[i]
				if g.number[code] < 0 {
					g.number[code] = r.of(g, b.Columns[g.field].Dict[code])
				}
				n = g.number[code]
			}
			l := &r.entries[n]
			if !r.measure.distinct && l.n > 0 && l.last().bucket == bucket {
				l.last().value += value
				continue
			}
			l.add(&r.arena, entry{bucket, value})
			if l.n >= compactFrom && l.n&(l.n-1) == 0 {
				r.buf = l.appendTo(r.buf[:0])
				l.set(r.measure.compact(r.buf))
			}
		}
	}
}

// compactFrom is how long a series' list of entries gets before those of one bucket are put together, at every power of two: so the
// memory of rows in any order is that of the distinct buckets.
const compactFrom = 1 << 12

// bucket is the day, or the hour, of moment t.
func (r *records) bucket(t int64) int64 {
	if r.hourly {
		return floorDiv(t+r.offset, hourMicros)
	}
	return floorDiv(r.clock.Civil(t), dayMicros)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// finish chooses the frequency and puts the entries on its grid.
func (r *records) finish(ctx context.Context, zone *time.Location, cfg *Config, s *Summary) ([]tidewatch.Series, tidewatch.Grid, error) {
	first, last := r.span(cfg, s)
	freq := cfg.Freq
	if freq.IsZero() {
		freq = r.chooseFreq(last-first+1, s)
	}
	grid := tidewatch.Grid{Freq: freq, Anchor: r.anchor(freq, first, zone)}
	index := r.indices(grid, first, last)
	end := r.end(grid, index, cfg, s)
	if n := int64(end) * int64(len(r.ids)); n > maxCells { // at most; then to be counted
		if err := r.fits(grid, index, end, first, last); err != nil {
			return nil, grid, err
		}
	}
	late := 0
	var out []tidewatch.Series
	store := arena[float64]{}
	var buf []entry
	for k, id := range r.ids {
		if k%1024 == 0 && ctx.Err() != nil {
			return nil, grid, ctx.Err()
		}
		buf = r.entries[k].appendTo(buf[:0])
		r.entries[k] = list[entry]{}
		kept := buf[:0]
		for _, e := range buf {
			if e.bucket >= first && e.bucket <= last {
				kept = append(kept, entry{int64(index(e.bucket)), e.value})
			}
		}
		buf = kept
		start := math.MaxInt
		for _, e := range buf {
			start = min(start, int(e.bucket))
		}
		if start >= end {
			if len(buf) > 0 {
				late++
			}
			continue
		}
		dense := store.take(end - start)[:end-start]
		r.measure.fill(dense, start, buf)
		out = append(out, tidewatch.Series{ID: id, Grid: grid, Start: start, Values: dense})
	}
	if late > 0 {
		s.note("note.late", late)
	}
	return out, grid, nil
}

// fits reports series that would make more cells than fit, before any is made.
func (r *records) fits(grid tidewatch.Grid, index func(int64) int, end int, first, last int64) error {
	cells := int64(0)
	for k := range r.entries {
		start := end
		for _, p := range r.entries[k].pieces {
			for _, e := range p {
				if e.bucket >= first && e.bucket <= last {
					start = min(start, index(e.bucket))
				}
			}
		}
		cells += int64(end - start)
	}
	if cells <= maxCells {
		return nil
	}
	return tidewatch.Errorf(tidewatch.CodeData, "%d series from %s to %s make %d periods of %v, more than %d: say a longer --freq, or group by less", len(r.ids),
		grid.Stamp(0).Format("2006-01-02"), grid.Stamp(end-1).Format("2006-01-02"), cells, grid.Freq, maxCells)
}

// chooseFreq chooses by the time the records span: hours for less than two weeks, days for less than half a year, weeks up to ten years.
func (r *records) chooseFreq(hours int64, s *Summary) tidewatch.Freq {
	days := hours / 24
	f := tidewatch.Weekly
	switch {
	case days < 14:
		f = tidewatch.Hourly
	case days < 180:
		f = tidewatch.Daily
	case days > 3653:
		f = tidewatch.Monthly
	}
	s.note("note.freq", f.String(), days+1)
	return f
}

// start is the civil beginning of a bucket.
func (r *records) start(bucket int64, zone *time.Location) time.Time {
	if r.hourly {
		return time.UnixMicro(bucket*hourMicros - r.offset).In(zone)
	}
	return time.Date(1970, 1, 1+int(bucket), 0, 0, 0, 0, zone)
}

// anchor is the first stamp: the beginning of the calendar unit of the first record, of several hours that of its day.
func (r *records) anchor(freq tidewatch.Freq, first int64, zone *time.Location) time.Time {
	at := r.start(first, zone)
	if freq.Unit == tidewatch.Hour && freq.N > 1 {
		return tidewatch.Daily.Floor(at)
	}
	return freq.Floor(at)
}

// indices gives the grid's index of every bucket from first to last.
func (r *records) indices(grid tidewatch.Grid, first, last int64) func(int64) int {
	zone := grid.Anchor.Location()
	if grid.Freq.Unit == tidewatch.Hour {
		anchor := grid.Anchor.UnixMicro()
		return func(b int64) int { return int(floorDiv(b*hourMicros-r.offset-anchor, int64(grid.Freq.N)*hourMicros)) }
	}
	known := map[int64]int{}
	return func(b int64) int {
		i, ok := known[b]
		if !ok {
			i = grid.Index(r.start(b, zone))
			known[b] = i
		}
		return i
	}
}
