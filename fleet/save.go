package fleet

import (
	"math"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Save writes a fitted panel: its grid, and for each series the state of its model. It fails where a model cannot be saved.
func (f *Fitted) Save(w *Writer) error {
	SaveGrid(w, f.grid)
	w.Int(len(f.rows))
	for i := range f.rows {
		r := &f.rows[i]
		w.Text(r.id)
		w.Int(r.end)
		w.Int(int(r.by))
		if r.by != byMethod {
			w.Text(string(r.problem.Code))
			w.Text(r.problem.Reason)
		}
		if r.by == byNothing {
			continue
		}
		s, ok := r.model.(Saver)
		if !ok {
			return tidewatch.Errorf(tidewatch.CodeUsage, "models of %s cannot be saved", f.name)
		}
		w.Int(r.exp)
		var state Writer
		s.Save(&state)
		w.Text(string(state.b))
	}
	return nil
}

// Load reads what [Fitted.Save] wrote. m and fallback are the methods it was fitted with.
func Load(r *Reader, m, fallback Method, workers int) (tidewatch.Model, error) {
	f := &Fitted{method: m, fallback: fallback, name: m.String(), workers: workers, grid: LoadGrid(r)}
	n := r.Count(0, r.Left()) // a series takes more than a byte
	for i := 0; i < n && r.Err() == nil; i++ {
		f.rows = append(f.rows, f.load(r))
	}
	if r.Err() == nil && r.Left() > 0 {
		r.Fail("the model file is damaged: %d bytes are left over", r.Left())
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return f.able(), nil
}

func (f *Fitted) load(r *Reader) row {
	x := row{id: r.Text(), end: r.Count(-maxIndex, maxIndex), by: maker(r.Count(0, int(byNothing)))}
	from := f.method
	if x.by != byMethod {
		x.problem = &tidewatch.Problem{ID: x.id, Code: tidewatch.Code(r.Text()), Reason: r.Text()}
	}
	switch x.by {
	case byNothing:
		return x
	case byFallback:
		if from = f.fallback; from == nil {
			r.Fail("the model file is damaged: series %q has a fallback, but none is named", x.id)
			return x
		}
		x.problem.Method = from.String()
	}
	x.exp = r.Count(-1100, 1100)
	state := NewReader([]byte(r.Text()))
	l, ok := from.(Loader)
	if !ok {
		r.Fail("models of %s cannot be read", from)
	}
	if r.Err() != nil {
		return x
	}
	m, err := tryLoad(l, state)
	if err == nil && state.Left() > 0 {
		err = tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %d bytes are left over", state.Left())
	}
	if err != nil {
		r.Fail("series %q: %w", x.id, err)
	}
	x.model = m
	return x
}

func tryLoad(l Loader, state *Reader) (m Model, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = tidewatch.Errorf(tidewatch.CodeModel, "the model file is damaged: %v", v)
		}
	}()
	return l.Load(state)
}

// maxIndex bounds indices on a grid: a billion periods.
const maxIndex = 1_000_000_000

// How a grid's zone is written: by name where the zone database has it, so that daylight saving is kept; else by its offset.
const (
	zoneNamed = iota
	zoneFixed
)

// SaveGrid writes a grid of time.
func SaveGrid(w *Writer, g tidewatch.Grid) {
	w.Text(g.Freq.String())
	w.Int(int(g.Anchor.Unix()))
	w.Int(g.Anchor.Nanosecond())
	name, offset := g.Anchor.Location().String(), 0
	if l, err := time.LoadLocation(name); err == nil && name != "Local" {
		if _, here := g.Anchor.In(l).Zone(); sameOffset(g.Anchor, here) {
			w.Int(zoneNamed)
			w.Text(name)
			return
		}
	}
	name, offset = g.Anchor.Zone()
	w.Int(zoneFixed)
	w.Text(name)
	w.Int(offset)
}

func sameOffset(t time.Time, offset int) bool {
	_, o := t.Zone()
	return o == offset
}

// LoadGrid reads what [SaveGrid] wrote.
func LoadGrid(r *Reader) tidewatch.Grid {
	var g tidewatch.Grid
	text := r.Text()
	f, err := tidewatch.ParseFreq(text)
	if err != nil && r.Err() == nil {
		r.Fail("the model file is damaged: %w", err)
	}
	g.Freq = f
	at := time.Unix(int64(r.Count(math.MinInt64/4, math.MaxInt64/4)), int64(r.Count(0, 999_999_999)))
	kind, name := r.Count(zoneNamed, zoneFixed), r.Text()
	if kind == zoneFixed {
		g.Anchor = at.In(time.FixedZone(name, r.Count(-100_000, 100_000)))
		return g
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		r.Fail("the model's time zone %q is not known on this machine: install its zone database (tzdata)", name)
		return g
	}
	g.Anchor = at.In(l)
	return g
}

// Methods are the names of the method and of the fallback, "" without one.
func (f *Fitted) Methods() (method, fallback string) {
	if f.fallback != nil {
		fallback = f.fallback.String()
	}
	return f.name, fallback
}
