package conform

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
)

// Event is something that a sum can turn out to be: above or below a threshold.
type Event struct {
	Name      string // as it was asked for, such as "units>100"
	Above     bool
	Strict    bool // the threshold itself is not part of it
	Threshold float64
}

var eventForm = regexp.MustCompile(`^\s*([\p{L}_][\p{L}\p{N}_ ]*?)\s*(>=|<=|>|<|≥|≤)\s*([-+0-9.eE_]+)\s*$`)

// ParseEvent reads an event: a word for what is summed, >, >=, < or <=, and a number: "units>100".
func ParseEvent(s string) (Event, error) {
	m := eventForm.FindStringSubmatch(s)
	if m == nil {
		return Event{}, tidewatch.Errorf(tidewatch.CodeUsage, "event %q: say what, how and how many, such as \"units>100\" or \"revenue<=5000\"", s)
	}
	at, err := strconv.ParseFloat(strings.ReplaceAll(m[3], "_", ""), 64)
	if err != nil || math.IsInf(at, 0) || math.IsNaN(at) {
		return Event{}, tidewatch.Errorf(tidewatch.CodeUsage, "event %q: %q is not a number", s, m[3])
	}
	return Event{Name: strings.Join(strings.Fields(s), ""), Above: strings.ContainsAny(m[2], ">≥"), Strict: m[2] == ">" || m[2] == "<", Threshold: at}, nil
}

// Probability is the share of a sample in which the event happens.
func (e Event) Probability(sample []float64) float64 {
	n := 0
	for _, x := range sample {
		if e.Strict && x == e.Threshold {
			continue
		}
		if x == e.Threshold || e.Above == (x > e.Threshold) {
			n++
		}
	}
	return float64(n) / float64(len(sample))
}

// Sum is the distribution of the sum of some periods of one series.
type Sum struct {
	ID            string
	First         int // grid index of the first period
	Periods       int
	Mean          float64
	Quantiles     []float64 // at the levels asked for
	Probabilities []float64 // of the events asked for
}

// Sums is the sums of consecutive windows of so many periods of every series, as many as lie within the horizon, from joint paths: never
// from quantiles, whose sums are not quantiles. Series without a forecast are left out. whole says of a series, by its number, that its
// values are whole numbers, and so are their sums; nil = none is known to be.
func Sums(p *tidewatch.Paths, window int, levels []float64, events []Event, whole func(series int) bool) ([]Sum, error) {
	if window < 1 || window > p.Steps {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "sums over %d periods of a forecast of %d: ask for a longer horizon or shorter sums", window, p.Steps)
	}
	var out []Sum
	for i := range p.IDs {
		if math.IsNaN(p.Path(i, 0)[0]) {
			continue
		}
		for from := 0; from+window <= p.Steps; from += window {
			x, err := p.Sum([]int{i}, from, from+window)
			if err != nil {
				return nil, err
			}
			s := Sum{ID: p.IDs[i], First: p.First[i] + from, Periods: window, Quantiles: make([]float64, len(levels))}
			for _, v := range x {
				s.Mean += v / float64(len(x))
			}
			if whole != nil && whole(i) { // reconciled paths of whole numbers are near whole ones
				for k, v := range x {
					x[k] = math.Round(v)
				}
			}
			for _, e := range events {
				s.Probabilities = append(s.Probabilities, e.Probability(x))
			}
			slices.Sort(x)
			for l, level := range levels {
				s.Quantiles[l] = middle(x, level)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

// middle is the quantile of ascending x, piecewise linear through the middles of its steps (Hyndman & Fan 1996, type 5): of values at even
// quantiles it gives those back.
func middle(x []float64, level float64) float64 {
	at := min(max(level*float64(len(x))-.5, 0), float64(len(x)-1))
	k := int(at)
	if k+1 == len(x) {
		return x[k]
	}
	return x[k] + (at-float64(k))*(x[k+1]-x[k])
}

// Periods reads a length of time, such as 14d, 2w or 14, as a number of periods of f, which must fit in it a whole number of times.
func Periods(s string, f tidewatch.Freq) (int, error) {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n >= 1 {
		return n, nil
	}
	length, err := tidewatch.ParseFreq(strings.TrimSpace(s))
	if err != nil {
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "%q is not a length of time: use a number of periods, or one such as 14d, 2w, 24h or 3M", s)
	}
	short := map[tidewatch.Unit]int{tidewatch.Hour: 1, tidewatch.Day: 24, tidewatch.Week: 168}
	long := map[tidewatch.Unit]int{tidewatch.Month: 1, tidewatch.Quarter: 3, tidewatch.Year: 12}
	for _, unit := range []map[tidewatch.Unit]int{short, long} {
		if a, b := unit[length.Unit]*length.N, unit[f.Unit]*f.N; a > 0 && b > 0 && a%b == 0 {
			return a / b, nil
		}
	}
	return 0, tidewatch.Errorf(tidewatch.CodeUsage, "%s is not a whole number of periods of %v: say how many periods", s, f)
}
