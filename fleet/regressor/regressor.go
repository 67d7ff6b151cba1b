// Package regressor turns the covariates of a series that are known ahead into the columns of a regression.
package regressor

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Term is a known covariate, or one label of a categorical one, as a column of a regression.
type Term struct {
	Covariate int     // index in the panel
	Label     int     // of a categorical covariate; -1 = a number
	Name      string  // of the covariate, with its label
	Mean      float64 // over the fit: it stands in where the covariate is unknown
}

// At is the value at a grid index; NaN where it is unknown.
func (t Term) At(s tidewatch.Series, index int) float64 {
	v := s.Covariate(t.Covariate, index)
	if t.Label >= 0 && v == v {
		if int(v) == t.Label {
			return 1
		}
		return 0
	}
	return v
}

// Values are the term's at n periods from grid index first on.
func (t Term) Values(s tidewatch.Series, first, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		if x[i] = t.At(s, first+i); x[i] != x[i] {
			x[i] = t.Mean
		}
	}
	return x
}

// Of is the terms a series could be explained by over n periods from grid index first on, and their values: the covariates known ahead
// that vary over time. Terms that never vary are left out.
func Of(s tidewatch.Series, first, n int) (terms []Term, x [][]float64) {
	for c, cov := range s.Covariates() {
		if !cov.Ahead || cov.Scope == tidewatch.BySeries {
			continue
		}
		candidates := []Term{{Covariate: c, Label: -1, Name: cov.Name}}
		if cov.Labels != nil {
			candidates = nil
			for l := 1; l < len(cov.Labels); l++ {
				candidates = append(candidates, Term{Covariate: c, Label: l, Name: cov.Name + "=" + cov.Labels[l]})
			}
		}
		for _, t := range candidates {
			sum, known := 0.0, 0
			lo, hi := math.Inf(1), math.Inf(-1)
			for i := range n {
				if v := t.At(s, first+i); v == v {
					sum += v
					known++
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			if known == 0 || lo == hi {
				continue
			}
			t.Mean = sum / float64(known)
			terms = append(terms, t)
			x = append(x, t.Values(s, first, n))
		}
	}
	return terms, x
}

// Relevant keeps at most so many terms: those whose changes correlate most with the changes of y, in their order.
func Relevant(y []float64, terms []Term, x [][]float64, most int) ([]Term, [][]float64) {
	if len(terms) <= most {
		return terms, x
	}
	strength := make([]float64, len(x))
	rank := make([]int, len(x))
	for i, v := range x {
		strength[i], rank[i] = correlation(v, y), i
	}
	slices.SortStableFunc(rank, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	rank = rank[:max(most, 0)]
	slices.Sort(rank)
	var t []Term
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

// Ahead is the future of the term after the end of s, as far as it is known: later its mean stands in.
func (t Term) Ahead(s tidewatch.Series) []float64 {
	last := 0
	var x []float64
	for h := 0; h < mostAhead && h-last < 400; h++ { // a gap of more than a year of days ends it
		v := t.At(s, s.End()+h)
		if v == v {
			last = h
		} else {
			v = t.Mean
		}
		x = append(x, v)
	}
	return x[:min(len(x), last+1)]
}

// Future is the value of each term in the h-th period after the end, ahead[k] being what [Term.Ahead] gave of terms[k].
func Future(terms []Term, ahead [][]float64, h int) []float64 {
	x := make([]float64, len(terms))
	for k, t := range terms {
		x[k] = t.Mean
		if h < len(ahead[k]) {
			x[k] = ahead[k][h]
		}
	}
	return x
}

// Save writes the term.
func (t Term) Save(w *fleet.Writer) {
	w.Int(t.Covariate)
	w.Int(t.Label)
	w.Text(t.Name)
	w.Float(t.Mean)
}

// Load reads what Save wrote.
func Load(r *fleet.Reader) Term {
	return Term{Covariate: r.Count(0, math.MaxInt32), Label: r.Count(-1, math.MaxInt32), Name: r.Text(), Mean: r.Finite()}
}
