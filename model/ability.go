package model

import (
	"math"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model/arima"
	"github.com/tidewatch/tidewatch/model/prophet"
	"github.com/tidewatch/tidewatch/model/structural"
)

// Ability is something that a method's fitted models can do.
type Ability string

// The abilities. Every method of the table has all but the last two; of those that draw no paths of their own, paths are drawn from the quantiles
// (package conform).
const (
	Quantiles  Ability = "quantiles"
	Paths      Ability = "paths"
	Fitted     Ability = "fitted values"
	Components Ability = "components"
	Updates    Ability = "update" // without being fitted again
	Saves      Ability = "save"
	Unknowns   Ability = "unknown values" // inside a series
	OwnPaths   Ability = "own paths"      // drawn by the model itself
	Known      Ability = "covariates"     // known ahead
)

// SeesCovariates reports whether a method over one series takes covariates by itself.
func SeesCovariates(m fleet.Method) bool {
	switch m.(type) {
	case arima.Method, prophet.Prophet, structural.Structural:
		return true
	}
	return false
}

// Described is every method of the table with its abilities, which are found by fitting each to a small series with an unknown value.
func Described() []Entry {
	all := All()
	for i := range all {
		if m, err := Local(all[i].Name); err == nil {
			all[i].Abilities = abilities(m)
		}
	}
	return all
}

func abilities(m fleet.Method) []Ability {
	s := tidewatch.Series{ID: "s", Values: make([]float64, 40), Seasons: []int{4},
		Grid: tidewatch.Grid{Freq: tidewatch.Quarterly, Anchor: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}
	for t := range s.Values {
		s.Values[t] = float64(10 + t%4 + t*t%7)
	}
	s.Values[20] = math.NaN()
	fit, err := m.Fit(s, fleet.Rand(1, s.ID))
	if err != nil {
		return nil
	}
	list := []Ability{Quantiles, Paths}
	if _, err := fleet.Explain(m, s, 4, fleet.Rand(1, s.ID)); err == nil {
		list = append(list, Fitted, Components)
	}
	if _, ok := fit.(fleet.Updater); ok {
		list = append(list, Updates)
	}
	if _, ok := m.(fleet.Loader); ok {
		if _, ok := fit.(fleet.Saver); ok {
			list = append(list, Saves)
		}
	}
	list = append(list, Unknowns) // it was fitted
	if _, ok := fit.(fleet.Sampler); ok {
		list = append(list, OwnPaths)
	}
	if SeesCovariates(m) {
		list = append(list, Known)
	}
	return list
}
