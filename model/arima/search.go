package arima

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/season"
)

// The bounds of a search (those of Hyndman & Khandakar 2008).
const (
	// One difference at most, where Hyndman & Khandakar allow two: the line through the last two values is a poor forecast more often
	// than KPSS tests say, and an autoregression with drift follows what is smooth (docs/methods/arima.md has the figures).
	mostDifferences = 1
	mostOrder       = 5    // p and q
	mostSeason      = 2    // P and Q
	mostSum         = 5    // p+q+P+Q where every order is tried
	mostValues      = 3000 // values on which orders are compared: the last ones; all of them fit the order chosen
	fewGaps         = 4    // unknown values with which every order is judged by the exact likelihood
	finalists       = 8    // orders that the exact likelihood judges where there are more
	mostModels      = 94   // models tried stepwise
	patience        = 4    // further orders, next to the best, whose neighbours are tried in vain before the search ends
	// An order is admissible where all roots of its polynomials (in L, and in L^m for those of the season) have a modulus above this:
	// nearer to the unit circle it is a difference too few or too many.
	rootRadius = 1.01
	// A season whose strength is above this is differenced.
	seasonalStrength = .64
)

// search looks for the order with the smallest AICc.
type search struct {
	y        []float64   // begins and ends with a known value
	x        [][]float64 // covariates
	base     Order       // differences and season
	most     Order       // bounds
	constant bool        // whether a constant is possible
	problems [2]*problem // without and with a constant
	tried    map[Order]fit
	order    []Order // those tried, in turn
	best     fit
}

// differences chooses D by the strength of the season and d by KPSS tests.
func differences(y []float64, m int) (d, sd int) {
	if m > 1 && len(y) > 2*m && season.Strength(y, m) > seasonalStrength {
		sd = 1
	}
	return season.Differences(difference(bridge(y, m), 0, sd, m), mostDifferences), sd
}

func newSearch(y []float64, x [][]float64, m int) *search {
	d, sd := differences(y, m)
	return searchAt(y, x, Order{D: d, SD: sd, Season: m})
}

// searchAt looks among the orders with base's differences and season.
func searchAt(y []float64, x [][]float64, base Order) *search {
	s := &search{y: y, x: x, base: base, tried: map[Order]fit{}}
	m := base.Season
	known := 0
	for _, v := range y {
		if v == v {
			known++
		}
	}
	s.most = Order{P: min(mostOrder, known/3), Q: min(mostOrder, known/3)}
	if m > 1 {
		s.most.P, s.most.Q = min(s.most.P, m-1), min(s.most.Q, m-1)
		s.most.SP = min(mostSeason, known/3/m, MostLag/m-1)
		s.most.SQ = s.most.SP
	}
	s.constant = s.base.D+s.base.SD <= 1
	return s
}

func (s *search) problem(constant bool) *problem {
	i := 0
	if constant {
		i = 1
	}
	if s.problems[i] == nil {
		o := s.base
		o.Constant = constant
		s.problems[i], _ = newProblem(s.y, regressors(s.y, s.x, o), o)
	}
	return s.problems[i]
}

// regressors are an order's: its constant, then the covariates.
func regressors(y []float64, x [][]float64, o Order) [][]float64 {
	if !o.Constant {
		return x
	}
	return append([][]float64{trend(len(y), o)}, x...)
}

// try fits an order, unless it has been, and reports whether it is the best so far.
func (s *search) try(o Order) (better bool) {
	if _, done := s.tried[o]; done || o.P < 0 || o.Q < 0 || o.SP < 0 || o.SQ < 0 || o.P > s.most.P || o.Q > s.most.Q || o.SP > s.most.SP || o.SQ > s.most.SQ {
		return false
	}
	p := s.problem(o.Constant)
	f := fit{order: o, aicc: math.Inf(1), deviance: math.Inf(1)}
	if left := p.known() - o.coefficients() - p.regressors() - 2; left > 0 {
		beat := math.Inf(1)
		if !math.IsInf(s.best.aicc, 1) {
			beat = s.best.aicc
		}
		b := newObjective(p, o)
		if g, ok := (solver{most: 30, tolerance: 2e-3, beat: beat}).minimise(b, s.start(o)); ok {
			f = g
			if !g.order.admissible(b, g.x) {
				f.aicc = math.Inf(1)
			}
		}
	}
	s.tried[o] = f
	s.order = append(s.order, o)
	if better = !f.pruned && f.aicc < s.best.aicc; better {
		s.best = f
	}
	return better
}

// admissible reports whether all roots stay away from the unit circle.
func (o Order) admissible(b *objective, x []float64) bool {
	o.expand(x, b.coef)
	ar, ma, sar, sma := o.parts(b.coef)
	for _, part := range [][]float64{ma, sma} {
		for i := range part {
			part[i] = -part[i]
		}
	}
	return rootsBeyond(ar, rootRadius) && rootsBeyond(ma, rootRadius) && rootsBeyond(sar, rootRadius) && rootsBeyond(sma, rootRadius)
}

// start is where to begin with an order: the most likely model within it that has been fitted, whose further partial autocorrelations
// are zero.
func (s *search) start(o Order) []float64 {
	x := make([]float64, o.coefficients())
	from := fit{deviance: math.Inf(1)}
	// Every combination of orders at most one or two lower: few enough to look up.
	for a := o.P; a >= 0; a-- {
		for b := o.Q; b >= 0; b-- {
			for c := o.SP; c >= 0; c-- {
				for d := o.SQ; d >= 0; d-- {
					for _, constant := range []bool{false, true} {
						in := o
						in.P, in.Q, in.SP, in.SQ, in.Constant = a, b, c, d, constant
						if f, ok := s.tried[in]; ok && f.deviance < from.deviance {
							from = f
						}
					}
				}
			}
		}
	}
	if math.IsInf(from.deviance, 1) {
		return x
	}
	var parts, old [4][]float64
	parts[0], parts[1], parts[2], parts[3] = o.parts(x)
	old[0], old[1], old[2], old[3] = from.order.parts(from.x)
	for i, part := range parts {
		for j, v := range old[i] {
			part[j] = max(-.95, min(.95, v))
		}
	}
	// A new pair of one autoregressive and one moving-average coefficient has no gradient at zero.
	for i := 0; i < 4; i += 2 {
		if len(parts[i]) > len(old[i]) && len(parts[i+1]) > len(old[i+1]) {
			parts[i][len(old[i])] = .1
		}
	}
	return x
}

// with is the base with other p, q, P, Q.
func (s *search) with(p, q, sp, sq int, constant bool) Order {
	o := s.base
	o.P, o.Q, o.SP, o.SQ, o.Constant = p, q, sp, sq, constant
	return o
}

// stepwise is the search of Hyndman & Khandakar (2008, section 3.2): from four small models and one of middling size to the better
// ones near the best, until there is none.
func (s *search) stepwise() {
	s.best = fit{aicc: math.Inf(1)}
	c := s.constant
	most := s.most
	s.try(s.with(0, 0, 0, 0, c))
	if c {
		s.try(s.with(0, 0, 0, 0, false))
	}
	s.try(s.with(min(1, most.P), 0, min(1, most.SP), 0, c))
	s.try(s.with(0, min(1, most.Q), 0, min(1, most.SQ), c))
	if len(s.y) < 10 {
		s.try(s.with(min(1, most.P), min(1, most.Q), 0, 0, c))
	} else {
		s.try(s.with(min(2, most.P), min(2, most.Q), min(1, most.SP), min(1, most.SQ), c))
	}
	if most.SP > 0 {
		s.try(s.with(0, 0, min(2, most.SP), 0, c))
		s.try(s.with(0, 0, 1, 1, c))
	}
	expanded := map[Order]bool{}
	for idle := 0; idle <= patience && len(s.tried) < mostModels; {
		o, ok := s.next(expanded)
		if !ok {
			break
		}
		if s.expand(o) {
			idle = 0
			continue
		}
		expanded[o] = true
		idle++
	}
}

// expand tries the neighbours of o until one is the best so far.
func (s *search) expand(o Order) (better bool) {
	for _, move := range moves {
		n := o
		n.P, n.Q, n.SP, n.SQ = o.P+move[0], o.Q+move[1], o.SP+move[2], o.SQ+move[3]
		if s.try(n) {
			return true
		}
	}
	o.Constant = !o.Constant
	return s.constant && s.try(o)
}

// next is the best order whose neighbours have not all been tried.
func (s *search) next(expanded map[Order]bool) (best Order, ok bool) {
	least := math.Inf(1)
	for _, o := range s.order {
		if a := s.tried[o].aicc; a < least && !expanded[o] {
			best, least, ok = o, a, true
		}
	}
	return best, ok
}

// moves are the steps of the search: changes of p, q, P and Q.
var moves = [][4]int{
	{0, 0, -1, 0}, {0, 0, 0, -1}, {0, 0, 1, 0}, {0, 0, 0, 1}, {0, 0, -1, -1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 1, 1},
	{-1, 0, 0, 0}, {0, -1, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0},
}

// full tries every order within the bounds, small ones first.
func (s *search) full() {
	s.best = fit{aicc: math.Inf(1)}
	for sum := 0; sum <= mostSum; sum++ {
		for p := 0; p <= min(sum, s.most.P); p++ {
			for q := 0; p+q <= sum && q <= s.most.Q; q++ {
				for sp := 0; p+q+sp <= sum && sp <= s.most.SP; sp++ {
					sq := sum - p - q - sp
					s.try(s.with(p, q, sp, sq, false))
					if s.constant {
						s.try(s.with(p, q, sp, sq, true))
					}
				}
			}
		}
	}
}

// polish fits the best order to the end, from several starts, and keeps what is admissible.
func (s *search) polish() fit {
	best := s.best
	if math.IsInf(best.aicc, 1) {
		return best
	}
	o := best.order
	b := newObjective(s.problem(o.Constant), o)
	exact := solver{most: 100, tolerance: 1e-8, beat: math.Inf(1)}
	if f, ok := exact.minimise(b, append([]float64(nil), best.x...)); ok && f.deviance < best.deviance && o.admissible(b, f.x) {
		best = f
	}
	if b.p.gaps > fewGaps {
		return best
	}
	if f, ok := exact.thorough(b, nil); ok && f.deviance < best.deviance && o.admissible(b, f.x) {
		best = f
	}
	return best
}

// run searches with look and polishes what it finds. Where there are more than a few unknown values the orders are compared on a
// series in which they are filled in, at first by the season and trend, then by what the model chosen expects of them; the exact
// likelihood then judges the best of them.
func (s *search) run(look func(*search)) fit {
	if cut := len(s.y) - mostValues; cut > 0 {
		return s.recent(cut, look)
	}
	y := s.y
	gaps := 0
	for _, v := range y {
		if v != v {
			gaps++
		}
	}
	if gaps <= fewGaps {
		look(s)
		return s.polish()
	}
	filled := bridge(y, s.base.Season)
	whole := *s
	for round := range 2 {
		whole.y, whole.problems, whole.tried, whole.order = filled, [2]*problem{}, map[Order]fit{}, nil
		look(&whole)
		if round > 0 || math.IsInf(whole.best.aicc, 1) {
			break
		}
		o := whole.best.order
		b := newObjective(s.problem(o.Constant), o)
		if _, ok := b.at(whole.best.x, make([]float64, b.p.n)); !ok {
			break
		}
		base, at := fill(y, o)
		for i, t := range at {
			filled[t] = base[t] - b.gap[i]
		}
	}
	slices.SortStableFunc(whole.order, func(a, b Order) int { return cmp.Compare(whole.tried[a].aicc, whole.tried[b].aicc) })
	s.best = fit{aicc: math.Inf(1)}
	for i, o := range whole.order {
		x := whole.tried[o].x
		if i >= finalists && s.best.x != nil || len(x) < o.coefficients() {
			break
		}
		b := newObjective(s.problem(o.Constant), o)
		if f, ok := (solver{most: 20, tolerance: 1e-3, beat: math.Inf(1)}).minimise(b, slices.Clone(x)); ok && f.aicc < s.best.aicc && o.admissible(b, f.x) {
			s.best = f
		}
	}
	return s.polish()
}

// recent searches without the first cut values, and more where the next are unknown.
func (s *search) recent(cut int, look func(*search)) fit {
	for s.y[cut] != s.y[cut] {
		cut++
	}
	late := *s
	late.y, late.x, late.problems, late.tried, late.order = s.y[cut:], slices.Clone(s.x), [2]*problem{}, map[Order]fit{}, nil
	for i, x := range s.x {
		late.x[i] = x[cut:]
	}
	best := late.run(look)
	if math.IsInf(best.aicc, 1) {
		return best
	}
	b := newObjective(s.problem(best.order.Constant), best.order)
	f, ok := solver{most: 30, tolerance: 1e-6, beat: math.Inf(1)}.minimise(b, best.x)
	if !ok {
		f.aicc = math.Inf(1)
	}
	return f
}

// bridge is y with its unknown values filled in by trend and season, or by a straight line where there is no season.
func bridge(y []float64, m int) []float64 {
	filled := append([]float64(nil), y...)
	if parts, err := (season.STL{Period: m}).Decompose(y); err == nil {
		for t, v := range y {
			if v != v {
				filled[t] = parts.Trend[t] + parts.Seasonal[t]
			}
		}
		return filled
	}
	last := 0
	for t, v := range y {
		if v != v {
			continue
		}
		for j := last + 1; j < t; j++ {
			filled[j] = y[last] + (v-y[last])*float64(j-last)/float64(t-last)
		}
		last = t
	}
	return filled
}
