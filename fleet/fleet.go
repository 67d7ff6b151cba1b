// Package fleet runs methods that see one series at a time over whole panels, and over streams of panels.
package fleet

import (
	"fmt"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// Method is a method that sees one series at a time: an immutable recipe, usually a configuration struct whose zero value is its
// documented default. Its String is the form that names it on the command line.
type Method interface {
	fmt.Stringer
	// Fit learns from one series. Unknown values are NaN, and what was unavailable is already NaN; the series may be empty, constant or
	// wholly unknown. A series the method cannot fit is an error with a code ([tidewatch.CodeTooShort], ...): a simpler method
	// then takes its place. rng depends on the run's seed and the series' id only. Fit keeps no reference to s.
	Fit(s tidewatch.Series, rng *rand.Rand) (Model, error)
}

// Model is one fitted series.
type Model interface {
	// Forecast fills mean [step] and q [step*len(levels)+level] with the forecast of the len(mean) periods after the series' end.
	// levels ascend; quantiles must be finite and never cross. It is safe for concurrent use.
	Forecast(levels, mean, q []float64)
}
