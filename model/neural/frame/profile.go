package frame

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// A window shows a network only so much of the past. What all of the past says by itself stands beside the window as its profile: for each
// step ahead, the mean deviation of its phase from the level, and with [TrendBase] where the level will be, too. Networks forecast what is
// left when it is taken from the target, and see it.

// Base is what profiles hold.
type Base int

// The bases.
const (
	AutoBase   Base = iota
	SeasonBase      // the season, about the level that the window was scaled by
	// TrendBase is the season and the level where exponential smoothing with drift takes it: the network corrects a statistical forecast, as in
	// Smyl (2020), A hybrid method of exponential smoothing and recurrent neural networks for time series forecasting, IJF 36. Windows scaled
	// ByLevel have none.
	TrendBase
)

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

// look is how many values before value end a profile is made of.
func (w *Windows) look(end int) int {
	if c := w.cycles(end); c >= 2 {
		return c * w.Cycle
	}
	if w.Base == TrendBase {
		return min(end, max(profileValues, w.Shape.Lags))
	}
	return 0
}

// History is how many values before its end a series must keep for windows there to be the same.
func (w *Windows) History() int {
	return max(w.Shape.Lags, w.look(math.MaxInt32), profileValues)
}

// profile fills to [step] with the profile of the window of series s whose first target is value at, in the window's scale, and season [step]
// with the part of it that is the season.
func (w *Windows) profile(to, season []float64, s *tidewatch.Series, at int, scale Scale) {
	clear(to)
	end := min(at, len(s.Values))
	y := make([]float64, w.look(end))
	w.cut(y, s, end)
	for k, v := range y {
		if scale.Log {
			v = math.Log(v)
		}
		if math.IsInf(v, 0) {
			v = math.NaN()
		}
		y[k] = v
	}
	if phases := seasonal(y, w.Cycle); phases != nil {
		m := len(phases)
		for h := range to {
			to[h] = phases[(at+h-end)%m]
		}
		for k := range y {
			y[k] -= phases[k%m]
		}
	}
	copy(season, to)
	if w.Base == TrendBase {
		addLevel(to, y, at-end, scale.Loc)
	}
	for h := range to {
		to[h], season[h] = bounded(to[h]/scale.Size), bounded(season[h]/scale.Size)
	}
}

func bounded(z float64) float64 { return max(-30, min(30, z)) }

// seasonal is the mean deviation of each phase of a season of m values in whole cycles of y from their means, less the line through the first
// and the last of these; nil where there are no two. Deviations are shrunk as far as chance would make them: by 1 - 1/F, F their ratio of
// variances (James and Stein 1961).
func seasonal(y []float64, m int) []float64 {
	if m < 2 || len(y) < 2*m {
		return nil
	}
	cycles := len(y) / m
	means := make([]float64, cycles)
	first, last := -1, -1
	for c := range means {
		sum, known := 0., 0
		for _, v := range y[c*m : (c+1)*m] {
			if v == v {
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
		return nil
	}
	slope := (means[last] - means[first]) / float64((last-first)*m)
	phases := make([]float64, m)
	within, between, known := 0., 0., 0.
	for k := range phases {
		sum, square, n := 0., 0., 0.
		for c, mean := range means {
			if d := y[c*m+k] - mean - slope*(float64(k)-float64(m-1)/2); d == d {
				sum += d
				square += d * d
				n++
			}
		}
		if n > 0 {
			phases[k] = sum / n
			between += sum * sum / n
			within += square - sum*sum/n
			known += n
		}
	}
	keep := 0.
	if free := known - float64(m+last-first); free > 0 && between > 0 {
		keep = max(0, 1-(within/free)/(between/float64(m-1)))
	}
	for k := range phases {
		phases[k] *= keep
	}
	return phases
}
