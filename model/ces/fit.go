package ces

import (
	"math"

	"github.com/tidewatch/tidewatch/season"
)

// filter runs the recursions over a series and differentiates them by the parameters, forwards.
type filter struct {
	y      []float64
	kind   Kind
	n      int // parameters
	par    [4]float64
	start  rings // states before the first pass
	now    rings
	sse    float64
	normal [4][4]float64 // J'J of the errors
	slope  [4]float64    // J'e
}

// rings are the states with their derivatives. The element for time t is t % len.
type rings struct{ level, season []dual }

type dual struct {
	pair
	da, db [4]float64
}

func (r rings) copyTo(to *rings) {
	to.level, to.season = append(to.level[:0], r.level...), append(to.season[:0], r.season...)
}

var lower, upper = [4]float64{.01, .01, .01, .01}, [4]float64{1.8, 1.9, 1.5, 1.5}

// begin sets the starting states and parameters; false where the series has too little of a season.
func begin(y []float64, kind Kind, period int) (*filter, bool) {
	f := &filter{y: y, kind: kind, n: 2, par: [4]float64{1.3, 1}}
	first := 10
	if kind != None {
		first = period
	}
	mean, count := 0.0, 0.0
	for _, v := range y[:min(first, len(y))] {
		if v == v {
			mean += v
			count++
		}
	}
	mean /= count
	at := func(v float64) dual { return dual{pair: pair{v, v / 1.1}} }
	f.start.level = []dual{at(mean)}
	switch kind {
	case Simple:
		f.start.level = make([]dual, period)
		for p := range f.start.level {
			v := y[p]
			if v != v {
				v = mean
			}
			f.start.level[p] = at(v)
		}
	case Partial, Full:
		index, ok := season.Classical(y, period, season.Additive)
		if !ok {
			return nil, false
		}
		f.start.season = make([]dual, period)
		for p, v := range index {
			f.start.season[p] = at(v)
		}
		f.n, f.par[2], f.par[3] = 3, .1, 0
		if kind == Full {
			f.n, f.par[2], f.par[3] = 4, 1.3, 1
		} else {
			for p := range f.start.season {
				f.start.season[p].b = 0
			}
		}
	}
	return f, true
}

// cost is the sum of squared errors that run finds, without derivatives.
func (f *filter) cost(par [4]float64) float64 {

	f.start.copyTo(&f.now)
	level, own := f.now.level, f.now.season
	sse := 0.0
	step := func(t int) float64 {
		l := &level[t%len(level)]
		mu := l.a
		var s *dual
		if len(own) > 0 {
			s = &own[t%len(own)]
			mu += s.a
		}
		e := f.y[t] - mu
		if f.y[t] != f.y[t] {
			e = 0
		}
		l.pair = turned(par[0], par[1], l.pair, e)
		switch {
		case s == nil:
		case f.kind == Partial:
			s.a += par[2] * e
		default:
			s.pair = turned(par[2], par[3], s.pair, e)
		}
		return e
	}
	for t := range f.y {
		step(t)
	}
	for t := len(f.y) - 1; t >= 0; t-- {
		step(t)
	}
	for t := range f.y {
		e := step(t)
		sse += e * e
	}
	return sse
}

// run is the sum of squared errors at par, with its Gauss-Newton approximation: forwards, backwards and forwards again (backcasting), so that the
// last pass begins with states that have seen the series.
func (f *filter) run(par [4]float64) float64 {

	f.start.copyTo(&f.now)
	for t := range f.y {
		f.step(&par, t, false)
	}
	for t := len(f.y) - 1; t >= 0; t-- {
		f.step(&par, t, false)
	}
	return f.last(par)
}

// last is the last pass of run, from the states as they are.
func (f *filter) last(par [4]float64) float64 {
	f.sse, f.normal, f.slope = 0, [4][4]float64{}, [4]float64{}
	for t := range f.y {
		f.step(&par, t, true)
	}
	return f.sse
}

func (f *filter) step(par *[4]float64, t int, count bool) {
	l := &f.now.level[t%len(f.now.level)]
	n := f.n
	mu, de := l.a, l.da
	var s *dual
	if len(f.now.season) > 0 {
		s = &f.now.season[t%len(f.now.season)]
		mu += s.a
		for i, v := range s.da[:n] {
			de[i] += v
		}
	}
	e := f.y[t] - mu
	if f.y[t] != f.y[t] {
		e, de = 0, [4]float64{}
	} else {
		for i, v := range de[:n] {
			de[i] = -v
		}
		if count {
			f.sse += e * e
			for i, v := range de[:n] {
				f.slope[i] += v * e
				for j, u := range de[:i+1] {
					f.normal[i][j] += u * v
				}
			}
		}
	}
	l.turn(par[0], par[1], 0, e, de[:n])
	switch {
	case s == nil:
	case f.kind == Partial:
		s.a += par[2] * e
		for i, v := range de[:n] {
			s.da[i] += par[2] * v
		}
		s.da[2] += e
	default:
		s.turn(par[2], par[3], 2, e, de[:n])
	}
}

// turn is turned with derivatives; the parameters are the k-th and the next.
func (d *dual) turn(p0, p1 float64, k int, e float64, de []float64) {
	b := d.b
	d.pair = turned(p0, p1, d.pair, e)
	q0, q1, less, more := 1-p0, 1-p1, p0-p1, p0+p1
	da, db := d.da[:len(de)], d.db[:len(de)]
	for i, v := range de {
		u, w := da[i], db[i]
		da[i] = u - q1*w + less*v
		db[i] = u + q0*w + more*v
	}
	d.da[k] += e
	d.da[k+1] += b - e
	d.db[k] += e - b
	d.db[k+1] += e
}

// enough is the share of the squared errors that a step must gain for another to follow.
const enough = 2e-5

// search minimises the squared errors, from two starting points: they have several minima.
func (f *filter) search() {
	begin := f.par
	least := f.descend()
	best := f.par
	f.par = begin
	f.par[0], f.par[1] = 1, 1.05
	if f.descend() < least {
		best = f.par
	}
	f.par = best
	f.run(best)
}

// descend goes down to a minimum by Levenberg and Marquardt's method (Marquardt 1963) inside the bounds. Parameters at a bound that would
// leave it stay there for the step.
func (f *filter) descend() float64 {
	least := f.run(f.par)
	if !(least < math.Inf(1)) {
		return math.Inf(1) // the states explode
	}
	damping := 1e-2
	for range 30 {
		normal, slope := f.normal, f.slope
		gain := 0.0
		for range 8 {
			try, ok := f.move(normal, slope, damping)
			if !ok {
				return least
			}
			sse := f.cost(try)
			if sse < least {
				gain = 1 - sse/least
				f.par, least = try, sse
				if gain >= enough {
					f.run(try)
				}
				damping = max(damping/8, 1e-9)
				break
			}
			damping *= 6
		}
		if gain < enough {
			break
		}
	}
	return least
}

// move is the damped Gauss-Newton step, clipped to the bounds; false where nothing moves.
func (f *filter) move(normal [4][4]float64, slope [4]float64, damping float64) ([4]float64, bool) {
	var free []int
	for i := range f.n {
		if out := f.par[i] <= lower[i] && slope[i] > 0 || f.par[i] >= upper[i] && slope[i] < 0; !out {
			free = append(free, i)
		}
	}
	k := len(free)
	var a [4][5]float64
	for r, i := range free {
		for c, j := range free {
			a[r][c] = normal[max(i, j)][min(i, j)]
		}
		a[r][r] *= 1 + damping
		a[r][r] += 1e-300
		a[r][k] = -slope[i]
	}
	for c := range k {
		for r := c + 1; r < k; r++ {
			m := a[r][c] / a[c][c]
			for j := c; j <= k; j++ {
				a[r][j] -= m * a[c][j]
			}
		}
	}
	to, moved := f.par, false
	for r := k - 1; r >= 0; r-- {
		v := a[r][k]
		for c := r + 1; c < k; c++ {
			v -= a[r][c] * a[c][k]
		}
		v /= a[r][r]
		a[r][k] = v
		i := free[r]
		if v != v {
			return to, false
		}
		to[i] = min(max(f.par[i]+v, lower[i]), upper[i])
		moved = moved || math.Abs(to[i]-f.par[i]) > 1e-7
	}
	return to, moved
}

// criterion is the corrected Akaike criterion, with the parameters and the variance counted; infinite where there are too few values for it.
func (f *filter) criterion(known int) float64 {
	n, k := float64(known), float64(f.n+1)
	if n <= k+1 || !(f.sse < math.Inf(1)) {
		return math.Inf(1)
	}
	return n*math.Log(max(f.sse, 1e-300)) + 2*k + 2*k*(k+1)/(n-k-1)
}

// model is the states after the last value, in the order in which they are needed.
func (f *filter) model(known int) *model {
	// Backcast states are estimated from the series as parameters are: they cost degrees of freedom.
	free := known - f.n - len(f.now.level) - len(f.now.season) - 1
	m := &model{kind: f.kind, par: f.par, variance: f.sse / float64(max(1, free, known/3))}
	order := func(ring []dual) []pair {
		var out []pair
		for i := range ring {
			out = append(out, ring[(len(f.y)+i)%len(ring)].pair)
		}
		return out
	}
	m.level, m.season = order(f.now.level), order(f.now.season)
	for t := len(f.y) - 1; f.y[t] != f.y[t]; t-- {
		m.gap++
	}
	return m
}
