package score

import (
	"math"
	"slices"
)

// Summary is what a set of forecasts scored. A measure that could not be taken (no scale, no such level) is NaN.
type Summary struct {
	Series, Cells int     // judged; cells are known values of one series at one step
	SMAPE         float64 // mean over series, 0 to 200, of the median (M4)
	MASE          float64 // mean over series, of the median (M4)
	RMSSE         float64 // mean over series, of the mean (M5)
	MAE           float64 // mean over cells, of the median
	RMSE          float64 // over cells, of the mean
	Bias          float64 // sum of mean minus actual, by the sum of |actual|
	WQL           float64 // over the levels .1, .2 ... .9 that are there; their pinball loss summed, by the sum of |actual|
	SQL           float64 // the same loss by each series' MASE scale, mean over series
	CRPS          float64 // of all levels ([CRPSOfQuantiles]), by each series' MASE scale, mean over series
	MSIS          float64 // of the central 95 % ([MSIS]), mean over series
	Cov80, Cov95  float64 // share of actuals inside the central 80 % (.1 to .9) and 95 % (.025 to .975)
	// Calib is the largest miss of a level q: max(0, q - P(y <= Q), P(y < Q) - q). It is fair to counts: an honest .1-quantile of a
	// mostly-zero series is 0.
	Calib float64
}

// Tally gathers the cells of forecasts, series by series, and sums them up. The zero value is not ready: use [NewTally].
type Tally struct {
	levels       []float64
	tenth        []int
	lo80, hi80   int
	lo95, hi95   int
	atMost, less []int // by level: actuals at most the quantile, and below it

	series, cells, in80, in95      int
	absolute, squared, bias, total float64
	pinball                        float64
	smape, mase, rmsse, sql        mean // over series
	crps, msis                     mean
	scaleMASE, scaleRMSSE          float64
	n                              int // of the series at hand
	sumS, sumA, sumSq, sumPin      float64
	sumCRPS, sumIS                 float64
}

type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64) {
	if !math.IsNaN(v) {
		m.sum += v
		m.n++
	}
}

func (m mean) value() float64 { return m.sum / float64(m.n) }

// NewTally is an empty tally for forecasts with quantiles at the given levels.
func NewTally(levels []float64) *Tally {
	return &Tally{levels: slices.Clone(levels), tenth: tenths(levels), atMost: make([]int, len(levels)), less: make([]int, len(levels)),
		lo80: index(levels, .1), hi80: index(levels, .9), lo95: index(levels, .025), hi95: index(levels, .975)}
}

// Series begins the next series, with the scales of the values its forecast was made from ([MASEScale], [RMSSEScale]).
func (t *Tally) Series(maseScale, rmsseScale float64) {
	t.endSeries()
	t.scaleMASE, t.scaleRMSSE = maseScale, rmsseScale
}

// Cell adds an actual value of the series begun last with its forecast: the mean, and one quantile a level. An unknown y is left out.
func (t *Tally) Cell(y, mean float64, q []float64) {
	if math.IsNaN(y) {
		return
	}
	median := mean
	if len(q) > 0 {
		median = medianOf(t.levels, q)
	}
	t.n++
	t.sumS += smape(y, median)
	t.sumA += math.Abs(y - median)
	t.sumSq += (y - mean) * (y - mean)
	t.bias += mean - y
	t.total += math.Abs(y)
	pin := 0.0
	for _, i := range t.tenth {
		pin += Pinball(t.levels[i], y, q[i])
	}
	if len(t.tenth) > 0 {
		pin *= 2 / float64(len(t.tenth))
	}
	t.sumPin += pin
	if len(q) > 0 {
		t.sumCRPS += CRPSOfQuantiles(t.levels, y, q)
	}
	if t.lo95 >= 0 && t.hi95 >= 0 {
		t.sumIS += Interval(.05, y, q[t.lo95], q[t.hi95])
	}
	for i, v := range q {
		if y <= v {
			t.atMost[i]++
			if y < v {
				t.less[i]++
			}
		}
	}
	if t.lo80 >= 0 && t.hi80 >= 0 && y >= q[t.lo80] && y <= q[t.hi80] {
		t.in80++
	}
	if t.lo95 >= 0 && t.hi95 >= 0 && y >= q[t.lo95] && y <= q[t.hi95] {
		t.in95++
	}
}

func (t *Tally) endSeries() {
	if t.n == 0 {
		return
	}
	n := float64(t.n)
	t.series++
	t.cells += t.n
	t.absolute += t.sumA
	t.squared += t.sumSq
	t.pinball += t.sumPin
	t.smape.add(t.sumS / n)
	t.mase.add(scaled(t.sumA/n, t.scaleMASE))
	t.rmsse.add(math.Sqrt(scaled(t.sumSq/n, t.scaleRMSSE)))
	if len(t.tenth) > 0 {
		t.sql.add(scaled(t.sumPin/n, t.scaleMASE))
	}
	if len(t.levels) > 0 {
		t.crps.add(scaled(t.sumCRPS/n, t.scaleMASE))
	}
	if t.lo95 >= 0 && t.hi95 >= 0 {
		t.msis.add(scaled(t.sumIS/n, t.scaleMASE))
	}
	t.n, t.sumS, t.sumA, t.sumSq, t.sumPin, t.sumCRPS, t.sumIS = 0, 0, 0, 0, 0, 0, 0
}

// Summary sums up what was added so far.
func (t *Tally) Summary() Summary {
	t.endSeries()
	n := float64(t.cells)
	s := Summary{Series: t.series, Cells: t.cells, SMAPE: t.smape.value(), MASE: t.mase.value(), RMSSE: t.rmsse.value(),
		MAE: t.absolute / n, RMSE: math.Sqrt(t.squared / n), Bias: scaled(t.bias, t.total), SQL: t.sql.value(), CRPS: t.crps.value(), MSIS: t.msis.value(),
		WQL: math.NaN(), Cov80: math.NaN(), Cov95: math.NaN(), Calib: math.NaN()}
	if len(t.tenth) > 0 {
		s.WQL = scaled(t.pinball, t.total)
	}
	if t.lo80 >= 0 && t.hi80 >= 0 {
		s.Cov80 = float64(t.in80) / n
	}
	if t.lo95 >= 0 && t.hi95 >= 0 {
		s.Cov95 = float64(t.in95) / n
	}
	if len(t.levels) > 0 && t.cells > 0 {
		s.Calib = 0
		for i, q := range t.levels {
			s.Calib = max(s.Calib, q-float64(t.atMost[i])/n, float64(t.less[i])/n-q)
		}
	}
	return s
}

// Coverage is how often actual values fell under the quantile of one level: an honest one has Below <= Level <= AtMost. The two differ
// where an actual value may equal a quantile, as counts do.
type Coverage struct{ Level, Below, AtMost float64 }

// Nearest is the share between Below and AtMost that is nearest to the level: it differs from the level by the level's part in
// [Summary].Calib.
func (c Coverage) Nearest() float64 { return min(max(c.Level, c.Below), c.AtMost) }

// Coverage is the coverage of each level over all cells added so far; nil if there are none.
func (t *Tally) Coverage() []Coverage {
	t.endSeries()
	if t.cells == 0 {
		return nil
	}
	out := make([]Coverage, len(t.levels))
	for i, level := range t.levels {
		out[i] = Coverage{level, float64(t.less[i]) / float64(t.cells), float64(t.atMost[i]) / float64(t.cells)}
	}
	return out
}

// medianOf is the quantile at level .5: the one asked for, else linear between its neighbours.
func medianOf(levels, q []float64) float64 {
	i, exact := slices.BinarySearch(levels, .5)
	switch {
	case exact || i == 0:
		return q[i]
	case i == len(levels):
		return q[i-1]
	}
	return q[i-1] + (q[i]-q[i-1])*(.5-levels[i-1])/(levels[i]-levels[i-1])
}
