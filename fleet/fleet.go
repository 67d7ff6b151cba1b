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
	// then takes its place. rng depends on the run's seed and the series' id only, and is valid during the call only. Fit keeps no
	// reference to s.
	Fit(s tidewatch.Series, rng *rand.Rand) (Model, error)
}

// Model is one fitted series.
type Model interface {
	// Forecast fills mean [step] and q [step*len(levels)+level] with the forecast of the len(mean) periods after the series' end.
	// levels ascend; quantiles must be finite and never cross. It is safe for concurrent use.
	Forecast(levels, mean, q []float64)
}

// Updater is a model that takes in new values without being fitted again: parameters stay, states move on.
type Updater interface {
	Model
	// Update advances the model over s.Values[from:], the values that came after what it has seen. What was unavailable is NaN.
	Update(s tidewatch.Series, from int)
}

// Sampler is a model with sample paths of its own.
type Sampler interface {
	Model
	// Sample fills out [sample][step] with len(out)/steps possible futures.
	Sample(rng *rand.Rand, steps int, out []float64)
}

// Saver is a model whose state can be saved.
type Saver interface {
	Model
	// Save writes the state: all that Forecast, Update and Sample need beside the method's configuration.
	Save(w *Writer)
}

// Loader is a method whose models can be saved and read back.
type Loader interface {
	Method
	// Load reads what a model of this method saved. Whatever r holds, it must end without a crash and without a large allocation;
	// a model that is not valid is an error, r.Err() included.
	Load(r *Reader) (Model, error)
}
