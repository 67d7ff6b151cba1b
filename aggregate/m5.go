package aggregate

import (
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
