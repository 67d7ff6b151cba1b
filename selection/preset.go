package selection

import (
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
)

// Preset names a budget of computing time.
type Preset string

// The presets.
const (
	Light    Preset = "light"    // cheap methods at two origins: for very many series
	Standard Preset = "standard" // the default
	Large    Preset = "large"    // every method worth a try, at more origins
)

var (
	lightNames    = []string{"snaive", "naive", "drift", "ses", "stm", "window", "count"}
	standardNames = []string{"snaive", "naive", "drift", "ses", "stm", "window", "count", "ets"}
)

// names of the preset's candidates, and how many origins they are tried at.
func (p Preset) names() ([]string, int, error) {
	switch p {
	case Light:
		return lightNames, 2, nil
	case Standard, "":
		return standardNames, 4, nil
	case Large:
		return standardNames, 6, nil
	}
	return nil, 0, tidewatch.Errorf(tidewatch.CodeUsage, "preset %q is not known: use light, standard or large", string(p))
}

// candidates are the methods to choose from, the seasonal naive forecast among them, and the number of origins.
func (a Auto) candidates() ([]tidewatch.Method, int, error) {
	names, windows, err := a.Preset.names()
	if err != nil {
		return nil, 0, err
	}
	if a.Windows > 0 {
		windows = a.Windows
	}
	if a.Methods == nil {
		var methods []tidewatch.Method
		for _, name := range names {
			local, err := model.Local(name)
			if err != nil {
				return nil, 0, err
			}
			// No fallback: a candidate that cannot forecast a series takes no part in its combination.
			methods = append(methods, fleet.Lifted{Method: local, Seed: a.Seed})
		}
		return methods, windows, nil
	}
	base := backtest.Baseline()
	for _, m := range a.Methods {
		if m.String() == base.String() {
			return a.Methods, windows, nil
		}
	}
	return append(slices.Clone(a.Methods), base), windows, nil
}
