package clean

import (
	"fmt"
	"math"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/season"
)

// Difference takes differences until the series is stationary, seasonal ones first: once at lag of the season where the season is strong (more
// than .64 of what is not trend, Wang, Smith & Hyndman 2006, as R's nsdiffs), then up to twice at lag 1 by a test of stationarity.
// The first values have no difference and become unknown. Forecasts are summed back path by path, because quantiles have no sums.
type Difference struct {
	Fixed           bool // Times and Seasonal are given, not found by tests
	Times, Seasonal int
	ADF             bool // by the augmented Dickey-Fuller test at 5 % instead of KPSS at 5 %
}

// String implements [Step].
func (d Difference) String() string {
	switch {
	case d.Fixed && d.Seasonal > 0:
		return fmt.Sprintf("difference(%d,%d)", d.Times, d.Seasonal)
	case d.Fixed:
		return named("difference", []string{strconv.Itoa(d.Times)})
	case d.ADF:
		return "difference(adf)"
	}
	return "difference"
}

// strongSeason is the seasonal strength above which a seasonal difference is taken.
const strongSeason = .64

// Orders are the numbers of differences at lag 1 and at lag m that y needs.
func (d Difference) Orders(y []float64, m int) (times, seasonal int) {
	if d.Fixed {
		return d.Times, d.Seasonal
	}
	if m > 1 && season.Strength(y, m) > strongSeason {
		seasonal, y = 1, season.Diff(y, m)
	}
	if !d.ADF {
		return season.Differences(y, 2), seasonal
	}
	for times < 2 {
		_, p, err := season.ADF(y, false, -1)
		if err != nil || p <= .05 {
			break
		}
		times++
		y = season.Diff(y, 1)
	}
	return times, seasonal
}

// Apply implements [Step].
func (d Difference) Apply(of Subject) (Outcome, error) {
	m := of.Season()
	times, seasonal := d.Orders(of.Values, m)
	if seasonal > 0 && m < 2 {
		return Outcome{}, cannot(tidewatch.CodeUsage, "why.noSeason")
	}
	var lags []int
	for range seasonal {
		lags = append(lags, m)
	}
	for range times {
		lags = append(lags, 1)
	}
	if len(lags) == 0 {
		return Outcome{Values: of.Values}, nil
	}
	y, lost := of.Values, 0
	var back sums
	for _, lag := range lags {
		if len(y) < lag+fewest {
			return Outcome{}, cannot(tidewatch.CodeTooShort, "why.fewLeft", fewest)
		}
		tail := y[len(y)-lag:]
		if known(tail) < lag {
			return Outcome{}, cannot(tidewatch.CodeData, "why.tail", lag, lag-known(tail), d.String())
		}
		back = append(back, sumStage{lag, tail})
		y = season.Diff(y, lag)
		lost += lag
	}
	values := make([]float64, len(of.Values))
	for t := range lost {
		values[t] = math.NaN()
	}
	copy(values[lost:], y)
	return Outcome{Values: values, Back: back, Why: always("why.differences", times, seasonal, m)}, nil
}
