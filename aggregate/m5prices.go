package aggregate

import (
	"fmt"
	"math"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

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
