package arima

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

const (
	// exactWork bounds gaps² times values: beyond, only the last gaps stay gaps, and those before them are filled in by what the model
	// expects of them.
	exactWork = 1e6
	// gapBlock is how many gaps are estimated at a time where there are more of them.
	gapBlock = 48
	// exactBudget is the number of multiplications that the exact likelihood may then still take to improve the estimates, and
	// exactCells the number of values its columns may hold.
	exactBudget = 1e9
	exactCells  = 2_500_000
	// leastFree is how many known values more than coefficients a series with so many gaps needs.
	leastFree = 10
)

// settled is estimate for series with many gaps too. It returns the series the model is to begin with.
func (m Method) settled(s tidewatch.Series, y []float64, x [][]float64) (fit, *problem, []float64, error) {
	var gaps []int
	for t, v := range y {
		if v != v {
			gaps = append(gaps, t)
		}
	}
	if n := len(gaps); n <= mostGaps || float64(n)*float64(n)*float64(len(y)) <= exactWork {
		f, p, err := m.estimate(s, y, x)
		return f, p, y, err
	}
	old, recent := gaps[:len(gaps)-mostGaps], gaps[len(gaps)-mostGaps:]
	part := bridge(y, s.Season())
	for _, t := range recent {
		part[t] = math.NaN()
	}
	for round := 0; ; round++ {
		f, p, err := m.estimate(s, part, x)
		if err != nil {
			return f, p, part, err
		}
		n := float64(p.known())
		p.bridged = len(old)
		if free := p.known() - p.regressors() - f.order.coefficients(); free < leastFree {
			return f, p, part, tidewatch.Errorf(tidewatch.CodeTooShort, "%s: series %q has %d unknown values among %d: too few are known", m, s.ID, len(gaps), len(y))
		}
		all := regressors(part, x, f.order)
		begun := &Model{order: f.order, scale: 1, terms: make([]term, len(all))}
		begun.begin(f, part, all, p)
		beta, _ := begun.estimate()
		z := slices.Clone(part)
		explained := make([]float64, len(y))
		for c, v := range all {
			for t := range z {
				explained[t] += beta[c] * v[t]
			}
		}
		for t := range z {
			z[t] -= explained[t]
		}
		smooth(f.order, begun.coef, z, old)
		for _, t := range old {
			part[t] = z[t] + explained[t]
		}
		if round == 0 {
			continue
		}
		if g, q, ok := exactly(f, y, all); ok {
			smooth(g.order, g.coefficients(), z, old)
			for _, t := range old {
				part[t] = z[t] + explained[t]
			}
			return g, q, part, nil
		}
		// The sum of squares of the filled series is that of the known values; the determinant of the gaps is left out.
		f.deviance = p.deviance(n * math.Exp(f.deviance/n-1) / (2 * math.Pi))
		f.aicc = p.aicc(f.order, f.deviance)
		return f, p, part, nil
	}
}

// exactly improves a fit by the exact likelihood of y with all its gaps, as far as the budget goes; ok is false where that is nowhere.
func exactly(f fit, y []float64, x [][]float64) (g fit, p *problem, ok bool) {
	gaps := 0
	for _, v := range y {
		if v != v {
			gaps++
		}
	}
	if gaps*len(y) > exactCells {
		return f, nil, false
	}
	p, _ = newProblem(y, x, f.order)
	b := newObjective(p, f.order)
	if !b.filtered(f.x) {
		return f, nil, false
	}
	iterations := int(exactBudget / (float64(len(f.x)+2) * b.work()))
	if iterations < 2 {
		return f, nil, false
	}
	g, ok = solver{most: min(iterations, 20), tolerance: 1e-5, beat: math.Inf(1)}.minimise(b, slices.Clone(f.x))
	return g, p, ok && (g.order.admissible(b, g.x) || !f.order.admissible(b, f.x))
}

// work is about how many multiplications an evaluation takes, given how far the effects of gaps reach at the last one.
func (b *objective) work() float64 {
	n := b.p.gaps
	w := float64(b.p.n * (b.filter.r + 1) * (2 + b.p.regressors()))
	for i := range n {
		ci := &b.columns[i+1]
		w += float64((ci.end - ci.first) * (b.filter.r + 1 + b.p.regressors()))
		reach := 0
		for j := range i {
			if cj := &b.columns[j+1]; cj.end > ci.first {
				w += float64(min(ci.end, cj.end) - ci.first)
				reach = max(reach, i-j)
			}
		}
		w += float64(reach*reach) / 2
	}
	return w
}

// coefficients are φ, θ, Φ and Θ.
func (f fit) coefficients() []float64 {
	coef := make([]float64, len(f.x))
	f.order.expand(f.x, coef)
	return coef
}

// smooth puts in z, the series less its regression, what the model expects of the values at the given places from all others. More than a
// block of them are estimated block by block, twice over, given what z holds in the other places. It reports whether that could be done.
func smooth(o Order, coef, z []float64, at []int) bool {
	sweeps := 2
	if len(at) <= gapBlock {
		sweeps = 1
	}
	for range sweeps {
		for block := range slices.Chunk(at, gapBlock) {
			part := slices.Clone(z)
			for _, t := range block {
				part[t] = math.NaN()
			}
			p, _ := newProblem(part, nil, o)
			b := newObjective(p, o)
			copy(b.coef, coef)
			if !b.refiltered() {
				return false
			}
			if _, ok := b.withoutGaps(); !ok {
				return false
			}
			base, gaps := fill(part, o)
			for i, t := range gaps {
				if _, mine := slices.BinarySearch(block, t); mine {
					z[t] = base[t] - b.gap[i]
				}
			}
		}
	}
	return true
}
