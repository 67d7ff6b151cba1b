package read

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync"

	"github.com/tidewatch/tidewatch"
)

// job is a block of whole rows to parse.
type job struct {
	file *file
	plan *plan
	at   int    // index of the file
	data []byte // rows; the worker gives it back
	line int64  // of its first row
	skip bool   // its first row is the header
	long bool   // no row, but the beginning of one that is too long
	read int64  // bytes as stored that were read by then
	done chan result

	parquet *parquetGroup // instead of data
}

// result is what came of a job, or of the end of a file.
type result struct {
	batch   *Batch
	rejects []Reject
	read    int64 // bytes as stored that were read by then
	end     bool  // of the file
	err     error
}

// Read streams the rows of all files, in order, as batches of the fields wanted. Each batch is handed to yield, on the caller's
// goroutine, and is valid until yield returns; an error from yield ends the reading. Rows in which a wanted field cannot be understood
// are refused. A file of which no row is good is an error that names its first bad row. What was opened from standard input can be
// read once only.
func (in *Input) Read(ctx context.Context, fields []Field, yield func(*Batch) error) error {
	if in.rows != nil {
		return in.readRows(ctx, fields, yield)
	}
	if len(in.lookups) > 0 {
		return in.readJoined(ctx, fields, yield)
	}
	return in.readFiles(ctx, fields, yield)
}

// readFiles is Read of what the files themselves hold.
func (in *Input) readFiles(ctx context.Context, fields []Field, yield func(*Batch) error) error {
	plans := make([]*plan, len(in.files))
	for i, f := range in.files {
		var err error
		if plans[i], err = newPlan(f, fields, in.zone); err != nil {
			return err
		}
	}
	in.counts, in.sums = Counts{}, nil
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	threads := in.opt.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	jobs := make(chan job, threads)
	order := make(chan chan result, 2*threads)
	var workers sync.WaitGroup
	for range threads {
		workers.Go(func() {
			p := parser{}
			for j := range jobs {
				p.run(&j, func(r result) bool {
					select {
					case j.done <- r:
						return true
					case <-ctx.Done():
						return false
					}
				})
				close(j.done)
				giveBlock(j.data)
			}
		})
	}
	producer := producer{ctx: ctx, jobs: jobs, order: order}
	workers.Go(func() {
		defer close(order)
		defer close(jobs)
		for i, f := range in.files {
			one := producer.file
			if f.info.Format == "parquet" {
				one = producer.parquetFile
			}
			if err := one(f, plans[i], i); err != nil {
				producer.tell(result{err: err})
				return
			}
		}
	})
	err := in.consume(ctx, order, yield)
	stop()
	for range order { // let the producer see the end
	}
	workers.Wait()
	if err == nil {
		in.sums = producer.sums
	}
	return err
}

// consume hands the results on in the order in which the producer made their jobs.
func (in *Input) consume(ctx context.Context, order <-chan chan result, yield func(*Batch) error) error {
	var total int64
	for _, f := range in.files {
		if f.Size == 0 {
			total = 0
			break
		}
		total += f.Size
	}
	c := consumer{in: in, yield: yield, total: total}
	for slot := range order {
		for open := true; open; {
			select {
			case r, ok := <-slot:
				if open = ok; ok {
					if err := c.take(r); err != nil {
						return err
					}
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return ctx.Err()
}

// consumer counts results and hands them on.
type consumer struct {
	in    *Input
	yield func(*Batch) error
	total int64 // bytes of all files as stored

	at            int   // file
	before        int64 // bytes of the files before
	kept, refused int64 // rows of this file
	first         *Reject
}

func (c *consumer) take(r result) error {
	if r.err != nil {
		return r.err
	}
	in := c.in
	for i := range r.rejects {
		if c.first == nil {
			c.first = &r.rejects[i]
		}
		if in.opt.Rejects != nil {
			in.opt.Rejects(r.rejects[i])
		}
	}
	n := int64(len(r.rejects))
	c.refused += n
	in.counts.Rows += n
	in.counts.Refused += n
	if r.batch != nil {
		n := int64(r.batch.Rows)
		c.kept += n
		in.counts.Rows += n
		if n > 0 {
			if err := c.yield(r.batch); err != nil {
				return err
			}
		}
		batches.Put(r.batch)
	}
	if in.opt.Progress != nil && (r.read > 0 || r.end) {
		in.opt.Progress(c.before+r.read, c.total)
	}
	if !r.end {
		return nil
	}
	switch {
	case c.kept == 0 && c.first != nil:
		return tidewatch.Errorf(tidewatch.CodeInput, "none of the %d rows could be read; the first: %s (%q): correct the file, or say which column is what with --map, --time-format or --delimiter", c.refused, c.first, c.first.Text)
	case c.kept == 0:
		return tidewatch.Errorf(tidewatch.CodeInput, "%s: there is no row to read", in.files[c.at].Name)
	}
	c.kept, c.refused, c.first = 0, 0, nil
	c.before += r.read
	c.at++
	return nil
}

// blockSize is how much text is parsed at once: at least a whole row.
const blockSize = MaxRow

var blocks = sync.Pool{New: func() any { b := make([]byte, blockSize); return &b }}

func takeBlock() []byte { return *blocks.Get().(*[]byte) }

func giveBlock(b []byte) {
	if cap(b) >= blockSize {
		b = b[:blockSize]
		blocks.Put(&b)
	}
}

// producer cuts files into blocks of whole rows.
type producer struct {
	ctx   context.Context
	jobs  chan<- job
	order chan<- chan result
	sums  [][]byte
}

// tell passes on a result that needs no work.
func (p *producer) tell(r result) {
	slot := make(chan result, 1)
	slot <- r
	close(slot)
	select {
	case p.order <- slot:
	case <-p.ctx.Done():
	}
}

// send hands out a job.
func (p *producer) send(j job) error {
	j.done = make(chan result, 1)
	if j.parquet != nil {
		j.done = make(chan result, 16) // so that row groups are parsed side by side
	}
	select {
	case p.order <- j.done:
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	select {
	case p.jobs <- j:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// file reads one file from its beginning to its end.
func (p *producer) file(f *file, pl *plan, at int) error {
	body, r, closeBody, err := f.open(p.ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	closeOnce := sync.OnceValue(closeBody)
	defer func() { _ = closeOnce() }()
	text := decoded(body, f.info.Encoding)
	buf := takeBlock()
	n, line, first, skipping := 0, int64(1), true, false
	newline := f.dialect.newline
	if newline == 0 {
		newline = '\n'
	}
	for {
		m, err := io.ReadFull(text, buf[n:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return readFailed(f.Name, err)
		}
		end := err != nil
		if first {
			if b, ok := bytes.CutPrefix(buf[:n+m], []byte("\xef\xbb\xbf")); ok {
				m -= len(buf[:n+m]) - len(b)
				copy(buf, b)
			}
		}
		n += m
		if skipping { // the rest of a line that is too long
			i := bytes.IndexByte(buf[:n], newline)
			if i < 0 && !end {
				n = 0
				continue
			}
			skipping = false
			line++
			n = copy(buf, buf[min(i+1, n):n])
			if i < 0 {
				n = 0
			}
			if !end {
				continue
			}
		}
		cut := n
		j := job{file: f, plan: pl, at: at, line: line, read: r.read.Load(), skip: first && f.info.Header}
		if !end {
			if f.info.Format == "csv" {
				cut = f.dialect.cut(buf[:n])
			} else {
				cut = bytes.LastIndexByte(buf[:n], '\n') + 1
			}
			if cut == 0 { // a row longer than a block: at best a quote that is not closed, then its line ends sooner
				if cut = bytes.IndexByte(buf[:n], newline) + 1; cut == 0 {
					j.long, skipping, cut = true, true, n
				}
			}
		}
		if cut > 0 {
			next := takeBlock()
			rest := copy(next, buf[cut:n])
			j.data = buf[:cut]
			lines := int64(bytes.Count(j.data, []byte{newline}))
			if err := p.send(j); err != nil {
				return err
			}
			line += lines
			buf, n, first = next, rest, false
		}
		if end {
			break
		}
	}
	giveBlock(buf)
	if err := closeOnce(); err != nil {
		return readFailed(f.Name, err)
	}
	if err := r.drain(); err != nil {
		return readFailed(f.Name, err)
	}
	sum, err := r.sum.Sum(nil), error(nil)
	if f.stored != nil {
		if sum, err = sumOf(p.ctx, *f.stored); err != nil {
			return err
		}
	}
	p.sums = append(p.sums, sum)
	p.tell(result{end: true, read: r.read.Load()})
	return p.ctx.Err()
}

// sumOf is the SHA-256 sum of a source's bytes.
func sumOf(ctx context.Context, s Source) ([]byte, error) {
	r, err := openRaw(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if err := r.drain(); err != nil {
		return nil, readFailed(s.Name, err)
	}
	return r.sum.Sum(nil), nil
}

// open gives the unpacked bytes of f, the reader underneath, and what closes the unpacker.
func (f *file) open(ctx context.Context) (io.Reader, *raw, func() error, error) {
	if f.Once {
		if f.once == nil {
			return nil, nil, nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s: can be read only once", f.Name)
		}
		body, r, closeBody := f.once()
		f.once = nil
		r.ctx = ctx
		return body, r, closeBody, nil
	}
	r, err := openRaw(ctx, f.Source)
	if err != nil {
		return nil, nil, nil, err
	}
	body, _, err := unpack(r, f.Name)
	if err != nil {
		_ = r.Close()
		return nil, nil, nil, err
	}
	return body, r, body.Close, nil
}
