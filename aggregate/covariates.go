package aggregate

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/read"
)

// readCovariates reads the files of what is known ahead and of what is known of each series.
func readCovariates(ctx context.Context, series []tidewatch.Series, grid tidewatch.Grid, c *Config, s *Summary) ([]tidewatch.Covariate, error) {
	if c.Known == nil && c.Static == nil {
		return nil, nil
	}
	row := make(map[string]int32, len(series))
	for i := range series {
		row[series[i].ID] = int32(i)
	}
	var all []tidewatch.Covariate
	if c.Known != nil {
		known, err := knownAhead(ctx, c.Known, c.KnownColumns, row, len(series), grid, s)
		if err != nil {
			return nil, err
		}
		all = append(all, known...)
	}
	if c.Static != nil {
		static, err := ofSeries(ctx, c.Static, row, len(series), s)
		if err != nil {
			return nil, err
		}
		all = append(all, static...)
	}
	return all, nil
}

// covariateColumns are the columns of a table that are neither its id nor its time, as fields and as covariates to fill.
// Where only are named, they are those; else those of the first file that all files have. A column is of numbers if it is in all files.
func covariateColumns(in *read.Input, only []string) (fields []read.Field, columns []tidewatch.Covariate, err error) {
	files := in.Recognised().Files
	f := files[0]
	var keys []string
	for _, p := range f.Roles {
		if p.Role == read.ID || p.Role == read.Time {
			keys = append(keys, p.Columns...)
		}
	}
	for _, c := range f.Columns {
		everywhere, numbers := true, true
		for _, other := range files {
			k := slices.IndexFunc(other.Columns, func(n read.Named) bool { return n.Name == c.Name })
			everywhere = everywhere && k >= 0
			numbers = numbers && k >= 0 && (other.Columns[k].Type == "number" || other.Columns[k].Type == "blank") && !other.Columns[k].Codes
		}
		if slices.Contains(keys, c.Name) || !everywhere || only != nil && !slices.Contains(only, c.Name) {
			continue
		}
		field := read.Field{Columns: []string{c.Name}, Kind: read.Text}
		covariate := tidewatch.Covariate{Name: c.Name, Labels: []string{}}
		if numbers {
			field.Kind, covariate.Labels = read.Number, nil
		}
		fields, columns = append(fields, field), append(columns, covariate)
	}
	if len(columns) == 0 {
		return nil, nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: there is no column beside %s: covariates are further columns", f.Name, strings.Join(keys, " and "))
	}
	return fields, columns, nil
}

// labels gives the texts of one column numbers.
type labels struct {
	index map[string]int
	codes []float32 // of the batch's codes
}

// of are the numbers of the batch's texts; blank is unknown.
func (l *labels) of(dict []string, c *tidewatch.Covariate) []float32 {
	if l.index == nil {
		l.index = map[string]int{}
	}
	l.codes = l.codes[:0]
	for _, text := range dict {
		if text == "" {
			l.codes = append(l.codes, float32(math.NaN()))
			continue
		}
		n, ok := l.index[text]
		if !ok {
			n = len(c.Labels)
			l.index[text] = n
			c.Labels = append(c.Labels, text)
		}
		l.codes = append(l.codes, float32(n))
	}
	return l.codes
}

// columnValues appends the values of one column of a batch.
func columnValues(col read.Column, l *labels, c *tidewatch.Covariate, to []float32) []float32 {
	if c.Labels == nil {
		for _, v := range col.Numbers {
			to = append(to, float32(v))
		}
		return to
	}
	codes := l.of(col.Dict, c)
	for _, k := range col.Codes {
		to = append(to, codes[k])
	}
	return to
}

// knownRow is one row of the known file that fits the panel.
type knownRow struct {
	series, index int32
	exact         bool // stands on a stamp of the grid
	line          int64
}

// knownAhead reads covariates by time, or by id and time. Rows shorter apart than the grid are averaged over the period (of labels the
// first counts).
func knownAhead(ctx context.Context, in *read.Input, only []string, row map[string]int32, n int, grid tidewatch.Grid, s *Summary) ([]tidewatch.Covariate, error) {
	extra, columns, err := covariateColumns(in, only)
	if err != nil {
		return nil, err
	}
	fields := append([]read.Field{{Role: read.Time, Kind: read.Moment, Required: true}, {Role: read.ID, Kind: read.Text, Required: in.Has(read.ID)}}, extra...)
	ix := newIndexer(grid)
	var rows []knownRow
	values, words := make([][]float32, len(columns)), make([]labels, len(columns))
	strangers := 0
	byID := in.Has(read.ID)
	if !byID {
		n = 1
	}
	err = in.Read(ctx, fields, func(b *read.Batch) error {
		ids := make([]int32, len(b.Columns[1].Dict))
		for k, id := range b.Columns[1].Dict {
			var ok bool
			if ids[k], ok = row[id]; !ok {
				ids[k] = -1
			}
		}
		for i, t := range b.Columns[0].Times {
			r := knownRow{line: int64(b.File)<<40 | b.Lines[i]}
			if byID {
				if r.series = ids[b.Columns[1].Codes[i]]; r.series < 0 {
					strangers++
				}
			}
			r.index = int32(ix.of(t))
			r.exact = ix.exact == t
			rows = append(rows, r)
		}
		for k := range columns {
			values[k] = columnValues(b.Columns[2+k], &words[k], &columns[k], values[k])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if strangers > 0 {
		s.note("note.knownStrangers", strangers)
	}
	cells, total, err := placeCells(rows, n)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(rows)) // cell of each row, -1 for none
	stamped := make([]bool, total)
	files := in.Recognised().Files
	for i, r := range rows {
		if at[i] = -1; r.series < 0 {
			continue
		}
		c := cells[r.series]
		k := c.Offset + int(r.index) - c.Start
		if r.exact && stamped[k] {
			f := files[r.line>>40]
			in.Refuse(read.Reject{File: f.Name, Line: r.line & (1<<40 - 1), Column: roleColumn(f, read.Time), Code: "twice", Reason: "the time stands twice: the first row was kept"})
			continue
		}
		stamped[k] = stamped[k] || r.exact
		at[i] = k
	}
	count := make([]int32, total)
	for k := range columns {
		c := &columns[k]
		c.Ahead = true
		c.Values = make([]float32, total)
		clear(count)
		for i, cell := range at {
			if v := values[k][i]; cell >= 0 && v == v && (c.Labels == nil || count[cell] == 0) {
				c.Values[cell] += v
				count[cell]++
			}
		}
		for i, m := range count {
			switch {
			case m == 0:
				c.Values[i] = float32(math.NaN())
			case m > 1 && c.Labels == nil:
				c.Values[i] /= float32(m)
			}
		}
		if byID {
			c.Scope, c.Cells = tidewatch.ByCell, cells
		} else {
			c.Scope, c.First = tidewatch.ByTime, cells[0].Start
		}
	}
	return columns, nil
}

// placeCells places the cells of n series, each from its first to its last row.
func placeCells(rows []knownRow, n int) ([]tidewatch.Cells, int, error) {
	cells := make([]tidewatch.Cells, n)
	for _, r := range rows {
		if r.series < 0 {
			continue
		}
		c, i := &cells[r.series], int(r.index)
		if c.Len == 0 {
			c.Start, c.Len = i, 1
		} else if i < c.Start {
			c.Start, c.Len = i, c.Len+c.Start-i
		} else {
			c.Len = max(c.Len, i-c.Start+1)
		}
	}
	total := 0
	for i := range cells {
		cells[i].Offset = total
		if total += cells[i].Len; total > maxCells {
			return nil, 0, tidewatch.Errorf(tidewatch.CodeData, "the known file spans more than %d periods over all series: check its stamps", maxCells)
		}
	}
	return cells, total, nil
}

// ofSeries reads covariates by id.
func ofSeries(ctx context.Context, in *read.Input, row map[string]int32, n int, s *Summary) ([]tidewatch.Covariate, error) {
	if !in.Has(read.ID) {
		f := in.Recognised().Files[0]
		return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no column of the static file was recognised as the id of the series: say which it is with --id COLUMN", f.Name)
	}
	extra, columns, err := covariateColumns(in, nil)
	if err != nil {
		return nil, err
	}
	for k := range columns {
		columns[k].Scope = tidewatch.BySeries
		columns[k].Values = make([]float32, n)
		for i := range columns[k].Values {
			columns[k].Values[i] = float32(math.NaN())
		}
	}
	seen, words := make([]bool, n), make([]labels, len(columns))
	strangers := 0
	files := in.Recognised().Files
	fields := append([]read.Field{{Role: read.ID, Kind: read.Text, Required: true}}, extra...)
	err = in.Read(ctx, fields, func(b *read.Batch) error {
		to := make([]int32, b.Rows)
		for i := range to {
			var ok bool
			switch to[i], ok = row[b.Columns[0].Dict[b.Columns[0].Codes[i]]]; {
			case !ok:
				to[i] = -1
				strangers++
			case seen[to[i]]:
				to[i] = -1
				f := files[b.File]
				in.Refuse(read.Reject{File: f.Name, Line: b.Lines[i], Column: roleColumn(f, read.ID), Code: "idtwice", Reason: "the id stands twice: the first row was kept"})
			default:
				seen[to[i]] = true
			}
		}
		for k := range columns {
			for i, v := range columnValues(b.Columns[1+k], &words[k], &columns[k], nil) {
				if to[i] >= 0 {
					columns[k].Values[to[i]] = v
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	missing := 0
	for _, ok := range seen {
		if !ok {
			missing++
		}
	}
	if missing > 0 {
		s.note("note.staticMissing", missing, n)
	}
	if strangers > 0 {
		s.note("note.staticStrangers", strangers)
	}
	return columns, nil
}
