package ets

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// HoltWinters is exponential smoothing with an additive trend and an additive season (Holt 1957, Winters 1960): the form AAA, or AAdA with
// Damped. The season is left out where the series has none or fewer than two full ones are known, the trend too where fewer than ten values
// are known.
type HoltWinters struct{ Damped bool }

func (m HoltWinters) String() string {
	if m.Damped {
		return "hw(damped)"
	}
	return "hw"
}

// Fit implements [fleet.Method]. It needs four known values.
func (m HoltWinters) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	f, _, err := m.fit(s, rng)
	return f, err
}

// Explain implements [fleet.Explainer].
func (m HoltWinters) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	_, form, err := m.fit(s, rng)
	if err != nil {
		return nil, err
	}
	return form.Explain(s, steps, rng)
}

// fit is the model of s and the method of a fixed form that makes it.
func (m HoltWinters) fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, Method, error) {
	known := 0
	for _, v := range s.Values {
		if v == v {
			known++
		}
	}
	form := Form{Error: Additive, Trend: Additive, Season: Additive, Damped: m.Damped}
	if len(s.Seasons) == 0 || known < 2*s.Season()+4 {
		form.Season = None
	}
	if form.Season == None && known < 10 {
		form.Trend, form.Damped = None, false
	}
	fixed := Method{Form: form, Season: s.Season()}
	f, err := fixed.Fit(s, rng)
	if err != nil && form.Season != None { // a season that cannot be fitted, such as one of a constant series
		form.Season = None
		fixed = Method{Form: form, Season: 1}
		f, err = fixed.Fit(s, rng)
	}
	return f, fixed, err
}

// Load implements [fleet.Loader].
func (HoltWinters) Load(r *fleet.Reader) (fleet.Model, error) { return Method{}.Load(r) }
