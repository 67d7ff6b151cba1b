package feature

import (
	"fmt"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// inspect notes which covariates are on or off, and which label or number stands for off.
func (b *Builder) inspect() {
	covariates := b.panel.Covariates()
	b.binary, b.off = make([]bool, len(covariates)), make([]float32, len(covariates))
	for c, cov := range covariates {
		if cov.Labels == nil {
			b.binary[c] = !slices.ContainsFunc(cov.Values, func(v float32) bool { return v == v && v != 0 && v != 1 })
			continue
		}
		b.off[c] = nan32
		for k, l := range cov.Labels {
			if l == "0" || l == "none" || l == "None" || l == "no" {
				b.off[c] = float32(k)
			}
		}
	}
}

// declareCovariates adds the features of the panel's covariates.
func (b *Builder) declareCovariates(season int) {
	b.inspect()
	add := func(f ...Feature) { b.features = append(b.features, f...) }
	var state []int
	for c, cov := range b.panel.Covariates() {
		switch {
		case cov.Scope == tidewatch.BySeries:
			if len(cov.Labels) <= 255 {
				add(static(c, cov))
			}
		case !cov.Ahead:
			add(pastCovariate(c, cov, 7), pastCovariate(c, cov, 28))
		case cov.Labels != nil:
			add(b.now(c, 0), b.distance(c, false), b.distance(c, true))
			if len(cov.Labels) <= 5 {
				state = append(state, c)
			}
		case b.binary[c]:
			add(b.now(c, 0), b.now(c, 1), b.now(c, -1), b.distance(c, false), b.distance(c, true), change(c, cov), b.share(c, 7), b.share(c, -7))
			state = append(state, c)
		default:
			add(b.now(c, 0), relative(c, cov, "28", func(t *track, out []float32) { overMean(t, 28, out) }),
				relative(c, cov, "364", func(t *track, out []float32) { overMean(t, 364, out) }), relative(c, cov, "max", overMax),
				b.step(c, max(season, 1)), change(c, cov))
			b.lookback = max(b.lookback, 364+28)
		}
	}
	if len(state) > 0 {
		b.state = state[:min(4, len(state))]
		b.lookback = max(b.lookback, 27*season)
		add(b.matched(season, 6), b.matched(season, 20))
	}
}

// gather reads an array that begins at index from at the rows' times, shifted.
func gather(rows []Row, from int, v []float32, shift int, dst []float32) {
	for r, row := range rows {
		dst[r] = nan32
		if k := int(row.Time) + shift - from; k >= 0 && k < len(v) {
			dst[r] = v[k]
		}
	}
}

// now is the covariate at the row's time, or some periods later.
func (b *Builder) now(c, shift int) Feature {
	cov := b.panel.Covariates()[c]
	name, does := cov.Name, "at the time"
	if shift != 0 {
		name, does = fmt.Sprintf("%s_%+d", cov.Name, shift), fmt.Sprintf("%+d periods from the time", shift)
	}
	return Feature{Name: name, Inputs: []string{cov.Name}, Known: Ahead, Does: does, Categorical: cov.Labels != nil && len(cov.Labels) <= 255,
		fill: func(w *Worker, rows []Row, dst []float32) {
			t := w.track(c)
			gather(rows, t.from, t.v, shift, dst)
		}}
}

// distance is the number of periods since the covariate was last on, or until it is next.
func (b *Builder) distance(c int, until bool) Feature {
	cov := b.panel.Covariates()[c]
	name, does := cov.Name+"_since", "periods since it was last on"
	if until {
		name, does = cov.Name+"_until", "periods until it is on"
	}
	return Feature{Name: name, Inputs: []string{cov.Name}, Known: Ahead, Does: does,
		fill: func(w *Worker, rows []Row, dst []float32) {
			from, v := w.derived(c, name, func(t *track, out []float32) { sinceActive(t, b.off[c], until, out) })
			gather(rows, from, v, 0, dst)
		}}
}

// share is the share of the n periods up to the time, or of the -n from it on, in which the covariate is on.
func (b *Builder) share(c, n int) Feature {
	cov := b.panel.Covariates()[c]
	name := fmt.Sprintf("%s_share_%+d", cov.Name, -n)
	return Feature{Name: name, Inputs: []string{cov.Name}, Known: Ahead, Does: "share of those periods in which it is on",
		fill: func(w *Worker, rows []Row, dst []float32) {
			t := w.track(c)
			for r, row := range rows {
				lo, hi := int(row.Time)-n, int(row.Time)
				if n < 0 {
					lo, hi = int(row.Time)+1, int(row.Time)+1-n
				}
				sum, known := float32(0), float32(0)
				for at := max(lo, t.from); at < min(hi, t.from+len(t.v)); at++ {
					if v := t.v[at-t.from]; v == v {
						sum += v
						known++
					}
				}
				dst[r] = sum / known
			}
		}}
}

// change is for how many periods the covariate has had its value.
func change(c int, cov tidewatch.Covariate) Feature {
	name := cov.Name + "_held"
	return Feature{Name: name, Inputs: []string{cov.Name}, Known: Ahead, Does: "for how many periods it has had its value",
		fill: func(w *Worker, rows []Row, dst []float32) {
			from, v := w.derived(c, name, sinceChange)
			gather(rows, from, v, 0, dst)
		}}
}

// step is the covariate over its value m periods before.
func (b *Builder) step(c, m int) Feature {
	cov := b.panel.Covariates()[c]
	return Feature{Name: fmt.Sprintf("%s_step_%d", cov.Name, m), Inputs: []string{cov.Name}, Known: Ahead, Does: fmt.Sprintf("over its value %d before", m),
		fill: func(w *Worker, rows []Row, dst []float32) {
			t := w.track(c)
			gather(rows, t.from, t.v, 0, dst)
			for r, row := range rows {
				if k := int(row.Time) - m - t.from; k >= 0 && k < len(t.v) {
					dst[r] /= t.v[k]
				} else {
					dst[r] = nan32
				}
			}
		}}
}

// relative is an array derived from the covariate: the price over what it usually is.
func relative(c int, cov tidewatch.Covariate, over string, of func(t *track, out []float32)) Feature {
	name := cov.Name + "_over_" + over
	return Feature{Name: name, Inputs: []string{cov.Name}, Known: Ahead, Does: "over its mean of so many periods, or its highest value so far",
		fill: func(w *Worker, rows []Row, dst []float32) {
			from, v := w.derived(c, name, of)
			gather(rows, from, v, 0, dst)
		}}
}

// pastCovariate is the mean of a covariate that is not known ahead, over the n periods before the origin.
func pastCovariate(c int, cov tidewatch.Covariate, n int) Feature {
	return Feature{Name: fmt.Sprintf("%s_mean_%d", cov.Name, n), Inputs: []string{cov.Name}, Known: Origin, Does: fmt.Sprintf("mean of the last %d", n),
		fill: func(w *Worker, rows []Row, dst []float32) {
			t := w.track(c)
			for r, row := range rows {
				sum, known := 0.0, 0.0
				o := row.Origin() - t.from
				for k := max(0, o-n); k < min(o, len(t.v)); k++ {
					if v := t.v[k]; v == v {
						sum += float64(v)
						known++
					}
				}
				dst[r] = float32(sum / known)
			}
		}}
}

// static is what a series is.
func static(c int, cov tidewatch.Covariate) Feature {
	return Feature{Name: cov.Name, Inputs: []string{cov.Name}, Known: Always, Does: "of the series", Categorical: cov.Labels != nil,
		fill: func(w *Worker, rows []Row, dst []float32) {
			v := float32(w.b.ask.Covariates(w.b.panel, w.number)(c, 0))
			for r := range rows {
				dst[r] = v
			}
		}}
}

// matched is the mean of the last n known values at the same place of the season with the same state of what is on or off (promotion,
// holiday): what the series does on such a day, in time order.
func (b *Builder) matched(m, n int) Feature {
	inputs := []string{"value"}
	for _, c := range b.state {
		inputs = append(inputs, b.panel.Covariates()[c].Name)
	}
	reach := b.lookback
	return Feature{Name: fmt.Sprintf("alike_mean_%d", n), Inputs: inputs, Known: Origin, Scaled: true,
		Does: fmt.Sprintf("mean of the last %d values at the same place of the season of %d with the same of these", n, m),
		fill: func(w *Worker, rows []Row, dst []float32) {
			from, state := w.states()
			for r, row := range rows {
				t := w.phases[r]
				want := state[int(row.Time)-from]
				sum, known := 0.0, 0
				for last := max(from, row.Origin()-reach); t >= last && known < n; t -= m {
					if v := w.past.at(t); v == v && state[t-from] == want {
						sum += v
						known++
					}
				}
				dst[r] = float32(sum / float64(known))
				if known == 0 {
					dst[r] = nan32
				}
			}
		}}
}

// states is a number for each combination of the covariates in b.state, from index from on.
func (w *Worker) states() (from int, state []int32) {
	from = w.past.base
	n := w.hi - from
	w.state = grow(w.state, n)
	clear(w.state)
	for _, c := range w.b.state {
		t := w.track(c)
		for k := range w.state {
			v := float32(math.NaN())
			if at := from + k - t.from; at >= 0 && at < len(t.v) {
				v = t.v[at]
			}
			w.state[k] *= 7
			if v == v {
				w.state[k] += 1 + int32(v)
			}
		}
	}
	return from, w.state
}
