package frame

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// A window shows a network only so much of the past. What the season looked like in all of it stands beside the window as its profile: for each
// step ahead, the mean deviation of its phase from the level. Networks forecast what is left when it is taken from the target, and see it.

// profileValues is how many values, and profileCycles how many cycles, a profile looks back, whichever is more.
const (
	profileValues = 200
	profileCycles = 8
)

// cycles is how many whole cycles of w.Cycle before value end a profile is made of; below 2 there is none.
func (w *Windows) cycles(end int) int {
	if w.Cycle < 2 {
		return 0
	}
	return min(end/w.Cycle, max(profileCycles, profileValues/w.Cycle))
}

// History is how many values before its end a series must keep for windows there to be the same.
func (w *Windows) History() int {
	return max(w.Shape.Lags, w.Cycle*w.cycles(math.MaxInt32))
}

// profile fills to [step] with the profile of the window of series s whose first target is value at, in the window's scale. Deviations are
// from the means of whole cycles, less the line through the first and the last of these.
func (w *Windows) profile(to []float64, s *tidewatch.Series, at int, scale Scale) {
	clear(to)
	m, end := w.Cycle, min(at, len(s.Values))
	cycles := w.cycles(end)
	if cycles < 2 {
		return
	}
	y := make([]float64, m*cycles)
	w.cut(y, s, end)
	means := make([]float64, cycles)
	first, last := -1, -1
	for c := range means {
		sum, known := 0., 0
		for k, v := range y[c*m : (c+1)*m] {
			if scale.Log {
				v = math.Log(v)
				y[c*m+k] = v
			}
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum += v
				known++
			}
		}
		if means[c] = math.NaN(); 2*known > m {
			means[c] = sum / float64(known)
			if last = c; first < 0 {
				first = c
			}
		}
	}
	if last <= first {
		return
	}
	slope := (means[last] - means[first]) / float64((last-first)*m)
	phases := make([]float64, m)
	for k := range phases {
		sum, n := 0., 0.
		for c, mean := range means {
			d := y[c*m+k] - mean - slope*(float64(k)-float64(m-1)/2)
			if !math.IsNaN(d) && !math.IsInf(d, 0) {
				sum += d
				n++
			}
		}
		if n > 0 {
			phases[k] = sum / n
		}
	}
	for h := range to {
		to[h] = max(-30, min(30, phases[(at+h-end)%m]/scale.Size))
	}
}
