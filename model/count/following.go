package count

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/fleet"
)

// Following is a single family of counts whose parameters follow the series, forgetting at the one of six half-lives by which its values were best
// foreseen one step ahead. The zero value is the Poisson state-space model: a rate that wanders, known by a gamma distribution whose evidence is
// discounted with every period (Harvey & Fernandes 1989, Time series models for count or qualitative observations, JBES 7), so that what is
// further ahead is less sure. Inflated is the Poisson distribution with more zeros (Lambert 1992, Zero-inflated Poisson regression,
// Technometrics 34), its two parameters by discounted moments.
//
// A short season multiplies the rate by the share of the phase. A series that is not of small whole numbers gets the forecasts of [Mixture].
type Following struct{ Inflated bool }

func (f Following) String() string {
	if f.Inflated {
		return "count(inflated)"
	}
	return "count(poisson)"
}

const (
	leastEvidence = 1     // values' worth that is never discounted
	leastChance   = 1e-12 // in a likelihood
)

// Fit implements [fleet.Method]. It needs three known values.
func (f Following) Fit(s tidewatch.Series, _ *rand.Rand) (fleet.Model, error) {
	m, err := newModel(slices.Clone(s.Values[max(0, len(s.Values)-memory):]), s.Season())
	if err != nil {
		return nil, err
	}
	return newFollowing(m, f.Inflated), nil
}

// Load implements [fleet.Loader].
func (f Following) Load(r *fleet.Reader) (fleet.Model, error) {
	m, err := Mixture{}.Load(r)
	if err != nil {
		return nil, err
	}
	return newFollowing(m.(*model), f.Inflated), nil
}

// following is the state of one family at the end of the series.
type following struct {
	*model
	inflated bool
	now      follower
	share    []float64 // [phase] of the rate; nil where the series is not of small whole numbers
}

func newFollowing(m *model, inflated bool) *following {
	f := &following{model: m, inflated: inflated}
	f.choose()
	return f
}

// choose finds the half-life that foresaw the values best, and the state it leads to.
func (f *following) choose() {
	f.share = nil
	s := newSample(f.y, f.season)
	if s.n < leastKnown || !s.whole {
		return
	}
	f.share = s.shares()
	best := math.Inf(-1)
	for _, half := range halfLives {
		at, sum := newFollower(s, half), 0.0
		for t, v := range s.y {
			share := f.share[t%s.season]
			if v == v {
				sum += math.Log(max(leastChance, at.chance(f.inflated, share, v)))
			}
			at.add(v, share)
		}
		if sum > best {
			best, f.now = sum, at
		}
	}
}

// Update implements [fleet.Updater].
func (f *following) Update(s tidewatch.Series, from int) {
	f.model.Update(s, from)
	f.choose()
}

// Forecast implements [fleet.Model].
func (f *following) Forecast(levels, mean, q []float64) {
	if f.share == nil {
		f.model.Forecast(levels, mean, q)
		return
	}
	at, pmf := f.now, make([]float64, len(f.value))
	for h := range mean {
		share := f.share[(f.next+h)%len(f.share)]
		mean[h] = at.rate() * share
		at.fill(f.inflated, share, pmf)
		k, sum := 0, pmf[0]
		for l, level := range levels {
			for sum < level-1e-12 && k < len(pmf)-1 {
				k++
				sum += pmf[k]
			}
			q[h*len(levels)+l] = f.value[k]
		}
		at.add(math.NaN(), share)
	}
}

// follower is discounted sums: of the counts, of what they are counted in (values, each by its phase's share), and for the variance, which forgets
// more slowly, of values and squares.
type follower struct {
	decay, slow           float64
	sum, weight           float64
	known, first, squares float64
}

// newFollower begins with some of the overall moments.
func newFollower(s sample, half float64) follower {
	mean := max(s.mean, leastMean)
	return follower{
		decay: math.Exp2(-1 / half), slow: math.Exp2(-1 / max(half, varianceHalf)),
		sum: mean * leastEvidence, weight: leastEvidence,
		known: leastEvidence, first: mean * leastEvidence, squares: (s.ratio*mean + mean*mean) * leastEvidence,
	}
}

// add discounts what is known by a period, and takes in its value unless that is unknown.
func (f *follower) add(v, share float64) {
	d := max(f.decay, min(1, leastEvidence/f.weight))
	f.sum, f.weight = f.sum*d, f.weight*d
	if v == v {
		d = f.slow
		f.known, f.first, f.squares = f.known*d+1, f.first*d+v, f.squares*d+v*v
		f.sum, f.weight = f.sum+v, f.weight+share
	}
}

func (f *follower) rate() float64 { return max(leastMean, f.sum/f.weight) }

// inflation is the share of the additional zeros, and the rate of the rest.
func (f *follower) inflation(share float64) (zeros, rate float64) {
	mean := max(leastMean, f.first/f.known)
	over := max(0, f.squares/f.known/mean-mean-1) // variance by mean, less one: zeros·rate
	zeros = over / (mean + over)
	return zeros, f.rate() * share / (1 - zeros)
}

// shape is the size of the negative binomial distribution of the next value of the Poisson model, and its mean.
func (f *follower) shape(share float64) (size, mean float64) {
	d := max(f.decay, min(1, leastEvidence/f.weight))
	return f.rate() * f.weight * d, f.rate() * share
}

// chance is the probability of v next.
func (f *follower) chance(inflated bool, share, v float64) float64 {
	if inflated {
		zeros, rate := f.inflation(share)
		return inflatedChance(zeros, rate, v)
	}
	size, mean := f.shape(share)
	return gammaPoisson(size, mean, v)
}

// fill fills pmf with the probabilities of 0, 1, 2 ... next, which add up to 1.
func (f *follower) fill(inflated bool, share float64, pmf []float64) {
	total := 0.0
	for k := range pmf {
		pmf[k] = f.chance(inflated, share, float64(k))
		total += pmf[k]
	}
	if !(total > 0) { // all of it is beyond the greatest count
		pmf[len(pmf)-1], total = 1, 1
	}
	for k := range pmf {
		pmf[k] /= total
	}
}

func inflatedChance(zeros, rate, v float64) float64 {
	p := (1 - zeros) * math.Exp(v*math.Log(rate)-rate-logFactorial(v))
	if v == 0 {
		p += zeros
	}
	return p
}

// gammaPoisson is the negative binomial probability of v: the Poisson one, its rate gamma distributed with that size and mean.
func gammaPoisson(size, mean, v float64) float64 {
	a, _ := math.Lgamma(size + v)
	b, _ := math.Lgamma(size)
	return math.Exp(a - b - logFactorial(v) - size*math.Log1p(mean/size) - v*math.Log1p(size/mean))
}

func logFactorial(v float64) float64 {
	l, _ := math.Lgamma(v + 1)
	return l
}
