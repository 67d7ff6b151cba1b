package prophet

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/regressor"
)

// model is one fitted series. Times are periods since first; the trend's are shares of span.
type model struct {
	first, span int // grid index of the first known value; periods from it to the last
	end         int // grid index after the last period seen
	unit        float64
	bend        []float64 // where the trend may bend
	cycles      []cycle
	terms       []regressor.Term
	size        []float64   // [term] standard deviation
	ahead       [][]float64 // [term][step]
	coef        []float64   // of the columns of design
	sigma       float64
}

// parts adds up the columns of one period: trend, each cycle, each term.
func (f *model) parts(row, cycles, terms []float64) (trend float64) {
	k := 2 + len(f.bend)
	for i := range k {
		trend += f.coef[i] * row[i]
	}
	for c := range f.cycles {
		cycles[c] = 0
		for range 2 * f.cycles[c].pairs {
			cycles[c] += f.coef[k] * row[k]
			k++
		}
	}
	for t := range f.terms {
		terms[t] = f.coef[k] * row[k]
		k++
	}
	return trend
}

func (f *model) future(h int) []float64 {
	return regressor.Future(f.terms, f.ahead, h)
}

// expected is the mean of each step.
func (f *model) expected(mean []float64) {
	row := make([]float64, f.columns())
	cycles, terms := make([]float64, len(f.cycles)), make([]float64, len(f.terms))
	for h := range mean {
		f.design(f.end-f.first+h, f.future(h), row)
		v := f.parts(row, cycles, terms)
		for _, c := range cycles {
			v += c
		}
		for _, c := range terms {
			v += c
		}
		mean[h] = f.unit * v
	}
}

// Forecast implements [fleet.Model]. Quantiles are normal with the variance of the noise and of the bends to come, which [model.Sample] draws:
// a bend of mean square 2b² (Laplace of scale b) k periods ago has moved the trend by k times its size.
func (f *model) Forecast(levels, mean, q []float64) {
	f.expected(mean)
	scale, chance, period := f.bending()
	sd := make([]float64, len(mean))
	variance := 0.0
	for k := 1; k < f.end-f.first-f.span; k++ { // periods after the last known one
		variance += float64(k) * float64(k)
	}
	behind := f.end - f.first - 1 - f.span
	for h := range mean {
		k := float64(behind + h + 1)
		variance += k * k
		sd[h] = f.unit * math.Sqrt(f.sigma*f.sigma+chance*2*scale*scale*period*period*variance)
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// bending is the mean size of a bend, the chance of one within a period, and the length of a period in shares of the span.
func (f *model) bending() (scale, chance, period float64) {
	for i := range f.bend {
		scale += math.Abs(f.coef[2+i]) / float64(len(f.bend))
	}
	period = 1 / float64(max(1, f.span))
	return scale, min(1, float64(len(f.bend))*period), period
}

// Sample implements [fleet.Sampler]: in the future the trend bends as often as it could in the past, by as much as it did on average (TL,
// section 3.1.4).
func (f *model) Sample(rng *rand.Rand, steps int, out []float64) {
	mean := make([]float64, steps)
	f.expected(mean)
	scale, chance, period := f.bending()
	behind := f.end - f.first - 1 - f.span // periods after the last known one
	for at := 0; at < len(out); at += steps {
		off, slope := 0.0, 0.0
		for h := -behind; h < steps; h++ {
			if rng.Float64() < chance {
				size := -scale * math.Log(1-rng.Float64())
				if rng.IntN(2) == 0 {
					size = -size
				}
				slope += size
			}
			off += slope * period
			if h >= 0 {
				out[at+h] = mean[h] + f.unit*(off+f.sigma*rng.NormFloat64())
			}
		}
	}
}

// Update implements [fleet.Updater]: time goes on; nothing is learnt from the values, as trend and seasons are functions of time alone.
func (f *model) Update(s tidewatch.Series, from int) {
	f.end += len(s.Values) - from
	for k, t := range f.terms {
		f.ahead[k] = t.Ahead(s)
	}
}

// Explain implements [fleet.Explainer]: the level the trend has reached, what it adds from there, each season and each influence.
func (m Prophet) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := fit.(*model)
	n := len(s.Values)
	a := &tidewatch.Account{Form: "Prophet", Parts: []tidewatch.Part{{Kind: tidewatch.LevelPart, Values: make([]float64, n+steps)}, {Kind: tidewatch.TrendPart, Values: make([]float64, n+steps)}}}
	for _, c := range f.cycles {
		a.Part(tidewatch.SeasonPart, strconv.FormatFloat(math.Round(100*c.length)/100, 'g', -1, 64), n+steps)
	}
	for _, t := range f.terms {
		a.Part(tidewatch.CovariatePart, t.Name, n+steps)
	}
	row := make([]float64, f.columns())
	cycles, terms := make([]float64, len(f.cycles)), make([]float64, len(f.terms))
	level := 0.0
	for t := range n + steps {
		x := make([]float64, len(f.terms))
		if t < n {
			for k, term := range f.terms {
				x[k] = term.Values(s, s.Start+t, 1)[0]
			}
		} else {
			x = f.future(t - n)
		}
		f.design(s.Start+t-f.first, x, row)
		trend := f.parts(row, cycles, terms)
		if t < n {
			level = trend
		}
		a.Parts[0].Values[t], a.Parts[1].Values[t] = f.unit*level, f.unit*(trend-level)
		for k, v := range append(slices.Clone(cycles), terms...) {
			a.Parts[2+k].Values[t] = f.unit * v
		}
	}
	bent := 0
	for i := range f.bend {
		if math.Abs(f.coef[2+i]) > .01 {
			bent++
		}
	}
	slope := f.coef[1]
	for i := range f.bend {
		slope += f.coef[2+i]
	}
	a.Parameters = []tidewatch.Parameter{{Name: "slope", Value: slope * f.unit / float64(max(1, f.span))}, {Name: "bends", Value: float64(bent)}, {Name: "sigma", Value: f.sigma * f.unit}}
	return a, nil
}

// Save implements [fleet.Saver].
func (f *model) Save(w *fleet.Writer) {
	w.Int(f.first)
	w.Int(f.span)
	w.Int(f.end)
	w.Float(f.unit)
	w.Float(f.sigma)
	w.Floats(f.bend)
	w.Int(len(f.cycles))
	for _, c := range f.cycles {
		w.Float(c.length)
		w.Int(c.pairs)
	}
	w.Int(len(f.terms))
	for k, t := range f.terms {
		t.Save(w)
		w.Float(f.size[k])
		w.Floats(f.ahead[k])
	}
	w.Floats(f.coef)
}

// Load implements [fleet.Loader].
func (Prophet) Load(r *fleet.Reader) (fleet.Model, error) {
	f := &model{first: r.Count(math.MinInt32, math.MaxInt32), span: r.Count(0, math.MaxInt32), end: r.Count(math.MinInt32, math.MaxInt32), unit: r.Finite(), sigma: r.Finite(),
		bend: r.FiniteFloats()}
	for range r.Count(0, 20) {
		f.cycles = append(f.cycles, cycle{r.Finite(), r.Count(0, 100)})
	}
	for range r.Count(0, r.Left()) {
		f.terms = append(f.terms, regressor.Load(r))
		f.size = append(f.size, r.Finite())
		f.ahead = append(f.ahead, r.FiniteFloats())
	}
	f.coef = r.FiniteFloats()
	good := len(f.bend) <= bends && f.unit > 0 && f.sigma >= 0 && f.end-f.first > f.span && len(f.coef) == f.columns() && f.end-f.first-f.span < 1_000_000
	for _, c := range f.cycles {
		good = good && c.length > 0
	}
	for _, v := range f.size {
		good = good && v > 0
	}
	if !good {
		r.Fail("the model file is damaged: the coefficients are not those of prophet")
	}
	return f, r.Err()
}
