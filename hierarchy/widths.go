package hierarchy

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Widths is how much more or less uncertain sums over time turned out than their coherent paths had foreseen, by level of the hierarchy and by
// length: seasons, and the whole horizon. It is learnt at past origins from the upper part of the hierarchy alone, which is a few
// nodes even where the bottom is many. It is immutable; nil is nothing learnt.
type Widths struct {
	top     *Hierarchy
	nodes   []int // of the whole hierarchy that those of top are
	season  int   // periods
	horizon int
	factor  [][scales]float64 // [level of top, then its bottom] of the deviation of a path from the mean; 1 = as foreseen
	skip    []bool            // [node of top] lumpy ones stay as they are
}

// scales are the lengths of time that sums are learnt of: the horizon, and seasons in it. Single periods are calibrated one by one ([conform.Calibrated]).
const scales = 2

const (
	mostLearnt     = 600 // nodes that widths are learnt from at most
	leastOrigins   = 3   // to learn widths from
	priorOfWidths  = 4   // origins that weigh as much as what paths foresee: chosen on M5 at origins up to d_1829
	learntSamples  = 200 // paths at each
	narrowestWidth = .5  // bounds of a factor
	widestWidth    = 2
)

// central are the shares of central intervals that widths are learnt from.
var central = [...]float64{.6, .8, .95}

// LearnWidths forecasts the upper nodes of h, of which p is the panel of all, by c at so many past origins, c.Horizon apart, and compares sums
// with what came. It is nil where nothing can be learnt: the history is too short, no level is small enough, or values go below zero.
func (c Coherent) LearnWidths(ctx context.Context, p *tidewatch.Panel, origins int) (*Widths, error) {
	w := c.Hierarchy.upper(p)
	if w == nil || c.Horizon < 1 || !c.nonNegative(p) {
		return nil, nil
	}
	w.horizon, w.season = c.Horizon, c.Horizon
	if s := p.Seasons(); len(s) > 0 && s[0] > 1 && 2*s[0] <= c.Horizon {
		w.season = s[0]
	}
	part := p.Select(w.nodes)
	first := part.End()
	for v := range part.Len() {
		first = min(first, part.Series(v).Start)
	}
	origins = min(origins, (part.End()-first-max(2*c.Horizon, 8*w.season))/c.Horizon)
	if origins < leastOrigins {
		return nil, nil
	}
	base := c.Base
	if m, ok := base.(Mixed); ok {
		m.Hierarchy = w.top
		base = m
	}
	method := c.Reconcile
	if !slices.Contains([]Method{OLS, BottomUp, Structural, Size, WLS}, method) {
		method = OLS // the others need a past of their own
	}
	w.skip = make([]bool, part.Len())
	for v := range w.skip {
		w.skip[v] = lumpy(part.Series(v))
	}
	misses := make([][scales][len(central)][]float64, len(w.top.levels)+1)
	for back := 1; back <= origins; back++ {
		end := part.End() - back*c.Horizon
		if err := w.try(ctx, base, method, part, end, c.Seed, misses); err != nil {
			return nil, err
		}
	}
	w.factor = make([][scales]float64, len(misses))
	trust := float64(origins) / float64(origins+priorOfWidths)
	for l := range misses {
		for s := range scales {
			w.factor[l][s] = 1
			sum := 0.0
			for k, share := range central {
				if len(misses[l][s][k]) == 0 {
					continue
				}
				q := tidewatch.SampleQuantiles(misses[l][s][k], []float64{share})
				sum += math.Log(min(max(q[0], narrowestWidth), widestWidth)) / float64(len(central))
			}
			w.factor[l][s] = math.Exp(trust * sum)
		}
	}
	return w, nil
}

// upper is the part of h that widths are learnt for: all of it if it is small, else the finest level of few and steady nodes with the levels that
// it splits; nil if there is none.
func (h *Hierarchy) upper(p *tidewatch.Panel) *Widths {
	if h.Len() <= mostLearnt {
		w := &Widths{top: h, nodes: make([]int, h.Len())}
		for v := range w.nodes {
			w.nodes[v] = v
		}
		return w
	}
	finest, size := -1, 0
	for l, level := range h.levels {
		n := len(level.Nodes)
		if n > mostLearnt/2 || n <= size || slices.Contains(level.Of, -1) {
			continue
		}
		uneven := 0
		for v := h.first[l]; v < h.first[l+1]; v++ {
			if lumpy(p.Series(v)) {
				uneven++
			}
		}
		if 2*uneven <= n {
			finest, size = l, n
		}
	}
	if finest < 0 {
		return nil
	}
	w := &Widths{}
	var levels []Level
	for l, level := range h.levels {
		if l == finest || len(level.Nodes) > size || !h.splits(finest, l) {
			continue
		}
		of := make([]int32, size)
		for i, g := range h.levels[finest].Of {
			of[g] = level.Of[i]
		}
		levels = append(levels, Level{Name: level.Name, Nodes: level.Nodes, Of: of})
		for v := h.first[l]; v < h.first[l+1]; v++ {
			w.nodes = append(w.nodes, v)
		}
	}
	for v := h.first[finest]; v < h.first[finest+1]; v++ {
		w.nodes = append(w.nodes, v)
	}
	var err error
	if w.top, err = New(h.levels[finest].Nodes, levels...); err != nil {
		return nil // a node without a series is none of h's
	}
	return w
}

func lumpy(s tidewatch.Series) bool {
	support := conform.SupportOf(s.Demand())
	return support.Lumpy || support.Count
}

// try adds the misses of one past origin: how far from their mean sums lay, by half the width of each central interval.
func (w *Widths) try(ctx context.Context, base tidewatch.Method, method Method, part *tidewatch.Panel, end int, seed uint64, misses [][scales][len(central)][]float64) error {
	known := part.Until(end)
	model, err := base.Fit(ctx, known)
	if err != nil {
		return err
	}
	ask := tidewatch.Ask{Steps: w.horizon, Levels: conform.Grid(), Seed: seed}
	f, err := model.Forecast(ctx, ask)
	if err != nil {
		return err
	}
	if !aligned(f) {
		return nil // series that ended before
	}
	paths, err := BasePaths(ctx, model, known, f, ask, learntSamples)
	if err != nil {
		return err
	}
	r, err := NewReconciler(w.top, method, Known{Variance: Spread(f)})
	if err != nil {
		return err
	}
	if err := r.Paths(ctx, paths, true); err != nil {
		return err
	}
	levels, q := make([]float64, 0, 2*len(central)), make([]float64, 2*len(central))
	for _, share := range central {
		levels = append(levels, (1-share)/2, (1+share)/2)
	}
	for l := range len(w.top.levels) + 1 {
		from, to := w.top.Nodes(l)
		for v := from; v < to; v++ {
			if w.skip[v] || f.Rows[v].Abstains() {
				continue
			}
			s := part.Series(v)
			for scale, length := range w.lengths() {
				for begin := 0; begin+length <= w.horizon; begin += length {
					y := 0.0
					for t := end + begin; t < end+begin+length; t++ {
						if t < s.Start || t >= s.End() {
							y = math.NaN()
							break
						}
						y += s.Values[t-s.Start]
					}
					x, err := paths.Sum([]int{v}, begin, begin+length)
					if err != nil || y != y {
						continue
					}
					mean := 0.0
					for _, z := range x {
						mean += z / float64(len(x))
					}
					Quantiles(x, levels, q)
					for k := range central {
						if half := (q[2*k+1] - q[2*k]) / 2; half > 0 {
							misses[l][scale][k] = append(misses[l][scale][k], math.Abs(y-mean)/half)
						}
					}
				}
			}
		}
	}
	return nil
}

// lengths are those of the scales, in periods.
func (w *Widths) lengths() [scales]int { return [scales]int{w.horizon, w.season} }

// Apply makes the deviations of coherent paths of all nodes of h from their means wider or narrower, in place, and lets them add up again: the
// bottom series of a node share what it moves by in proportion, so that what is zero stays zero and nothing falls below it.
func (w *Widths) Apply(ctx context.Context, h *Hierarchy, p *tidewatch.Paths) error {
	if w == nil {
		return nil
	}
	at := w.scaling(p)
	mean := make([]float64, len(w.nodes)*p.Steps)
	for k, v := range w.nodes {
		for n := range p.Samples {
			for t, x := range p.Path(v, n) {
				mean[k*p.Steps+t] += x / float64(p.Samples)
			}
		}
	}
	owner := w.owners(h)
	bottom := w.top.Bottom()
	return each(ctx, p.Samples, func() func(int) {
		target, y := make([]float64, len(mean)), make([]float64, w.top.Len())
		ratio := make([]float64, (w.top.Len()-bottom)*p.Steps)
		column := make([]float64, w.top.Len())
		return func(n int) {
			for k, v := range w.nodes {
				w.stretch(p.Path(v, n), mean[k*p.Steps:(k+1)*p.Steps], at[k], target[k*p.Steps:(k+1)*p.Steps])
			}
			for t := range p.Steps {
				for k := range w.nodes {
					column[k] = target[k*p.Steps+t]
					y[k] = column[k]
				}
				w.top.scale(y, column)
				for g := range w.top.Len() - bottom {
					ratio[g*p.Steps+t] = 1
					if was := p.Path(w.nodes[bottom+g], n)[t]; was > 0 {
						ratio[g*p.Steps+t] = y[bottom+g] / was
					}
				}
			}
			for v := range h.Bottom() {
				clear(p.Path(v, n))
			}
			for i, g := range owner {
				path := p.Path(h.Bottom()+i, n)
				for t, by := range ratio[int(g)*p.Steps : (int(g)+1)*p.Steps] {
					path[t] *= by
				}
				for l, level := range h.levels {
					if of := level.Of[i]; of >= 0 {
						sum := p.Path(h.first[l]+int(of), n)
						for t, x := range path {
							sum[t] += x
						}
					}
				}
			}
		}
	})
}

// owners are the bottom nodes of the upper part that each bottom series of h is in.
func (w *Widths) owners(h *Hierarchy) []int32 {
	owner := make([]int32, h.Len()-h.Bottom())
	first := w.nodes[w.top.Bottom()]
	for l, level := range h.levels {
		if h.first[l] == first && first < h.Bottom() {
			return level.Of
		}
	}
	for i := range owner {
		owner[i] = int32(i)
	}
	return owner
}

var unchanged = [scales]float64{1, 1}

// scaling is the factors of the parts of the deviations of each node [node of top]: of the mean of the horizon, and of those of seasons
// from it, such that sums of each length become as wide as they should be.
func (w *Widths) scaling(p *tidewatch.Paths) [][scales]float64 {
	out := make([][scales]float64, len(w.nodes))
	for l := range w.factor {
		from, to := w.top.Nodes(l)
		for k := from; k < to; k++ {
			out[k] = unchanged
			if w.skip[k] {
				continue
			}
			part := w.parts(p, w.nodes[k])
			before, now := 0.0, 0.0 // variance down to the scale, and as it is to be
			for s, f := range w.factor[l] {
				before += part[s]
				rest := f*f*before - now
				if part[s] > 0 {
					out[k][s] = min(max(math.Sqrt(max(rest, 0)/part[s]), narrowestWidth), widestWidth)
				}
				now += out[k][s] * out[k][s] * part[s]
			}
		}
	}
	return out
}

// parts are the variances of the parts of a node's deviations.
func (w *Widths) parts(p *tidewatch.Paths, v int) (part [scales]float64) {
	mean := make([]float64, p.Steps)
	for n := range p.Samples {
		for t, x := range p.Path(v, n) {
			mean[t] += x / float64(p.Samples)
		}
	}
	for n := range p.Samples {
		path := p.Path(v, n)
		lasting := deviation(path, mean)
		part[0] += lasting * lasting * float64(p.Steps)
		for from := 0; from < p.Steps; from += w.season {
			to := min(from+w.season, p.Steps)
			season := deviation(path[from:to], mean[from:to]) - lasting
			part[1] += season * season * float64(to-from)
		}
	}
	return part
}

// stretch writes the path with the parts of its deviation from the mean multiplied, none below zero.
func (w *Widths) stretch(path, mean []float64, by [scales]float64, out []float64) {
	if by == unchanged {
		copy(out, path)
		return
	}
	lasting := deviation(path, mean)
	for from := 0; from < len(path); from += w.season {
		to := min(from+w.season, len(path))
		season := deviation(path[from:to], mean[from:to]) - lasting
		for t := from; t < to; t++ {
			out[t] = max(0, path[t]+(by[0]-1)*lasting+(by[1]-1)*season)
		}
	}
}

// deviation is the mean of path less mean.
func deviation(path, mean []float64) float64 {
	sum := 0.0
	for t, x := range path {
		sum += x - mean[t]
	}
	return sum / float64(len(path))
}

// String lists the factors, level by level.
func (w *Widths) String() string {
	if w == nil {
		return "no widths were learnt"
	}
	var b strings.Builder
	for l, f := range w.factor {
		name := "bottom"
		if l < len(w.top.levels) {
			name = w.top.levels[l].Name
		}
		fmt.Fprintf(&b, "%s %.2f %.2f\n", name, f[0], f[1])
	}
	return b.String()
}
