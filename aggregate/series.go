package aggregate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/clean"
	"github.com/tidewatch/tidewatch/read"
)

// ready is one ready series while it is read. Times are microseconds; lines are file<<40 | line.
type ready struct {
	id     string
	values list[float64]
	times  ramps
	lines  ramps
	latest int64
	lo, hi int64 // the earliest and the latest time
	out    []int // rows, by number, in which there was no stock
	mixed  bool  // not in strictly ascending order
}

// collector gathers the rows of ready series.
type collector struct {
	series []ready
	index  map[string]int
	floats arena[float64]
	ramps  arena[ramp]
}

func (c *collector) find(id string) int {
	i, ok := c.index[id]
	if !ok {
		i = len(c.series)
		c.index[id] = i
		c.series = append(c.series, ready{id: id})
	}
	return i
}

// readySeries makes series of rows of id, time and value.
func readySeries(ctx context.Context, in *read.Input, cfg *Config, s *Summary) ([]tidewatch.Series, tidewatch.Grid, error) {
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}, {Role: read.Value, Kind: read.Number}, {Role: read.ID, Kind: read.Text, Required: in.Has(read.ID)}}
	stock := -1
	if in.Has(read.Stock) && cfg.Stock == nil {
		stock = len(fields)
		fields = append(fields, read.Field{Role: read.Stock, Kind: read.Number})
	}
	replaced, err := successions(ctx, cfg, s)
	if err != nil {
		return nil, tidewatch.Grid{}, err
	}
	c := collector{index: map[string]int{}}
	files := in.Recognised().Files
	origin := int64(math.MaxInt64)
	if !cfg.Origin.IsZero() {
		origin = cfg.Origin.UnixMicro()
	}
	var number []int // of the batch's codes
	err = scan(ctx, in, cfg, s, fields, func(b *read.Batch) error {
		times, values, codes := b.Columns[0].Times, b.Columns[1].Numbers, b.Columns[2].Codes
		number = number[:0]
		if codes == nil {
			number = append(number, c.find(plainName(files, b.File)))
		} else {
			for range b.Columns[2].Dict {
				number = append(number, -1)
			}
		}
		file := int64(b.File) << 40
		for i, t := range times {
			if t > origin {
				s.Later++
				continue
			}
			k := 0
			if codes != nil {
				k = int(codes[i])
				if number[k] < 0 {
					number[k] = c.find(b.Columns[2].Dict[k])
				}
			}
			r := &c.series[number[k]]
			if r.values.n > 0 && t <= r.latest {
				r.mixed = true
			}
			if r.values.n == 0 {
				r.lo, r.hi = t, t
			}
			r.latest, r.lo, r.hi = t, min(r.lo, t), max(r.hi, t)
			if stock >= 0 && b.Columns[stock].Numbers[i] <= 0 {
				r.out = append(r.out, r.values.n)
			}
			r.values.add(&c.floats, values[i])
			r.times.push(&c.ramps, t)
			r.lines.push(&c.ramps, file|b.Lines[i])
		}
		return nil
	})
	if err != nil {
		return nil, tidewatch.Grid{}, err
	}
	c.index = nil
	s.Measure = "value"
	for _, p := range files[0].Roles {
		if p.Role == read.Value {
			s.Measure = p.Columns[0]
		}
	}
	if s.Later > 0 {
		s.note("note.later", s.Later)
	}
	if len(c.series) == 0 {
		return nil, tidewatch.Grid{}, tidewatch.Errorf(tidewatch.CodeData, "no row is left: all %d are after the origin %s", s.Later, cfg.Origin.Format("2006-01-02 15:04"))
	}
	if err := ctx.Err(); err != nil {
		return nil, tidewatch.Grid{}, err
	}
	grid, err := c.grid(cfg, in.Zone(), s)
	if err != nil {
		return nil, grid, err
	}
	series, err := c.densify(in, grid, files, cfg.Rows, s)
	if s.Out > 0 {
		s.note("note.outOfStock", s.Out)
	}
	return succeed(series, replaced), grid, err
}

// plainName names the only series of a file without ids: by the value's column, or, of several files, by the file.
func plainName(files []read.File, file int) string {
	if len(files) > 1 {
		name := files[file].Name
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if i := strings.IndexByte(name, '.'); i > 0 {
			name = name[:i]
		}
		return name
	}
	for _, p := range files[0].Roles {
		if p.Role == read.Value {
			return p.Columns[0]
		}
	}
	return "series"
}

// densify puts the rows of every series on the grid: absent ones are unknown. What the steps of the configuration do to rows is listed in the
// summary; of two rows in one period that no step merges the later one is refused.
func (c *collector) densify(in *read.Input, grid tidewatch.Grid, files []read.File, steps clean.RowSteps, s *Summary) ([]tidewatch.Series, error) {
	ix := newIndexer(grid)
	out := make([]tidewatch.Series, len(c.series))
	var times, lines []int64
	var values []float64
	var rows []clean.Row
	off, twice := 0, 0
	var offExample string
	if err := c.fits(ix); err != nil {
		return nil, err
	}
	store := arena[float64]{}
	for k := range c.series {
		r := &c.series[k]
		if first, ok := r.regular(ix); ok {
			dense := store.take(r.values.n)
			out[k] = tidewatch.Series{ID: r.id, Grid: grid, Start: first, Values: r.values.appendTo(dense)}
			for _, i := range r.out {
				mark(&out[k], i)
			}
			s.Out += int64(len(r.out))
			*r = ready{}
			continue
		}
		times, lines, values, rows = r.times.numbers(times[:0]), lines[:0], r.values.appendTo(values[:0]), rows[:0]
		for i, t := range times {
			rows = append(rows, clean.Row{At: t, Value: values[i]})
		}
		settled := steps.Settle(r.id, rows, ix, grid.Freq)
		s.Repaired = append(s.Repaired, settled.Changes...)
		first := settled.Places[0].Index
		dense := store.take(settled.Places[len(settled.Places)-1].Index - first + 1)
		for range cap(dense) {
			dense = append(dense, math.NaN())
		}
		out[k] = tidewatch.Series{ID: r.id, Grid: grid, Start: first, Values: dense}
		for _, p := range settled.Places {
			dense[p.Index-first] = p.Value
			if _, none := slices.BinarySearch(r.out, p.Row); none {
				mark(&out[k], p.Index-first)
				s.Out++
			}
		}
		if off += len(settled.Off); offExample == "" && len(settled.Off) > 0 {
			at := times[settled.Off[0]]
			offExample = fmt.Sprintf("series %q at %s, counted as %s", r.id, show(at, grid), grid.Stamp(ix.of(at)).Format(stampLayout(grid)))
		}
		twice += len(settled.Twice)
		for _, i := range settled.Twice {
			if len(lines) == 0 {
				lines = r.lines.numbers(lines)
			}
			file := files[lines[i]>>40]
			reason := "the time stands twice in this series"
			if _, stamp := ix.Place(times[i]); stamp != times[i] {
				reason = "the period of this time already has a row in this series"
			}
			in.Refuse(read.Reject{File: file.Name, Line: lines[i] & (1<<40 - 1), Column: roleColumn(file, read.Time), Code: "twice", Reason: fmt.Sprintf("%s: the first row was kept", reason),
				Text: fmt.Sprintf("%s %s", r.id, show(times[i], grid))})
		}
		*r = ready{}
	}
	if twice > 0 {
		s.note("note.twice", twice)
	}
	if off > 0 {
		s.note("note.off", off, grid.Freq.String(), offExample)
	}
	return out, nil
}

// regular reports whether the series has just one row in every period, on its stamp, and the index of its first: the usual case, made
// fast for grids of even periods.
func (r *ready) regular(ix *indexer) (first int, ok bool) {
	if r.mixed || r.times.n != 1 || ix.grid.Freq.Unit > tidewatch.Week || ix.grid.Anchor.Location() != time.UTC {
		return 0, false
	}
	first = ix.of(r.lo)
	onFirst := ix.exact == r.lo
	n := ix.of(r.hi) - first + 1
	return first, onFirst && ix.exact == r.hi && n == r.values.n
}

// fits reports series that would make more cells than fit, before any is made.
func (c *collector) fits(ix *indexer) error {
	cells, longest, most := int64(0), 0, 0
	for k := range c.series {
		n := ix.of(c.series[k].hi) - ix.of(c.series[k].lo) + 1
		if cells += int64(n); n > most {
			longest, most = k, n
		}
	}
	if cells <= maxCells {
		return nil
	}
	r := &c.series[longest]
	return tidewatch.Errorf(tidewatch.CodeData, "%d series make %d periods of %v, more than %d; the longest, %q, runs from %s to %s with %d rows: correct its stamps, or say a longer --freq",
		len(c.series), cells, ix.grid.Freq, maxCells, r.id, show(r.lo, ix.grid), show(r.hi, ix.grid), r.values.n)
}

func roleColumn(f read.File, role read.Role) string {
	for _, p := range f.Roles {
		if p.Role == role {
			return strings.Join(p.Columns, "/")
		}
	}
	return ""
}

func stampLayout(g tidewatch.Grid) string {
	if g.Freq.Unit == tidewatch.Hour || g.Anchor.Hour() != 0 || g.Anchor.Minute() != 0 {
		return "2006-01-02 15:04"
	}
	return "2006-01-02"
}

func show(micros int64, g tidewatch.Grid) string {
	t := time.UnixMicro(micros).In(g.Anchor.Location())
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04:05")
}

// indexer is Grid.Index, remembered: stamps come again in every series. It is a [clean.Stamping].
type indexer struct {
	grid  tidewatch.Grid
	known map[int64]place
	last  int64
	at    int
	exact int64 // the stamp of the period last asked for, in microseconds
}

type place struct {
	index int
	stamp int64
}

func newIndexer(g tidewatch.Grid) *indexer {
	return &indexer{grid: g, known: map[int64]place{}, last: math.MinInt64}
}

func (x *indexer) of(t int64) int {
	if t == x.last {
		return x.at
	}
	p, ok := x.known[t]
	if !ok {
		p.index = x.grid.Index(time.UnixMicro(t))
		p.stamp = x.grid.Stamp(p.index).UnixMicro()
		if len(x.known) > 1<<20 {
			clear(x.known)
		}
		x.known[t] = p
	}
	x.last, x.at, x.exact = t, p.index, p.stamp
	return p.index
}

// Place implements [clean.Stamping].
func (x *indexer) Place(t int64) (index int, stamp int64) {
	index = x.of(t)
	return index, x.exact
}

// Stamp implements [clean.Stamping].
func (x *indexer) Stamp(index int) int64 { return x.grid.Stamp(index).UnixMicro() }
