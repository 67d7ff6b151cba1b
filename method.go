package tidewatch

import (
	"context"
	"fmt"
)

// Method is a way to forecast: an immutable recipe, usually a configuration struct whose zero value is its documented default.
// Its String is the form that names it on the command line, such as "snaive" or "ets(AAdA)".
type Method interface {
	fmt.Stringer
	// Fit learns from the panel and must not keep a reference to memory the caller may change. It stops with ctx's error soon after
	// ctx ends. One series that cannot be fitted never fails the rest: it shows in the forecast's Problems.
	Fit(ctx context.Context, p *Panel) (Model, error)
}

// Model is what fitting returned. It is safe for concurrent use as long as nobody calls Update.
type Model interface {
	// Forecast answers a: the same model and ask give the same bytes, at any number of workers.
	Forecast(ctx context.Context, a Ask) (*Forecast, error)
}

// Updater is a model that takes in new values without being fitted again.
type Updater interface {
	Model
	// Update advances the model to the end of p: the panel it was fitted on (the same series in the same order), grown by later
	// values. Parameters are kept, states move on. One writer at a time, and no reader meanwhile.
	Update(ctx context.Context, p *Panel) error
}

// Sampler is a model with joint sample paths of its own. Any other model gets them by reordering its marginals (package conform).
type Sampler interface {
	Model
	// Sample draws n joint paths of the series a asks about.
	Sample(ctx context.Context, a Ask, n int) (*Paths, error)
}
