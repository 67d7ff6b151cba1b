package season

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/tidewatch/tidewatch"
)

// ADF is the augmented Dickey-Fuller test of the hypothesis that y has a unit root (Said & Dickey 1984): the t statistic of the lagged level in a
// regression of the differences on it, on their own lags and on a constant, with line also on time; and its p-value by MacKinnon's
// response surface (1994, 2010). lags < 0 chooses them by AIC up to 12 (n/100)^¼ (Schwert 1989). Unknown values are left out, and the
// rest closed up. It fails with too few values, and for a series without noise.
func ADF(y []float64, line bool, lags int) (stat, p float64, err error) {
	var x []float64
	for _, v := range y {
		if v == v {
			x = append(x, v)
		}
	}
	trends := 1
	if line {
		trends = 2
	}
	n := len(x)
	if lags < 0 {
		most := min(int(math.Ceil(12*math.Pow(float64(n)/100, .25))), n/2-trends-1)
		if most < 0 {
			return 0, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "the Dickey-Fuller test needs more than %d values", n)
		}
		best := math.Inf(1)
		for k := 0; k <= most; k++ { // on the same values for every number of lags
			_, aic, err := dickeyFuller(x, k, most, line)
			if err != nil {
				return 0, 0, err
			}
			if aic < best {
				best, lags = aic, k
			}
		}
	}
	stat, _, err = dickeyFuller(x, lags, lags, line)
	if err != nil {
		return 0, 0, err
	}
	return stat, mackinnon(stat, line), nil
}

// dickeyFuller regresses with k lagged differences, from the value after skip of them on.
func dickeyFuller(x []float64, k, skip int, line bool) (t, aic float64, err error) {
	columns := 2 + k
	if line {
		columns++
	}
	rows := len(x) - 1 - skip
	if rows <= columns {
		return 0, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "the Dickey-Fuller test with %d lags needs more than %d values", k, len(x))
	}
	a, b := mat.NewDense(rows, columns, nil), mat.NewVecDense(rows, nil)
	for r := range rows {
		i := r + skip + 1
		b.SetVec(r, x[i]-x[i-1])
		row := a.RawRowView(r)
		row[0], row[1] = x[i-1], 1
		for j := 1; j <= k; j++ {
			row[1+j] = x[i-j] - x[i-j-1]
		}
		if line {
			row[columns-1] = float64(r + 1)
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	if qr.Cond() > 1e14 {
		return 0, 0, tidewatch.Errorf(tidewatch.CodeNumeric, "the Dickey-Fuller test fails: the series has no noise")
	}
	var beta mat.VecDense
	if err := qr.SolveVecTo(&beta, false, b); err != nil {
		return 0, 0, tidewatch.Errorf(tidewatch.CodeNumeric, "the Dickey-Fuller test fails: %w", err)
	}
	var e mat.VecDense
	e.MulVec(a, &beta)
	e.SubVec(b, &e)
	ss := mat.Dot(&e, &e)
	// The variance of the first coefficient is s² |R⁻ᵀ e₁|².
	var r mat.Dense
	qr.RTo(&r)
	w := make([]float64, columns)
	for i := range columns {
		v := 0.0
		if i == 0 {
			v = 1
		}
		for j := range i {
			v -= r.At(j, i) * w[j]
		}
		w[i] = v / r.At(i, i)
	}
	norm := 0.0
	for _, v := range w {
		norm += v * v
	}
	n := float64(rows)
	se := math.Sqrt(ss / (n - float64(columns)) * norm)
	if !(se > 0) {
		return 0, 0, tidewatch.Errorf(tidewatch.CodeNumeric, "the Dickey-Fuller test fails: the series has no noise")
	}
	return beta.AtVec(0) / se, n*math.Log(ss/n) + 2*float64(columns), nil
}

// mackinnon is the p-value of a Dickey-Fuller statistic: Φ of a polynomial in it (MacKinnon 1994, Journal of Business & Economic Statistics 12,
// tables 3 and 4, for one series with a constant, or with a constant and a line).
func mackinnon(stat float64, line bool) float64 {
	lowest, split, highest := -18.83, -1.61, 2.74
	small, large := []float64{2.1659, 1.4412, .038269}, []float64{1.7339, .93202, -.12745, -.010368}
	if line {
		lowest, split, highest = -16.18, -2.89, .7
		small, large = []float64{3.2512, 1.6047, .049588}, []float64{2.5261, .61654, -.37956, -.060285}
	}
	switch {
	case stat < lowest:
		return 0
	case stat > highest:
		return 1
	}
	poly := large
	if stat <= split {
		poly = small
	}
	z := 0.0
	for k := len(poly) - 1; k >= 0; k-- {
		z = z*stat + poly[k]
	}
	return distuv.UnitNormal.CDF(z)
}
