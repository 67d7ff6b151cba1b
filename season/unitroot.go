package season

import "math"

// KPSS is the statistic of Kwiatkowski, Phillips, Schmidt & Shin (1992) of the hypothesis that y is stationary around its mean, or
// around a line: Σ S_t² / (n² s²), S the partial sums of the residuals and s² their long-run variance with Bartlett weights up to lag.
// Unknown values are left out, and the rest closed up. It is 0 for a constant series and for fewer than 3 known values.
func KPSS(y []float64, line bool, lag int) float64 {
	e := make([]float64, 0, len(y))
	var st, stt, sy, sty float64
	for _, v := range y {
		if v == v {
			t := float64(len(e))
			st, stt, sy, sty = st+t, stt+t*t, sy+v, sty+t*v
			e = append(e, v)
		}
	}
	n := float64(len(e))
	if n < 3 {
		return 0
	}
	slope := 0.0
	if line {
		slope = (sty - st*sy/n) / (stt - st*st/n)
	}
	level := (sy - slope*st) / n
	size := 0.0
	for t, v := range e {
		size = max(size, math.Abs(v))
		e[t] = v - level - slope*float64(t)
	}
	var partial, eta, longRun float64
	for _, v := range e {
		partial += v
		eta += partial * partial
		longRun += v * v
	}
	if longRun <= n*size*size*1e-24 { // nothing but rounding is left
		return 0
	}
	for k := 1; k <= lag && k < len(e); k++ {
		c := 0.0
		for t, v := range e[k:] {
			c += v * e[t]
		}
		longRun += 2 * (1 - float64(k)/float64(lag+1)) * c
	}
	if !(longRun > 0) {
		return 0
	}
	return eta / (n * longRun)
}

// kpss5 is the 5 % critical value of KPSS around a mean (Kwiatkowski et al. 1992, table 1).
const kpss5 = .463

// Differences is how many times y must be differenced, at most most, until KPSS no longer rejects stationarity at 5 %, with lags up to
// 3√n/13 (Hyndman & Khandakar 2008, section 3.1). Differencing stops before the series becomes constant or too short to test.
func Differences(y []float64, most int) int {
	d := 0
	for x := y; d < most; d++ {
		known := 0
		for _, v := range x {
			if v == v {
				known++
			}
		}
		if known < 4 || KPSS(x, false, int(3*math.Sqrt(float64(known))/13)) <= kpss5 {
			break
		}
		x = Diff(x, 1)
	}
	return d
}

// Diff is y[t] - y[t-lag] for t = lag ... len(y)-1: NaN where either is unknown, empty if y is not longer than lag.
func Diff(y []float64, lag int) []float64 {
	if len(y) <= lag {
		return nil
	}
	out := make([]float64, len(y)-lag)
	for t := range out {
		out[t] = y[t+lag] - y[t]
	}
	return out
}
