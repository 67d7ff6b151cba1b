package lead

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Lead is one series running ahead of another.
type Lead struct {
	Leader, Follower int     // numbers of the series
	Lag              int     // periods
	Correlation      float64 // of their changes, that many periods apart
	Q                float64 // p-value of the Granger test at that lag, corrected for all pairs and lags looked at (Benjamini & Hochberg 1995)
	// Gain is by what share the squared error of forecasts one lag ahead fell, at rolling origins, when the leader's change was known too; P how
	// likely so large a gain would be without a lead (Diebold & Mariano 1995 with the correction of Harvey, Leybourne & Newbold 1997, one-sided).
	Gain, P float64
}

// Search says how to look. The zero value is the documented default.
type Search struct {
	Most int     // longest lag; 0 = 8
	Rate float64 // of false discoveries among the leads told; 0 = 0.05
	N    int     // leads told at most; 0 = 20
	// Asked says which pairs are looked at; nil = all of two different series.
	Asked func(leader, follower int) bool
	// Adjust corrects p-values for their number, such as slope.Adjust. It must be set.
	Adjust func(p []float64) []float64
}

// own is how many of a series' own last changes a forecast knows.
const own = 3

// Find are the leads among series, the strongest gains first: those whose changes, after their own past is taken out, go with later changes of
// another, at one lag of all, by a test that counts every pair and lag; and that then lower the error of that many steps ahead at rolling
// origins over the last third of the values, fitted each time on what was known, by the same test of all those that came so far. The series
// should be without season; their differences are looked at. Values must be known at the same times; unknown ones are left out.
func (s Search) Find(ctx context.Context, series [][]float64) ([]Lead, error) {
	if s.Most == 0 {
		s.Most = 8
	}
	if s.Rate == 0 {
		s.Rate = .05
	}
	if s.N == 0 {
		s.N = 20
	}
	changes := make([][]float64, len(series))
	white := make([][]float64, len(series))
	for i, v := range series {
		changes[i] = difference(v)
		white[i] = whitened(changes[i])
	}
	var leads []Lead
	var p []float64
	for i := range series {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for j := range series {
			if i == j || white[i] == nil || white[j] == nil || s.Asked != nil && !s.Asked(i, j) {
				continue
			}
			best, r, n := 0, 0., 0
			for k := 1; k <= s.Most; k++ {
				c, m := correlation(white[j], white[i], k)
				if math.Abs(c) > math.Abs(r) {
					best, r, n = k, c, m
				}
			}
			if best == 0 || n < 20 {
				continue
			}
			// The likeliest of several lags was taken: Bonferroni over them, then the rate over all pairs.
			z := math.Atanh(max(-.999999, min(.999999, r))) * math.Sqrt(float64(n-3))
			p = append(p, min(1, float64(s.Most)*2*distuv.UnitNormal.Survival(math.Abs(z))))
			leads = append(leads, Lead{Leader: i, Follower: j, Lag: best, Correlation: r})
		}
	}
	q := s.Adjust(p)
	kept := leads[:0]
	for k, l := range leads {
		if q[k] <= s.Rate {
			l.Q = q[k]
			kept = append(kept, l)
		}
	}
	leads = kept
	p = p[:0]
	for k := range leads {
		l := &leads[k]
		l.Gain, l.P = improves(changes[l.Follower], changes[l.Leader], l.Lag)
		p = append(p, l.P)
	}
	q = s.Adjust(p)
	kept = leads[:0]
	for k, l := range leads {
		if l.Gain > 0 && q[k] <= s.Rate {
			kept = append(kept, l)
		}
	}
	slices.SortFunc(kept, func(a, b Lead) int {
		return cmp.Or(cmp.Compare(b.Gain, a.Gain), a.Leader-b.Leader, a.Follower-b.Follower)
	})
	return kept[:min(s.N, len(kept))], nil
}

func difference(v []float64) []float64 {
	d := make([]float64, len(v))
	for t := range d {
		d[t] = math.NaN()
		if t > 0 {
			d[t] = v[t] - v[t-1]
		}
	}
	return d
}

// design is the regression of d[t] on its own changes up to the time t-lag and, if x is not nil, on x[t-lag].
func design(d, x []float64, lag, t int) []float64 {
	if t-lag-own+1 < 0 {
		return nil
	}
	row := []float64{1}
	for k := range own {
		row = append(row, d[t-lag-k])
	}
	if x != nil {
		row = append(row, x[t-lag])
	}
	if !whole(row) {
		return nil
	}
	return row
}

// whitened is what an autoregression leaves of the changes; nil where there are too few or nothing changes.
func whitened(d []float64) []float64 {
	var rows [][]float64
	var y []float64
	var at []int
	for t := range d {
		if r := design(d, nil, 1, t); r != nil && d[t] == d[t] {
			rows, y, at = append(rows, r), append(y, d[t]), append(at, t)
		}
	}
	if len(rows) < 24 {
		return nil
	}
	beta, _, ok := leastSquares(rows, y)
	if !ok {
		return nil
	}
	w := make([]float64, len(d))
	for t := range w {
		w[t] = math.NaN()
	}
	for k, t := range at {
		w[t] = y[k]
		for a, b := range beta {
			w[t] -= b * rows[k][a]
		}
	}
	return w
}

// correlation is that of y with x lag steps earlier, and of how many pairs.
func correlation(y, x []float64, lag int) (float64, int) {
	n, sy, sx, yy, xx, xy := 0, 0., 0., 0., 0., 0.
	for t := lag; t < min(len(y), len(x)); t++ {
		a, b := y[t], x[t-lag]
		if a != a || b != b {
			continue
		}
		n++
		sy, sx, yy, xx, xy = sy+a, sx+b, yy+a*a, xx+b*b, xy+a*b
	}
	f := float64(n)
	if v := (yy - sy*sy/f) * (xx - sx*sx/f); n > 3 && v > 0 {
		return (xy - sy*sx/f) / math.Sqrt(v), n
	}
	return 0, n
}

// improves is by what share the squared errors, lag steps ahead, fall when the leader is known too, and the p-value of that.
func improves(y, x []float64, lag int) (gain, p float64) {
	first := len(y) - len(y)/3
	var gains []float64
	without, with := 0., 0.
	for t := first; t < len(y); t++ {
		now, nowX := design(y, nil, lag, t), design(y, x, lag, t)
		if now == nil || nowX == nil || y[t] != y[t] {
			continue
		}
		var a, b [][]float64
		var target []float64
		for s := range t - lag + 1 { // what was known when y[t] was forecast
			if r := design(y, x, lag, s); r != nil && y[s] == y[s] {
				a, b, target = append(a, r[:own+1]), append(b, r), append(target, y[s])
			}
		}
		if len(target) < own+8 {
			continue
		}
		m0, _, ok0 := leastSquares(a, target)
		m1, _, ok1 := leastSquares(b, target)
		if !ok0 || !ok1 {
			continue
		}
		e0, e1 := y[t], y[t]
		for k, v := range now {
			e0 -= m0[k] * v
		}
		for k, v := range nowX {
			e1 -= m1[k] * v
		}
		without, with = without+e0*e0, with+e1*e1
		gains = append(gains, e0*e0-e1*e1)
	}
	n := float64(len(gains))
	if len(gains) < 10 || without == 0 {
		return 0, 1
	}
	mean := 0.
	for _, g := range gains {
		mean += g / n
	}
	variance := 0.
	for k := range min(lag, len(gains)/2) { // autocovariances up to lag - 1
		c := 0.
		for t := k; t < len(gains); t++ {
			c += (gains[t] - mean) * (gains[t-k] - mean) / n
		}
		if k > 0 {
			c *= 2
		}
		variance += c
	}
	if !(variance > 0) {
		return 1 - with/without, 1
	}
	h := float64(lag)
	stat := mean / math.Sqrt(variance/n) * math.Sqrt(max(0, (n+1-2*h+h*(h-1)/n)/n))
	return 1 - with/without, distuv.StudentsT{Sigma: 1, Nu: n - 1}.Survival(stat)
}
