package feature

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// track is a covariate of one series, or of all: v[k] at index from+k of the grid.
type track struct {
	from int
	v    []float32
}

// track is covariate c of the series in hand, from where its features look back to, to where they look ahead.
func (w *Worker) track(c int) *track {
	b := w.b
	cov := &b.panel.Covariates()[c]
	if cov.Scope == tidewatch.ByTime && cov.Ahead {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.tracks == nil {
			b.tracks = map[int]*track{}
		}
		t, ok := b.tracks[c]
		if !ok {
			t = &track{}
			b.load(t, c, w.number, w.series, b.from-b.lookback, b.to)
			b.tracks[c] = t
		}
		return t
	}
	t, ok := w.tracks[c]
	if !ok {
		t = &track{}
		if n := len(w.free); n > 0 {
			t, w.free = w.free[n-1], w.free[:n-1]
		}
		b.load(t, c, w.number, w.series, w.past.base, w.hi+lead)
		w.tracks[c] = t
	}
	return t
}

// load reads covariate c of a series. A number known ahead that is not known after the series' end is taken to stay as it was last.
func (b *Builder) load(t *track, c, i int, s tidewatch.Series, from, to int) {
	cov := &b.panel.Covariates()[c]
	t.from, t.v = from, t.v[:0]
	hold := cov.Ahead && cov.Labels == nil && cov.Scope == tidewatch.ByCell && !b.binary[c]
	last, read := nan32, b.ask.Covariates(b.panel, i)
	for at := from; at < to; at++ {
		v := float32(read(c, at))
		if hold {
			if v == v {
				last = v
			} else if at >= s.End() {
				v = last
			}
		}
		t.v = append(t.v, v)
	}
}

// derived is an array made of covariate c, aligned with its track: kept where it is the same for all series, else valid until the
// next call.
func (w *Worker) derived(c int, name string, of func(t *track, out []float32)) (int, []float32) {
	t := w.track(c)
	cov := &w.b.panel.Covariates()[c]
	if cov.Scope != tidewatch.ByTime || !cov.Ahead {
		w.level32 = grow(w.level32, len(t.v))
		of(t, w.level32)
		return t.from, w.level32
	}
	if w.shared == nil {
		w.shared = map[string][]float32{}
	}
	out, ok := w.shared[name] // a worker's own: small, and without a lock
	if !ok {
		out = make([]float32, len(t.v))
		of(t, out)
		w.shared[name] = out
	}
	return t.from, out
}

// sinceActive is how many periods ago the track was last on, at every time; reversed, in how many it will be next. At most 99.
func sinceActive(t *track, off float32, reversed bool, out []float32) {
	const most = 99
	n := float32(most)
	for k := range t.v {
		if reversed {
			k = len(t.v) - 1 - k
		}
		if v := t.v[k]; v == v && v != off {
			n = 0
		} else {
			n = min(n+1, most)
		}
		out[k] = n
	}
}

// sinceChange is for how many periods the track has had its value, at most 99. Unknown values do not count as a change.
func sinceChange(t *track, out []float32) {
	n, last := float32(0), nan32
	for k, v := range t.v {
		n = min(n+1, 99)
		if v == v && v != last {
			last, n = v, 0
		}
		out[k] = n
	}
}

// overMean is the track over its mean of the last n periods, its own time included.
func overMean(t *track, n int, out []float32) {
	sum, count := 0.0, 0.0
	for k, v := range t.v {
		if v == v {
			sum += float64(v)
			count++
		}
		if k >= n {
			if old := t.v[k-n]; old == old {
				sum -= float64(old)
				count--
			}
		}
		// Prices lie on a grid of cents: rounding removes what adding and taking away leaves.
		out[k] = float32(math.Round(float64(v)/(sum/count)*1e5) / 1e5)
	}
}

// overMax is the track over its highest value up to its time.
func overMax(t *track, out []float32) {
	top := float32(0)
	for k, v := range t.v {
		if v > top {
			top = v
		}
		out[k] = v / top
	}
}
