package feature

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/tidewatch/tidewatch"
)

// Config says which features a [Builder] makes. Its zero value is a sound choice for the panel's frequency.
type Config struct {
	Horizon  int // the largest step rows may have; 0 = 1
	Relative bool
	// Span is how many periods before the panel's end the earliest row may stand; 0 = all. Memory of what is the same for all series
	// depends on it.
	Span int
	// Only names the features to make; nil = all.
	Only []string
	// Omit names features not to make; those the panel does not have are passed over.
	Omit []string
	// Future replaces covariates of the panel of the same name (a what-if).
	Future []tidewatch.Covariate
}

// Builder makes features of a panel. It is safe for concurrent use; [Builder.Worker] makes what fills rows.
type Builder struct {
	panel      *tidewatch.Panel
	config     Config
	features   []Feature
	window     int // periods the level of a row looks back
	season     int
	lookback   int // periods before the earliest origin that features look at
	from, to   int // indices of the grid that rows may stand at
	groups     []*grouping
	crossing   []int32 // [series] its group
	attributes []string
	ask        tidewatch.Ask // for the covariates of Config.Future
	binary     []bool        // [covariate] 0 and 1 only
	off        []float32     // [covariate] the value that stands for off
	state      []int         // covariates whose states [Builder.matched] compares

	mu     sync.Mutex
	arrays map[string][]float32 // what is the same for all series, from index from on
	tracks map[int]*track       // [covariate] the same
}

// New declares the features of p.
func New(p *tidewatch.Panel, c Config) (*Builder, error) {
	if c.Horizon < 0 || c.Horizon > tidewatch.MaxSteps || c.Span < 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "features for a horizon of %d and a span of %d: neither can be below 0, and the horizon is at most %d", c.Horizon, c.Span, tidewatch.MaxSteps)
	}
	c.Horizon = max(c.Horizon, 1)
	b := &Builder{panel: p, config: c, arrays: map[string][]float32{}, to: p.End() + c.Horizon + lead}
	b.from = p.End()
	for i := range p.Len() {
		b.from = min(b.from, p.Series(i).Start)
	}
	if c.Span > 0 {
		b.from = max(b.from, p.End()-c.Span)
	}
	b.ask.Future = c.Future
	for _, f := range c.Future {
		if !slices.ContainsFunc(p.Covariates(), func(c tidewatch.Covariate) bool { return c.Name == f.Name }) {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "covariate %q: the panel has none of that name", f.Name)
		}
	}
	b.declare()
	b.features = slices.DeleteFunc(b.features, func(f Feature) bool { return slices.Contains(c.Omit, f.Name) })
	if c.Only != nil {
		all := b.features
		b.features = nil
		for _, name := range c.Only {
			k := slices.IndexFunc(all, func(f Feature) bool { return f.Name == name })
			if k < 0 {
				return nil, tidewatch.Errorf(tidewatch.CodeUsage, "feature %q is not known for this panel", name)
			}
			b.features = append(b.features, all[k])
		}
	}
	return b, nil
}

// Features is the table of features, in the order of columns. The caller must not change it.
func (b *Builder) Features() []Feature { return b.features }

func (b *Builder) stamp(t int) time.Time { return b.panel.Grid().Stamp(t) }

// shared is an array over the times rows may stand at, made once.
func (b *Builder) shared(name string, of func(out []float32)) []float32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.arrays[name]
	if !ok {
		v = make([]float32, b.to-b.from)
		of(v)
		b.arrays[name] = v
	}
	return v
}

// Worker fills rows, one series after another. It is not safe for concurrent use.
type Worker struct {
	b       *Builder
	past    history
	series  tidewatch.Series
	number  int
	lo, hi  int // times that the rows in hand span
	tracks  map[int]*track
	free    []*track
	origins []int     // of the rows in hand
	phases  []int     // of the rows in hand: the last known time at the same place of the season
	levels  []float32 // of the rows in hand; empty until asked for
	level32 []float32 // scratch
	state   []int32   // scratch
	shared  map[string][]float32
}

// Worker makes a worker.
func (b *Builder) Worker() *Worker { return &Worker{b: b, tracks: map[int]*track{}} }

// Fill makes the features of rows of series i: dst[feature][row]. Rows must stand at times from the panel's end less [Config.Span]
// to its end plus [Config.Horizon].
func (w *Worker) Fill(i int, rows []Row, dst [][]float32) {
	if len(rows) == 0 {
		return
	}
	w.open(i, rows)
	for k := range w.b.features {
		f := &w.b.features[k]
		out := dst[k][:len(rows)]
		f.fill(w, rows, out)
		if f.Scaled && w.b.config.Relative {
			for r, level := range w.Levels() {
				out[r] /= level
			}
		}
	}
}

// Levels is the size of the series at each row of the last Fill's origin: the mean absolute value of its last periods, at least a
// hundredth of the mean over all its history, and that mean where none of them is known; 1 where nothing is known or all is zero. It is valid until the next Fill.
func (w *Worker) Levels() []float32 {
	if len(w.levels) == 0 {
		w.past.loadSizes()
		for _, o := range w.origins {
			w.levels = append(w.levels, w.levelAt(o))
		}
	}
	return w.levels
}

// open loads series i for the rows.
func (w *Worker) open(i int, rows []Row) {
	s := w.b.panel.Series(i)
	w.series, w.number = s, i
	w.origins, w.phases, w.levels = w.origins[:0], w.phases[:0], w.levels[:0]
	origin := rows[0].Origin()
	w.lo, w.hi = int(rows[0].Time), int(rows[0].Time)+1
	season := w.b.season
	steps, ahead := int32(-1), 0
	for _, r := range rows {
		o := r.Origin()
		if r.Step != steps {
			steps, ahead = r.Step, ceilTo(int(r.Step), season)
		}
		w.origins, w.phases = append(w.origins, o), append(w.phases, int(r.Time)-ahead)
		origin = min(origin, o)
		w.lo, w.hi = min(w.lo, int(r.Time)), max(w.hi, int(r.Time)+1)
	}
	w.past.load(s, origin-w.b.lookback)
	for k, t := range w.tracks {
		w.free = append(w.free, t)
		delete(w.tracks, k)
	}
}

func (w *Worker) levelAt(origin int) float32 {
	a, b := w.past.span(origin-w.b.window, origin)
	sum, n := w.past.size[b]-w.past.size[a], w.past.count[b]-w.past.count[a]
	least := math.Abs(w.past.expanding(origin))
	if n > 0 {
		least = max(least/100, sum/float64(n))
	}
	if !(least > 0) {
		return 1
	}
	return float32(least)
}
