package clean

import (
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Noise is a way to smooth noise.
type Noise string

// The ways to smooth noise.
const (
	Level         Noise = "kalman" // the level of the local linear trend, by the Kalman smoother
	RunningMedian Noise = "median" // the median of Window values around each
	RunningMean   Noise = "mean"   // their mean
)

// Smooth takes noise out of the known values; the season, where there is one, stays. It also takes out what tells a method how uncertain
// the series is: intervals come out too narrow. It is for pictures and for features, not for the target of a forecast.
type Smooth struct {
	By     Noise // "" = Level
	Window int   // odd; 0 = 5
}

// String implements [Step].
func (s Smooth) String() string {
	var in []string
	if s.By != "" && s.By != Level {
		in = append(in, string(s.By))
	}
	if s.Window > 0 {
		in = append(in, strconv.Itoa(s.Window))
	}
	return named("smooth", in)
}

// Apply implements [Step].
func (s Smooth) Apply(of Subject) (Outcome, error) {
	y := of.Values
	if known(y) < fewest {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.few", fewest)
	}
	half := s.Window / 2
	if half == 0 {
		half = 2
	}
	rest, seasonal, _ := of.deseasonalised()
	switch s.By {
	case RunningMedian:
		rest = runningMedian(rest, half)
	case RunningMean:
		rest = runningMean(rest, half)
	default:
		rest = FitTrend(rest).Smooth(rest)
	}
	values, kind := slices.Clone(y), likeOf(y)
	kind.whole = false
	for t, v := range y {
		if w := rest[t] + seasonal[t]; v == v && w == w {
			values[t] = kind.value(w)
		}
	}
	return Outcome{Values: values, Why: always("why.noise")}, nil
}

// runningMean is the mean of the known ones of the 2 half + 1 values around each, fewer at the ends on both sides alike.
func runningMean(y []float64, half int) []float64 {
	out := make([]float64, len(y))
	for t := range y {
		h := min(half, t, len(y)-1-t)
		out[t] = mean(y[t-h : t+h+1])
	}
	return out
}
