package aggregate

import (
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

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
