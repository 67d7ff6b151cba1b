package theta

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Auto is, for each series, the one of the four Theta models ([STM], OTM, DSTM and DOTM) with the least squared errors one step ahead,
// those of its parameters that were estimated paid for as by AICc.
type Auto struct{}

func (Auto) String() string { return "theta" }

// models are those to choose from. The order is part of saved models.
var models = [...]fleet.Method{STM{}, Optimised{Theta: true}, Optimised{Dynamic: true}, Optimised{Dynamic: true, Theta: true}}

// estimated is how many parameters each has beyond its season: the level, α, and θ or the slope.
var estimated = [...]float64{3, 3, 2, 3}

// Fit implements [fleet.Method]. It needs four known values.
func (m Auto) Fit(s tidewatch.Series, rng *rand.Rand) (fleet.Model, error) {
	k, err := m.choose(s, rng)
	if err != nil {
		return nil, err
	}
	fit, err := models[k].Fit(s, rng)
	if err != nil {
		return nil, err
	}
	return &chosen{fit.(inner), k}, nil
}

// Explain implements [fleet.Explainer].
func (m Auto) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	k, err := m.choose(s, rng)
	if err != nil {
		return nil, err
	}
	return fleet.Explain(models[k], s, steps, rng)
}

func (Auto) choose(s tidewatch.Series, rng *rand.Rand) (int, error) {
	best, least := -1, math.Inf(1)
	var first error
	for k, m := range models {
		a, err := fleet.Explain(m, s, 0, rng)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		n, squares := 0.0, 0.0
		for t, v := range a.Total() {
			if e := s.Values[t] - v; e == e {
				if n++; n > burn {
					squares += e * e
				}
			}
		}
		n -= burn
		p := estimated[k] + 1
		cost := math.Inf(1)
		switch {
		case n > p+1:
			cost = n*math.Log(squares/n+math.SmallestNonzeroFloat64) + 2*p + 2*p*(p+1)/(n-p-1)
		case best < 0:
			cost = math.MaxFloat64
		}
		if best < 0 || cost < least {
			best, least = k, cost
		}
	}
	if best < 0 {
		return 0, first
	}
	return best, nil
}

// inner is what a model of this package can do.
type inner interface {
	fleet.Updater
	fleet.Saver
}

// chosen is a model and which of models made it.
type chosen struct {
	inner
	kind int
}

// Save implements [fleet.Saver].
func (m *chosen) Save(w *fleet.Writer) {
	w.Int(m.kind)
	m.inner.Save(w)
}

// Load implements [fleet.Loader].
func (Auto) Load(r *fleet.Reader) (fleet.Model, error) {
	k := r.Count(0, len(models)-1)
	fit, err := models[k].(fleet.Loader).Load(r)
	if err != nil {
		return nil, err
	}
	return &chosen{fit.(inner), k}, nil
}
