// Package combine makes one forecast of several.
package combine

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Median is, at each step and level, the median of the members' quantiles, and of their means. The median of several forecasts
// is hard to beat by any choice among them (Petropoulos & Svetunkov 2020, A simple combination of univariate models). Quantiles of one
// level are combined with each other, not the densities, so that the result is no wider than its members (Lichtendahl,
// Grushka-Cockayne & Winkler 2013). A member that cannot fit a series,
// or whose forecast is not finite, is left out of it.
type Median struct {
	Name    string // how it was named, if by less than its members
	Members []fleet.Method
}

func (m Median) String() string {
	if m.Name != "" {
		return m.Name
	}
	names := make([]string, len(m.Members))
	for i, x := range m.Members {
		names[i] = x.String()
	}
	return "median(" + strings.Join(names, ",") + ")"
}

// Fit implements [fleet.Method]. It fails where every member does, with the first one's reason.
func (m Median) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	f := &median{members: make([]fleet.Updater, len(m.Members))}
	var first error
	fitted := 0
	for i, x := range m.Members {
		fit, err := x.Fit(s, rng)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		u, ok := fit.(fleet.Updater)
		if !ok {
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "%s cannot be updated, so it cannot be a member of a combination", x)
		}
		f.members[i] = u
		fitted++
	}
	if fitted == 0 {
		return nil, first
	}
	return f, nil
}

// Load implements [fleet.Loader].
func (m Median) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &median{members: make([]fleet.Updater, len(m.Members))}
	fitted := 0
	for i, x := range m.Members {
		if !r.Bool() {
			continue
		}
		l, ok := x.(fleet.Loader)
		if !ok {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "models of %s cannot be saved", x)
		}
		fit, err := l.Load(r)
		if err != nil {
			return nil, err
		}
		f.members[i] = fit.(fleet.Updater)
		fitted++
	}
	if fitted == 0 {
		r.Fail("the model file is damaged: a combination of nothing")
	}
	return f, r.Err()
}

type median struct {
	members []fleet.Updater // nil where a member could not fit
}

// Update implements [fleet.Updater].
func (f *median) Update(s tidewatch.Series, from int) {
	for _, m := range f.members {
		if m != nil {
			m.Update(s, from)
		}
	}
}

// Forecast implements [fleet.Model].
func (f *median) Forecast(levels, mean, q []float64) {
	width := len(mean) + len(q)
	var all [][]float64
	for _, m := range f.members {
		if m == nil {
			continue
		}
		one := make([]float64, width)
		m.Forecast(levels, one[:len(mean)], one[len(mean):])
		if all == nil || finite(one) {
			all = append(all, one)
		}
	}
	if len(all) > 1 && !finite(all[0]) {
		all = all[1:]
	}
	x := make([]float64, len(all))
	at := func(i int) float64 {
		for k := range all {
			x[k] = all[k][i]
		}
		slices.Sort(x)
		return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
	}
	for h := range mean {
		mean[h] = at(h)
	}
	for i := range q {
		q[i] = at(len(mean) + i)
	}
}

func finite(x []float64) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// Save implements [fleet.Saver].
func (f *median) Save(w *fleet.Writer) {
	for _, m := range f.members {
		w.Bool(m != nil)
		if m != nil {
			m.(fleet.Saver).Save(w)
		}
	}
}
