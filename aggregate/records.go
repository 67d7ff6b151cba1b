package aggregate

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/axiomhq/hyperloglog"
	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// entry is what a row adds to a series in one bucket: a day, or an hour, of the shop's civil time. Of measures that count distinct
// things, value is the bits of the thing's hash.
type entry struct {
	bucket int64
	value  float64
}

// group is one grouping: its series by their text.
type group struct {
	name    string // "" where ids are bare
	columns []string
	item    int // the column that is the item, -1 = none
	field   int // of the batch; -1 = total
	index   map[string]int
	number  []int // of the batch's codes, -1 = not looked up yet
}

// between joins the texts of a grouping of several columns; no text holds it.
const between = "\x1f"

// records gathers the rows of orders or events.
type records struct {
	groups  []group
	ids     []string
	entries [][]pile // by part of the measure and series
	arena   arena[entry]
	measure measure
	events  bool
	hourly  bool // buckets are hours, not days

	rates        map[string]float64 // of currencies
	currencies   map[string]bool    // that were seen
	keepRefunded bool
	unpriced     int64 // rows without a price
	noNumber     int64 // rows for which the formula gives no number
	noItem       int64 // events of no item
	successor    map[string]string
	weekStart    int // days after Monday

	clock   *read.Clock
	offset  int64          // of the zone within the hour, microseconds
	periods map[int64]*day // by bucket: what all rows of it say
	buf     []entry
	cancels int8 // order ids that begin with C are cancelled orders: 1 yes, -1 no, 0 not known yet
}

// day is what is known of one bucket over all series.
type day struct {
	rows int64
	last int64 // moment of the last row
}

// recordSeries makes series of order lines or events.
func recordSeries(ctx context.Context, in *read.Input, cfg *Config, s *Summary) ([]tidewatch.Series, tidewatch.Grid, error) {
	r := &records{clock: read.NewClock(in.Zone()), periods: map[int64]*day{}, hourly: cfg.Freq.IsZero() || cfg.Freq.Unit == tidewatch.Hour,
		events: in.Shape() == read.Events, rates: cfg.Rates, currencies: map[string]bool{}, keepRefunded: cfg.KeepRefunded, weekStart: cfg.WeekStart}
	r.offset = floorMod(r.clock.Civil(0), hourMicros)
	m, fields, err := measureOf(in, cfg.Measure)
	if err != nil {
		return nil, tidewatch.Grid{}, err
	}
	r.measure, s.Measure = m, m.name
	r.entries = make([][]pile, len(m.parts))
	if fields, err = r.group(in, cfg.By, fields, s); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	if r.successor, err = successions(ctx, cfg, s); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	origin := int64(math.MaxInt64)
	if !cfg.Origin.IsZero() {
		origin = cfg.Origin.UnixMicro()
	}
	if err := scan(ctx, in, cfg, s, fields, func(b *read.Batch) error { r.batch(b, origin, s); return nil }); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	return r.counted(ctx, in, cfg, s)
}

// counted makes the series once all rows are counted.
func (r *records) counted(ctx context.Context, in *read.Input, cfg *Config, s *Summary) ([]tidewatch.Series, tidewatch.Grid, error) {
	if len(r.currencies) > 1 && r.rates == nil {
		return nil, tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeData, "the prices are in several currencies (%s), which cannot be added up: say what they are worth with --rates %s=1,..., or leave rows out with --where",
			strings.Join(slices.Sorted(maps.Keys(r.currencies)), ", "), slices.Sorted(maps.Keys(r.currencies))[0])
	}
	if s.Later > 0 {
		s.note("note.later", s.Later)
	}
	if len(r.ids) == 0 {
		hint := "check --origin, --where and the columns"
		if r.events && r.measure.parts[0].action != "" {
			hint = "no event is of that kind: say --measure events to count all"
		}
		return nil, tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeData, "no row is left to count %s of: %s", r.measure.name, hint)
	}
	for _, note := range r.measure.notes {
		s.note(note)
	}
	for _, n := range []struct {
		key string
		n   int64
	}{{"note.unpriced", r.unpriced}, {"note.noNumber", r.noNumber}, {"note.itemless", r.noItem}} {
		if n.n > 0 {
			s.note(n.key, n.n)
		}
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
		g := group{field: -1, item: -1, index: map[string]int{}}
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
				if column, _ := in.Column(c); plays(in, column.Name, read.Item) {
					g.item = len(g.columns)
				}
				g.columns = append(g.columns, c)
			}
			g.field = len(fields)
			fields = append(fields, read.Field{Columns: g.columns, Kind: read.Text, Join: between, Required: !r.events && slices.Equal(g.columns, []string{string(read.Item)})})
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

// of is the number of the series of g with that text; -1 for an event of no item.
func (r *records) of(g *group, text string) int {
	if g.item >= 0 && r.successor != nil {
		parts := strings.Split(text, between)
		parts[g.item] = last(r.successor, parts[g.item])
		text = strings.Join(parts, between)
	}
	if text == "" && r.events && g.item == 0 && len(g.columns) == 1 {
		return -1
	}
	i, ok := g.index[text]
	if !ok {
		i = len(r.ids)
		g.index[text] = i
		r.ids = append(r.ids, g.id(text))
		for p := range r.entries {
			r.entries[p] = append(r.entries[p], pile{})
		}
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
				g.number = append(g.number, -2)
			}
		}
	}
	count := r.measure.counter(r, b)
	var at *day
	bucketAt := int64(math.MinInt64)
	for i, t := range b.Columns[0].Times {
		if t > origin {
			s.Later++
			continue
		}
		what := count.kind(i)
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
		if what == cancelled && !r.measure.returns {
			continue
		}
		for p, of := range count.parts {
			if value, ok := of(i); ok {
				r.add(b, i, p, entry{bucket, value})
			}
		}
	}
}

// add adds what row i counts to a part of every series it belongs to.
func (r *records) add(b *read.Batch, i, p int, e entry) {
	distinct := r.measure.parts[p].of.distinct()
	for k := range r.groups {
		g := &r.groups[k]
		n := 0
		if g.field < 0 {
			n = r.of(g, "")
		} else {
			code := b.Columns[g.field].Codes[i]
			if g.number[code] == -2 {
				g.number[code] = r.of(g, b.Columns[g.field].Dict[code])
			}
			if n = g.number[code]; n < 0 {
				r.noItem++
				continue
			}
		}
		l := &r.entries[p][n]
		if !distinct && l.n > 0 && l.last().bucket == e.bucket {
			l.last().value += e.value
			continue
		}
		l.add(&r.arena, e)
		if l.n >= compactFrom && l.n&(l.n-1) == 0 {
			r.buf = l.appendTo(r.buf[:0])
			l.set(l.compact(r.buf, distinct))
		}
	}
}

// compactFrom is how long a series' list of entries gets before those of one bucket are put together, at every power of two: so the
// memory of rows in any order is that of the distinct buckets.
const compactFrom = 1 << 12

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
	late, estimated := 0, 0
	var out []tidewatch.Series
	store := arena[float64]{}
	for k, id := range r.ids {
		if k%1024 == 0 && ctx.Err() != nil {
			return nil, grid, ctx.Err()
		}
		start, parts, any := math.MaxInt, make([]indexed, len(r.entries)), false
		for p := range r.entries {
			parts[p] = r.entries[p][k].indexed(index, first, last)
			r.entries[p][k] = pile{}
			start, any = min(start, parts[p].start), any || parts[p].start < math.MaxInt
		}
		if start >= end {
			if any {
				late++
			}
			continue
		}
		dense := store.take(end - start)[:end-start]
		if fill(dense, start, parts[0].entries, parts[0].sketches, r.measure.parts[0].of.distinct()) {
			estimated++
		}
		if len(parts) > 1 {
			below := make([]float64, end-start)
			fill(below, start, parts[1].entries, parts[1].sketches, r.measure.parts[1].of.distinct())
			for i, d := range below {
				if dense[i] /= d; d == 0 {
					dense[i] = math.NaN()
				}
			}
		}
		out = append(out, tidewatch.Series{ID: id, Grid: grid, Start: start, Values: dense})
	}
	if late > 0 {
		s.note("note.late", late)
	}
	if estimated > 0 {
		s.note("note.estimated", estimated, exactDistinct)
	}
	return out, grid, nil
}

// indexed is a pile whose buckets are indices of the grid.
type indexed struct {
	start    int // the first index; MaxInt if there is none
	entries  []entry
	sketches map[int]*hyperloglog.Sketch
}

func (p *pile) indexed(index func(int64) int, first, last int64) indexed {
	x := indexed{start: math.MaxInt}
	entries := p.appendTo(make([]entry, 0, p.n))
	for _, e := range entries {
		if e.bucket >= first && e.bucket <= last {
			at := index(e.bucket)
			x.entries = append(x.entries, entry{int64(at), e.value})
			x.start = min(x.start, at)
		}
	}
	for _, b := range slices.Sorted(maps.Keys(p.sketches)) {
		if b < first || b > last {
			continue
		}
		at := index(b)
		x.start = min(x.start, at)
		if x.sketches == nil {
			x.sketches = map[int]*hyperloglog.Sketch{}
		}
		if old := x.sketches[at]; old == nil {
			x.sketches[at] = p.sketches[b]
		} else if err := old.Merge(p.sketches[b]); err != nil {
			panic(err) // of one precision, all
		}
	}
	return x
}
