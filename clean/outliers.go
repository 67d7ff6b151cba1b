package clean

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
	"github.com/tidewatch/tidewatch/season"
)

// Detector is a way to tell outliers.
type Detector string

// The detectors. All judge what is left after trend and season, on the scale of logarithms (square roots where there are zeros) if no
// value is below 0.
const (
	// GESD: the generalised extreme Studentized deviate test (Rosner 1983) for up to a fifth of the values, at level Limit, by default
	// .001, of what is left after running medians and medians by phase of the season.
	GESD Detector = "gesd"
	// Hampel: more than Limit robust standard deviations from the median around, by default 5 (Hampel 1974; Pearson 2002), after the
	// same.
	Hampel Detector = "hampel"
	// STLFences: beyond Limit interquartile ranges outside the quartiles of the remainder of a robust STL decomposition, by default 3 (as
	// R's tsoutliers, Hyndman & Athanasopoulos 2021, section 13.9).
	STLFences Detector = "stl"
)

// Treatment is what becomes of an outlier.
type Treatment string

// The treatments.
const (
	Forget  Treatment = "forget"  // it is unknown from then on
	Cap     Treatment = "cap"     // it is moved to the limit it went beyond
	Replace Treatment = "replace" // it becomes what trend and season give
)

// Outliers finds single values that neither trend nor season nor an event explains. What comes back at the same time of another year is
// taken for a yearly event, and five or more in a row for an episode that has a cause. Two kinds of series are left alone: those that are zero in more than one period in four, whose lumps are their nature,
// and those in which more than 15 values in 100 would be outliers, for the same reason.
type Outliers struct {
	By    Detector  // "" = GESD
	Limit float64   // 0 = the detector's default
	Then  Treatment // "" = Forget
}

func (o Outliers) defaults() Outliers {
	if o.By == "" {
		o.By = GESD
	}
	if o.Limit == 0 {
		o.Limit = map[Detector]float64{STLFences: 3, Hampel: 5, GESD: .001}[o.By]
	}
	if o.Then == "" {
		o.Then = Forget
	}
	return o
}

// String implements [Step].
func (o Outliers) String() string {
	var in []string
	if o.By != "" && o.By != GESD {
		in = append(in, string(o.By))
	}
	if o.Limit != 0 {
		in = append(in, strconv.FormatFloat(o.Limit, 'g', -1, 64))
	}
	if o.Then != "" && o.Then != Forget {
		in = append(in, string(o.Then))
	}
	return named("outliers", in)
}

func named(name string, in []string) string {
	if len(in) == 0 {
		return name
	}
	return name + "(" + strings.Join(in, ",") + ")"
}

const fewest = 8 // known values that a series needs before one of them can stand out

// Apply implements [Step].
func (o Outliers) Apply(s Subject) (Outcome, error) {
	o = o.defaults()
	y := s.Values
	if known(y) < fewest {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.few", fewest)
	}
	if intermittent(y) {
		return Outcome{Values: y}, nil
	}
	sc := scaleOf(y)
	x := sc.to(y)
	expected := o.expected(s, x)
	rest := minus(x, expected)
	lo, hi := o.limits(x, rest)
	// Once more without what stood out, which drew trend and season towards itself.
	inside, found := slices.Clone(x), false
	for t, v := range rest {
		if v < lo[t] || v > hi[t] {
			inside[t], found = math.NaN(), true
		}
	}
	if found {
		expected = o.expected(s, inside)
		rest = minus(x, expected)
		lo, hi = o.limits(x, rest)
	}
	var out []int
	for t, v := range rest {
		if v < lo[t] || v > hi[t] {
			out = append(out, t)
		}
	}
	out = withoutEpisodes(out, rest)
	if 100*len(out) > 15*known(y) {
		return Outcome{Values: y}, nil
	}
	out = slices.DeleteFunc(out, func(t int) bool { return s.event(t) || yearly(s.Grid.Freq, t, rest, lo, hi) })
	out = beforeNewLevel(y, out, rest)
	if n := len(out); n > 0 && s.shown(x) < 2 && unsure(y, out[n-1], rest, lo, hi) {
		out = out[:n-1]
	}
	if len(out) == 0 {
		return Outcome{Values: y}, nil
	}
	values, kind := slices.Clone(y), likeOf(y)
	for _, t := range out {
		switch o.Then {
		case Cap:
			edge := hi[t]
			if rest[t] < lo[t] {
				edge = lo[t]
			}
			values[t] = kind.value(sc.from(expected[t] + edge))
		case Replace:
			values[t] = kind.value(sc.from(expected[t]))
		default:
			values[t] = math.NaN()
		}
	}
	return Outcome{Values: values, Why: func(t int) message.Note {
		key := "why.above"
		if rest[t] < 0 {
			key = "why.below"
		}
		return message.NoteOf(key, number(y[t]), number(sc.from(expected[t]+lo[t])), number(sc.from(expected[t]+hi[t])), number(sc.from(expected[t])))
	}}, nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// intermittent reports whether a series is zero in more than one period in four.
func intermittent(y []float64) bool {
	zeros := 0
	for _, v := range y {
		if v == 0 {
			zeros++
		}
	}
	return 4*zeros > known(y)
}

// minus is x - y.
func minus(x, y []float64) []float64 {
	out := make([]float64, len(x))
	for t := range x {
		out[t] = x[t] - y[t]
	}
	return out
}

// expected is the trend and the season of x by running medians; by a robust STL decomposition where that is asked for and there is a season.
func (o Outliers) expected(s Subject, x []float64) []float64 {
	m := s.shown(x)
	half := trendHalf
	if m > 1 {
		half = max(trendHalf, m/2)
	}
	if m > 1 && o.By == STLFences {
		if p, err := (season.STL{Period: m, Robust: 5}).Decompose(x); err == nil {
			fit := make([]float64, len(x))
			for t := range fit {
				fit[t] = p.Trend[t] + p.Seasonal[t]
			}
			return fit
		}
	}
	p := byMedians(x, m, half)
	fit := make([]float64, len(x))
	for t := range fit {
		fit[t] = p.trend[t] + p.seasonal[t]
	}
	return fit
}

// trendHalf is the half width of the running median that is the trend of a series without a season.
const trendHalf = 5

// limits are the lowest and the highest remainder of each period that is no outlier.
func (o Outliers) limits(x, rest []float64) (lo, hi []float64) {
	lo, hi = make([]float64, len(rest)), make([]float64, len(rest))
	fill := func(a, b float64) {
		for t := range lo {
			lo[t], hi[t] = a, b
		}
	}
	sorted := knownOf(rest)
	slices.Sort(sorted)
	spread := deviation(rest, middle(sorted))
	if !(spread > 1e-9*(1e-300+math.Abs(median(x)))) {
		fill(math.Inf(-1), math.Inf(1))
		return lo, hi
	}
	switch o.By {
	case STLFences:
		q := tidewatch.SampleQuantiles(sorted, []float64{.25, .75})
		reach := o.Limit * (q[1] - q[0])
		fill(q[0]-reach, q[1]+reach)
	case Hampel:
		slide(rest, hampelHalf, func(t int, w *window) {
			c := middle(w.x)
			// A window that happens to be quiet says less than the whole series does.
			reach := o.Limit * max(normalMAD*w.around(c), spread)
			lo[t], hi[t] = c-reach, c+reach
		})
	case GESD:
		centre := middle(sorted)
		a, b := math.Inf(-1), math.Inf(1)
		out := ESD(rest, max(1, len(sorted)/5), o.Limit)
		inside := slices.Clone(rest)
		for _, t := range out {
			inside[t] = math.NaN()
		}
		if len(out) > 0 { // the limits are those of what is left
			a, b = centre, centre
			for _, v := range inside {
				if v == v {
					a, b = min(a, v), max(b, v)
				}
			}
		}
		fill(a, b)
	}
	return lo, hi
}

const hampelHalf = 12 // half width of the window of the Hampel filter

// ESD gives the outliers among the known values of x by the generalised extreme Studentized deviate test at level alpha (Rosner 1983,
// Technometrics 25, equations 2.5 and 2.6), for up to most of them: their indices, the most extreme first.
func ESD(x []float64, most int, alpha float64) []int {
	var index []int
	for t, v := range x {
		if v == v {
			index = append(index, t)
		}
	}
	n := len(index)
	found := 0
	var removed []int
	for i := 1; i <= min(most, n-3); i++ {
		mean, ss := 0.0, 0.0
		for _, t := range index {
			mean += x[t] / float64(len(index))
		}
		far, at := -1.0, 0
		for k, t := range index {
			d := math.Abs(x[t] - mean)
			ss += d * d
			if d > far {
				far, at = d, k
			}
		}
		sd := math.Sqrt(ss / float64(len(index)-1))
		if !(sd > 0) {
			break
		}
		removed = append(removed, index[at])
		index = slices.Delete(index, at, at+1)
		if far/sd > esdLimit(n, i, alpha) {
			found = i
		}
	}
	return removed[:found]
}

// esdLimit is λ_i of n values (Rosner 1983, equation 2.6).
func esdLimit(n, i int, alpha float64) float64 {
	left := float64(n - i)
	p := 1 - alpha/(2*(left+1))
	t := distuv.StudentsT{Sigma: 1, Nu: left - 1}.Quantile(p)
	return left * t / math.Sqrt((left-1+t*t)*(left+1))
}

// yearly reports whether an outlier comes back on the same side about a year before or after: a festival that no calendar named.
func yearly(f tidewatch.Freq, t int, rest, lo, hi []float64) bool {
	year, slack := 0.0, 0
	switch {
	case f.N != 1:
		return false
	case f.Unit == tidewatch.Day:
		year, slack = 365.25, 3
	case f.Unit == tidewatch.Week:
		year, slack = 52.18, 1
	default:
		return false
	}
	for back := -4; back <= 4; back++ {
		if back == 0 {
			continue
		}
		at := t + int(math.Round(float64(back)*year))
		for u := max(0, at-slack); u <= min(len(rest)-1, at+slack); u++ {
			if rest[t] > 0 && rest[u] > hi[u] || rest[t] < 0 && rest[u] < lo[u] {
				return true
			}
		}
	}
	return false
}

// longestRun is how many neighbouring periods can be outliers: more are an episode that has a cause.
const longestRun = 4

// withoutEpisodes is the outliers less those in a row of more than longestRun on the same side.
func withoutEpisodes(out []int, rest []float64) []int {
	var kept []int
	for from := 0; from < len(out); {
		to := from + 1
		for to < len(out) && out[to] == out[to-1]+1 && (rest[out[to]] > 0) == (rest[out[from]] > 0) {
			to++
		}
		if to-from <= longestRun {
			kept = append(kept, out[from:to]...)
		}
		from = to
	}
	return kept
}

// muchFurther is how many times as far out as the limits the last value of a series without a season must lie to be an outlier: nothing after it
// tells yet whether it is one or a new level, which in yearly series it mostly is.
const muchFurther = 8

// unsure reports whether t is the last known value, and not far enough out.
func unsure(y []float64, t int, rest, lo, hi []float64) bool {
	return known(y[t+1:]) == 0 && math.Abs(rest[t]) < muchFurther*max(-lo[t], hi[t])
}

// beforeNewLevel is the outliers less those that may be the begin of a new level: the last known values, where two or more of them stand out
// on the same side.
func beforeNewLevel(y []float64, out []int, rest []float64) []int {
	end, last := len(out), len(y)
	for end > 0 {
		for last--; last >= 0 && y[last] != y[last]; last-- {
		}
		if out[end-1] != last || end < len(out) && (rest[out[end-1]] > 0) != (rest[out[len(out)-1]] > 0) {
			break
		}
		end--
	}
	if len(out)-end < 2 {
		return out
	}
	return out[:end]
}
