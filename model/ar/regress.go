package ar

import (
	"math"
	"slices"
)

// part is one regression: a transformation and a prior.
type part struct {
	logs         bool
	centre, unit float64   // values, or their logarithms, less centre, in units of their standard deviation
	coef         []float64 // one a lag, then the constant
	variance     float64   // of the one-step errors, in units²
	lo, hi       float64   // between which means are held
	evidence     float64   // logarithm of the marginal likelihood, up to a constant
	weight       float64
}

// tightness are the weights of the prior, in values; without a season only those from loosest on.
var tightness = [...]float64{.01, .03, .1, .3, 1, 3, 10, 30, 100}

const (
	loosest = 3
	reach   = .7 // standard deviations that means may leave the range of history by
)

// regress is the best tightness of each prior.
func regress(x []float64, known []bool, terms []term, lags []int, season int, logs bool) []part {
	z, base := standardise(x, known, logs)
	if base.unit == 0 {
		base.coef = make([]float64, len(lags)+1)
		return []part{base}
	}
	n := newNormal(z, known, terms)
	jacobian := -n.rows * math.Log(base.unit)
	if logs {
		longest := lags[len(lags)-1]
		for t := longest; t < len(x); t++ {
			if known[t] {
				jacobian -= math.Log(x[t])
			}
		}
	}
	from := 0
	if season == 1 {
		from = loosest
	}
	var parts []part
	for _, prior := range priors(terms, season) {
		best := base
		best.evidence = math.Inf(-1)
		for _, tight := range tightness[from:] {
			coef, squares, evidence, ok := n.posterior(prior, tight)
			if evidence += jacobian; ok && evidence > best.evidence {
				best.coef, best.variance, best.evidence = coef, squares/n.rows, evidence
			}
		}
		if best.coef != nil {
			best.coef = spread(best.coef, terms, lags)
			parts = append(parts, best)
		}
	}
	return parts
}

// standardise is the values, or their logarithms, in units of their standard deviation, and those units; unit 0 for a constant.
func standardise(x []float64, known []bool, logs bool) ([]float64, part) {
	z := slices.Clone(x)
	if logs {
		for t, v := range z {
			z[t] = math.Log(v)
		}
	}
	var n, sum, squares float64
	for t, v := range z {
		if known[t] {
			n++
			sum += v
		}
	}
	p := part{logs: logs, centre: sum / n}
	lo, hi := math.Inf(1), math.Inf(-1)
	for t, v := range z {
		if known[t] {
			squares += (v - p.centre) * (v - p.centre)
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo == hi {
		p.centre = lo
		return nil, p
	}
	p.unit = math.Sqrt(squares / n)
	if !(p.unit > 1e-13*math.Abs(p.centre)) {
		p.unit = 0
		return nil, p
	}
	for t := range z {
		z[t] = (z[t] - p.centre) / p.unit
	}
	p.lo, p.hi = (lo-p.centre)/p.unit-reach, (hi-p.centre)/p.unit+reach
	return z, p
}

// priors are the centres of the prior: no dependence; the last season; the airline model's (Box & Jenkins 1970), with .6 as the
// dependence on the last change. Without a season: the last value; the same with half of the last change.
func priors(terms []term, season int) [][]float64 {
	at := func(lag int) int { return slices.Index(terms, term{lag, lag}) }
	none := make([]float64, len(terms)+1)
	if season == 1 {
		last := slices.Clone(none)
		last[0] = 1
		if len(terms) == 1 {
			return [][]float64{last}
		}
		half := slices.Clone(none)
		half[0], half[1] = 1.5, -.5
		return [][]float64{last, half}
	}
	seasonal, airline := slices.Clone(none), slices.Clone(none)
	seasonal[at(season)] = 1
	airline[at(season)] += 1
	airline[at(1)] += .6
	airline[at(season+1)] -= .6
	return [][]float64{none, seasonal, airline}
}

// spread is the coefficients of the lags, and the constant, that coefficients of terms amount to.
func spread(coef []float64, terms []term, lags []int) []float64 {
	out := make([]float64, len(lags)+1)
	out[len(lags)] = coef[len(terms)]
	for i, t := range terms {
		for k, l := range lags {
			if l >= t.near && l <= t.far {
				out[k] += coef[i] / float64(t.far-t.near+1)
			}
		}
	}
	return out
}

// normal is the normal equations of a regression: G = X'X, c = X'y and y'y.
type normal struct {
	p    int
	rows float64
	g    []float64 // lower triangle, row by row
	c    []float64
	yy   float64
}

func newNormal(z []float64, known []bool, terms []term) *normal {
	p := len(terms) + 1
	n := &normal{p: p, g: make([]float64, p*(p+1)/2), c: make([]float64, p)}
	row := make([]float64, p)
	row[p-1] = 1
	longest := 0
	for _, m := range terms {
		longest = max(longest, m.far)
	}
	sums := make([]float64, len(z)+1)
	for t, v := range z {
		sums[t+1] = sums[t] + v
	}
	for t := longest; t < len(z); t++ {
		if !known[t] {
			continue
		}
		for i, m := range terms {
			if m.near == m.far {
				row[i] = z[t-m.near]
			} else {
				row[i] = (sums[t-m.near+1] - sums[t-m.far]) / float64(m.far-m.near+1)
			}
		}
		y := z[t]
		n.rows++
		n.yy += y * y
		k := 0
		for i, v := range row {
			n.c[i] += v * y
			g := n.g[k : k+i+1]
			for j, u := range row[:len(g)] {
				g[j] += v * u
			}
			k += i + 1
		}
	}
	return n
}

// posterior is the mean of the coefficients under the prior N(prior, σ²/tight), the squares it leaves (those of the errors and, in the prior's
// measure, of the distance from the prior), and the logarithm of the marginal likelihood with σ² integrated out:
// -n/2 log squares - 1/2 log|G + tight I| + p/2 log tight.
func (n *normal) posterior(prior []float64, tight float64) (coef []float64, squares, evidence float64, ok bool) {
	p := n.p
	l := slices.Clone(n.g)
	d := make([]float64, p) // c - G prior
	squares = n.yy
	for i := range p {
		gb := 0.0
		for j := range p {
			gb += n.at(i, j) * prior[j]
		}
		d[i] = n.c[i] - gb
		squares += prior[i] * (gb - 2*n.c[i])
	}
	// Cholesky's factor of G + tight I, in place; then u solves L u = d.
	logDet := 0.0
	u := slices.Clone(d)
	for i := range p {
		row := l[i*(i+1)/2 : i*(i+1)/2+i+1]
		row[i] += tight
		for j := range i {
			other := l[j*(j+1)/2 : j*(j+1)/2+j+1]
			v := row[j]
			for k, o := range other[:j] {
				v -= row[k] * o
			}
			row[j] = v / other[j]
		}
		v := row[i]
		for _, o := range row[:i] {
			v -= o * o
		}
		if !(v > 0) {
			return nil, 0, 0, false
		}
		row[i] = math.Sqrt(v)
		logDet += math.Log(row[i])
		for k, o := range row[:i] {
			u[i] -= o * u[k]
		}
		u[i] /= row[i]
		squares -= u[i] * u[i]
	}
	squares = max(squares, 1e-9*n.rows)
	for i := p - 1; i >= 0; i-- {
		u[i] /= l[i*(i+1)/2+i]
		for k := range i {
			u[k] -= l[i*(i+1)/2+k] * u[i]
		}
	}
	for i := range u {
		u[i] += prior[i]
	}
	return u, squares, -n.rows/2*math.Log(squares) - logDet + float64(p)/2*math.Log(tight), true
}

func (n *normal) at(i, j int) float64 {
	if i < j {
		i, j = j, i
	}
	return n.g[i*(i+1)/2+j]
}
