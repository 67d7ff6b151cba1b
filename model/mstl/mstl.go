// Package mstl takes the seasons out of a series by loess, forecasts what is left by another method, and puts the last seasons back.
package mstl

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/season"
)

// MSTL decomposes a series by STL (Cleveland, Cleveland, McRae & Terpenning 1990) for each of its seasons in turn, twice where there are
// several (Bandara, Hyndman & Bergmeir 2021). Rest forecasts the series without its seasons; each step is given what the last
// round of each season had at its phase. Seasons of which fewer than two rounds are there are left out; hourly series with a day have a week too.
type MSTL struct {
	Rest    fleet.Method
	Default bool // Rest is the one that goes without saying
	Robust  bool // outliers get less weight: five passes of STL's outer loop
}

func (m MSTL) String() string {
	var in []string
	if !m.Default {
		in = append(in, m.Rest.String())
	}
	if m.Robust {
		in = append(in, "robust")
	}
	if in == nil {
		return "mstl"
	}
	return "mstl(" + strings.Join(in, ",") + ")"
}

// Fit implements [fleet.Method]. It needs what Rest needs.
func (m MSTL) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	first := slices.IndexFunc(s.Values, func(v float64) bool { return v == v })
	if first < 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "none of its %d values is known", len(s.Values))
	}
	y := slices.Clone(s.Values[first:])
	f := &model{n: len(y), cycles: m.decompose(y, season.WithWeek(s.Seasons, s.Grid.Freq))}
	rest, err := m.Rest.Fit(f.without(s, y, first), rng)
	if err != nil {
		return nil, err
	}
	var ok bool
	if f.rest, ok = rest.(fleet.Updater); !ok {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s cannot be updated, so it cannot forecast what mstl leaves", m.Rest)
	}
	return f, nil
}

// decompose takes the seasons out of y, in place, and returns the last round of each, by phase counted from the start of y.
func (m MSTL) decompose(y []float64, seasons []int) [][]float64 {
	seasons = kept(seasons, len(y))
	return lastRounds(m.split(y, seasons), seasons)
}

// kept is the seasons that n values show two rounds of.
func kept(seasons []int, n int) []int {
	return slices.DeleteFunc(slices.Clone(seasons), func(period int) bool { return n < 2*period })
}

// split takes the seasons out of y, in place, and returns what each was, [season][period]; nil for one that cannot be found.
func (m MSTL) split(y []float64, seasons []int) [][]float64 {
	parts := make([][]float64, len(seasons))
	for range min(2, len(seasons)) {
		for i, period := range seasons {
			for t, v := range parts[i] {
				y[t] += v
			}
			parts[i] = nil
			stl := season.STL{Period: period, Seasonal: 7 + 4*(i+1)} // the windows of Bandara et al.: 11, 15, ...
			if m.Robust {
				stl.Robust = 5
			}
			d, err := stl.Decompose(y)
			if err != nil { // a phase that is never known: no such season
				continue
			}
			parts[i] = d.Seasonal
			for t, v := range parts[i] {
				y[t] -= v
			}
		}
		if len(seasons) == 1 {
			break
		}
	}
	return parts
}

// lastRounds is the last round of each season that was found, by phase counted from the first value.
func lastRounds(parts [][]float64, seasons []int) [][]float64 {
	var cycles [][]float64
	for i, part := range parts {
		if part == nil {
			continue
		}
		c := make([]float64, seasons[i])
		for t := len(part) - len(c); t < len(part); t++ {
			c[t%len(c)] = part[t]
		}
		cycles = append(cycles, c)
	}
	return cycles
}

type model struct {
	rest   fleet.Updater
	cycles [][]float64 // [season][phase]
	n      int         // periods since the first known value
}

// without is the series y, which begins first periods into s, as Rest sees it.
func (f *model) without(s tidewatch.Series, y []float64, first int) tidewatch.Series {
	return tidewatch.Series{ID: s.ID, Grid: s.Grid, Start: s.Start + first, Values: y}
}

// seasonal is the sum of the seasons t periods after the first value.
func (f *model) seasonal(t int) float64 {
	v := 0.0
	for _, c := range f.cycles {
		v += c[t%len(c)]
	}
	return v
}

// Forecast implements [fleet.Model].
func (f *model) Forecast(levels, mean, q []float64) {
	f.rest.Forecast(levels, mean, q)
	for h := range mean {
		v := f.seasonal(f.n + h)
		mean[h] += v
		for l := range levels {
			q[h*len(levels)+l] += v
		}
	}
}

// Update implements [fleet.Updater]. The seasons stay as they were.
func (f *model) Update(s tidewatch.Series, from int) {
	y := slices.Clone(s.Values)
	start := len(s.Values) - (f.n + len(s.Values) - from)
	for t := from; t < len(y); t++ {
		y[t] -= f.seasonal(t - start)
	}
	f.n += len(y) - from
	f.rest.Update(f.without(s, y, 0), from)
}

// Save implements [fleet.Saver].
func (f *model) Save(w *fleet.Writer) {
	w.Int(f.n)
	w.Int(len(f.cycles))
	for _, c := range f.cycles {
		w.Floats(c)
	}
	f.rest.(fleet.Saver).Save(w)
}

// Load implements [fleet.Loader].
func (m MSTL) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &model{n: r.Count(0, math.MaxInt32)}
	n := r.Count(0, min(100, r.Left()))
	for i := 0; i < n && r.Err() == nil; i++ {
		c := r.FiniteFloats()
		if len(c) == 0 {
			r.Fail("the model file is damaged: an empty season")
		}
		f.cycles = append(f.cycles, c)
	}
	l, ok := m.Rest.(fleet.Loader)
	if !ok {
		r.Fail("models of %s cannot be read", m.Rest)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	rest, err := l.Load(r)
	if err != nil {
		return nil, err
	}
	if f.rest, ok = rest.(fleet.Updater); !ok {
		r.Fail("models of %s cannot be updated", m.Rest)
	}
	return f, r.Err()
}
