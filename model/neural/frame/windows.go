package frame

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Windows cuts windows from the series of a panel.
type Windows struct {
	Shape    Shape
	Scaling  Scaling // not Auto
	Recent   int     // values that give a window its location: a season
	Cycle    int     // length of the season of profiles, 1 for none
	Base     Base    // not AutoBase
	Mirror   float64 // share of drawn windows that are shown upside down
	Features Features
	Typical  Scale // of a window without a known value

	Log []bool // [series] scaled in logarithms

	panel  *tidewatch.Panel
	future []*tidewatch.Covariate // [covariate of the panel] what replaces it, nil for nothing; nil: nothing is replaced
	held   []int                  // [series] values at the end that training does not see
	from   []int                  // series that training windows can be cut from
	train  []span                 // their first targets: [lo, hi)
}

type span struct{ lo, hi int }

// history is what of the past decides how a panel is scaled and masked.
type history struct {
	positive, zeros, negative int // series
	unknown                   bool
	shortest                  int
}

func look(p *tidewatch.Panel) (h history, positive []bool) {
	positive = make([]bool, p.Len())
	h.shortest = math.MaxInt
	for i := range p.Len() {
		s := p.Series(i)
		low, known, zeros := math.Inf(1), 0, 0
		for t, v := range s.Values {
			if v != v || s.Unavailable != nil && s.Unavailable[t] {
				h.unknown = true
				continue
			}
			known++
			low = min(low, v)
			if v == 0 {
				zeros++
			}
		}
		h.shortest = min(h.shortest, len(s.Values))
		if known == 0 {
			continue
		}
		switch {
		case low > 0:
			positive[i] = true
			h.positive++
		case low < 0:
			h.negative++
		case zeros*20 > known:
			h.zeros++
		default: // a rare zero: as good as positive, but without a logarithm
			h.positive++
		}
	}
	return h, positive
}

// choose settles Auto.
func (h history) choose() Scaling {
	switch {
	case h.zeros > h.positive+h.negative:
		return ByLevel
	case h.positive > h.negative+h.zeros:
		return ByLog
	}
	return BySpread
}

// Choose is the scaling that Auto stands for in a panel.
func Choose(p *tidewatch.Panel) Scaling {
	h, _ := look(p)
	return h.choose()
}

// New plans windows over a panel. Of shape, Lags, Steps and Levels must be given; the rest is found. held, if not nil, is how many values
// at the end of each series training must not see. AutoBase stands for SeasonBase.
func New(p *tidewatch.Panel, shape Shape, kind Scaling, base Base, held []int) *Windows {
	h, positive := look(p)
	if kind == Auto {
		kind = h.choose()
	}
	shape.Masked = h.unknown || h.shortest < shape.Lags+shape.Steps
	w := &Windows{Shape: shape, Scaling: kind, Recent: season(p, shape.Lags), Features: FeaturesOf(p), panel: p, held: held, Log: make([]bool, p.Len())}
	if kind == ByLog {
		w.Log = positive
	}
	w.Cycle, w.Base = cycle(p), SeasonBase
	if base == TrendBase && kind != ByLevel {
		w.Base = base
	}
	w.Shape.Past, w.Shape.Future, w.Shape.Static = len(w.Features.Past), w.ahead(), len(w.Features.Static)
	for i := range p.Len() {
		n := len(p.Series(i).Values)
		if held != nil {
			n -= held[i]
		}
		r := span{lo: shape.Lags, hi: n - shape.Steps + 1}
		if shape.Masked { // short histories are seen too, down to a few values
			r.lo = min(shape.Lags, max(minHistory, n/2))
			if r.hi <= r.lo { // a series shorter than the horizon still teaches its first steps
				r.hi = max(r.lo+1, n-1)
			}
		}
		if r.hi > r.lo && r.lo < n {
			w.from, w.train = append(w.from, i), append(w.train, r)
		}
	}
	w.Typical = w.typical()
	return w
}

// On is windows cut in the same way from another panel of the same series, to forecast: there is nothing to draw.
func (w *Windows) On(p *tidewatch.Panel) *Windows {
	c := *w
	c.panel, c.future, c.held, c.from, c.train = p, nil, nil, nil, nil
	return &c
}

// With is windows that see the given covariates in place of those of the same name: see [tidewatch.Ask].
func (w *Windows) With(future []tidewatch.Covariate) *Windows {
	if len(future) == 0 {
		return w
	}
	c := *w
	c.future = make([]*tidewatch.Covariate, len(w.panel.Covariates()))
	for k := range c.future {
		for j := range future {
			if future[j].Name == w.panel.Covariates()[k].Name {
				c.future[k] = &future[j]
			}
		}
	}
	return &c
}

// minHistory is the fewest values a training window sees.
const minHistory = 3

// season is the longest season that fits into a window, 1 if there is none.
func season(p *tidewatch.Panel, lags int) int {
	m := 1
	for _, s := range p.Seasons() {
		if s <= lags {
			m = s
		}
	}
	return m
}

// cycle is the longest season of which half the series have shown three: one of the panel's, or a week of hours.
func cycle(p *tidewatch.Panel) int {
	candidates := append([]int{1}, p.Seasons()...)
	if f := p.Grid().Freq; f.Unit == tidewatch.Hour && 168%f.N == 0 {
		candidates = append(candidates, 168/f.N)
	}
	lengths := make([]int, p.Len())
	for i := range lengths {
		lengths[i] = len(p.Series(i).Values)
	}
	slices.Sort(lengths)
	m := 1
	for _, c := range candidates {
		if len(lengths) > 0 && 3*c <= lengths[len(lengths)/2] {
			m = max(m, c)
		}
	}
	return m
}

// ahead is how many columns stand beside the steps ahead: the covariates known ahead, and the profile.
func (w *Windows) ahead() int {
	if w.Cycle > 1 || w.Base == TrendBase {
		return len(w.Features.Future) + 1
	}
	return len(w.Features.Future)
}

// typical is the median scale of the series' last windows: logarithms if most are.
func (w *Windows) typical() Scale {
	var locs, sizes []float64
	logs := 0
	for i := range w.panel.Len() {
		if w.Log[i] {
			logs++
		}
	}
	log := 2*logs > w.panel.Len()
	y := make([]float64, w.Shape.Lags)
	for i := range w.panel.Len() {
		s := w.panel.Series(i)
		w.cut(y, &s, len(s.Values))
		if sc := scaleOf(y, w.Scaling, w.Log[i], w.Recent, Scale{Size: math.NaN()}); sc.Log == log && !math.IsNaN(sc.Size) {
			locs, sizes = append(locs, sc.Loc), append(sizes, sc.Size)
		}
	}
	if len(locs) == 0 {
		return Scale{Size: 1}
	}
	half := []float64{.5}
	s := Scale{Loc: tidewatch.SampleQuantiles(locs, half)[0], Size: tidewatch.SampleQuantiles(sizes, half)[0], Log: log}
	if s.Size <= 0 {
		s.Size = 1
	}
	return s
}

// cut copies the len(y) values before position at of the series, NaN where there is none or it was unavailable.
func (w *Windows) cut(y []float64, s *tidewatch.Series, at int) {
	for k := range y {
		t := at - len(y) + k
		y[k] = math.NaN()
		if t >= 0 && t < len(s.Values) && (s.Unavailable == nil || !s.Unavailable[t]) {
			y[k] = s.Values[t]
		}
	}
}

// Trainable is the number of series that have a window to train on.
func (w *Windows) Trainable() int { return len(w.from) }

// Count is the number of different training windows.
func (w *Windows) Count() int {
	n := 0
	for _, r := range w.train {
		n += r.hi - r.lo
	}
	return n
}

// Draw fills b with so many random windows, with targets: a series by chance, and in it a window by chance. A window whose targets are
// all unknown is drawn again, a few times.
func (w *Windows) Draw(b *Batch, rows int, rng *rand.Rand) {
	b.resize(w.Shape, rows)
	y := make([]float64, w.Shape.Lags)
	for r := range rows {
		for range redraws {
			k := rng.IntN(len(w.from))
			at := w.train[k].lo + rng.IntN(w.train[k].hi-w.train[k].lo)
			i := w.from[k]
			s := w.panel.Series(i)
			end := len(s.Values)
			if w.held != nil {
				end -= w.held[i]
			}
			w.cut(y, &s, at)
			if w.Shape.Masked && len(w.Features.Future)+w.Shape.Static > 0 && rng.IntN(blanked) == 0 {
				for k := range y {
					y[k] = math.NaN()
				}
			}
			w.row(b, r, i, y, at)
			if w.targets(b, r, &s, at, end) > 0 {
				if w.Mirror > 0 && rng.Float64() < w.Mirror {
					w.mirror(b, r)
				}
				break
			}
		}
	}
}

const (
	redraws = 8
	blanked = 16 // one window in so many is shown without its past, so that features alone forecast what was never sold
)

// At is where a window's first target stands: in which series, and at which of its values.
type At struct{ Series, Position int }

// Fill fills b with the given windows; their targets are what the panel knows of them.
func (w *Windows) Fill(b *Batch, windows []At) {
	b.resize(w.Shape, len(windows))
	y := make([]float64, w.Shape.Lags)
	for r, a := range windows {
		s := w.panel.Series(a.Series)
		w.cut(y, &s, a.Position)
		w.row(b, r, a.Series, y, a.Position)
		w.targets(b, r, &s, a.Position, len(s.Values))
	}
}

// Before is the values before a window's first target, NaN where unknown: what [Windows.From] takes.
func (w *Windows) Before(a At) []float64 {
	y := make([]float64, w.Shape.Lags)
	s := w.panel.Series(a.Series)
	w.cut(y, &s, a.Position)
	return y
}

// From fills b with windows of given values [row][lag], without targets: to go on from forecasts as if they had been observed.
func (w *Windows) From(b *Batch, windows []At, values [][]float64) {
	b.resize(w.Shape, len(windows))
	for r, a := range windows {
		w.row(b, r, a.Series, values[r], a.Position)
	}
}

// row fills row r with the window of series i whose values are y and whose first target is value at.
func (w *Windows) row(b *Batch, r, i int, y []float64, at int) {
	s := w.panel.Series(i)
	sh := w.Shape
	log, known := w.Log[i], false
	for _, v := range y {
		log = log && !(v <= 0) // later values may have no logarithm
		known = known || v == v
	}
	scale := scaleOf(y, w.Scaling, log, w.Recent, w.Typical)
	b.Scales[r] = scale
	for k, v := range y {
		to := r*sh.Lags + k
		b.Y.Data[to] = 0
		if sh.Masked {
			b.Mask.Data[to] = 0
		}
		if v == v {
			b.Y.Data[to] = clip(scale.To(v))
			if sh.Masked {
				b.Mask.Data[to] = 1
			}
		}
	}
	f := &w.Features
	if n := len(f.Past); n > 0 {
		for k := range sh.Lags {
			to := b.Past.Data[(r*sh.Lags+k)*n:][:n]
			clear(to)
			if t := at - sh.Lags + k; t >= 0 {
				w.fill(to, f.Past, &s, i, s.Start+t)
			}
		}
	}
	profile := b.Profile[r*sh.Steps : (r+1)*sh.Steps]
	seasonal := b.Season[r*sh.Steps : (r+1)*sh.Steps]
	clear(profile)
	clear(seasonal)
	if known { // what is not shown is not told either
		w.profile(profile, seasonal, &s, at, scale)
	}
	if n := sh.Future; n > 0 {
		for h := range sh.Steps {
			to := b.Future.Data[(r*sh.Steps+h)*n:][:n]
			w.fill(to, f.Future, &s, i, s.Start+at+h)
			if n > len(f.Future) {
				to[n-1] = float32(profile[h])
			}
		}
	}
	if n := len(f.Static); n > 0 {
		w.fill(b.Static.Data[r*n:][:n], f.Static, &s, i, s.Start+at)
	}
}

// mirror turns row r upside down: what rose falls. A network that sees windows either way learns how movements go on, and not that the
// series of a panel happened to rise, or fall, together while it was trained.
func (w *Windows) mirror(b *Batch, r int) {
	sh := w.Shape
	negate(b.Y.Data[r*sh.Lags : (r+1)*sh.Lags])
	negate(b.Target[r*sh.Steps : (r+1)*sh.Steps])
	if n := sh.Future; n > len(w.Features.Future) {
		for h := range sh.Steps {
			b.Future.Data[(r*sh.Steps+h)*n+n-1] *= -1
		}
	}
}

func negate(x []float32) {
	for i := range x {
		x[i] = -x[i]
	}
}

// targets fills in what came next, up to, not including, value end, and returns how much of it is known.
func (w *Windows) targets(b *Batch, r int, s *tidewatch.Series, at, end int) int {
	known := 0
	for h := range w.Shape.Steps {
		to := r*w.Shape.Steps + h
		b.Target[to] = float32(math.NaN())
		if t := at + h; t < end && (s.Unavailable == nil || !s.Unavailable[t]) {
			if v := b.Scales[r].To(s.Values[t]) - b.Profile[to]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				b.Target[to] = float32(v)
				known++
			}
		}
	}
	return known
}

// Value is what a network's output z for step h of row r means in the unit of the series.
func (b *Batch) Value(r, h int, z float32) float64 {
	return b.Scales[r].From(float64(z) + b.Profile[r*b.steps+h])
}

// clip bounds what a network sees, in units of the window's scale.
func clip(z float64) float32 { return float32(max(-30, min(30, z))) }
