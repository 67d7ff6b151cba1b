// Package ses is simple exponential smoothing.
package ses

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/num/smooth"
)

// SES is simple exponential smoothing, ETS(A,N,N): l_t = l_{t-1} + α e_t with e_t = y_t - l_{t-1} (Hyndman, Koehler, Ord & Snyder 2008,
// section 2.5). α minimises the squared one-step errors, with the initial level that is best for each α, found exactly: the
// errors are linear in it. An unknown value leaves the level as it is. The variance of step h is σ² (1 + (h-1) α²).
type SES struct{}

func (SES) String() string { return "ses" }

// Fit implements [fleet.Method]. It needs three known values.
func (SES) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	f, ok := smooth.Fit(s.Values, smooth.MinAlpha, smooth.MaxAlpha)
	if !ok {
		return nil, tidewatch.Errorf(tidewatch.CodeTooShort, "simple exponential smoothing needs 3 known values")
	}
	return &model{f}, nil
}

// Load implements [fleet.Loader].
func (SES) Load(r *fleet.Reader) (fleet.Model, error) {
	f := smooth.Level{Alpha: r.Finite(), Last: r.Finite(), SSE: r.Finite(), N: r.Count(3, math.MaxInt32), Gap: r.Count(0, math.MaxInt32)}
	if !(f.SSE >= 0) || f.Alpha < 0 || f.Alpha > 1 {
		r.Fail("the model file is damaged: α %g, squared errors %g", f.Alpha, f.SSE)
	}
	return &model{f}, r.Err()
}

type model struct{ smooth.Level }

// Forecast implements [fleet.Model].
func (m *model) Forecast(levels, mean, q []float64) {
	sd := make([]float64, len(mean))
	for h := range mean {
		mean[h] = m.Last
		sd[h] = math.Sqrt(m.Variance() * (1 + float64(h+m.Gap)*m.Alpha*m.Alpha))
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// Update implements [fleet.Updater].
func (m *model) Update(s tidewatch.Series, from int) { m.Advance(s.Values[from:]) }

// Save implements [fleet.Saver].
func (m *model) Save(w *fleet.Writer) {
	w.Float(m.Alpha)
	w.Float(m.Last)
	w.Float(m.SSE)
	w.Int(m.N)
	w.Int(m.Gap)
}
