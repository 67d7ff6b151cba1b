package arima

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// term is a regressor: the constant, or a known covariate, or one label of a categorical one.
type term struct {
	covariate int    // index in the panel; -1 = the constant
	label     int    // of a categorical covariate; -1 = a number
	line      bool   // the constant is a drift
	name      string // of the covariate, with its label
	mean      float64
}

func (t term) String() string { return t.name }

func constant(o Order) term {
	if o.D+o.SD > 0 {
		return term{covariate: -1, label: -1, line: true, name: "drift"}
	}
	return term{covariate: -1, label: -1, name: "mean"}
}

// values are the term's at n periods from grid index first on; seen is the number of periods before them since the fit began. Where a
// covariate is unknown its mean in the fit stands in.
func (t term) values(s tidewatch.Series, first, n, seen int) []float64 {
	x := make([]float64, n)
	for i := range x {
		switch {
		case t.line:
			x[i] = float64(seen + i + 1)
		case t.covariate < 0:
			x[i] = 1
		default:
			if x[i] = t.at(s, first+i); x[i] != x[i] {
				x[i] = t.mean
			}
		}
	}
	return x
}

func (t term) at(s tidewatch.Series, index int) float64 {
	v := s.Covariate(t.covariate, index)
	if t.label >= 0 && v == v {
		if int(v) == t.label {
			return 1
		}
		return 0
	}
	return v
}

// trend is the regressor of an order's constant.
func trend(n int, o Order) []float64 { return constant(o).values(tidewatch.Series{}, 0, n, 0) }

// covariates are the terms a series could be explained by: the covariates known ahead that vary over time. They begin at grid index
// first and last n periods. Terms that never vary are left out.
func covariates(s tidewatch.Series, first, n int) (terms []term, x [][]float64) {
	for c, cov := range s.Covariates() {
		if !cov.Ahead || cov.Scope == tidewatch.BySeries {
			continue
		}
		candidates := []term{{covariate: c, label: -1, name: cov.Name}}
		if cov.Labels != nil {
			candidates = nil
			for l := 1; l < len(cov.Labels); l++ {
				candidates = append(candidates, term{covariate: c, label: l, name: cov.Name + "=" + cov.Labels[l]})
			}
		}
		for _, t := range candidates {
			sum, known := 0.0, 0
			lo, hi := math.Inf(1), math.Inf(-1)
			for i := range n {
				if v := t.at(s, first+i); v == v {
					sum += v
					known++
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			if known == 0 || lo == hi {
				continue
			}
			t.mean = sum / float64(known)
			terms = append(terms, t)
			x = append(x, t.values(s, first, n, 0))
		}
	}
	return terms, x
}

// relevant keeps at most so many terms: those that correlate most with the series, in their order.
func relevant(y []float64, terms []term, x [][]float64, most int) ([]term, [][]float64) {
	if len(terms) <= most {
		return terms, x
	}
	strength := make([]float64, len(x))
	rank := make([]int, len(x))
	for i, v := range x {
		strength[i], rank[i] = correlation(v, y), i
	}
	slices.SortStableFunc(rank, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	rank = rank[:most]
	slices.Sort(rank)
	var t []term
	var kept [][]float64
	for _, i := range rank {
		t, kept = append(t, terms[i]), append(kept, x[i])
	}
	return t, kept
}

// correlation is that of the changes of x and y from one known period to the next, in size.
func correlation(x, y []float64) float64 {
	var xx, yy, xy float64
	for t := 1; t < len(y); t++ {
		if a, b := x[t]-x[t-1], y[t]-y[t-1]; b == b {
			xx, yy, xy = xx+a*a, yy+b*b, xy+a*b
		}
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return math.Abs(xy) / math.Sqrt(xx*yy)
}

// mostAhead bounds the plan a model remembers.
const mostAhead = 4096

// plan is the future of each covariate among the terms, as far as it is known; nil for the constant.
func plan(terms []term, s tidewatch.Series) [][]float64 {
	ahead := make([][]float64, len(terms))
	for i, t := range terms {
		if t.covariate < 0 {
			continue
		}
		last := 0
		var x []float64
		for h := 0; h < mostAhead && h-last < 400; h++ { // a gap of more than a year of days ends it
			v := t.at(s, s.End()+h)
			if v == v {
				last = h
			} else {
				v = t.mean
			}
			x = append(x, v)
		}
		ahead[i] = x[:min(len(x), last+1)]
	}
	return ahead
}
