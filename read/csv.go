package read

import (
	"bytes"
)

// dialect is how a delimited text is written.
type dialect struct {
	delim   byte
	newline byte // '\n', or '\r' alone
	squeeze bool // fields stand apart by any number of spaces and tabs
}

// opens reports whether a quote at b[q] begins a field; elsewhere it is a character like any other.
func (d dialect) opens(b []byte, q int) bool {
	if q == 0 {
		return true
	}
	c := b[q-1]
	return c == d.delim || c == d.newline || d.squeeze && (c == ' ' || c == '\t')
}

// What became of a quoted field.
type quoteEnd uint8

const (
	closed quoteEnd = iota
	open            // the text ends first
	broken          // the closing quote is followed by something other than a delimiter or the end of the row
)

// closing finds the end of the field whose opening quote is b[q]: the index after its closing quote. final says that b is all there is.
func (d dialect) closing(b []byte, q int, final bool) (int, quoteEnd) {
	for i := q + 1; ; {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return 0, open
		}
		i += j + 1
		if i == len(b) {
			if final {
				return i, closed
			}
			return 0, open
		}
		switch c := b[i]; {
		case c == '"':
			i++
		case c == d.delim || c == d.newline || d.squeeze && c == '\t':
			return i, closed
		case c == '\r' && (i+1 == len(b) || b[i+1] == d.newline):
			if i+1 == len(b) && !final {
				return 0, open
			}
			return i, closed
		default:
			return 0, broken
		}
		if i == len(b) {
			return 0, open
		}
	}
}

// cut is how much of b, which begins at a row, is whole rows. A row with a broken quote ends with its line, so that it cannot swallow
// the rows after it.
func (d dialect) cut(b []byte) int {
	pos, last := 0, 0
	for {
		q := bytes.IndexByte(b[pos:], '"')
		if q < 0 {
			if nl := bytes.LastIndexByte(b[pos:], d.newline); nl >= 0 {
				last = pos + nl + 1
			}
			return last
		}
		q += pos
		if nl := bytes.LastIndexByte(b[pos:q], d.newline); nl >= 0 {
			last = pos + nl + 1
		}
		if !d.opens(b, q) {
			pos = q + 1
			continue
		}
		end, how := d.closing(b, q, false)
		switch how {
		case closed:
			pos = end
		case open:
			return last
		case broken:
			nl := bytes.IndexByte(b[q:], d.newline)
			if nl < 0 {
				return last
			}
			pos = q + nl + 1
			last = pos
		}
	}
}

// csvRows splits rows into the cells wanted.
type csvRows struct {
	dialect
	want    []int    // of each column the cell it fills, -1 for none
	cells   [][]byte // of the last row; unquoted
	scratch []byte
	quoted  bool // the last row has a quoted field, and so may span lines
}

// next splits the row at b[pos:]. It returns where the next row begins, how many fields there were (0: an empty line), and whether a
// quote is broken: then the row ends with its line.
func (r *csvRows) next(b []byte, pos int) (end, fields int, bad bool) {
	for i := range r.cells {
		r.cells[i] = nil
	}
	r.scratch, r.quoted = r.scratch[:0], false
	start := pos
	delim, newline := r.delim, r.newline
	for {
		if r.squeeze {
			for pos < len(b) && (b[pos] == ' ' || b[pos] == '\t') {
				pos++
			}
			if pos == len(b) || b[pos] == newline || b[pos] == '\r' && (pos+1 == len(b) || b[pos+1] == newline) {
				if at := bytes.IndexByte(b[pos:], newline); at >= 0 {
					return pos + at + 1, fields, false
				}
				return len(b), fields, false
			}
		}
		cell := -1
		if fields < len(r.want) {
			cell = r.want[fields]
		}
		var text []byte
		if pos < len(b) && b[pos] == '"' {
			r.quoted = true
			close, how := r.closing(b, pos, true)
			if how != closed {
				if nl := bytes.IndexByte(b[pos:], newline); nl >= 0 {
					return pos + nl + 1, fields, true
				}
				return len(b), fields, true
			}
			if cell >= 0 {
				text = r.unquote(b[pos+1 : close-1])
			}
			pos = close
			if pos < len(b) && b[pos] == '\r' && newline != '\r' {
				pos++
			}
		} else {
			from := pos
			if r.squeeze {
				for pos < len(b) && b[pos] != ' ' && b[pos] != '\t' && b[pos] != newline {
					pos++
				}
			} else {
				for pos < len(b) {
					if c := b[pos]; c == delim || c == newline {
						break
					}
					pos++
				}
			}
			text = b[from:pos]
			if n := len(text); n > 0 && text[n-1] == '\r' && (pos == len(b) || b[pos] == newline) {
				text = text[:n-1]
			}
		}
		if cell >= 0 {
			r.cells[cell] = text
		}
		fields++
		if pos == len(b) || b[pos] == newline {
			if pos < len(b) {
				pos++
			}
			if fields == 1 && len(bytes.TrimSpace(b[start:pos])) == 0 {
				fields = 0
			}
			return pos, fields, false
		}
		pos++
	}
}

// unquote makes doubled quotes single. The result lives until the next row.
func (r *csvRows) unquote(b []byte) []byte {
	if bytes.IndexByte(b, '"') < 0 {
		return b
	}
	from := len(r.scratch)
	for i := 0; i < len(b); i++ {
		r.scratch = append(r.scratch, b[i])
		if b[i] == '"' {
			i++ // the second of a pair
		}
	}
	return r.scratch[from:len(r.scratch):len(r.scratch)]
}
