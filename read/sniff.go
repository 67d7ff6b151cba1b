package read

import (
	"bytes"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// sampleRows bounds the rows a file is recognised by.
const sampleRows = 20_000

// table is a sample of a file: what is recognised is recognised from it.
type table struct {
	names []string   // nil where the file has no header
	rows  [][][]byte // nil cells are absent
}

// column is the sample of one column.
func (t *table) column(c int) [][]byte {
	out := make([][]byte, len(t.rows))
	for i, r := range t.rows {
		if c < len(r) {
			out[i] = r[c]
		}
	}
	return out
}

// some is the sample of one column in at most n rows, evenly spaced.
func (t *table) some(c, n int) [][]byte {
	if len(t.rows) <= n {
		return t.column(c)
	}
	out := make([][]byte, n)
	for i := range out {
		if r := t.rows[i*len(t.rows)/n]; c < len(r) {
			out[i] = r[c]
		}
	}
	return out
}

// thin takes at most n texts, evenly spaced.
func thin(column [][]byte, n int) [][]byte {
	if len(column) <= n {
		return column
	}
	out := make([][]byte, n)
	for i := range out {
		out[i] = column[i*len(column)/n]
	}
	return out
}

// splitSample splits a sample into rows of all their fields, without empty lines and broken rows. The rows share b's memory.
func splitSample(d dialect, b []byte, limit int) [][][]byte {
	r := csvRows{dialect: d}
	var rows [][][]byte
	for pos := 0; pos < len(b) && len(rows) < limit; {
		end, fields, bad := r.next(b, pos)
		if fields > len(r.want) { // wider than any row before: once more, with room
			for i := len(r.want); i < fields; i++ {
				r.want = append(r.want, i)
			}
			r.cells = make([][]byte, fields)
			continue
		}
		pos = end
		if bad || fields == 0 {
			continue
		}
		row := make([][]byte, fields)
		copy(row, r.cells)
		for i := range row {
			if r.quoted { // may stand in the scratch
				row[i] = bytes.Clone(row[i])
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// newlineOf is '\r' for a text of old Macintosh lines, else '\n'.
func newlineOf(b []byte) byte {
	if bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') >= 0 {
		return '\r'
	}
	return '\n'
}

var delimiters = map[string]byte{",": ',', ";": ';', "|": '|', "tab": '\t', "\t": '\t', `\t`: '\t', "space": ' ', " ": ' ', "comma": ',', "semicolon": ';', "pipe": '|'}

func delimiterNamed(name string) (byte, error) {
	if d, ok := delimiters[name]; ok {
		return d, nil
	}
	if len(name) == 1 && name[0] > ' ' && name[0] < 0x7f && name[0] != '"' && (name[0] < '0' || name[0] > '9') {
		return name[0], nil
	}
	return 0, tidewatch.Errorf(tidewatch.CodeUsage, "delimiter %q is not known: use one ASCII character, or tab, space, comma, semicolon or pipe", name)
}

func delimiterName(d dialect) string {
	switch {
	case d.squeeze:
		return "spaces"
	case d.delim == '\t':
		return "tab"
	}
	return string(d.delim)
}

// sniffDialect finds the delimiter: the one that splits most of the first rows into the same number of fields, more than one; among
// several the one that gives the most fields. Spaces are tried last.
func sniffDialect(b []byte) dialect {
	newline := newlineOf(b)
	best, bestShare, bestFields := dialect{delim: ',', newline: newline}, 0, 1
	for _, c := range []byte{',', '\t', ';', '|'} {
		d := dialect{delim: c, newline: newline}
		if share, fields := consistency(d, b); fields > 1 && (share > bestShare || share == bestShare && fields > bestFields) {
			best, bestShare, bestFields = d, share, fields
		}
	}
	if bestFields == 1 {
		d := dialect{delim: ' ', newline: newline, squeeze: true}
		if share, fields := consistency(d, b); fields > 1 && share >= 90 {
			best = d
		}
	}
	return best
}

// consistency is the share, in hundredths, of the first rows that have the most frequent number of fields, and that number.
func consistency(d dialect, b []byte) (share, fields int) {
	rows := splitSample(d, b[:min(len(b), 1<<16)], 100)
	if len(rows) > 1 && len(b) > 1<<16 {
		rows = rows[:len(rows)-1] // may be cut
	}
	counts := map[int]int{}
	for _, r := range rows {
		counts[len(r)]++
	}
	most := 0
	for n, k := range counts {
		if k > most || k == most && n > fields {
			fields, most = n, k
		}
	}
	if len(rows) == 0 {
		return 0, 1
	}
	return 100 * most / len(rows), fields
}

// hasHeader reports whether the first row names columns: it holds a known name, or no number and no time while the rows below do.
func hasHeader(rows [][][]byte) bool {
	if len(rows) == 0 {
		return false
	}
	first := rows[0]
	named := 0
	for _, cell := range first {
		cell = trim(cell)
		if _, st := parseNumber(cell, '.'); st == fine {
			return false
		}
		if f, _ := pickFormat([][]byte{cell}, true); f != nil {
			return false
		}
		if knownNames[normal(string(cell))] {
			named++
		}
	}
	if named > 0 {
		return true
	}
	below := rows[1:min(len(rows), 50)]
	for c := range first {
		column := (&table{rows: below}).column(c)
		if t := typeOf(column); t == "number" || t == "time" {
			return true
		}
	}
	return false
}

// typeOf says what most of a column's texts are: number, time, text, or blank.
func typeOf(column [][]byte) string {
	known, point, comma := 0, 0, 0
	for _, b := range column {
		b = trim(b)
		if isBlank(b) {
			continue
		}
		known++
		if _, st := parseNumber(b, '.'); st == fine {
			point++
		}
		if _, st := parseNumber(b, ','); st == fine {
			comma++
		}
	}
	switch {
	case known == 0:
		return "blank"
	case max(point, comma)*20 >= known*19:
		return "number"
	}
	if f, _ := pickFormat(column, false); f != nil {
		return "time"
	}
	if max(point, comma)*5 >= known*4 {
		return "number"
	}
	return "text"
}

// numberShare is how many of a hundred texts that are not blank are numbers.
func numberShare(column [][]byte) int {
	known, numbers := 0, 0
	for _, b := range column {
		if b = trim(b); isBlank(b) {
			continue
		}
		known++
		_, p := parseNumber(b, '.')
		if _, c := parseNumber(b, ','); p == fine || c == fine {
			numbers++
		}
	}
	return 100 * numbers / max(1, known)
}

// sniffDecimal finds the decimal mark: ',' where more cells can only be read that way than with a point.
func sniffDecimal(t *table) byte {
	point, comma := 0, 0
	for _, row := range t.rows[:min(len(t.rows), 2000)] {
		for _, cell := range row {
			cell = trim(cell)
			if len(cell) < 3 || len(cell) > 24 {
				continue
			}
			i, j := bytes.LastIndexByte(cell, '.'), bytes.LastIndexByte(cell, ',')
			if i < 0 && j < 0 || slices.ContainsFunc(cell, func(c byte) bool { return c != '.' && c != ',' && c != '-' && c-'0' > 9 }) {
				continue
			}
			_, p := parseNumber(cell, '.')
			_, c := parseNumber(cell, ',')
			switch {
			case p == fine && c != fine:
				point++
			case c == fine && p != fine:
				comma++
			}
		}
	}
	if comma > point {
		return ','
	}
	return '.'
}
