package selection

import (
	"cmp"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/backtest"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/model"
	"github.com/tidewatch/tidewatch/model/gbm"
)

// Preset names a budget of computing time.
type Preset string

// The presets.
const (
	Light    Preset = "light"    // cheap methods at two origins: for very many series
	Standard Preset = "standard" // the default
	Large    Preset = "large"    // every method worth a try, at more origins
)

// roster is a preset's candidates for amounts and for counts, and how many origins they are tried at.
type roster struct {
	amounts, counts []string
	windows         int
	global          string // budget of gbm, which learns across series
}

// On the last horizon of the training parts, gbm among the candidates takes auto's WQL on carparts, counts, from .863 to .856, and on tourism
// monthly, amounts, from .152 to .154. It takes ten times as long as all the others together (the demo 98 s instead of 8): only the large
// preset tries it.
var rosters = map[Preset]roster{
	Light: {
		amounts: []string{"snaive", "naive", "ses", "stm", "dotm", "ar"},
		counts:  []string{"snaive", "window", "count"},
		windows: 2,
	},
	Standard: {
		amounts: []string{"snaive", "naive", "drift", "ses", "stm", "dotm", "ar", "ets", "ets(steady)"},
		counts:  []string{"snaive", "window", "count", "ar"},
		windows: 4,
	},
	Large: {
		amounts: []string{"snaive", "naive", "drift", "window", "ses", "stm", "otm", "dotm", "ar", "ets", "ets(steady)", "hw(damped)", model.Boosted, network},
		counts:  []string{"snaive", "window", "window(season)", "count", "tsb", "sba", "croston", "ses", "ar", "ets", model.Boosted, network},
		windows: 6,
		global:  "standard",
	},
}

// network is the method that trains networks, with its parameters: half the usual networks, as it is one of many candidates, and trained twice,
// at the earliest origin and on everything. The large preset, gbm and networks together, has OWA .398 on M4 Hourly in 221 CPU seconds, light .404.
const network = "nhits(members=3)"

// leastGlobal is how many series of a kind there must be for a method that learns across them to be tried.
const leastGlobal = 30

// candidates are the methods to choose from for so many series, the seasonal naive forecast among them, and the number of origins. The method
// that learns across series is for kinds that stay in one piece: of more series it would cost more than all others together.
func (a Auto) candidates(counts bool, series int) ([]tidewatch.Method, int, error) {
	r, ok := rosters[cmp.Or(a.Preset, Standard)]
	if !ok {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeUsage, "preset %q is not known: use light, standard or large", string(a.Preset))
	}
	windows := cmp.Or(a.Windows, r.windows)
	if a.Methods == nil {
		names := r.amounts
		if counts {
			names = r.counts
		}
		var methods []tidewatch.Method
		for _, name := range names {
			if name == model.Boosted {
				if series >= leastGlobal && series <= 2*groupSize {
					methods = append(methods, gbm.Method{Horizon: a.Horizon, Seed: a.Seed}.Budget(r.global))
				}
				continue
			}
			if name == network {
				if series >= leastGlobal && series <= 2*groupSize {
					m, err := model.Panel(name, a.Seed, 0)
					if err != nil {
						return nil, 0, err
					}
					methods = append(methods, model.For(m, a.Horizon))
				}
				continue
			}
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
