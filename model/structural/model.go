package structural

import (
	"math"

	"github.com/tidewatch/tidewatch/fleet/regressor"
)

// model is a form with its variances, and the states after the last period.
type model struct {
	form                      Form
	slope                     int     // place of the slope among the states; -1 = none
	seasons                   []cycle // where each season stands
	beta                      int     // place of the first coefficient
	terms                     []regressor.Term
	x                         [][]float64 // [term][period] while it is fitted
	ahead                     [][]float64 // [term][step]
	noise, level, drift, turn float64     // variances of ε, η, ζ and of the seasons' errors

	centre, unit float64 // of the series: the model's values are (y-centre)/unit
	state        []float64
	cov          []float64 // [i*size+j] of the state
	seen, gap    int
	off          []float64 // scratch: gain of the filter
}

// cycle is one season among the states.
type cycle struct {
	period, at int
	pairs      int // of trigonometric terms; 0 = a dummy season of period-1 states
	now        int // which of these is the present effect; the one before it is in the next place, and so on round
}

func (c cycle) states() int {
	switch {
	case c.pairs == 0:
		return c.period - 1
	case 2*c.pairs == c.period: // the last pair is one term, which changes its sign each period
		return 2*c.pairs - 1
	}
	return 2 * c.pairs
}

// oldest is the place of the dummy effect that is taken next.
func (c cycle) oldest() int { return (c.now + c.states() - 1) % c.states() }

// present is the place of the effect of the next period among all states.
func (c cycle) present() int { return c.at + c.now }

func newModel(form Form, seasons []int, terms []regressor.Term, x [][]float64) *model {
	f := &model{form: form, slope: -1, terms: terms, x: x, unit: 1}
	n := 1
	if form == Trend || form == TrendSeason {
		f.slope = n
		n++
	}
	if form == LevelSeason || form == TrendSeason {
		for _, m := range seasons {
			c := cycle{period: m, at: n}
			if m > longestDummy {
				c.pairs = min(harmonics, m/2)
			}
			f.seasons = append(f.seasons, c)
			n += c.states()
		}
	}
	f.beta = n
	n += len(terms)
	f.state, f.cov, f.off = make([]float64, n), make([]float64, n*n), make([]float64, n)
	return f
}

func (f *model) size() int { return len(f.state) }

// variances is how many there are.
func (f *model) variances() int {
	n := 2
	if f.slope >= 0 {
		n++
	}
	if f.seasons != nil {
		n++
	}
	return n
}

// set takes the variances from their logarithms: noise, level, slope, season.
func (f *model) set(x []float64) {
	at := func(i int) float64 { return math.Exp(min(max(x[i], lowest), highest)) }
	f.noise, f.level = at(0), at(1)
	i := 2
	if f.slope >= 0 {
		f.drift = at(i)
		i++
	}
	if f.seasons != nil {
		f.turn = at(i)
	}
}

// logs are the logarithms that set took.
func (f *model) logs() []float64 {
	x := []float64{math.Log(f.noise), math.Log(f.level)}
	if f.slope >= 0 {
		x = append(x, math.Log(f.drift))
	}
	if f.seasons != nil {
		x = append(x, math.Log(f.turn))
	}
	return x
}

// advance applies the transition to a vector of states, in place: to the state itself, and to rows and columns of its covariance.
func (f *model) advance(v []float64, stride int) {
	if f.slope >= 0 {
		v[0] += v[f.slope*stride]
	}
	for _, c := range f.seasons {
		n := c.states()
		if c.pairs == 0 {
			sum := 0.0
			for i := range n {
				sum += v[(c.at+i)*stride]
			}
			v[(c.at+c.oldest())*stride] = -sum // the oldest effect makes room for the next
			continue
		}
		for k := range c.pairs {
			sin, cos := math.Sincos(2 * math.Pi * float64(k+1) / float64(c.period))
			a := (c.at + 2*k) * stride
			if 2*k+1 == n {
				v[a] = -v[a]
				break
			}
			b := a + stride
			v[a], v[b] = cos*v[a]+sin*v[b], cos*v[b]-sin*v[a]
		}
	}
}

// predict moves state and covariance by one period.
func (f *model) predict() {
	n := f.size()
	f.advance(f.state, 1)
	for j := range n {
		f.advance(f.cov[j:], n) // T P
	}
	for i := range n {
		f.advance(f.cov[i*n:(i+1)*n], 1) // ... T'
	}
	f.turnRound()
	f.cov[0] += f.level
	if f.slope >= 0 {
		f.cov[f.slope*n+f.slope] += f.drift
	}
	for _, c := range f.seasons {
		if c.pairs == 0 {
			f.cov[c.present()*n+c.present()] += f.turn
			continue
		}
		for i := range c.states() {
			f.cov[(c.at+i)*n+c.at+i] += f.turn
		}
	}
}

// turnRound makes the effect that advance has written the present one.
func (f *model) turnRound() {
	for i := range f.seasons {
		if c := &f.seasons[i]; c.pairs == 0 {
			c.now = c.oldest()
		}
	}
}

// observe calls each with every state that the next value is a sum of, and its weight; x is the values of the terms.
func (f *model) observe(x []float64, each func(i int, weight float64)) {
	each(0, 1)
	for _, c := range f.seasons {
		if c.pairs == 0 {
			each(c.present(), 1)
			continue
		}
		for i := 0; i < c.states(); i += 2 {
			each(c.at+i, 1)
		}
	}
	for k, v := range x {
		each(f.beta+k, v)
	}
}

// expect is the expected next value and its variance, and leaves P Z' in off.
func (f *model) expect(x []float64) (mean, variance float64) {
	n := f.size()
	clear(f.off)
	f.observe(x, func(i int, w float64) {
		mean += w * f.state[i]
		for j := range n {
			f.off[j] += w * f.cov[j*n+i]
		}
	})
	variance = f.noise
	f.observe(x, func(i int, w float64) { variance += w * f.off[i] })
	return mean, variance
}

// correct takes in a value that was expected as mean with variance; off is as expect left it.
func (f *model) correct(v, mean, variance float64) {
	n := f.size()
	e := v - mean
	for i := range n {
		gain := f.off[i] / variance
		f.state[i] += gain * e
		row := f.cov[i*n : (i+1)*n]
		for j, o := range f.off {
			row[j] -= gain * o
		}
	}
}

// filter runs the Kalman filter over y from diffuse states and returns -2 log L without the first values, one for each state. seen, if
// not nil, is told the expected value of each period with its parts still in the state.
func (f *model) filter(y []float64, seen func(t int, x []float64, mean float64)) float64 {
	n := f.size()
	clear(f.state)
	clear(f.cov)
	for i := range n {
		f.cov[i*n+i] = kappa
	}
	x := make([]float64, len(f.terms))
	for i := range f.seasons {
		f.seasons[i].now = 0
	}
	deviance, burn := 0.0, n
	f.gap = 0
	for t, v := range y {
		for k := range x {
			x[k] = f.x[k][t]
		}
		mean, variance := f.expect(x)
		if seen != nil {
			seen(t, x, mean)
		}
		if v == v {
			if !(variance > 0) || math.IsInf(variance, 0) {
				return math.Inf(1)
			}
			if burn > 0 {
				burn--
			} else {
				e := v - mean
				deviance += math.Log(2*math.Pi*variance) + e*e/variance
			}
			f.correct(v, mean, variance)
			f.gap = 0
		} else {
			f.gap++
		}
		f.predict()
	}
	if math.IsNaN(deviance) {
		return math.Inf(1)
	}
	return deviance
}
