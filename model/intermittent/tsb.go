package intermittent

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// TSB smooths demand sizes, and in every period the chance of a demand, so that the forecast of an item that no longer sells falls to
// zero (Teunter, Syntetos & Babai 2011). The zero value chooses both parameters from a grid: that of the chance by the likelihood
// of demand or none in each period, that of the sizes by the squared error of the next size.
type TSB struct {
	Size, Chance float64 // smoothing parameters; 0 = chosen
}

func (m TSB) String() string {
	if m == (TSB{}) {
		return "tsb"
	}
	f := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return "tsb(" + f(m.Size) + "," + f(m.Chance) + ")"
}

var grid = [...]float64{.02, .05, .1, .2, .3}

// Fit implements [fleet.Method].
func (m TSB) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	if err := check(s, m.String()); err != nil {
		return nil, err
	}
	if m.Chance == 0 {
		m.Chance = best(func(a float64) float64 { return surprise(s.Values, a) })
	}
	if m.Size == 0 {
		m.Size = best(func(a float64) float64 { return sizeError(s.Values, a) })
	}
	f := &tsb{sizes: sizes{alpha: m.Size}, beta: m.Chance}
	f.Update(s, 0)
	f.sizes = f.clone()
	return f, nil
}

// best is the parameter of the least loss, the smallest where several are.
func best(loss func(float64) float64) float64 {
	at, least := grid[0], math.Inf(1)
	for _, a := range grid {
		if l := loss(a); l < least {
			at, least = a, l
		}
	}
	return at
}

// surprise is the negative log-likelihood of demand or none in each period, chances kept from 0 and 1 as far as one
// period in the series' length allows.
func surprise(y []float64, beta float64) float64 {
	f := &tsb{beta: beta}
	edge := 1 / float64(len(y)+1)
	sum := 0.0
	for _, v := range y {
		if v != v {
			continue
		}
		if f.seen {
			p := min(max(f.chance, edge), 1-edge)
			if v > 0 {
				sum -= math.Log(p)
			} else {
				sum -= math.Log1p(-p)
			}
		}
		f.occur(v)
	}
	return sum
}

func sizeError(y []float64, alpha float64) float64 {
	sum, level, seen := 0.0, 0.0, false
	for _, v := range y {
		switch {
		case !(v > 0):
		case !seen:
			level, seen = v, true
		default:
			e := v - level
			sum += e * e
			level += alpha * e
		}
	}
	return sum
}

// Load implements [fleet.Loader].
func (m TSB) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &tsb{sizes: loadSizes(r), beta: r.Finite(), chance: r.Finite(), seen: r.Bool()}
	if !(f.beta > 0 && f.beta <= 1) || !(f.chance >= 0 && f.chance <= 1) {
		r.Fail("the model file is damaged: a chance of %g", f.chance)
	}
	return f, r.Err()
}

type tsb struct {
	sizes
	beta   float64
	chance float64 // of a demand, smoothed; starts at that of the first period
	seen   bool
}

func (f *tsb) occur(v float64) {
	d := 0.0
	if v > 0 {
		d = 1
	}
	if !f.seen {
		f.chance, f.seen = d, true
		return
	}
	f.chance += f.beta * (d - f.chance)
}

// Update implements [fleet.Updater]. Values below zero count as zero; unknown periods are passed over.
func (f *tsb) Update(s tidewatch.Series, from int) {
	for _, v := range s.Values[from:] {
		if v != v {
			continue
		}
		f.occur(v)
		if v > 0 {
			f.add(v)
		}
	}
}

// Forecast implements [fleet.Model].
func (f *tsb) Forecast(levels, mean, q []float64) {
	f.fill(f.chance, f.chance*f.mean, levels, mean, q)
}

// Save implements [fleet.Saver].
func (f *tsb) Save(w *fleet.Writer) {
	f.save(w)
	w.Float(f.beta)
	w.Float(f.chance)
	w.Bool(f.seen)
}

// Explain implements [fleet.Explainer]: the forecasts of the model with the parameters it has now.
func (m TSB) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := fit.(*tsb)
	a, err := fleet.Follow(TSB{Size: f.alpha, Chance: f.beta}, tidewatch.LevelPart, "", s, steps, rng)
	if err != nil {
		return nil, err
	}
	a.Parameters = []tidewatch.Parameter{{Name: "alpha", Value: f.alpha}, {Name: "beta", Value: f.beta}, {Name: "chance", Value: f.chance}, {Name: "size", Value: f.mean}}
	return a, nil
}
