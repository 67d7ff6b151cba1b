package feature

import (
	"fmt"
	"math"
)

var ofValue = []string{"value"}

// lag is the value k periods before the row's first unknown one: k = 1 is the last known value.
func lag(k int) Feature {
	return Feature{Name: fmt.Sprintf("lag_%d", k), Inputs: ofValue, Known: Origin, Scaled: true, Does: fmt.Sprintf("value %d before the origin", k),
		fill: func(w *Worker, rows []Row, dst []float32) {
			for r, o := range w.origins {
				dst[r] = float32(w.past.at(o - k))
			}
		}}
}

// phase is the k-th last known value of the time's place in a season of m (k from 0).
func phase(m, k int) Feature {
	return Feature{Name: fmt.Sprintf("phase_%d_lag_%d", m, k+1), Inputs: ofValue, Known: Origin, Scaled: true, Seasonal: true,
		Does: fmt.Sprintf("value at the same place of the season of %d, %d times before", m, k+1),
		fill: func(w *Worker, rows []Row, dst []float32) {
			if m == w.b.season {
				for r, t := range w.phases {
					dst[r] = float32(w.past.at(t - k*m))
				}
				return
			}
			for r, row := range rows {
				dst[r] = float32(w.past.at(int(row.Time) - ceilTo(int(row.Step), m) - k*m))
			}
		}}
}

// phaseMean is the mean of the last n known values of the time's place in a season of m.
func phaseMean(m, n int) Feature {
	return Feature{Name: fmt.Sprintf("phase_%d_mean_%d", m, n), Inputs: ofValue, Known: Origin, Scaled: true, Seasonal: true,
		Does: fmt.Sprintf("mean of the last %d values at the same place of the season of %d", n, m),
		fill: func(w *Worker, rows []Row, dst []float32) {
			for r, row := range rows {
				t := w.phases[r]
				if m != w.b.season {
					t = int(row.Time) - ceilTo(int(row.Step), m)
				}
				sum, known := 0.0, 0.0
				for range n {
					if v := w.past.at(t); v == v {
						sum += v
						known++
					}
					t -= m
				}
				dst[r] = float32(sum / known)
			}
		}}
}

// rolling is a statistic of the window of n periods that ends with the last known one.
func rolling(name, what string, n int, scaled bool, of func(h *history, from, to int) float64) Feature {
	return Feature{Name: fmt.Sprintf("%s_%d", name, n), Inputs: ofValue, Known: Origin, Scaled: scaled, Does: fmt.Sprintf("%s of the last %d", what, n),
		fill: func(w *Worker, rows []Row, dst []float32) {
			for r, o := range w.origins {
				dst[r] = float32(of(&w.past, o-n, o))
			}
		}}
}

func mean(n int) Feature { return rolling("mean", "mean", n, true, (*history).mean) }
func deviation(n int) Feature {
	return rolling("sd", "standard deviation", n, true, (*history).deviation)
}
func zeros(n int) Feature { return rolling("zeros", "share of zeros", n, false, (*history).zeros) }

// trend is the mean of the last n over that of the last long.
func trend(n, long int) Feature {
	return Feature{Name: fmt.Sprintf("trend_%d_%d", n, long), Inputs: ofValue, Known: Origin, Does: fmt.Sprintf("mean of the last %d over that of the last %d", n, long),
		fill: func(w *Worker, rows []Row, dst []float32) {
			for r, o := range w.origins {
				dst[r] = ratio(w.past.mean(o-n, o), w.past.mean(o-long, o))
			}
		}}
}

func ratio(a, b float64) float32 {
	if !(b > 0) {
		return nan32
	}
	return float32(a / b)
}

// lastYear is the mean of n periods around the same time a year (of so many periods) ago, as far as known, over that of the part of that year
// before its origin: what the season did then from the origin on.
func lastYear(h *history, row Row, year, n int) float32 {
	o, t := row.Origin(), int(row.Time)-year
	for t-n/2+n > o {
		t -= year
	}
	o -= int(row.Time) - t
	return ratio(h.mean(t-n/2, t-n/2+n), h.mean(o-2*n, o))
}

// smoothed is the exponentially weighted mean of the values before the origin.
func smoothed(alpha float64) Feature {
	return Feature{Name: fmt.Sprintf("smooth_%g", alpha), Inputs: ofValue, Known: Origin, Scaled: true, Does: fmt.Sprintf("exponentially weighted mean, weight %g", alpha),
		fill: func(w *Worker, rows []Row, dst []float32) {
			level := w.smooth(alpha)
			for r, o := range w.origins {
				_, b := w.past.span(w.past.base, o)
				dst[r] = level[b]
			}
		}}
}

// smooth is the level after y[:k] for every k: a plain mean until that weighs more.
func (w *Worker) smooth(alpha float64) []float32 {
	h := &w.past
	w.level32 = grow(w.level32, len(h.y)+1)
	l, n := math.NaN(), 0.0
	w.level32[0] = nan32
	for k, v := range h.y {
		if v == v {
			if n++; n == 1 {
				l = v
			} else {
				l += max(alpha, 1/n) * (v - l)
			}
		}
		w.level32[k+1] = float32(l)
	}
	return w.level32
}

// sinceSale is how many periods ago the last value that is not zero was.
var sinceSale = Feature{Name: "since_sale", Inputs: ofValue, Known: Origin, Does: "periods since the last value that is not zero",
	fill: func(w *Worker, rows []Row, dst []float32) {
		h := &w.past
		w.level32 = grow(w.level32, len(h.y)+1)
		last := float32(math.NaN())
		w.level32[0] = last
		for k, v := range h.y {
			if v == v && v != 0 {
				last = 0
			} else {
				last++
			}
			w.level32[k+1] = last
		}
		for r, row := range rows {
			_, b := h.span(h.base, row.Origin())
			dst[r] = w.level32[b]
		}
	}}

// expandingMean is the mean of everything before the origin: a target encoding of the series in time order.
var expandingMean = Feature{Name: "mean_all", Inputs: ofValue, Known: Origin, Scaled: true, Does: "mean of all values",
	fill: func(w *Worker, rows []Row, dst []float32) {
		for r, o := range w.origins {
			dst[r] = float32(w.past.expanding(o))
		}
	}}

// level is the size of the series at the origin, whatever its scale.
var level = Feature{Name: "level", Inputs: ofValue, Known: Origin, Does: "size of the values before the origin",
	fill: func(w *Worker, rows []Row, dst []float32) { copy(dst, w.Levels()) }}

// age is how long the series has been going, up to the given number: beyond, it would only tell the time, which no row to be forecast
// shares with those that were learnt from.
func age(most int) Feature {
	return Feature{Name: "age", Inputs: ofValue, Known: Origin, Does: fmt.Sprintf("periods since the first value that is not zero, at most %d", most),
		fill: func(w *Worker, rows []Row, dst []float32) {
			for r, row := range rows {
				dst[r] = nan32
				if w.past.first < row.Origin() {
					dst[r] = float32(min(int(row.Time)-w.past.first, most))
				}
			}
		}}
}

var step = Feature{Name: "step", Inputs: []string{"step"}, Known: Always, Does: "how many steps ahead",
	fill: func(_ *Worker, rows []Row, dst []float32) {
		for r, row := range rows {
			dst[r] = float32(row.Step)
		}
	}}
