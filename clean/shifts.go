package clean

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/message"
)

// Shifts finds lasting steps of the level, such as a change of unit or of what is counted. By default the past is moved to the level
// after them; with Model it stays as it is, and the methods get a covariate that is 1 before the shift and 0 after.
//
// At each period the medians of the values before and after are compared, without the season and on the scale of logarithms (square
// roots where there are zeros) if no value is below 0. A shift is where they differ by more than Limit robust standard deviations of that
// difference over the series, and by more than as many of those of single values, and where most of the difference comes about from one
// period to the next. A lasting step has at least 96 hours, four weeks of days, half a year of weeks, or eight other periods on either side: what comes
// and goes sooner may be a season that is not known yet. Yearly series are left alone: their few values do not tell a step from a trend. Series that are zero in more than one period in ten are left alone, for the same reason.
type Shifts struct {
	Model bool
	Limit float64 // 0 = 6
}

// String implements [Step].
func (h Shifts) String() string {
	var in []string
	if h.Model {
		in = append(in, "model")
	}
	if h.Limit != 0 {
		in = append(in, strconv.FormatFloat(h.Limit, 'g', -1, 64))
	}
	return named("shifts", in)
}

const maxShifts = 3 // in one series: more are its nature

// Apply implements [Step].
func (h Shifts) Apply(s Subject) (Outcome, error) {
	if s.Grid.Freq.Unit == tidewatch.Year {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.years")
	}
	limit := h.Limit
	if limit == 0 {
		limit = 6
	}
	y := s.Values
	sc := scaleOf(y)
	x := sc.to(y)
	m := s.shown(x)
	width := shiftWidth(m, s.Grid.Freq.Unit)
	zeros := 0
	for _, v := range y {
		if v == 0 {
			zeros++
		}
	}
	if sc.power != 1 && zeros*10 > known(y) {
		return Outcome{Values: y}, nil
	}
	if known(y) < 4*width {
		return Outcome{}, cannot(tidewatch.CodeTooShort, "why.few", 4*width)
	}
	moved := slices.Clone(x)
	var found []shift
	for range maxShifts {
		p := byMedians(moved, m, max(2, width/2))
		flat := make([]float64, len(x))
		for t := range flat {
			flat[t] = moved[t] - p.seasonal[t]
		}
		at, ok := findShift(flat, width, limit)
		if !ok || s.event(at.at) || slices.ContainsFunc(found, func(f shift) bool { return max(f.at, at.at)-min(f.at, at.at) < width }) {
			break
		}
		found = append(found, at)
		for t := range at.at {
			moved[t] += at.size
		}
	}
	if len(found) == 0 {
		return Outcome{Values: y}, nil
	}
	slices.SortFunc(found, func(a, b shift) int { return a.at - b.at })
	if h.Model {
		out := Outcome{Values: y}
		for _, f := range found {
			out.Shifts = append(out.Shifts, f.at)
		}
		return out, nil
	}
	values, kind := slices.Clone(y), likeOf(y)
	for t := range found[len(found)-1].at {
		if y[t] == y[t] && y[t] != 0 { // nothing stays nothing
			values[t] = kind.value(sc.from(moved[t]))
		}
	}
	return Outcome{Values: values, Why: func(t int) message.Note {
		next := found[slices.IndexFunc(found, func(f shift) bool { return f.at > t })]
		return message.NoteOf(sc.changeKey(), sc.change(next.size), s.Grid.Stamp(s.Start+next.at).Format("2006-01-02"))
	}}, nil
}

// change is how a step on the scale of s is spoken of.
func (s scale) change(size float64) string {
	switch s.power {
	case 0:
		return fmt.Sprintf("%+.0f %%", 100*(math.Exp(size)-1))
	case 1:
		return fmt.Sprintf("%+.4g", size)
	}
	return fmt.Sprintf("%+.3g", size)
}

// changeKey is the message that speaks of a step on the scale of s.
func (s scale) changeKey() string {
	if s.power == .5 {
		return "why.shiftRoots"
	}
	return "why.shift"
}

// shiftWidth is how many periods before and after a shift are compared.
func shiftWidth(m int, unit tidewatch.Unit) int {
	switch unit {
	case tidewatch.Hour:
		return 96
	case tidewatch.Day:
		return 28
	case tidewatch.Week:
		return 26
	}
	return min(max(8, m), 28)
}

type shift struct {
	at   int     // the first period after it
	size float64 // of the step
}

// findShift is the plainest shift of x, which has no season.
func findShift(x []float64, width int, limit float64) (shift, bool) {
	n := len(x)
	half := (width + 1) / 2
	size := make([]float64, n) // of the step at t, NaN where too little is known around
	var noise []float64        // of single values
	before, after := &window{}, &window{}
	for t := range min(width, n) {
		after.add(x[t])
	}
	for t := range n {
		size[t] = math.NaN()
		if t >= width && t+width <= n && len(before.x) >= half && len(after.x) >= half {
			a, b := middle(before.x), middle(after.x)
			size[t] = b - a
			noise = append(noise, (before.around(a)+after.around(b))/2)
		}
		before.add(x[t])
		after.remove(x[t])
		if t >= width {
			before.remove(x[t-width])
		}
		if t+width < n {
			after.add(x[t+width])
		}
	}
	if len(noise) < width {
		return shift{}, false
	}
	usual := median(size)
	spread, single := deviation(size, usual), normalMAD*median(noise)
	best := shift{at: -1}
	for t, v := range size {
		if d := v - usual; math.Abs(d) > math.Abs(best.size) || best.at < 0 && d == d {
			best = shift{t, d}
		}
	}
	if best.at < 0 || !(spread > 0) || math.Abs(best.size) <= limit*spread || math.Abs(best.size) <= limit*single {
		return shift{}, false
	}
	// The median's peak is flat: the step is where the values themselves part best.
	best.at = sharpest(x, best.at, width, best.size)
	step := median(x[best.at:min(n, best.at+3)]) - median(x[max(0, best.at-3):best.at])
	if !(step/best.size > .6) {
		return shift{}, false
	}
	if v := size[best.at]; v == v {
		best.size = v - usual
	}
	return best, true
}

// sharpest is the period near at after which values are nearest to one level, and before which to another.
func sharpest(x []float64, at, width int, size float64) int {
	best, cost := at, math.Inf(1)
	a, b := median(x[max(0, at-width):at]), median(x[at:min(len(x), at+width)])
	from, to := max(1, at-width/2), min(len(x)-1, at+width/2)
	for t := from; t <= to; t++ {
		c := 0.0
		for u := max(0, from-2); u < min(len(x), to+2); u++ {
			level := a
			if u >= t {
				level = b
			}
			if d := math.Abs(x[u] - level); d == d {
				c += min(d, math.Abs(size))
			}
		}
		if c < cost {
			best, cost = t, c
		}
	}
	return best
}
