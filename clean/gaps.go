package clean

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/interp"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/season"
)

// Fill is a way to fill gaps.
type Fill string

// The ways to fill gaps.
const (
	Unknown  Fill = "unknown"  // they stay gaps: methods leave them out, or bridge them as fits their model
	Mean     Fill = "mean"     // the mean of the known values
	Median   Fill = "median"   // their median
	Linear   Fill = "linear"   // a line between the neighbours
	Spline   Fill = "spline"   // a natural cubic spline through all known values
	Seasonal Fill = "seasonal" // the same phase of the nearest seasons before and after, by their distance
	STL      Fill = "stl"      // a line between the neighbours without their season, and the season, by STL
	Fitting  Fill = "auto"     // by Kalman; of series that are zero in more than one period in four, whose lumps are their nature, they stay unknown
	Kalman   Fill = "kalman"   // the local linear trend, by the Kalman smoother, and the season, by STL
)

var fills = []string{string(Unknown), string(Mean), string(Median), string(Linear), string(Spline), string(Seasonal), string(STL), string(Kalman), string(Fitting)}

// Gaps fills unknown values. The default leaves them unknown, because every method of Tidewatch can take gaps, and knows better than a
// filled value how little is known there; [Default] fills them by auto, which was shown to lower the error where a tenth is unknown. Linear, spline,
// stl and kalman do not reach beyond the first and the last known value.
type Gaps struct {
	By      Fill // "" = Unknown
	Longest int  // gaps of more periods stay; 0 = all are filled
}

// String implements [Step].
func (g Gaps) String() string {
	var in []string
	if g.By != "" && g.By != Unknown {
		in = append(in, string(g.By))
	}
	if g.Longest > 0 {
		in = append(in, strconv.Itoa(g.Longest))
	}
	return named("gaps", in)
}

// Apply implements [Step].
func (g Gaps) Apply(s Subject) (Outcome, error) {
	y := s.Values
	n := known(y)
	if g.By == "" || g.By == Unknown || n == len(y) || g.By == Fitting && intermittent(y) {
		return Outcome{Values: y}, nil
	}
	if n < 2 {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.few", 2)
	}
	fit, err := g.fit(s)
	if err != nil {
		return Outcome{}, err
	}
	values, kind := slices.Clone(y), likeOf(y)
	length := make([]int, len(y)) // of the gap each period is in
	for t := 0; t < len(y); {
		end := t
		for end < len(y) && y[end] != y[end] {
			end++
		}
		for u := t; u < end; u++ {
			length[u] = end - t
			if (g.By == Kalman || g.By == Fitting) && (t == 0 || end == len(y)) {
				break // beyond what is known it would be a forecast
			}
			if v := fit[u]; (g.Longest == 0 || end-t <= g.Longest) && !math.IsNaN(v) && !math.IsInf(v, 0) {
				values[u] = kind.value(v)
			}
		}
		t = max(end, t+1)
	}
	return Outcome{Values: values, Why: func(t int) message.Note { return message.NoteOf("why.gap", length[t]) }}, nil
}

// fit is a value for every period; NaN where there is none.
func (g Gaps) fit(s Subject) ([]float64, error) {
	y := s.Values
	all := func(v float64) []float64 { return slices.Repeat([]float64{v}, len(y)) }
	switch g.By {
	case Mean:
		return all(mean(y)), nil
	case Median:
		return all(median(y)), nil
	case Linear:
		return linear(y), nil
	case Spline:
		return spline(y)
	case Seasonal:
		if m := s.shown(y); m > 1 {
			return sameSeason(y, m), nil
		}
		return linear(y), nil
	}
	fit, miss := s.bridged(y, g.By)
	if sc := scaleOf(y); sc.power == 0 { // all above 0: the season may grow with the level
		if x, more := s.bridged(sc.to(y), g.By); more != nil {
			for t := range x {
				x[t], more[t] = sc.from(x[t]), sc.from(more[t])
			}
			if miss == nil || distance(y, more) < distance(y, miss) {
				return x, nil
			}
		}
	}
	return fit, nil
}

// distance is the mean distance of the known values of y from x.
func distance(y, x []float64) float64 {
	d := make([]float64, len(y))
	for t := range y {
		d[t] = math.Abs(y[t] - x[t])
	}
	return mean(d)
}

// bridged is x with its gaps bridged, and the trend and season that it was bridged by; nil where it shows no season.
func (s Subject) bridged(x []float64, by Fill) (fit, pattern []float64) {
	of := s
	of.Values = x
	rest, seasonal, trend := of.deseasonalised()
	if by == Kalman || by == Fitting {
		rest = FitTrend(rest).Smooth(rest)
	} else {
		rest = linear(rest)
	}
	for t := range rest {
		rest[t] += seasonal[t]
	}
	if trend == nil {
		return rest, nil
	}
	for t := range trend {
		trend[t] += seasonal[t]
	}
	return rest, trend
}

// deseasonalised is the series without its season, the season, all zeros where the series shows none, and then no trend.
func (s Subject) deseasonalised() (rest, seasonal, trend []float64) {
	y := s.Values
	if m := s.shown(y); m > 1 {
		if p, err := (season.STL{Period: m, Robust: 2}).Decompose(y); err == nil {
			rest = make([]float64, len(y))
			for t, v := range y {
				rest[t] = v - p.Seasonal[t]
			}
			return rest, p.Seasonal, slices.Clone(p.Trend)
		}
	}
	return slices.Clone(y), make([]float64, len(y)), nil
}

func mean(y []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range y {
		if v == v {
			sum += v
			n++
		}
	}
	return sum / n
}

// linear bridges gaps by lines; what lies before the first and after the last known value stays unknown.
func linear(y []float64) []float64 {
	out := slices.Clone(y)
	last := -1
	for t, v := range y {
		if v != v {
			continue
		}
		for u := last + 1; last >= 0 && u < t; u++ {
			w := float64(u-last) / float64(t-last)
			out[u] = y[last]*(1-w) + v*w
		}
		last = t
	}
	return out
}

// spline is the natural cubic spline through the known values, NaN beyond them.
func spline(y []float64) ([]float64, error) {
	var at, v []float64
	for t, x := range y {
		if x == x {
			at, v = append(at, float64(t)), append(v, x)
		}
	}
	if len(at) < 3 {
		return linear(y), nil
	}
	var s interp.NaturalCubic
	if err := s.Fit(at, v); err != nil {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "no spline: %w", err)
	}
	out := make([]float64, len(y))
	for t := range out {
		out[t] = math.NaN()
		if x := float64(t); x >= at[0] && x <= at[len(at)-1] {
			out[t] = s.Predict(x)
		}
	}
	return out, nil
}

// sameSeason is the mean of the nearest known values at the same phase before and after, the nearer the heavier.
func sameSeason(y []float64, m int) []float64 {
	out := slices.Clone(y)
	for t, v := range y {
		if v == v {
			continue
		}
		sum, weight := 0.0, 0.0
		for _, step := range []int{-m, m} {
			for u := t + step; u >= 0 && u < len(y); u += step {
				if y[u] == y[u] {
					w := 1 / math.Abs(float64(u-t))
					sum, weight = sum+w*y[u], weight+w
					break
				}
			}
		}
		if weight > 0 {
			out[t] = sum / weight
		}
	}
	return out
}
