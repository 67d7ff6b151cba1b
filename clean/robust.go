package clean

import (
	"math"
	"slices"
	"sort"

	"github.com/tidewatch/tidewatch/season"
)

// normalMAD makes the median absolute deviation of normal values their standard deviation: 1 / Φ⁻¹(3/4).
const normalMAD = 1.482602218505602

// knownOf copies the known values of y.
func knownOf(y []float64) []float64 {
	x := make([]float64, 0, len(y))
	for _, v := range y {
		if v == v {
			x = append(x, v)
		}
	}
	return x
}

// median of the known values, NaN without any. It sorts a copy.
func median(y []float64) float64 {
	x := knownOf(y)
	slices.Sort(x)
	return middle(x)
}

// middle is the median of sorted values.
func middle(x []float64) float64 {
	n := len(x)
	if n == 0 {
		return math.NaN()
	}
	return (x[(n-1)/2] + x[n/2]) / 2
}

// deviation is the median absolute deviation of the known values from c, as the standard deviation of normal ones.
func deviation(y []float64, c float64) float64 {
	x := knownOf(y)
	for i, v := range x {
		x[i] = math.Abs(v - c)
	}
	slices.Sort(x)
	return normalMAD * middle(x)
}

// window is the sorted known values of a window that slides over a series.
type window struct{ x []float64 }

func (w *window) add(v float64) {
	if v == v {
		w.x = slices.Insert(w.x, sort.SearchFloat64s(w.x, v), v)
	}
}

func (w *window) remove(v float64) {
	if v == v {
		i := sort.SearchFloat64s(w.x, v)
		w.x = slices.Delete(w.x, i, i+1)
	}
}

// around is the median of w absolute deviations from c, from the sorted window, without sorting anew.
func (w *window) around(c float64) float64 {
	lo := sort.SearchFloat64s(w.x, c)
	hi := lo
	lo--
	n := len(w.x)
	var last, before float64
	for range n/2 + 1 { // merge the deviations below and above in ascending order
		before = last
		if hi >= n || lo >= 0 && c-w.x[lo] < w.x[hi]-c {
			last = c - w.x[lo]
			lo--
		} else {
			last = w.x[hi] - c
			hi++
		}
	}
	if n%2 == 1 {
		return last
	}
	return (before + last) / 2
}

// slide calls use for every t with the window of y[t-half : t+half+1], cut at the ends.
func slide(y []float64, half int, use func(t int, w *window)) {
	w := &window{x: make([]float64, 0, 2*half+2)}
	for t := range min(half, len(y)) {
		w.add(y[t])
	}
	for t := range y {
		if t+half < len(y) {
			w.add(y[t+half])
		}
		if t-half-1 >= 0 {
			w.remove(y[t-half-1])
		}
		use(t, w)
	}
}

// runningMedian is the median of the 2 half + 1 values around each one. Beyond its ends the series is continued by its own point
// reflection, so that a trend stays a trend there.
func runningMedian(y []float64, half int) []float64 {
	n := len(y)
	half = min(half, n-1)
	if half < 1 {
		return slices.Clone(y)
	}
	long := make([]float64, n+2*half)
	copy(long[half:], y)
	near := min(3, n)
	first, last := median(y[:near]), median(y[n-near:])
	for k := 1; k <= half; k++ {
		long[half-k] = 2*first - y[min(k, n-1)]
		long[half+n-1+k] = 2*last - y[max(n-1-k, 0)]
	}
	out := make([]float64, n)
	slide(long, half, func(t int, w *window) {
		if t >= half && t < half+n {
			out[t-half] = middle(w.x)
		}
	})
	return out
}

// parts is a series taken apart by medians: what is left of an outlier, and of a step of the level, stays where it is.
type parts struct{ trend, seasonal []float64 }

// byMedians takes y apart: the trend is a running median, the season the median of what is left, by phase. m < 2 is no season.
// Half is the half width of the trend's window.
func byMedians(y []float64, m, half int) parts {
	n := len(y)
	p := parts{seasonal: make([]float64, n)}
	if m < 2 {
		p.trend = runningMedian(y, half)
		return p
	}
	rest := slices.Clone(y)
	phase := make([]float64, 0, n/m+1)
	p.trend = runningMedian(y, m/2)
	for range 2 {
		index := make([]float64, m)
		for k := range m {
			phase = phase[:0]
			for t := k; t < n; t += m {
				if d := y[t] - p.trend[t]; d == d {
					phase = append(phase, d)
				}
			}
			slices.Sort(phase)
			if index[k] = middle(phase); index[k] != index[k] {
				index[k] = 0
			}
		}
		mean := 0.0
		for _, v := range index {
			mean += v / float64(m)
		}
		for t := range rest {
			p.seasonal[t] = index[t%m] - mean
			rest[t] = y[t] - p.seasonal[t]
		}
		p.trend = runningMedian(rest, half)
	}
	return p
}

// shown is the season that a series shows plainly and has at least three rounds of, 1 if there is none. The series is judged by ranks of
// size: outliers and gaps do not make or hide a season.
func (s Subject) shown(x []float64) int {
	candidates := season.WithWeek(s.Seasons, s.Grid.Freq)
	for k := len(candidates) - 1; k >= 0; k-- {
		m := candidates[k]
		if known(x) < 3*m {
			continue
		}
		p := byMedians(x, m, max(2, m/2))
		rest, both := make([]float64, len(x)), make([]float64, len(x))
		for t, v := range x {
			both[t] = v - p.trend[t]
			rest[t] = both[t] - p.seasonal[t]
		}
		if a, b := deviation(rest, median(rest)), deviation(both, median(both)); b > 0 && a*a < .8*b*b {
			return m
		}
	}
	return 1
}

// scale is the scale on which values are judged: that of powers where none is below 0, because there the spread grows with the level.
type scale struct{ power float64 } // 1 = as they are, 0 = logarithm

func scaleOf(y []float64) scale {
	zero := false
	for _, v := range y {
		if v < 0 {
			return scale{1}
		}
		zero = zero || v == 0
	}
	if zero {
		return scale{.5}
	}
	return scale{0}
}

func (s scale) to(y []float64) []float64 {
	x := make([]float64, len(y))
	for t, v := range y {
		switch s.power {
		case 0:
			v = math.Log(v)
		case 1:
		default:
			v = math.Pow(v, s.power)
		}
		x[t] = v
	}
	return x
}

func (s scale) from(v float64) float64 {
	switch s.power {
	case 0:
		return math.Exp(v)
	case 1:
		return v
	}
	return math.Pow(max(0, v), 1/s.power)
}
