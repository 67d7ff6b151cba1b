// Package lead finds which series run ahead of others: searches and views of sales, one item of another. A lead is told only if it
// survives the number of questions asked, and if knowing it would have made past forecasts better.
package lead

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// leastSquares fits y by the columns of rows: the coefficients and the sum of squared residuals; ok is false where columns depend on each other.
func leastSquares(rows [][]float64, y []float64) (beta []float64, rss float64, ok bool) {
	k := len(rows[0])
	xx, xy := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for i, r := range rows {
		for a := range k {
			xy.SetVec(a, xy.AtVec(a)+r[a]*y[i])
			for b := a; b < k; b++ {
				xx.SetSym(a, b, xx.At(a, b)+r[a]*r[b])
			}
		}
	}
	var c mat.Cholesky
	if !c.Factorize(xx) || c.Cond() > 1e12 {
		return nil, 0, false
	}
	out := mat.NewVecDense(k, nil)
	if c.SolveVecTo(out, xy) != nil {
		return nil, 0, false
	}
	for i, r := range rows {
		e := y[i]
		for a := range k {
			e -= r[a] * out.AtVec(a)
		}
		rss += e * e
	}
	return out.RawVector().Data, rss, true
}

// Granger tests whether the values of x up to the given number of lags before help to tell y beyond y's own (Granger 1969): the F statistic of the
// regressions with a constant, and its p-value. Both are NaN where there are too few values. Times at which any value is unknown are left out.
func Granger(y, x []float64, lags int) (f, p float64) {
	var rows, own [][]float64
	var target []float64
	for t := lags; t < min(len(y), len(x)); t++ {
		row := make([]float64, 1, 2*lags+1)
		row[0] = 1
		for k := 1; k <= lags; k++ {
			row = append(row, y[t-k])
		}
		for k := 1; k <= lags; k++ {
			row = append(row, x[t-k])
		}
		if whole(row) && y[t] == y[t] {
			rows, own, target = append(rows, row), append(own, row[:lags+1]), append(target, y[t])
		}
	}
	df := float64(len(rows) - 2*lags - 1)
	if df < 1 {
		return math.NaN(), math.NaN()
	}
	_, with, ok1 := leastSquares(rows, target)
	_, without, ok2 := leastSquares(own, target)
	if !ok1 || !ok2 || !(with > 0) {
		return math.NaN(), math.NaN()
	}
	f = (without - with) / float64(lags) / (with / df)
	return f, distuv.F{D1: float64(lags), D2: df}.Survival(max(0, f))
}

// CrossCorrelation is the correlation of y with x k steps earlier, for k from 0 to most: a peak at k means that x leads y by k. Deviations
// from the means of all values, divided by n for every lag. The series must be known throughout.
func CrossCorrelation(y, x []float64, most int) []float64 {
	n := min(len(y), len(x))
	y, x = y[len(y)-n:], x[len(x)-n:]
	my, mx, sy, sx := 0., 0., 0., 0.
	for t := range n {
		my, mx = my+y[t]/float64(n), mx+x[t]/float64(n)
	}
	for t := range n {
		sy, sx = sy+(y[t]-my)*(y[t]-my), sx+(x[t]-mx)*(x[t]-mx)
	}
	out := make([]float64, most+1)
	for k := range out {
		for t := k; t < n; t++ {
			out[k] += (y[t] - my) * (x[t-k] - mx)
		}
		out[k] /= math.Sqrt(sy * sx)
	}
	return out
}

func whole(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}
