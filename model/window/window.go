// Package window forecasts the distribution of the last periods: their mean and their empirical quantiles. It assumes nothing about
// shape, which makes it hard to beat on counts that are mostly zero.
package window

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Window is the empirical distribution of the known values among the last Periods. Quantiles are the (n+1)p-th order statistics,
// linear between them (Hyndman & Fan 1996, definition 6): for exchangeable values the chance that the next one is below the
// k-th of n is k/(n+1).
type Window struct {
	Periods int  // 0 = a length by frequency: 168 hours, 56 days, 26 weeks, 12 months, 8 quarters, 6 years
	Season  bool // only values of the same phase of the series' first season as the step
}

func (m Window) String() string {
	var in []string
	if m.Periods > 0 {
		in = append(in, strconv.Itoa(m.Periods))
	}
	if m.Season {
		in = append(in, "season")
	}
	if in == nil {
		return "window"
	}
	return "window(" + strings.Join(in, ",") + ")"
}

func (m Window) periods(f tidewatch.Freq) int {
	if m.Periods > 0 {
		return m.Periods
	}
	n := map[tidewatch.Unit]int{tidewatch.Hour: 168, tidewatch.Day: 56, tidewatch.Week: 26, tidewatch.Month: 12, tidewatch.Quarter: 8, tidewatch.Year: 6}[f.Unit]
	return max(6, n/max(1, f.N))
}

// Fit implements [fleet.Method]. The window ends at the last known value.
func (m Window) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	f := &model{size: m.periods(s.Grid.Freq), season: 1}
	if m.Season {
		f.season = s.Season()
	}
	f.size = max(f.size, f.season)
	f.Update(s, 0)
	if f.known == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "none of its %d values is known", len(s.Values))
	}
	return f, nil
}

// Load implements [fleet.Loader].
func (Window) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &model{size: r.Count(1, math.MaxInt32), season: r.Count(1, math.MaxInt32), n: r.Count(1, math.MaxInt32), gap: r.Count(0, math.MaxInt32), last: r.Floats()}
	if f.season > f.size || len(f.last) > f.size {
		r.Fail("the model file is damaged: a window of %d values over %d periods", len(f.last), f.size)
	}
	f.count()
	if f.known == 0 {
		r.Fail("the model file is damaged: a window without values")
	}
	return f, r.Err()
}

type model struct {
	size   int
	season int
	n      int       // periods seen; the phase of the next is n % season
	gap    int       // unknown periods at the end, not in last
	last   []float64 // up to size values up to the last known one; NaN = unknown
	known  int       // of last
}

// Update implements [fleet.Updater].
func (f *model) Update(s tidewatch.Series, from int) {
	next := slices.Clone(f.last)
	for _, v := range s.Values[from:] {
		f.n++
		if v != v {
			f.gap++
			continue
		}
		for range min(f.gap, f.size) {
			if len(next) > 0 {
				next = append(next, math.NaN())
			}
		}
		next, f.gap = append(next, v), 0
	}
	f.last = slices.Clone(next[max(0, len(next)-f.size):])
	f.count()
}

func (f *model) count() {
	f.known = 0
	for _, v := range f.last {
		if v == v {
			f.known++
		}
	}
}

// Forecast implements [fleet.Model].
func (f *model) Forecast(levels, mean, q []float64) {
	all := make([]float64, 0, f.known)
	for _, v := range f.last {
		if v == v {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	n := len(levels)
	period := min(f.season, len(mean))
	for h := range period {
		x := all
		if f.season > 1 {
			if x = f.phase((f.n + h) % f.season); len(x) == 0 {
				x = all
			}
		}
		mean[h] = average(x)
		for l, p := range levels {
			q[h*n+l] = quantile(x, p)
		}
	}
	for h := period; h < len(mean); h++ {
		mean[h] = mean[h-period]
		copy(q[h*n:(h+1)*n], q[(h-period)*n:])
	}
}

// phase is the known values of one phase of the season, ascending.
func (f *model) phase(p int) []float64 {
	var x []float64
	for k := 1; k <= len(f.last); k++ {
		if v := f.last[len(f.last)-k]; v == v && ((f.n-f.gap-k)%f.season+f.season)%f.season == p {
			x = append(x, v)
		}
	}
	slices.Sort(x)
	return x
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// quantile of ascending values by definition 6 of Hyndman & Fan (1996).
func quantile(x []float64, p float64) float64 {
	at := min(max(p*float64(len(x)+1)-1, 0), float64(len(x)-1))
	lo := int(at)
	hi := min(lo+1, len(x)-1)
	return x[lo] + (at-float64(lo))*(x[hi]-x[lo])
}

// Save implements [fleet.Saver].
func (f *model) Save(w *fleet.Writer) {
	w.Int(f.size)
	w.Int(f.season)
	w.Int(f.n)
	w.Int(f.gap)
	w.Floats(f.last)
}
