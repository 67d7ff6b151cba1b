package change

import (
	"math"
)

// Kind is what a turn of a series is.
type Kind string

// The kinds. A level that lasts is a shift; one that returns is a spike (or a dip); one that was there a year before too is a festival.
const (
	Shift    Kind = "shift"
	Spike    Kind = "spike"
	Festival Kind = "festival"
	Bursting Kind = "burst" // of its share, see [Bursts]: longer than a spike, and over or not yet known to last
)

// Turn is a stretch of a series that stands apart from what was before it.
type Turn struct {
	Kind     Kind
	From, To int // first place, and the one after the last; a shift lasts until the next one, or the end
	// Before and After are the medians of the values before it and in it.
	Before, After float64
}

// Ratio is After / Before: NaN where there was nothing before.
func (t Turn) Ratio() float64 {
	if !(t.Before > 0) {
		return math.NaN()
	}
	return t.After / t.Before
}

// Turns says where and how to look. The zero value is the documented default.
type Turns struct {
	Brief      int     // periods that a spike lasts at most; 0 = 3
	Year       int     // periods after which a festival comes back, a period more or less; 0 = none is known
	Strictness float64 // of the penalty, as [Penalty] has it; 0 = 2: see docs/benchmarks.md for the false alarms it leaves
	Least      float64 // shifts by less than this share of the level before are not worth telling; 0 = 0.1
}

// Find are the turns of y, shifts and spikes each in order of time, shifts first. Unknown values are left out.
//
// Values are first compared with the medians around them: those more than five robust standard deviations away for at most Brief periods
// are spikes, and festivals if the same periods a year earlier or later stood out in the same direction. What is left, with spikes bridged,
// is segmented by [Ranks]. A segment no longer than Brief is no shift.
func (o Turns) Find(y []float64) []Turn {
	if o.Brief == 0 {
		o.Brief = 3
	}
	if o.Strictness == 0 {
		o.Strictness = 2
	}
	if o.Least == 0 {
		o.Least = .1
	}
	var at []int
	var x []float64
	for t, v := range y {
		if v == v {
			at, x = append(at, t), append(x, v)
		}
	}
	if len(x) < 12 {
		return nil
	}
	spikes := o.spikes(x)
	smooth := make([]float64, len(x))
	copy(smooth, x)
	for _, s := range spikes {
		for k := s.From; k < s.To; k++ {
			smooth[k] = s.Before
		}
	}
	ends := Points(smooth, Ranks{}, Penalty(len(x), o.Strictness), o.Brief+1)
	var turns []Turn
	start := 0
	for k, e := range ends {
		if k > 0 {
			t := Turn{Kind: Shift, From: start, To: e, Before: median(sortedCopy(smooth[ends[k-1]-segment(ends, k-1) : start])), After: median(sortedCopy(smooth[start:e]))}
			if change := math.Abs(t.After - t.Before); change > o.Least*math.Abs(t.Before) {
				turns = append(turns, t)
			}
		}
		start = e
	}
	turns = append(turns, spikes...)
	for k := range turns {
		t := &turns[k]
		t.From, t.To = at[t.From], at[t.To-1]+1
	}
	return turns
}

// segment is the length of the k-th segment.
func segment(ends []int, k int) int {
	if k == 0 {
		return ends[0]
	}
	return ends[k] - ends[k-1]
}

// spikes are the spikes and festivals of x.
func (o Turns) spikes(x []float64) []Turn {
	half := 2*o.Brief + 2
	centre := make([]float64, len(x))
	rest := make([]float64, len(x))
	near := make([]float64, 0, 2*half+1)
	for i := range x {
		near = append(near[:0], x[max(0, i-half):min(len(x), i+half+1)]...)
		centre[i] = median(near)
		rest[i] = x[i] - centre[i]
	}
	spread := make([]float64, len(x))
	for i := range x { // of the neighbourhood, or of the whole series where that is larger: a quiet stretch proves nothing
		near = append(near[:0], rest[max(0, i-2*half):min(len(x), i+2*half+1)]...)
		spread[i] = deviation(near, median(near))
	}
	whole := make([]float64, len(rest))
	copy(whole, rest)
	all := deviation(whole, median(whole))
	sign := make([]int, len(x))
	for i, r := range rest {
		// Counts vary by the root of their level at least.
		bound := 5 * max(spread[i], all, math.Sqrt(max(0, centre[i])))
		switch {
		case r > bound:
			sign[i] = 1
		case r < -bound:
			sign[i] = -1
		}
	}
	var turns []Turn
	for i := 0; i < len(x); {
		j := i + 1
		if sign[i] != 0 {
			for j < len(x) && sign[j] == sign[i] {
				j++
			}
			// What stands at the very end may yet last.
			if j-i <= o.Brief && j < len(x) {
				t := Turn{Kind: Spike, From: i, To: j, Before: centre[i], After: median(sortedCopy(x[i:j]))}
				if o.again(sign, i, j, x, centre) {
					t.Kind = Festival
				}
				turns = append(turns, t)
			}
		}
		i = j
	}
	return turns
}

// again reports whether what stands out from i to j did so a year before or after, a period more or less: by half as much at least.
func (o Turns) again(sign []int, i, j int, x, centre []float64) bool {
	if o.Year == 0 {
		return false
	}
	for _, year := range []int{-o.Year, o.Year} {
		for k := i + year - 1; k < j+year+1; k++ {
			if k < 0 || k >= len(x) {
				continue
			}
			for t := i; t < j; t++ {
				if r := x[k] - centre[k]; float64(sign[i])*r > .5*math.Abs(x[t]-centre[t]) {
					return true
				}
			}
		}
	}
	return false
}
