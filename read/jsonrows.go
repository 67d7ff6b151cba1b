package read

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// elements hands every element of the JSON list b to each, until that returns false. It returns false where b is no list of whole
// elements.
func elements(b []byte, each func(element []byte) bool) bool {
	s := jsonScanner{b: b, pos: 1, emit: func(_, _ []byte) {}}
	if len(b) == 0 || b[0] != '[' {
		return false
	}
	if s.take(']') {
		return true
	}
	for {
		s.space()
		from := s.pos
		if !s.value(0) {
			return false
		}
		if !each(b[from:s.pos]) || s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// recogniseJSON samples JSON lines: the columns are the paths, in order of appearance. Of a list of objects the first element counts.
func (f *file) recogniseJSON(b []byte) error {
	columns := map[string]int{}
	t := &table{}
	var row [][]byte
	inner := jsonScanner{}
	set := func(path, value []byte) {
		c, ok := columns[string(path)]
		if !ok {
			if c = len(t.names); c >= 1000 {
				return
			}
			columns[string(path)] = c
			t.names = append(t.names, string(path))
		}
		for len(row) <= c {
			row = append(row, nil)
		}
		row[c] = bytes.Clone(value)
	}
	inner.emit = set
	s := jsonScanner{emit: func(path, value []byte) {
		set(path, value)
		if len(value) > 0 && value[0] == '[' {
			elements(value, func(e []byte) bool {
				if e[0] == '{' && inner.objectAt(e, string(path)) && !slices.Contains(f.arrays, string(path)) {
					f.arrays = append(f.arrays, string(path))
				}
				return false
			})
		}
	}}
	for line := range bytes.SplitSeq(b, []byte{'\n'}) {
		if len(bytes.TrimSpace(line)) == 0 || len(t.rows) == sampleRows {
			continue
		}
		row = nil
		if s.object(line) {
			t.rows = append(t.rows, row)
		}
	}
	if len(t.rows) == 0 {
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: line 1: no line is a JSON object such as {\"id\": \"a\", \"time\": \"2024-05-31\", \"value\": 1}: write one object a line", f.Name)
	}
	f.sample = t
	f.decimal = '.'
	return nil
}

// listOf is the list of objects that a column stands in, "" for none.
func (f *file) listOf(column string) string {
	for _, list := range f.arrays {
		if strings.HasPrefix(column, list+".") {
			return list
		}
	}
	return ""
}

// jsonRows splits JSON lines into the cells wanted.
type jsonRows struct {
	scanner jsonScanner
	cells   [][]byte

	list    string      // of objects, each of which is a row; "" where every line is one
	element jsonScanner // of the list
	within  []int       // cells that come from it
	found   []byte      // the list of this line
}

func newJSONRows(f *file, p *plan) *jsonRows {
	r := &jsonRows{cells: make([][]byte, len(p.cells))}
	if f.info.Format != "jsonl" {
		return r
	}
	outer, inner := map[string]int{}, map[string]int{}
	for i, c := range p.cells {
		name := f.info.Columns[c].Name
		if list := f.listOf(name); list != "" {
			r.list = list
			inner[name] = i
			r.within = append(r.within, i)
		} else {
			outer[name] = i
		}
	}
	r.scanner.emit = func(path, value []byte) {
		if i, ok := outer[string(path)]; ok {
			r.cells[i] = value
		}
		if r.list != "" && string(path) == r.list {
			r.found = value
		}
	}
	r.element.emit = func(path, value []byte) {
		if i, ok := inner[string(path)]; ok {
			r.cells[i] = value
		}
	}
	return r
}

// checkLists reports columns of two lists of objects: which element of one belongs to which of the other is not known.
func (p *plan) checkLists(f *file) error {
	first := ""
	for _, c := range p.cells {
		list := f.listOf(f.info.Columns[c].Name)
		if list == "" || list == first {
			continue
		}
		if first != "" {
			return tidewatch.Errorf(tidewatch.CodeUsage, "%s: columns of the lists %q and %q cannot be read together: use those of one", f.Name, first, list)
		}
		first = list
	}
	return nil
}

func (p *parser) parseJSON(j *job) {
	line, r := j.line, p.json
	for pos := 0; pos < len(j.data); line++ {
		text := j.data[pos:]
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			text = text[:i]
		}
		pos += len(text) + 1
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		clear(r.cells)
		r.found = nil
		if !r.scanner.object(text) {
			p.refuse(line, "", "object", "the line is not one JSON object", text)
			continue
		}
		any := false
		if r.list != "" {
			elements(r.found, func(e []byte) bool {
				for _, i := range r.within {
					r.cells[i] = nil
				}
				if e[0] == '{' && r.element.objectAt(e, r.list) {
					p.row(r.cells, line, text)
					any = true
				}
				return true
			})
		}
		if !any { // no list, or an empty one
			p.row(r.cells, line, text)
		}
	}
}
