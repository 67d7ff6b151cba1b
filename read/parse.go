package read

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tidewatch/tidewatch"
)

// plan is how the fields wanted are made from one file's columns.
type plan struct {
	fields  []planned
	cells   []int // column of each cell
	want    []int // cell of each column, -1 for none
	columns int   // fields a row should have; 0 = any number
	zone    *time.Location
}

// planned is one field of a plan.
type planned struct {
	kind     Kind
	required bool
	cells    []int // into the row's cells; several are joined; none: the file lacks the column
	name     string
	sep      string // between joined cells
	constant []string
	fold     func([]byte) []byte
}

func newPlan(f *file, fields []Field, zone *time.Location) (*plan, error) {
	p := &plan{zone: zone, want: make([]int, len(f.norm))}
	for i := range p.want {
		p.want[i] = -1
	}
	if f.info.Format == "csv" {
		p.columns = f.real
	}
	for _, field := range fields {
		at, err := f.resolve(field)
		if err != nil {
			return nil, err
		}
		if len(at) == 0 && field.Required {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: no column was recognised as the %s; the columns are %s: say which it is with --map %s=COLUMN", f.Name, field.Role, f.columnList(), field.Role)
		}
		if field.Kind == Moment && f.format == nil && len(at) > 0 {
			return nil, tidewatch.Errorf(tidewatch.CodeInput, "%s: column %q is not the column of times", f.Name, f.info.Columns[at[0]].Name)
		}
		pl := planned{kind: field.Kind, required: field.Required, sep: field.Join, fold: field.Fold}
		if pl.sep == "" {
			pl.sep = "/"
		}
		var names []string
		for _, c := range at {
			if c >= f.real {
				if len(at) > 1 || field.Kind != Text {
					return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: column %q says the same in every row: leave it out", f.Name, f.info.Columns[c].Name)
				}
				pl.constant = f.always[c-f.real : c-f.real+1]
				break
			}
			if p.want[c] < 0 {
				p.want[c] = len(p.cells)
				p.cells = append(p.cells, c)
			}
			pl.cells = append(pl.cells, p.want[c])
			names = append(names, f.info.Columns[c].Name)
		}
		pl.name = strings.Join(names, "/")
		p.fields = append(p.fields, pl)
	}
	return p, p.checkLists(f)
}

var batches = sync.Pool{New: func() any { return &Batch{} }}

// parser is what one worker needs; it is used for one job at a time.
type parser struct {
	plan    *plan
	file    *file
	clock   *Clock
	dicts   []dictionary
	bad     []map[uint32]status // of a field the codes that are no names
	joined  []byte
	batch   *Batch
	rejects []Reject
	rows    csvRows
	json    *jsonRows
}

// run parses one block and emits what came of it; emit reports whether to go on.
func (p *parser) run(j *job, emit func(result) bool) {
	if p.plan != j.plan {
		p.plan, p.file = j.plan, j.file
		p.clock = NewClock(j.plan.zone)
		p.dicts = make([]dictionary, len(j.plan.fields))
		p.bad = make([]map[uint32]status, len(j.plan.fields))
		p.rows = csvRows{dialect: j.file.dialect, want: j.plan.want, cells: make([][]byte, len(j.plan.cells))}
		p.json = newJSONRows(j.file, j.plan)
	}
	p.rejects = nil
	switch {
	case j.parquet != nil:
		p.parquet(j, emit)
		return
	case j.long:
		p.refuse(j.line, "", "line", fmt.Sprintf("the line is longer than %d bytes", MaxRow), j.data)
		emit(result{rejects: p.rejects, read: j.read})
		return
	}
	p.begin(j.at)
	if j.file.info.Format == "jsonl" {
		p.parseJSON(j)
	} else {
		p.parseCSV(j)
	}
	r := p.finish()
	r.read = j.read
	emit(r)
}

// finish is the batch, complete.
func (p *parser) finish() result {
	for i := range p.dicts {
		p.batch.Columns[i].Dict = p.dicts[i].texts
		if text := p.plan.fields[i].constant; text != nil {
			p.batch.Columns[i] = Column{Codes: make([]uint32, p.batch.Rows), Dict: text}
		}
	}
	return result{batch: p.batch, rejects: p.rejects}
}

// begin makes an empty batch.
func (p *parser) begin(file int) {
	b := batches.Get().(*Batch)
	b.File, b.Rows, b.Lines = file, 0, b.Lines[:0]
	if len(b.Columns) != len(p.plan.fields) {
		b.Columns = make([]Column, len(p.plan.fields))
	}
	rows := min(1<<14, 1<<22/max(1, len(p.plan.fields))) // to begin with: a table of thousands of columns has few rows in a block
	for i, f := range p.plan.fields {
		c := &b.Columns[i]
		*c = Column{Codes: c.Codes[:0], Numbers: c.Numbers[:0], Times: c.Times[:0]}
		p.dicts[i].reset()
		p.bad[i] = nil
		switch {
		case len(f.cells) == 0:
			*c = Column{}
		case f.kind == Text && c.Codes == nil:
			c.Codes = make([]uint32, 0, rows)
		case f.kind == Number && c.Numbers == nil:
			c.Numbers = make([]float64, 0, rows)
		case f.kind == Moment && c.Times == nil:
			c.Times = make([]int64, 0, rows)
		}
	}
	p.batch = b
}

func (p *parser) refuse(line int64, column, code, reason string, text []byte) {
	p.rejects = append(p.rejects, Reject{File: p.file.Name, Line: line, Column: column, Code: code, Reason: reason, Text: clip(text)})
}

func (p *parser) parseCSV(j *job) {
	newline := p.rows.newline
	line := j.line
	for pos := 0; pos < len(j.data); {
		end, fields, bad := p.rows.next(j.data, pos)
		text, at := j.data[pos:end], line
		line++
		if p.rows.quoted {
			line = at + int64(bytes.Count(text, []byte{newline}))
		}
		pos = end
		if n := len(text); n > 0 && text[n-1] == newline {
			text = text[:n-1]
		}
		switch {
		case fields == 0 && !bad:
		case j.skip:
			j.skip = false
		case bad:
			p.refuse(at, "", "quote", "a quoted field is not closed, or its closing quote is followed by more text", text)
		case p.plan.columns > 0 && fields != p.plan.columns && (fields < p.plan.columns || !p.onlyBlanks(text)):
			p.refuse(at, "", "fields", fmt.Sprintf("it has %d fields where %d are expected", fields, p.plan.columns), text)
		default:
			p.row(p.rows.cells, at, text)
		}
	}
}

// onlyBlanks reports whether the fields of a row beyond those expected are all blank.
func (p *parser) onlyBlanks(text []byte) bool {
	rows := splitSample(p.rows.dialect, text, 1)
	if len(rows) == 0 {
		return false
	}
	for _, cell := range rows[0][p.plan.columns:] {
		if len(trim(cell)) > 0 {
			return false
		}
	}
	return true
}

// row adds one row to the batch, or refuses it.
func (p *parser) row(cells [][]byte, line int64, text []byte) {
	for i := range p.plan.fields {
		f := &p.plan.fields[i]
		if len(f.cells) == 0 {
			continue
		}
		if st, cell := p.cell(i, cells); st != fine && (st != blank || f.required) {
			p.truncate()
			p.refuse(line, f.name, codes[st], fmt.Sprintf("%q %s", clip(cell), reasons[st]), text)
			return
		}
	}
	p.batch.Rows++
	p.batch.Lines = append(p.batch.Lines, line)
}

// truncate takes what a refused row left off the columns.
func (p *parser) truncate() {
	n := p.batch.Rows
	for k := range p.batch.Columns {
		c := &p.batch.Columns[k]
		c.Numbers, c.Times, c.Codes = c.Numbers[:min(len(c.Numbers), n)], c.Times[:min(len(c.Times), n)], c.Codes[:min(len(c.Codes), n)]
	}
}

// cell parses field i of a row and adds it to its column. It returns the text, for what is to be said of it.
func (p *parser) cell(i int, cells [][]byte) (status, []byte) {
	f, c := &p.plan.fields[i], &p.batch.Columns[i]
	cell := cells[f.cells[0]]
	if len(cell) > 2 && cell[0] == '=' {
		cell = formulaText(cell)
	}
	switch f.kind {
	case Number:
		v, st := parseNumber(cell, p.file.decimal)
		c.Numbers = append(c.Numbers, v)
		return st, cell
	case Moment:
		s, st := p.file.format.parse(cell)
		if st != fine {
			s, st = p.trimmedTime(cell)
		}
		c.Times = append(c.Times, p.clock.moment(s))
		return st, cell
	}
	if len(f.cells) > 1 {
		cell = p.join(cells, f.cells, f.sep)
	}
	cell = trim(cell)
	if f.fold != nil {
		cell = f.fold(cell)
	}
	st := fine
	code, isNew := p.dicts[i].code(cell)
	if isNew {
		if st = badText(cell); st == fine && len(cell) == 0 {
			st = blank
		}
		if st != fine {
			if p.bad[i] == nil {
				p.bad[i] = map[uint32]status{}
			}
			p.bad[i][code] = st
		}
	} else if p.bad[i] != nil {
		st = p.bad[i][code]
	}
	c.Codes = append(c.Codes, code)
	return st, cell
}

// formulaText is x of ="x": how exports keep Excel from making numbers of texts.
func formulaText(cell []byte) []byte {
	if t := trim(cell); len(t) > 2 && t[0] == '=' && t[1] == '"' && t[len(t)-1] == '"' {
		return t[2 : len(t)-1]
	}
	return cell
}

// trimmedTime tries a time again without the spaces around it, and tells a blank one from a bad one.
func (p *parser) trimmedTime(cell []byte) (stamp, status) {
	cell = trim(cell)
	if isBlank(cell) {
		return stamp{}, blank
	}
	return p.file.format.parse(cell)
}

// join makes one text of several cells.
func (p *parser) join(cells [][]byte, which []int, sep string) []byte {
	p.joined = p.joined[:0]
	for k, c := range which {
		if k > 0 {
			p.joined = append(p.joined, sep...)
		}
		p.joined = append(p.joined, formulaText(trim(cells[c]))...)
	}
	return p.joined
}
