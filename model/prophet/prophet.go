// Package prophet is a regression on time: a trend that bends at a few dates, Fourier terms for the seasons, and known influences (Taylor &
// Letham 2018, Forecasting at scale, The American Statistician 72; below: TL).
package prophet

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/regressor"
)

// Prophet is the additive model of TL with a linear trend (their equations 2 to 5), fitted to the posterior mode. Its zero value has their
// constants: 25 possible bends over the first four fifths of the history with a Laplace prior of scale .05, normal priors of scale 10 on seasons
// and influences.
type Prophet struct{}

func (Prophet) String() string { return "prophet" }

const (
	bends       = 25
	bendRange   = .8
	bendScale   = .05
	seasonScale = 10
	trendScale  = 5
	fewest      = 5 // known values needed
)

// cycle is a season: its length in periods, and how many pairs of Fourier terms it has.
type cycle struct {
	length float64
	pairs  int
}

// cyclesOf are the seasons of the series that it shows two rounds of, with the year of daily and weekly series.
func cyclesOf(s tidewatch.Series, n int) []cycle {
	var out []cycle
	for _, m := range s.Seasons {
		if n >= 2*m {
			out = append(out, cycle{float64(m), pairsOf(m)})
		}
	}
	year := map[tidewatch.Unit]float64{tidewatch.Day: 365.25, tidewatch.Week: 365.25 / 7}[s.Grid.Freq.Unit]
	if year > 0 {
		year /= float64(max(1, s.Grid.Freq.N))
		known := slices.ContainsFunc(out, func(c cycle) bool { return math.Abs(c.length-year) < .05*year })
		if !known && float64(n) >= 2*year {
			out = append(out, cycle{year, 10})
		}
	}
	return out
}

// pairsOf is TL's number of terms: 3 for a week, 4 for a day of hours, 10 for a year.
func pairsOf(m int) int {
	switch {
	case m < 12:
		return m / 2
	case m == 24:
		return 4
	}
	return min(10, m/2)
}

// Fit implements [fleet.Method]. It needs five known values.
func (Prophet) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	first := slices.IndexFunc(s.Values, func(v float64) bool { return v == v })
	known, top, last := 0, 0.0, 0
	for t, v := range s.Values {
		if v == v {
			known++
			last = t
			top = max(top, math.Abs(v))
		}
	}
	if known < fewest {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "prophet needs %d known values, not %d", fewest, known)
	}
	if top == 0 {
		top = 1
	}
	n := last - first + 1
	f := &model{first: s.Start + first, span: n - 1, end: s.End(), unit: top, cycles: cyclesOf(s, n)}
	var x [][]float64
	f.terms, x = regressor.Of(s, f.first, n)
	f.terms, x = regressor.Relevant(s.Values[first:first+n], f.terms, x, known/10)
	for k, t := range f.terms {
		size := 0.0
		for _, v := range x[k] {
			size += (v - t.Mean) * (v - t.Mean)
		}
		f.size = append(f.size, math.Sqrt(size/float64(n)))
		f.ahead = append(f.ahead, t.Ahead(s))
	}
	f.bend = placesOf(s.Values[first:first+n], known)
	if err := f.solve(s.Values[first:first+n], x); err != nil {
		return nil, err
	}
	return f, nil
}

// placesOf is where the trend may bend, in shares of the span: evenly among the known values of the first four fifths (TL, section 3.1.3).
func placesOf(y []float64, known int) []float64 {
	var at []float64
	for t, v := range y {
		if v == v {
			at = append(at, float64(t)/float64(len(y)-1))
		}
	}
	history := int(math.Floor(float64(known) * bendRange))
	count := min(bends, history-1)
	var out []float64
	for k := 1; k <= count; k++ {
		out = append(out, at[int(math.Round(float64(k)*float64(history-1)/float64(count)))])
	}
	return slices.Compact(out)
}

// design fills row with the regression's columns at period t after the first: offset, slope, bends, Fourier terms, influences x.
func (f *model) design(t int, x, row []float64) {
	at := float64(t) / float64(max(1, f.span))
	row[0], row[1] = 1, at
	k := 2
	for _, b := range f.bend {
		row[k] = max(0, at-b)
		k++
	}
	for _, c := range f.cycles {
		for p := 1; p <= c.pairs; p++ {
			sin, cos := math.Sincos(2 * math.Pi * float64(p) * float64(f.first+t) / c.length)
			row[k], row[k+1] = cos, sin
			k += 2
		}
	}
	for i := range f.terms {
		row[k] = (x[i] - f.terms[i].Mean) / f.size[i]
		k++
	}
}

// columns is how many there are.
func (f *model) columns() int {
	n := 2 + len(f.bend) + len(f.terms)
	for _, c := range f.cycles {
		n += 2 * c.pairs
	}
	return n
}

// rounds bounds the reweighting. Each solves a ridge regression; the Laplace prior of a bend is the ridge whose weight is one over its size
// (iteratively reweighted least squares: Figueiredo 2003, Adaptive sparseness for supervised learning).
const rounds = 60

// solve finds the posterior mode of the coefficients and of σ.
func (f *model) solve(y []float64, x [][]float64) error {
	p := f.columns()
	f.coef = make([]float64, p)
	normal, right := make([]float64, p*p), make([]float64, p)
	row, in := make([]float64, p), make([]float64, len(x))
	n, squares := 0.0, 0.0
	for t, v := range y {
		if v != v {
			continue
		}
		for i := range in {
			in[i] = x[i][t]
		}
		f.design(t, in, row)
		v /= f.unit
		n++
		squares += v * v
		for i, a := range row {
			right[i] += a * v
			for j, b := range row[:i+1] {
				normal[i*p+j] += a * b
			}
		}
	}
	sigma2 := .01
	for i := range f.bend {
		f.coef[2+i] = bendScale
	}
	factor := make([]float64, p*p)
	for range rounds {
		copy(factor, normal)
		for i := range p {
			ridge := 1 / float64(seasonScale*seasonScale)
			switch {
			case i < 2:
				ridge = 1 / float64(trendScale*trendScale)
			case i < 2+len(f.bend):
				ridge = 1 / (bendScale * max(math.Abs(f.coef[i]), 1e-7))
			}
			factor[i*p+i] += sigma2 * ridge
		}
		next := slices.Clone(right)
		if !solveCholesky(factor, next, p) {
			return tidewatch.Errorf(tidewatch.CodeNumeric, "prophet found no coefficients")
		}
		change := 0.0
		for i, v := range next {
			change = max(change, math.Abs(v-f.coef[i]))
		}
		f.coef = next
		// RSS = y'y - 2 b'X'y + b'X'Xb
		rss := squares
		for i, b := range next {
			rss -= 2 * b * right[i]
			for j, c := range next {
				rss += b * c * normal[max(i, j)*p+min(i, j)]
			}
		}
		before := sigma2
		sigma2 = max(rss/n, 1e-12)
		if change < 1e-6 && math.Abs(sigma2-before) < 1e-6*before {
			break
		}
	}
	f.sigma = math.Sqrt(sigma2)
	return nil
}

// solveCholesky solves a x = b in place; a is symmetric positive definite, its lower triangle given.
func solveCholesky(a, b []float64, n int) bool {
	for i := range n {
		for j := range i + 1 {
			s := a[i*n+j]
			for k := range j {
				s -= a[i*n+k] * a[j*n+k]
			}
			if i > j {
				a[i*n+j] = s / a[j*n+j]
				continue
			}
			if !(s > 0) {
				return false
			}
			a[i*n+i] = math.Sqrt(s)
		}
	}
	for i := range n {
		for k := range i {
			b[i] -= a[i*n+k] * b[k]
		}
		b[i] /= a[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= a[k*n+i] * b[k]
		}
		b[i] /= a[i*n+i]
	}
	for _, v := range b {
		if v-v != 0 {
			return false
		}
	}
	return true
}
