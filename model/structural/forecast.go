package structural

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
	"github.com/tidewatch/tidewatch/fleet/regressor"
)

// clone is a copy whose states can move.
func (f *model) clone() *model {
	c := *f
	c.seasons = slices.Clone(f.seasons)
	c.state, c.cov, c.off = slices.Clone(f.state), slices.Clone(f.cov), make([]float64, len(f.off))
	return &c
}

// future is the values of the terms in the h-th period after the last.
func (f *model) future(h int) []float64 {
	return regressor.Future(f.terms, f.ahead, h)
}

// Forecast implements [fleet.Model].
func (f *model) Forecast(levels, mean, q []float64) {
	c := f.clone()
	sd := make([]float64, len(mean))
	for h := range mean {
		m, v := c.expect(f.future(h))
		mean[h], sd[h] = f.centre+f.unit*m, f.unit*math.Sqrt(max(v, 0))
		c.predict()
	}
	fleet.Gaussian(levels, mean, sd, q)
}

// Update implements [fleet.Updater]: the filter goes on.
func (f *model) Update(s tidewatch.Series, from int) {
	x := make([]float64, len(f.terms))
	for i, v := range s.Values[from:] {
		for k, t := range f.terms {
			x[k] = t.Values(s, s.Start+from+i, 1)[0]
		}
		if v == v {
			mean, variance := f.expect(x)
			f.correct((v-f.centre)/f.unit, mean, variance)
			f.gap = 0
		} else {
			f.gap++
		}
		f.seen++
		f.predict()
	}
	for k, t := range f.terms {
		f.ahead[k] = t.Ahead(s)
	}
}

// Sample implements [fleet.Sampler]: states are drawn from their distribution, then moved by their errors.
func (f *model) Sample(rng *rand.Rand, steps int, out []float64) {
	n := f.size()
	root := cholesky(f.cov, n)
	run := f.clone()
	z := make([]float64, n)
	for at := 0; at < len(out); at += steps {
		copy(run.seasons, f.seasons)
		for i := range z {
			z[i] = rng.NormFloat64()
		}
		for i := range n {
			run.state[i] = f.state[i]
			for j := range i + 1 {
				run.state[i] += root[i*n+j] * z[j]
			}
		}
		for h := range steps {
			v := math.Sqrt(f.noise) * rng.NormFloat64()
			run.observe(f.future(h), func(i int, w float64) { v += w * run.state[i] })
			out[at+h] = f.centre + f.unit*v
			run.advance(run.state, 1)
			run.turnRound()
			run.state[0] += math.Sqrt(f.level) * rng.NormFloat64()
			if f.slope >= 0 {
				run.state[f.slope] += math.Sqrt(f.drift) * rng.NormFloat64()
			}
			for _, c := range run.seasons {
				if c.pairs == 0 {
					run.state[c.present()] += math.Sqrt(f.turn) * rng.NormFloat64()
					continue
				}
				for i := range c.states() {
					run.state[c.at+i] += math.Sqrt(f.turn) * rng.NormFloat64()
				}
			}
		}
	}
}

// cholesky is the lower triangular root of a matrix that is positive semidefinite up to rounding.
func cholesky(a []float64, n int) []float64 {
	l := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			s := (a[i*n+j] + a[j*n+i]) / 2
			for k := range j {
				s -= l[i*n+k] * l[j*n+k]
			}
			switch {
			case i > j && l[j*n+j] > 0:
				l[i*n+j] = s / l[j*n+j]
			case i == j && s > 1e-12*math.Abs(a[i*n+i]):
				l[i*n+i] = math.Sqrt(s)
			}
		}
	}
	return l
}

// Explain implements [fleet.Explainer]: level, slope, each season and each known influence.
func (m Structural) Explain(s tidewatch.Series, steps int, rng *rand.Rand) (*tidewatch.Account, error) {
	fit, err := m.Fit(s, rng)
	if err != nil {
		return nil, err
	}
	f := fit.(*model)
	n := len(s.Values)
	first := n - f.seen
	a := &tidewatch.Account{Form: "BSM(" + string(f.form) + ")", Parts: []tidewatch.Part{{Kind: tidewatch.LevelPart, Values: make([]float64, n+steps)}}}
	for _, c := range f.seasons {
		a.Part(tidewatch.SeasonPart, strconv.Itoa(c.period), n+steps)
	}
	for _, t := range f.terms {
		a.Part(tidewatch.CovariatePart, t.Name, n+steps)
	}
	if f.slope >= 0 {
		a.Part(tidewatch.TrendPart, "", n+steps)
	}
	for _, p := range a.Parts {
		for t := range first {
			p.Values[t] = math.NaN()
		}
	}
	run := f.clone()
	put := func(t int, x []float64, level float64) {
		a.Parts[0].Values[t] = f.centre + f.unit*level
		for i, c := range run.seasons {
			v := 0.0
			if c.pairs == 0 {
				v = run.state[c.present()]
			} else {
				for k := 0; k < c.states(); k += 2 {
					v += run.state[c.at+k]
				}
			}
			a.Parts[1+i].Values[t] = f.unit * v
		}
		for k := range f.terms {
			a.Parts[1+len(f.seasons)+k].Values[t] = f.unit * x[k] * run.state[f.beta+k]
		}
	}
	y := make([]float64, f.seen)
	for t := range y {
		y[t] = (s.Values[first+t] - f.centre) / f.unit
	}
	for _, t := range f.terms {
		run.x = append(run.x, t.Values(s, s.Start+first, len(y)))
	}
	run.filter(y, func(t int, x []float64, _ float64) { put(first+t, x, run.state[0]) })
	start := run.state[0]
	for h := range steps {
		put(n+h, f.future(h), start)
		if f.slope >= 0 {
			a.Part(tidewatch.TrendPart, "", n+steps)[n+h] = f.unit * (run.state[0] - start)
		}
		run.predict()
	}
	for _, p := range []struct {
		name string
		v    float64
	}{{"sigma noise", f.noise}, {"sigma level", f.level}, {"sigma slope", f.drift}, {"sigma season", f.turn}} {
		if p.v > 0 {
			a.Parameters = append(a.Parameters, tidewatch.Parameter{Name: p.name, Value: f.unit * math.Sqrt(p.v)})
		}
	}
	return a, nil
}

// Save implements [fleet.Saver].
func (f *model) Save(w *fleet.Writer) {
	w.Text(string(f.form))
	w.Int(len(f.seasons))
	for _, c := range f.seasons {
		w.Int(c.period)
		w.Int(c.now)
	}
	w.Int(len(f.terms))
	for k, t := range f.terms {
		t.Save(w)
		w.Floats(f.ahead[k])
	}
	for _, v := range []float64{f.noise, f.level, f.drift, f.turn, f.centre, f.unit} {
		w.Float(v)
	}
	w.Int(f.seen)
	w.Int(f.gap)
	w.Floats(f.state)
	w.Floats(f.cov)
}

// Load implements [fleet.Loader].
func (Structural) Load(r *fleet.Reader) (fleet.Model, error) {
	form := Form(r.Text())
	if !slices.Contains(Forms, form) {
		r.Fail("the model file is damaged: no structural form")
	}
	var seasons, now []int
	for range r.Count(0, 20) {
		seasons = append(seasons, r.Count(2, 1_000_000))
		now = append(now, r.Count(0, longestDummy))
	}
	var terms []regressor.Term
	var ahead [][]float64
	for range r.Count(0, r.Left()) {
		terms = append(terms, regressor.Load(r))
		ahead = append(ahead, r.FiniteFloats())
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	shape := 2 + len(terms)
	for _, m := range seasons {
		shape += min(m, longestDummy)
	}
	if shape > 2000 {
		r.Fail("the model file is damaged: %d states", shape)
		return nil, r.Err()
	}
	f := newModel(form, seasons, terms, nil)
	f.ahead = ahead
	for i := range f.seasons {
		if f.seasons[i].now = now[i]; now[i] >= f.seasons[i].states() {
			r.Fail("the model file is damaged: phase %d of a season of %d", now[i], f.seasons[i].period)
			return nil, r.Err()
		}
	}
	for _, v := range []*float64{&f.noise, &f.level, &f.drift, &f.turn, &f.centre, &f.unit} {
		*v = r.Finite()
	}
	f.seen, f.gap = r.Count(0, math.MaxInt32), r.Count(0, math.MaxInt32)
	state, cov := r.FiniteFloats(), r.FiniteFloats()
	if len(state) != len(f.state) || len(cov) != len(f.cov) || !(f.noise >= 0) || !(f.level >= 0) || !(f.unit > 0) {
		r.Fail("the model file is damaged: the states are not those of %s", form)
		return nil, r.Err()
	}
	f.state, f.cov = state, cov
	return f, r.Err()
}
