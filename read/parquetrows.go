package read

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/parquet-go/parquet-go"
)

// columnReader reads the values of one column of one row group, in order.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page // the current one
	left   int64        // rows of it not read yet
	reader parquet.ValueReader
	buf    [256]parquet.Value
}

func (c *columnReader) close() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
	_ = c.pages.Close()
}

// read hands the next n values to each, which must not keep them. Fewer are an error.
func (c *columnReader) read(n int, each func(i int, v parquet.Value)) error {
	for i := 0; i < n; {
		if c.left == 0 {
			if c.page != nil {
				parquet.Release(c.page)
				c.page = nil
			}
			page, err := c.pages.ReadPage()
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			c.page, c.left, c.reader = page, page.NumRows(), page.Values()
			continue
		}
		k, err := c.reader.ReadValues(c.buf[:min(int64(len(c.buf)), c.left, int64(n-i))])
		for _, v := range c.buf[:k] {
			each(i, v)
			i++
		}
		if c.left -= int64(k); k == 0 && c.left > 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
	}
	return nil
}

// parquetGroup is a row group to parse.
type parquetGroup struct {
	group parquet.RowGroup
	first int64 // row of the file, from 1
	done  func()
}

// parquetFile makes a job of every row group.
func (p *producer) parquetFile(f *file, pl *plan, at int) error {
	pf, closeFile, err := openParquet(f.Source)
	if err != nil {
		return err
	}
	var open sync.WaitGroup
	defer func() { _ = closeFile() }()
	defer open.Wait()
	first := int64(1)
	for _, g := range pf.RowGroups() {
		open.Add(1)
		if err := p.send(job{file: f, plan: pl, at: at, parquet: &parquetGroup{g, first, open.Done}, line: first}); err != nil {
			open.Done()
			return err
		}
		first += g.NumRows()
	}
	r, err := openRaw(p.ctx, f.Source)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if err := r.drain(); err != nil {
		return readFailed(f.Name, err)
	}
	p.sums = append(p.sums, r.sum.Sum(nil))
	p.tell(result{end: true, read: r.read.Load()})
	return p.ctx.Err()
}

// parquet parses one row group, chunk by chunk.
func (p *parser) parquet(j *job, emit func(result) bool) {
	defer j.parquet.done()
	defer func() {
		if e := recover(); e != nil {
			emit(result{err: badParquet(j.file.Name, fmt.Errorf("%v", e))})
		}
	}()
	columns := make([]columnReader, len(j.plan.cells))
	chunks := j.parquet.group.ColumnChunks()
	for i, c := range j.plan.cells {
		columns[i].pages = chunks[j.file.leaves[c].index].Pages()
		defer columns[i].close()
	}
	left := j.parquet.group.NumRows()
	for line := j.parquet.first; left > 0; {
		n := int(min(left, parquetChunk))
		p.rejects = nil
		p.begin(j.at)
		if err := p.chunk(columns, n, line); err != nil {
			emit(result{err: badParquet(j.file.Name, err)})
			return
		}
		if !emit(p.finish()) {
			return
		}
		line, left = line+int64(n), left-int64(n)
	}
}

// fault is why a row of a chunk is refused.
type fault struct {
	field int
	st    status
	text  string
}

// chunk parses n rows, a column at a time.
func (p *parser) chunk(columns []columnReader, n int, line int64) error {
	faults := map[int]fault{}
	blame := func(i, field int, st status, text []byte) {
		if f := &p.plan.fields[field]; st == fine || st == blank && !f.required {
			return
		}
		if old, ok := faults[i]; !ok || field < old.field {
			faults[i] = fault{field, st, clip(text)}
		}
	}
	// The texts of columns that several fields need, or that are joined; the others are parsed as they are read.
	texts := make([][][]byte, len(columns))
	uses := make([]int, len(columns))
	for _, f := range p.plan.fields {
		for _, c := range f.cells {
			uses[c]++
			if len(f.cells) > 1 {
				uses[c]++
			}
		}
	}
	for c := range columns {
		if uses[c] < 2 {
			continue
		}
		texts[c] = make([][]byte, n)
		leaf := &p.file.leaves[p.plan.cells[c]]
		if err := columns[c].read(n, func(i int, v parquet.Value) { texts[c][i] = leaf.text(nil, v) }); err != nil {
			return err
		}
	}
	cells := make([][]byte, len(columns))
	for k := range p.plan.fields {
		f := &p.plan.fields[k]
		if len(f.cells) == 0 {
			continue
		}
		if texts[f.cells[0]] != nil {
			for i := range n {
				for _, c := range f.cells {
					cells[c] = texts[c][i]
				}
				st, cell := p.cell(k, cells)
				blame(i, k, st, cell)
			}
			continue
		}
		leaf := &p.file.leaves[p.plan.cells[f.cells[0]]]
		col := &p.batch.Columns[k]
		var buf []byte
		err := columns[f.cells[0]].read(n, func(i int, v parquet.Value) {
			if !v.IsNull() && f.kind == Number {
				if x, st, ok := leaf.number(v); ok {
					col.Numbers = append(col.Numbers, x)
					if st != fine {
						blame(i, k, st, leaf.text(buf[:0], v))
					}
					return
				}
			}
			if !v.IsNull() && f.kind == Moment {
				if s, st, ok := leaf.moment(v); ok {
					col.Times = append(col.Times, p.clock.moment(s))
					if st != fine {
						blame(i, k, st, leaf.text(buf[:0], v))
					}
					return
				}
			}
			buf = leaf.text(buf[:0], v)
			cells[f.cells[0]] = buf
			st, cell := p.cell(k, cells)
			blame(i, k, st, cell)
		})
		if err != nil {
			return err
		}
	}
	p.compact(n, line, faults)
	return nil
}

// compact takes the rows at fault out of the batch.
func (p *parser) compact(n int, line int64, faults map[int]fault) {
	b := p.batch
	for i := range n {
		if f, ok := faults[i]; ok {
			p.refuse(line+int64(i), p.plan.fields[f.field].name, codes[f.st], fmt.Sprintf("%q %s", f.text, reasons[f.st]), nil)
			continue
		}
		if to := b.Rows; to != i {
			for k := range b.Columns {
				c := &b.Columns[k]
				switch {
				case len(c.Numbers) > 0:
					c.Numbers[to] = c.Numbers[i]
				case len(c.Times) > 0:
					c.Times[to] = c.Times[i]
				case len(c.Codes) > 0:
					c.Codes[to] = c.Codes[i]
				}
			}
		}
		b.Lines = append(b.Lines, line+int64(i))
		b.Rows++
	}
	p.truncate()
}
