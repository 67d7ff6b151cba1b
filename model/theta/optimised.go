package theta

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/num/smooth"
)

// Optimised is the Theta method as a state-space model with one source of error (Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler 2016,
// Models for optimising the theta method and their relationship to state space models, IJF 32; below: FPLPK). Its lines are the
// linear trend, of weight 1-1/θ, and the series with its curvature multiplied by θ, of weight 1/θ.
//
// Whatever α, the one-step errors are linear in w = 1-1/θ and in the initial level, so both are found exactly for each α and only α is
// searched for: between 0.1 and 0.99, as FPLPK's own program does. Like theirs, the sum of squares leaves out the first three errors.
// Seasons are treated as by [STM].
type Optimised struct {
	Dynamic bool // the trend is fitted anew at each step (DOTM, DSTM), not once for all (OTM)
	Theta   bool // θ is estimated, from 1 up; otherwise it is 2
}

func (m Optimised) String() string {
	switch {
	case m.Dynamic && m.Theta:
		return "dotm"
	case m.Dynamic:
		return "dstm"
	case m.Theta:
		return "otm"
	}
	return "ostm"
}

const (
	minAlpha, maxAlpha = .1, .99
	burn               = 3 // how many of the first errors do not count
)

// Fit implements [fleet.Method]. It needs six known values.
func (m Optimised) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	y, season := adjust(s.Values, s.Seasons)
	x, first, known := complete(y)
	if known < 6 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "the Theta method needs 6 known values")
	}
	p := newProfile(m, x, y[first:])
	alpha, w, d := p.search()
	f := &state{adjustment: season, alpha: alpha, w: w, dynamic: m.Dynamic, phase: first, level: x[0] + d, power: 1, cost: 2 + max(0, len(season.index)-1)}
	if m.Theta {
		f.cost++
	}
	if !m.Dynamic {
		f.intercept, f.slope = p.lines[0].intercept, p.lines[0].slope
	}
	for t, v := range x {
		e := f.step(v)
		if t >= burn && p.counts[t] {
			f.squares += e * e
			f.errors++
		}
	}
	for range len(y) - first - len(x) {
		f.step(math.NaN())
	}
	return f, nil
}

// complete is y from its first known value to its last, unknown ones inside bridged by straight lines; where it begins; and how many
// values are known.
func complete(y []float64) (x []float64, first, known int) {
	first, end := -1, 0
	for t, v := range y {
		if v == v {
			known++
			if first < 0 {
				first = t
			}
			end = t + 1
		}
	}
	if known == 0 {
		return nil, 0, 0
	}
	x = y[first:end]
	if known == len(x) {
		return x, first, known
	}
	x = slices.Clone(x)
	last := 0
	for t, v := range x {
		if v != v {
			continue
		}
		for u := last + 1; u < t; u++ {
			x[u] = x[last] + (v-x[last])*float64(u-last)/float64(t-last)
		}
		last = t
	}
	return x, first, known
}

// line is intercept + slope*t, t counted from 1.
type line struct{ intercept, slope float64 }

// profile is the sum of squared errors as a function of α alone.
type profile struct {
	x       []float64
	counts  []bool // which errors count: those of known values
	lines   []line // the trend known after each value; only one, of all values, where it is not dynamic
	dynamic bool
	theta   bool
}

func newProfile(m Optimised, x, y []float64) *profile {
	p := &profile{x: x, counts: make([]bool, len(x)), dynamic: m.Dynamic, theta: m.Theta}
	for t := range x {
		p.counts[t] = y[t] == y[t]
	}
	if !m.Dynamic {
		b := slope(y[:len(x)])
		var n, st, sy float64
		for t, v := range y[:len(x)] {
			if v == v {
				n++
				st += float64(t + 1)
				sy += v
			}
		}
		p.lines = []line{{sy/n - b*st/n, b}}
		return p
	}
	p.lines = make([]line, len(x))
	f := state{dynamic: true, power: 1}
	for t, v := range x {
		f.step(v)
		p.lines[t] = line{f.intercept, f.slope}
	}
	return p
}

// at is the least sum of squares for α, the weight w of the trend, and d: the initial level less the first value.
func (p *profile) at(alpha float64) (sse, w, d float64) {
	var ee, ek, eg, kk, kg, gg float64
	keep, level, k := 1-alpha, p.x[0], 1.0
	trend := p.lines[0]
	for t, v := range p.x {
		if t >= burn && p.counts[t] {
			if p.dynamic {
				trend = p.lines[t-1]
			}
			e := v - level
			g := k*trend.intercept + (1-k*keep)/alpha*trend.slope
			ee += e * e
			ek += e * k
			eg += e * g
			kk += k * k
			kg += k * g
			gg += g * g
		}
		level += alpha * (v - level)
		if k *= keep; k < 1e-30 {
			k = 0 // and not a denormal number, which is slow
		}
	}
	w = .5
	if det := kk*gg - kg*kg; p.theta && det > 1e-12*kk*gg {
		w = min(max((eg*kk-ek*kg)/det, 0), 1)
	}
	d = (ek - w*kg) / kk
	sse = ee + w*w*gg + d*d*kk - 2*w*eg - 2*d*ek + 2*w*d*kg
	return max(sse, 0), w, d
}

// search is the best α, with its w and d: a coarse look for the valley, golden section for its bottom.
func (p *profile) search() (alpha, w, d float64) {
	grid := [...]float64{minAlpha, .17, .26, .38, .52, .66, .8, .9, maxAlpha}
	best, least := 0, math.Inf(1)
	for i, a := range grid {
		if s, _, _ := p.at(a); s < least {
			best, least = i, s
		}
	}
	lo, hi := grid[max(best-1, 0)], grid[min(best+1, len(grid)-1)]
	alpha = smooth.Golden(func(a float64) float64 { s, _, _ := p.at(a); return s }, lo, hi, 1e-5)
	if s, _, _ := p.at(alpha); s > least {
		alpha = grid[best]
	}
	_, w, d = p.at(alpha)
	return alpha, w, d
}

// state is a fitted series after its last value: FPLPK, equations 10 to 16 (static) and 17 to 23 (dynamic).
type state struct {
	adjustment
	alpha, w         float64
	dynamic          bool
	phase            int     // periods before the first value
	n                int     // values taken in
	level            float64 // ℓ
	power            float64 // (1-α)^n
	mean             float64 // of the values
	intercept, slope float64 // of the trend: A and B
	squares          float64 // of the errors that count
	errors           int
	cost             int // parameters estimated
	gap              int // unknown values at the end
}

// next is the expected next value.
func (f *state) next() float64 {
	if f.alpha == 0 {
		return f.level // only the trend is wanted
	}
	return f.level + f.w*(f.power*f.intercept+(1-f.power*(1-f.alpha))/f.alpha*f.slope)
}

// step takes a value in and returns its error; an unknown value is what was expected.
func (f *state) step(v float64) float64 {
	expected := f.next()
	if f.dynamic && f.n == 0 {
		expected = v
	}
	if v == v {
		f.gap = 0
	} else {
		v = expected
		f.gap++
	}
	f.n++
	n := float64(f.n)
	if f.dynamic {
		if f.n == 1 {
			f.intercept, f.slope = v, 0
		} else {
			f.slope = ((n-2)*f.slope + 6*(v-f.mean)/n) / (n + 1)
		}
		f.mean += (v - f.mean) / n
		if f.n > 1 {
			f.intercept = f.mean - f.slope*(n+1)/2
		}
	}
	f.level += f.alpha * (v - f.level)
	if f.power *= 1 - f.alpha; f.power < 1e-30 {
		f.power = 0
	}
	return v - expected
}

// Update implements [fleet.Updater]. α, θ and the seasonal indices stay.
func (f *state) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		e := f.step(f.remove(v, f.phase+f.n))
		if v == v {
			f.squares += e * e
			f.errors++
		}
	}
}

// Forecast implements [fleet.Model]. The variance of step h is σ² (1 + Σ_{j<h} c_j²), where c_j is what an error of 1 adds to the
// expectation of j steps later; unknown values at the end are steps too.
func (f *state) Forecast(levels, mean, q []float64) {
	free := max(f.errors-f.cost, f.errors/2, 1)
	variance := f.squares / float64(free)
	sd := make([]float64, len(mean))
	plain, hit := *f, *f
	plain.step(math.NaN())
	hit.step(f.next() + 1)
	sum := 1.0
	for h := -f.gap; h < len(mean); h++ {
		if h >= 0 {
			sd[h] = math.Sqrt(variance * sum)
		}
		c := hit.next() - plain.next()
		sum += c * c
		hit.step(math.NaN())
		plain.step(math.NaN())
	}
	plain = *f
	for h := range mean {
		mean[h] = plain.next()
		plain.step(math.NaN())
	}
	f.restore(f.phase+f.n, mean, sd)
	fleet.Gaussian(levels, mean, sd, q)
}

// Save implements [fleet.Saver].
func (f *state) Save(w *fleet.Writer) {
	for _, v := range []float64{f.alpha, f.w, f.level, f.power, f.mean, f.intercept, f.slope, f.squares} {
		w.Float(v)
	}
	for _, v := range []int{f.phase, f.n, f.errors, f.cost, f.gap} {
		w.Int(v)
	}
	f.save(w)
}

// Load implements [fleet.Loader].
func (m Optimised) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &state{dynamic: m.Dynamic, alpha: r.Finite(), w: r.Finite(), level: r.Finite(), power: r.Finite(), mean: r.Finite(), intercept: r.Finite(),
		slope: r.Finite(), squares: r.Finite()}
	for _, v := range []*int{&f.phase, &f.n, &f.errors, &f.cost, &f.gap} {
		*v = r.Count(0, 1_000_000_000)
	}
	if !(f.alpha > 0 && f.alpha < 1) || f.n < 1 || f.gap > f.n || !(f.squares >= 0) {
		r.Fail("the model file is damaged: α %g after %d values, %d of them unknown", f.alpha, f.n, f.gap)
	}
	f.adjustment = loadAdjustment(r)
	return f, r.Err()
}
