package aggregate

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// What the columns of a file of successions are called.
var (
	oldNames = []string{"old", "predecessor", "replaced", "旧商品", "旧款", "旧"}
	newNames = []string{"new", "successor", "replacement", "新商品", "新款", "新"}
)

// successions reads which item, or series, replaces which. One whose date is after the origin is not known yet.
func successions(ctx context.Context, cfg *Config, s *Summary) (map[string]string, error) {
	in := cfg.Successions
	if in == nil {
		return nil, nil
	}
	f := in.Recognised().Files[0]
	named := func(names []string) string {
		for _, c := range f.Columns {
			if slices.Contains(names, strings.ToLower(strings.TrimSpace(c.Name))) {
				return c.Name
			}
		}
		return ""
	}
	before, after := named(oldNames), named(newNames)
	if before == "" || after == "" {
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: a file of successions needs the columns old and new, and may have a date; there are %s", f.Name, columnNames(in))
	}
	fields := []read.Field{{Columns: []string{before}, Kind: read.Text, Required: true}, {Columns: []string{after}, Kind: read.Text, Required: true}, {Role: read.Time, Kind: read.Moment}}
	all := map[string]string{}
	later := 0
	err := in.Read(ctx, fields, func(b *read.Batch) error {
		for i := range b.Rows {
			from, to := b.Columns[0].Dict[b.Columns[0].Codes[i]], b.Columns[1].Dict[b.Columns[1].Codes[i]]
			if t := b.Columns[2].Times; t != nil && !cfg.Origin.IsZero() && t[i] > cfg.Origin.UnixMicro() {
				later++
				continue
			}
			if _, twice := all[from]; twice {
				in.Refuse(read.Reject{File: f.Name, Line: b.Lines[i], Column: before, Code: "idtwice", Reason: "the id stands twice: the first row was kept", Text: from})
				continue
			}
			if last(all, to) == from {
				return tidewatch.Errorf(tidewatch.CodeInput, "%s: line %d: %q would in the end replace itself: correct the file", f.Name, b.Lines[i], from)
			}
			all[from] = to
		}
		return nil
	})
	if later > 0 {
		s.note("note.laterSuccessions", later)
	}
	if len(all) > 0 {
		s.note("note.successions", len(all))
	}
	return all, err
}

// last is what replaces id in the end.
func last(all map[string]string, id string) string {
	for {
		next, ok := all[id]
		if !ok {
			return id
		}
		id = next
	}
}

// succeed makes one series of each that was replaced and what replaces it: where both have a value it is their sum.
func succeed(series []tidewatch.Series, all map[string]string) []tidewatch.Series {
	if len(all) == 0 {
		return series
	}
	at := map[string]int{}
	out := series[:0:0]
	for _, s := range series {
		s.ID = last(all, s.ID)
		i, seen := at[s.ID]
		if !seen {
			at[s.ID] = len(out)
			out = append(out, s)
			continue
		}
		out[i] = added(out[i], s)
	}
	return out
}

// added is the sum of two series of one grid; a value that one lacks is the other's.
func added(a, b tidewatch.Series) tidewatch.Series {
	start, end := min(a.Start, b.Start), max(a.End(), b.End())
	values := make([]float64, end-start)
	for i := range values {
		values[i] = math.NaN()
	}
	for _, s := range []tidewatch.Series{a, b} {
		for i, v := range s.Values {
			to := &values[s.Start+i-start]
			if *to != *to {
				*to = v
			} else if v == v {
				*to += v
			}
		}
	}
	a.Start, a.Values, a.Unavailable = start, values, nil
	return a
}
