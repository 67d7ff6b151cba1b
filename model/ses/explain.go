package ses

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/num/smooth"
)

// Explain implements [fleet.Explainer]: all is level.
func (SES) Explain(s tidewatch.Series, steps int, _ *rand.Rand) (*tidewatch.Account, error) {
	f, ok := smooth.Fit(s.Values, smooth.MinAlpha, smooth.MaxAlpha)
	if !ok {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "simple exponential smoothing needs 3 known values")
	}
	return &tidewatch.Account{Form: "ETS(A,N,N)",
		Parts:      []tidewatch.Part{{Kind: tidewatch.LevelPart, Values: f.Trace(s.Values, steps)}},
		Parameters: []tidewatch.Parameter{{Name: "alpha", Value: f.Alpha}, {Name: "sigma", Value: math.Sqrt(f.Variance())}}}, nil
}
