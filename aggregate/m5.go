package aggregate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// m5 is the M5 data set while it is read. A series begins with its first sale: what stands before it, zeros, is a product not yet on sale.
type m5 struct {
	*folder
	days   int           // of the calendar
	weeks  map[int64]int // number of the Walmart week (wm_yr_wk), counted from the calendar's first
	first  []int         // first day of each week, and the day after the last
	grid   tidewatch.Grid
	series []tidewatch.Series
	row    map[string]int32 // by item and store
	static [5][]string      // item, dept, cat, store, state of each series
}

var m5Static = [5]string{"item_id", "dept_id", "cat_id", "store_id", "state_id"}

func (b *folder) m5() ([]tidewatch.Series, tidewatch.Grid, []tidewatch.Covariate, error) {
	m := m5{folder: b, row: map[string]int32{}, weeks: map[int64]int{}}
	covariates, snap, err := m.calendar()
	if err == nil {
		err = m.sales()
	}
	if err != nil {
		return nil, m.grid, nil, err
	}
	covariates = append(covariates, m.attributes()...)
	if len(snap) > 0 {
		covariates = append(covariates, m.snap(snap))
	}
	if b.found.Files["prices"] != "" {
		price, err := m.prices()
		if err != nil {
			return nil, m.grid, nil, err
		}
		covariates = append(covariates, price)
	}
	b.summary.Measure = "units"
	return m.series, m.grid, covariates, nil
}

// calendar reads the days: the grid, the weeks of prices, and the events as covariates by time. snap are the days on which food stamps
// could be used, by state.
func (m *m5) calendar() (events []tidewatch.Covariate, snap map[string][]float32, err error) {
	in, err := m.open(string(read.Table), map[read.Role]string{read.Time: "date"}, "calendar")
	if err != nil {
		return nil, nil, err
	}
	fields := []read.Field{{Role: read.Time, Kind: read.Moment, Required: true}, {Columns: []string{"wm_yr_wk"}, Kind: read.Number, Required: true}, {Columns: []string{"d"}, Kind: read.Text, Required: true}}
	snap = map[string][]float32{}
	var states []string
	for _, c := range in.Recognised().Files[0].Columns {
		if strings.HasPrefix(c.Name, "event_") {
			events = append(events, tidewatch.Covariate{Name: c.Name, Ahead: true, Labels: []string{"none"}})
			fields = append(fields, read.Field{Columns: []string{c.Name}, Kind: read.Text})
		}
	}
	for _, c := range in.Recognised().Files[0].Columns {
		if state, ok := strings.CutPrefix(c.Name, "snap_"); ok {
			states = append(states, state)
			fields = append(fields, read.Field{Columns: []string{c.Name}, Kind: read.Number})
		}
	}
	index := make([]map[string]int, len(events))
	var bad error
	err = in.Read(m.ctx, fields, func(b *read.Batch) error {
		for i, t := range b.Columns[0].Times {
			if d := b.Columns[2]; d.Dict[d.Codes[i]] != "d_"+strconv.Itoa(m.days+1) {
				bad = tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d, column \"d\": it is %q where d_%d is expected: the days must be consecutive", m.found.Files["calendar"], b.Lines[i], d.Dict[d.Codes[i]], m.days+1)
				return bad
			}
			at := timeIn(t, in.Zone())
			if m.days == 0 {
				m.grid = tidewatch.Grid{Freq: tidewatch.Daily, Anchor: at}
			} else if m.grid.Index(at) != m.days {
				return tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d, column \"date\": a day is missing before it, or stands twice", m.found.Files["calendar"], b.Lines[i])
			}
			week := int64(b.Columns[1].Numbers[i])
			if _, seen := m.weeks[week]; !seen {
				m.weeks[week] = len(m.first)
				m.first = append(m.first, m.days)
			}
			m.days++
			for k := range events {
				c := b.Columns[3+k]
				text := c.Dict[c.Codes[i]]
				if text == "" {
					text = "none"
				}
				if index[k] == nil {
					index[k] = map[string]int{"none": 0}
				}
				n, ok := index[k][text]
				if !ok {
					n = len(events[k].Labels)
					index[k][text] = n
					events[k].Labels = append(events[k].Labels, text)
				}
				events[k].Values = append(events[k].Values, float32(n))
			}
			for k, state := range states {
				snap[state] = append(snap[state], float32(b.Columns[3+len(events)+k].Numbers[i]))
			}
		}
		return nil
	})
	m.first = append(m.first, m.days)
	return events, snap, err
}

// sales reads the sales, and those that continue them.
func (m *m5) sales() error {
	last := m.days
	if o := m.config.Origin; !o.IsZero() {
		last = max(0, min(last, m.grid.Index(o)+1))
		if o.Before(m.grid.Stamp(0)) {
			last = 0
		}
	}
	if f := m.config.Freq; !f.IsZero() && f != tidewatch.Daily {
		return tidewatch.Errorf(tidewatch.CodeUsage, "the series of M5 have a row every day, and %v was asked for: ready series are not added up; leave --freq out", f)
	}
	if err := m.table("sales", last); err != nil {
		return err
	}
	if m.found.Files["more"] != "" {
		if err := m.table("more", last); err != nil {
			return err
		}
	}
	kept, empty := m.series[:0], 0
	var static [5][]string
	m.row = map[string]int32{}
	end := 0
	for i, s := range m.series {
		if s = begun(s); len(s.Values) == 0 {
			empty++
			continue
		}
		for k := range static {
			static[k] = append(static[k], m.static[k][i])
		}
		m.row[m.static[0][i]+between+m.static[3][i]] = int32(len(kept))
		end = max(end, s.End())
		kept = append(kept, s)
	}
	m.series, m.static = kept, static
	if empty > 0 {
		m.summary.note("note.noSale", empty)
	}
	short := 0
	for i := range kept {
		if kept[i].End() < end {
			short++
		}
	}
	if short > 0 {
		m.summary.note("note.endEarly", short)
	}
	return nil
}

// begun is s from its first sale on.
func begun(s tidewatch.Series) tidewatch.Series {
	from := 0
	for from < len(s.Values) && s.Values[from] == 0 {
		from++
	}
	s.Start += from
	s.Values = s.Values[from:]
	return s
}

// table reads a table of sales: a row a series, a column a day. Days from index last on are left out.
func (m *m5) table(part string, last int) error {
	in, err := m.open(string(read.Table), nil, part)
	if err != nil {
		return err
	}
	var fields []read.Field
	for _, name := range m5Static {
		fields = append(fields, read.Field{Columns: []string{name}, Kind: read.Text, Required: true})
	}
	var days []int // of the fields behind those
	lo, hi := math.MaxInt, 0
	for c, column := range in.Recognised().Files[0].Columns {
		number, ok := strings.CutPrefix(column.Name, "d_")
		d, err := strconv.Atoi(number)
		if !ok || err != nil {
			continue
		}
		if d < 1 || d > m.days {
			return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: column %q is no day of the calendar, which has d_1 to d_%d", m.found.Files[part], column.Name, m.days)
		}
		if d <= last {
			days = append(days, d-1)
			fields = append(fields, read.Field{Columns: []string{"#" + strconv.Itoa(c+1)}, Kind: read.Number})
		}
		lo, hi = min(lo, d-1), max(hi, d)
	}
	if hi == 0 {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: there is no column of a day (d_1, d_2 ...)", m.found.Files[part])
	}
	if !slices.IsSorted(days) {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: the days' columns must ascend", m.found.Files[part])
	}
	hi = min(hi, last)
	more := 0 // days that the second table may add
	if m.found.Files["more"] != "" {
		more = min(28, last-hi)
	}
	store := arena[float64]{}
	strangers := 0
	err = in.Read(m.ctx, fields, func(b *read.Batch) error {
		text := func(k, i int) string { return b.Columns[k].Dict[b.Columns[k].Codes[i]] }
		to := make([][]float64, b.Rows)
		fresh := 0 // series that begin in this batch
		for i := range b.Rows {
			key := text(0, i) + between + text(3, i)
			n, seen := m.row[key]
			switch {
			case part == "sales" && seen:
				in.Refuse(read.Reject{File: m.found.Files[part], Line: b.Lines[i], Column: "item_id/store_id", Code: "idtwice", Reason: "the series stands twice: the first row was kept", Text: text(0, i) + "_" + text(3, i)})
			case part == "sales":
				m.row[key] = int32(len(m.series))
				fresh++
				to[i] = make([]float64, max(0, hi-lo))
				m.series = append(m.series, tidewatch.Series{ID: text(0, i) + "_" + text(3, i), Grid: m.grid, Start: lo})
				for k := range m.static {
					m.static[k] = append(m.static[k], text(k, i))
				}
			case !seen:
				strangers++
			default:
				s := &m.series[n]
				for s.End() < hi {
					s.Values = append(s.Values, math.NaN())
				}
				if from := lo - s.Start; from >= 0 && hi > lo {
					to[i] = s.Values[from : hi-s.Start]
				}
			}
		}
		for k, d := range days {
			values := b.Columns[5+k].Numbers
			for i, row := range to {
				if row != nil && d-lo < len(row) {
					row[d-lo] = values[i]
				}
			}
		}
		if part == "sales" {
			for i, s := 0, m.series[len(m.series)-fresh:]; len(s) > 0; i++ {
				if to[i] != nil {
					s[0].Values = to[i]
					t := begun(s[0])
					s[0].Start, s[0].Values = t.Start, append(store.take(len(t.Values)+more), t.Values...)
					s = s[1:]
				}
			}
		}
		return nil
	})
	if strangers > 0 {
		m.summary.note("note.strangers", strangers, m.found.Files[part])
	}
	return err
}

// attributes are the columns that say what a series is.
func (m *m5) attributes() []tidewatch.Covariate {
	var all []tidewatch.Covariate
	for k, name := range m5Static {
		c := tidewatch.Covariate{Name: name, Scope: tidewatch.BySeries, Labels: []string{}}
		var l labels
		for i := range m.series {
			c.Values = append(c.Values, l.of(m.static[k][i:i+1], &c)...)
		}
		all = append(all, c)
	}
	return all
}

// snap is the SNAP day of a series' own state: the states' days are stored once.
func (m *m5) snap(by map[string][]float32) tidewatch.Covariate {
	c := tidewatch.Covariate{Name: "snap", Scope: tidewatch.ByCell, Ahead: true, Cells: make([]tidewatch.Cells, len(m.series))}
	at := map[string]int{}
	for i := range m.series {
		state := m.static[4][i]
		days, ok := by[state]
		if !ok {
			continue
		}
		if _, seen := at[state]; !seen {
			at[state] = len(c.Values)
			c.Values = append(c.Values, days...)
		}
		c.Cells[i] = tidewatch.Cells{Offset: at[state], Len: len(days)}
	}
	return c
}

// prices reads the weekly prices: the price of a day is that of its week.
func (m *m5) prices() (tidewatch.Covariate, error) {
	c := tidewatch.Covariate{Name: "sell_price", Scope: tidewatch.ByCell, Ahead: true, Cells: make([]tidewatch.Cells, len(m.series))}
	in, err := m.open(string(read.Table), nil, "prices")
	if err != nil {
		return c, err
	}
	weeks := len(m.first) - 1
	weekly := make([]float32, weeks*len(m.series))
	for i := range weekly {
		weekly[i] = float32(math.NaN())
	}
	fields := []read.Field{{Columns: []string{"item_id", "store_id"}, Join: between, Kind: read.Text, Required: true}, {Columns: []string{"wm_yr_wk"}, Kind: read.Number, Required: true}, {Columns: []string{"sell_price"}, Kind: read.Number}}
	strangers := 0
	err = in.Read(m.ctx, fields, func(b *read.Batch) error {
		rows := make([]int32, len(b.Columns[0].Dict))
		for k, text := range b.Columns[0].Dict {
			var ok bool
			if rows[k], ok = m.row[text]; !ok {
				rows[k] = -1
			}
		}
		weekAt, at := math.NaN(), 0
		for i := range b.Rows {
			if w := b.Columns[1].Numbers[i]; w != weekAt {
				n, ok := m.weeks[int64(w)]
				if !ok {
					in.Refuse(read.Reject{File: m.found.Files["prices"], Line: b.Lines[i], Column: "wm_yr_wk", Code: "range", Reason: "the calendar has no such week", Text: fmt.Sprint(int64(w))})
					continue
				}
				weekAt, at = w, n
			}
			row := rows[b.Columns[0].Codes[i]]
			if row < 0 {
				strangers++
				continue
			}
			cell := &weekly[int(row)*weeks+at]
			if *cell == *cell {
				in.Refuse(read.Reject{File: m.found.Files["prices"], Line: b.Lines[i], Column: "sell_price", Code: "twice", Reason: "the week stands twice for this item and store: the first row was kept"})
				continue
			}
			*cell = float32(b.Columns[2].Numbers[i])
		}
		return nil
	})
	if err != nil {
		return c, err
	}
	if strangers > 0 {
		m.summary.note("note.strangers", strangers, m.found.Files["prices"])
	}
	known := func(i, w int) bool { v := weekly[i*weeks+w]; return v == v }
	total := 0
	for i := range c.Cells {
		lo, hi := 0, weeks
		for lo < hi && !known(i, lo) {
			lo++
		}
		for hi > lo && !known(i, hi-1) {
			hi--
		}
		c.Cells[i] = tidewatch.Cells{Start: m.first[lo], Offset: total, Len: m.first[hi] - m.first[lo]}
		total += c.Cells[i].Len
	}
	c.Values = make([]float32, total)
	for i, cells := range c.Cells {
		for w := 0; w < weeks; w++ {
			for d := max(m.first[w], cells.Start); d < min(m.first[w+1], cells.Start+cells.Len); d++ {
				c.Values[cells.Offset+d-cells.Start] = weekly[i*weeks+w]
			}
		}
	}
	return c, nil
}
