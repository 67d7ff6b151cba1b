// Package ets is exponential smoothing in its state-space form: thirty models of error, trend and season, chosen by the corrected Akaike
// criterion (Hyndman, Koehler, Ord & Snyder 2008, Forecasting with Exponential Smoothing; below: HKOS).
//
// Smoothing parameters and initial states are all found together by maximum likelihood, with exact gradients: the recursions are
// differentiated backwards, so that a gradient costs about as much as two runs over the series whatever the season's length.
package ets

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Method is exponential smoothing. Its zero value chooses among the stable forms with no or additive trend; a season is tried where the
// series has season lengths of at most 64 periods and two full seasons of values.
type Method struct {
	Form   Form // the zero Form = choose
	Season int  // periods; 0 = the longest of the series' seasons that is not above 64
	// Prior is the strength of a belief that growth changes slowly: the density of β/α is proportional to (1-β/α)^Prior. 0 = none,
	// plain maximum likelihood, which on short series takes noise for turns of the trend.
	Prior float64
}

// Steady is the Prior of the form "ets(steady)". On the sets of ../shared/bench, each without its last horizon, it changes the scaled
// quantile loss of the last horizon that is left by -0.8 % (M3 yearly), -2.1 % (quarterly, monthly), -0.6 % (tourism monthly), -12.5 %
// (tourism yearly), 0 (M3 other, NN3), and +5.5 % (M4 hourly, where series are long).
const Steady = 6

func (m Method) String() string {
	var in []string
	if !m.Form.IsZero() {
		in = append(in, m.Form.String())
	}
	if m.Prior > 0 {
		in = append(in, "steady")
	}
	if in == nil {
		return "ets"
	}
	return "ets(" + strings.Join(in, ",") + ")"
}

// Fit implements [fleet.Method]. It needs four known values, and more for forms with more states.
func (m Method) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	f, best, scale, err := m.choose(s)
	if err != nil {
		return nil, err
	}
	return finish(f, best, scale), nil
}

// choose finds the form and its parameters, for the values divided by scale.
func (m Method) choose(s tidewatch.Series) (f *filter, best fitted, scale float64, err error) {
	period := m.Season
	if period == 0 {
		for _, c := range s.Seasons {
			if c <= longestSeason {
				period = c
			}
		}
	}
	y, scale, known, positive := prepare(s.Values)
	if known < 4 {
		return nil, fitted{}, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "exponential smoothing needs 4 known values, not %d", known)
	}
	if m.Form.Season != 0 && m.Form.Season != None && (period < 2 || known < 2*period) {
		return nil, fitted{}, 0, tidewatch.Errorf(tidewatch.CodeTooShort, "the form %s needs a season and two full ones of known values: the season is %d, known are %d", m.Form, period, known)
	}
	if m.Form.positive() && !positive {
		return nil, fitted{}, 0, tidewatch.Errorf(tidewatch.CodeData, "the form %s needs values above zero", m.Form)
	}
	forms := []Form{m.Form}
	if m.Form.IsZero() {
		forms = candidates(period > 1 && known >= 2*period, positive)
	}
	f = newFilter(y, max(period, 1))
	var ok bool
	best, ok = search(f, forms, m.Prior)
	if !ok && m.Form.IsZero() {
		best, ok = search(f, []Form{{Error: Additive, Trend: None, Season: None}}, m.Prior)
	}
	if !ok {
		return nil, fitted{}, 0, tidewatch.Errorf(tidewatch.CodeNumeric, "exponential smoothing %s found no parameters", m.Form)
	}
	return f, best, scale, nil
}

// prepare cuts unknown values off the front and scales to a mean magnitude of 1.
func prepare(values []float64) (y []float64, scale float64, known int, positive bool) {
	first := slices.IndexFunc(values, func(v float64) bool { return v == v })
	if first < 0 {
		return nil, 1, 0, false
	}
	y = slices.Clone(values[first:])
	sum := 0.0
	positive = true
	for _, v := range y {
		if v == v {
			sum += math.Abs(v)
			known++
			positive = positive && v > 0
		}
	}
	scale = 1
	if sum > 0 {
		scale = sum / float64(known)
	}
	for i := range y {
		y[i] /= scale
	}
	return y, scale, known, positive
}

// finish makes the model of the best form, in the unit of the series.
func finish(f *filter, best fitted, scale float64) *model {
	f.form = best.form
	best.p.normalise(best.form)
	f.likelihood(&best.p)
	n := len(f.y)
	out := &model{form: best.form, alpha: best.p.alpha, beta: best.p.beta, gamma: best.p.gamma, phi: best.p.phi, level: f.levelEnd * scale, growth: f.growthEnd}
	if best.form.Trend != Multiplicative {
		out.growth *= scale
	}
	if best.form.Season != None {
		out.season = make([]float64, f.m)
		for i := range out.season {
			out.season[i] = f.seasonEnd[(n+i)%f.m]
			if best.form.Season == Additive {
				out.season[i] *= scale
			}
		}
	}
	free := max(1, f.known-(best.form.parameters(f.m)-1))
	out.variance = f.squares / float64(free)
	if best.form.Error == Additive {
		out.variance *= scale * scale
	}
	for t := n - 1; t >= 0 && f.y[t] != f.y[t] && out.gap < longestGap; t-- {
		out.gap++
	}
	return out
}

// model is one fitted series: its states after the last period.
type model struct {
	form                    Form
	alpha, beta, gamma, phi float64
	level, growth           float64
	season                  []float64 // the first is the next period's
	variance                float64   // of the one-step error, relative for relative errors
	gap                     int       // unknown values at the end, at most longestGap
}

// longestGap bounds the unknown values at the end that widen a forecast: the variances of relative errors cost the square of their number,
// and a saved model must not be able to ask for any amount of memory.
const longestGap = 10_000

// Update implements [fleet.Updater].
func (m *model) Update(s tidewatch.Series, from int) {
	for _, y := range s.Values[from:] {
		m.gap = min(m.gap+1, longestGap)
		d := 0.0
		q, mu := m.next(m.level, m.growth, m.phi, 0)
		if y == y {
			d, m.gap = y-mu, 0
		}
		m.level, m.growth = m.advance(m.level, m.growth, q, d, m.current(0), m.phi)
		if m.season != nil {
			s := m.season[0]
			if m.form.Season == Additive {
				s += m.gamma * d
			} else {
				s = max(s+m.gamma*d/q, 1e-6*s)
			}
			copy(m.season, m.season[1:])
			m.season[len(m.season)-1] = s
		}
	}
}

// current is the seasonal state of step h; without a season it is the neutral one.
func (m *model) current(h int) float64 {
	switch {
	case m.season != nil:
		return m.season[h%len(m.season)]
	case m.form.Season == Multiplicative:
		return 1
	}
	return 0
}

// next is the level carried on by the growth, damped by phi, and the mean of the next period with the seasonal state of step h.
func (m *model) next(level, growth, phi float64, h int) (q, mu float64) {
	if m.form.Trend == Multiplicative {
		q = level * math.Pow(growth, phi)
	} else {
		q = level + phi*growth
	}
	switch m.form.Season {
	case Additive:
		return q, q + m.current(h)
	case Multiplicative:
		return q, q * m.current(h)
	}
	return q, q
}

// advance moves level and growth by innovation d. Levels and growths that must be positive stay so whatever the data bring.
func (m *model) advance(level, growth, q, d, s, phi float64) (float64, float64) {
	if m.form.Season != Multiplicative {
		s = 1
	}
	if m.form.Trend == Multiplicative {
		return max(q+m.alpha*d/s, 1e-6*q), max(math.Pow(growth, phi)+m.beta*d/(s*level), 1e-6)
	}
	l := q + m.alpha*d/s
	if m.form.Season == Multiplicative {
		l = max(l, 1e-6*math.Abs(q))
	}
	return l, phi*growth + m.beta*d/s
}

// Forecast implements [fleet.Model]. Marginals are normal for absolute errors, and log-normal with the model's mean and variance for
// relative errors on positive means: such a distribution cannot go below zero, and for small errors it is the normal one.
func (m *model) Forecast(levels, mean, q []float64) {
	if m.simulated() {
		m.forecastBySimulation(levels, mean, q)
		return
	}
	variance := m.variances(len(mean), mean)
	n := len(levels)
	for l, p := range levels {
		z := fleet.Z(p)
		for h, mu := range mean {
			if m.form.Error == Multiplicative && mu > 0 {
				// ln(1 + v/μ²) is the variance of the logarithm.
				v := math.Log1p(variance[h] / (mu * mu))
				q[h*n+l] = mu * math.Exp(z*math.Sqrt(v)-v/2)
			} else {
				q[h*n+l] = mu + z*math.Sqrt(variance[h])
			}
		}
	}
}

// simulated reports whether the form's variances have no closed form.
func (m *model) simulated() bool {
	return m.form.Trend == Multiplicative || m.form.Error == Additive && m.form.Season == Multiplicative
}

// variances fills mean and returns the variances of each step: HKOS section 6.1 (class 1: absolute errors, equation 6.10), 6.2 (class
// 2: relative errors, 6.13) and 6.3 (class 3: with a multiplicative season, its approximation). Unknown values at the end are steps
// that have passed already.
func (m *model) variances(steps int, mean []float64) []float64 {
	all := m.gap + steps
	weight := make([]float64, all) // c_j: what an error does to the mean j steps on
	damp, sum := 1.0, 0.0
	for j := 1; j < all; j++ {
		damp *= m.phi
		sum += damp
		weight[j] = m.alpha + m.beta*sum
		if k := len(m.season); k > 0 && j%k == 0 && m.form.Season == Additive {
			weight[j] += m.gamma
		}
	}
	trend := make([]float64, all) // means of the steps since the last known value; the season aside if it is multiplicative
	level, growth := m.level, m.growth
	for h := range steps {
		var mu float64
		level, mu = m.next(level, growth, m.phi, h)
		growth *= m.phi
		mean[h] = mu
		trend[m.gap+h] = mu
		if m.form.Season == Multiplicative {
			trend[m.gap+h] = level
		}
	}
	for h := range m.gap { // the states have moved over them as predicted
		trend[h] = trend[m.gap]
	}
	out := make([]float64, steps)
	if m.form.Error == Additive {
		v := 1.0
		for j := 1; j < all; j++ {
			if j > m.gap {
				out[j-1-m.gap] = v * m.variance
			}
			v += weight[j] * weight[j]
		}
		out[steps-1] = v * m.variance
		return out
	}
	theta := make([]float64, all)
	for h := range all {
		t := trend[h] * trend[h]
		for j := 1; j <= h; j++ {
			t += m.variance * weight[j] * weight[j] * theta[h-j]
		}
		theta[h] = t
		if h < m.gap {
			continue
		}
		v := (1+m.variance)*t - trend[h]*trend[h]
		if m.form.Season == Multiplicative {
			s := m.current(h - m.gap)
			rounds := float64(h / len(m.season))
			v = s * s * (t*(1+m.variance)*math.Pow(1+m.gamma*m.gamma*m.variance, rounds) - trend[h]*trend[h])
		}
		out[h-m.gap] = max(v, 0)
	}
	return out
}

// Sample implements [fleet.Sampler].
func (m *model) Sample(rng *rand.Rand, steps int, out []float64) {
	sd := math.Sqrt(m.variance)
	spread := math.Log1p(m.variance)
	m0 := *m
	for at := 0; at < len(out); at += steps {
		run := m0
		run.season = slices.Clone(m0.season)
		one := tidewatch.Series{Values: []float64{0}}
		for h := -m.gap; h < steps; h++ {
			_, mu := run.next(run.level, run.growth, run.phi, 0)
			y := mu
			if z := rng.NormFloat64(); m.form.Error == Additive {
				y += sd * z
			} else {
				y *= math.Exp(z*math.Sqrt(spread) - spread/2) // a relative error above -1 with the model's variance
			}
			if h < 0 { // what was not known moves the level but not the season, which has moved on
				d := y - mu
				run.level += m.alpha * d / orOne(m.form.Season == Multiplicative, run.current(0))
				continue
			}
			one.Values[0] = bounded(y, m0.level)
			out[at+h] = one.Values[0]
			run.Update(one, 0)
		}
	}
}

func orOne(use bool, v float64) float64 {
	if use {
		return v
	}
	return 1
}

// bounded keeps paths of multiplicative growth within a million times the level.
func bounded(y, level float64) float64 {
	limit := 1e6 * (math.Abs(level) + math.SmallestNonzeroFloat64)
	return min(max(y, -limit), limit)
}

const simulations = 1000

// forecastBySimulation is for the forms without closed variances. The paths are the same every time.
func (m *model) forecastBySimulation(levels, mean, q []float64) {
	steps := len(mean)
	out := make([]float64, simulations*steps)
	m.Sample(rand.New(rand.NewPCG(1, 2)), steps, out)
	column := make([]float64, simulations)
	level, growth := m.level, m.growth
	for h := range steps {
		var mu float64
		if m.form.Trend == Multiplicative {
			level, mu = m.next(level, growth, m.phi, h)
			growth = math.Pow(growth, m.phi)
		} else {
			level, mu = m.next(level, growth, m.phi, h)
			growth *= m.phi
		}
		mean[h] = bounded(mu, m.level)
		for k := range column {
			column[k] = out[k*steps+h]
		}
		copy(q[h*len(levels):(h+1)*len(levels)], tidewatch.SampleQuantiles(column, levels))
	}
}

// Save implements [fleet.Saver].
func (m *model) Save(w *fleet.Writer) {
	w.Text(m.form.String())
	for _, v := range []float64{m.alpha, m.beta, m.gamma, m.phi, m.level, m.growth, m.variance} {
		w.Float(v)
	}
	w.Int(m.gap)
	w.Floats(m.season)
}

// Load implements [fleet.Loader].
func (Method) Load(r *fleet.Reader) (fleet.Model, error) {
	form, err := ParseForm(r.Text())
	if err != nil || form.IsZero() {
		r.Fail("the model file is damaged: no exponential smoothing form")
	}
	m := &model{form: form, alpha: r.Finite(), beta: r.Finite(), gamma: r.Finite(), phi: r.Finite(), level: r.Finite(), growth: r.Finite(),
		variance: r.Finite(), gap: r.Count(0, longestGap), season: r.FiniteFloats()}
	if len(m.season) == 0 {
		m.season = nil
	}
	if (m.season != nil) != (form.Season != None) || !(m.variance >= 0) {
		r.Fail("the model file is damaged: the states are not those of exponential smoothing %s", form)
	}
	return m, r.Err()
}
