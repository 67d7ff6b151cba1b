package score

import "math"

// MAE is the mean absolute error.
func MAE(y, f []float64) float64 {
	return meanOver(y, f, func(y, f float64) float64 { return math.Abs(y - f) })
}

// RMSE is the root of the mean squared error.
func RMSE(y, f []float64) float64 {
	return math.Sqrt(meanOver(y, f, func(y, f float64) float64 { return (y - f) * (y - f) }))
}

// Bias is the mean of forecast minus actual: positive where too much was forecast.
func Bias(y, f []float64) float64 {
	return meanOver(y, f, func(y, f float64) float64 { return f - y })
}

// SMAPE is the symmetric mean absolute percentage error of the M4 competition, from 0 to 200: the mean of 200 |y-f| / (|y|+|f|),
// 0 where both are 0 (Makridakis, Spiliotis & Assimakopoulos 2020).
func SMAPE(y, f []float64) float64 { return meanOver(y, f, smape) }

func smape(y, f float64) float64 {
	return 200 * math.Abs(y-f) / max(math.Abs(y)+math.Abs(f), 1e-12)
}

// MASE is the mean absolute scaled error: MAE / [MASEScale] of train (Hyndman & Koehler 2006). It is NaN where the scale is 0.
func MASE(train []float64, season int, y, f []float64) float64 {
	return scaled(MAE(y, f), MASEScale(train, season))
}

// RMSSE is the root mean squared scaled error of the M5 competition: RMSE / root of [RMSSEScale]. It is NaN where the scale is 0.
func RMSSE(train, y, f []float64) float64 {
	return scaled(RMSE(y, f), math.Sqrt(RMSSEScale(train)))
}

// MASEScale is the mean absolute error of the seasonal naive forecast inside train; NaN where no two known values are a season apart.
// season is at least 1.
func MASEScale(train []float64, season int) float64 {
	if len(train) <= season {
		return math.NaN()
	}
	return MAE(train[season:], train[:len(train)-season])
}

// ScaleLag is the lag to take a [MASEScale] of n values at: the season, if they show two of it, otherwise 1. A scale from the few pairs
// that just over one season gives says nothing.
func ScaleLag(n, season int) int {
	if n < 2*season {
		return 1
	}
	return season
}

// RMSSEScale is the mean squared one-step difference of train from its first value that is not zero (M5 Competitors' Guide).
func RMSSEScale(train []float64) float64 {
	for len(train) > 0 && !(math.Abs(train[0]) > 0) {
		train = train[1:]
	}
	if len(train) < 2 {
		return math.NaN()
	}
	return meanOver(train[1:], train[:len(train)-1], func(y, f float64) float64 { return (y - f) * (y - f) })
}

// scaled is loss/scale, NaN where the scale is 0 or unknown.
func scaled(loss, scale float64) float64 {
	if !(scale > 0) {
		return math.NaN()
	}
	return loss / scale
}

// meanOver is the mean of loss over the pairs in which both are known.
func meanOver(y, f []float64, loss func(y, f float64) float64) float64 {
	sum, n := 0.0, 0
	for i := range y {
		if l := loss(y[i], f[i]); !math.IsNaN(l) {
			sum += l
			n++
		}
	}
	return sum / float64(n)
}
