package ets

import (
	"math"
	"slices"

	"github.com/tidewatch/tidewatch/num/quasinewton"
	"github.com/tidewatch/tidewatch/season"
)

// longestSeason is the longest season a form has seasonal states for; longer ones are not modelled by this method.
const longestSeason = 64

// candidates are the forms searched: additive or no trend, and of those the numerically stable (Hyndman et al. 2008, section 2.5: an additive error
// with a multiplicative season is not). Each form follows the one it starts from.
func candidates(seasonal, positive bool) []Form {
	var out []Form
	seasons := []Component{None}
	if seasonal {
		seasons = []Component{None, Additive, Multiplicative}
	}
	for _, s := range seasons {
		for _, f := range []Form{{Trend: None, Season: s}, {Trend: Additive, Season: s}, {Trend: Additive, Damped: true, Season: s}} {
			for _, e := range []Component{Additive, Multiplicative} {
				f.Error = e
				if f.positive() && !positive || e == Additive && s == Multiplicative {
					continue
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// fitted is one form at its most likely parameters, for the series scaled to a mean magnitude of 1.
type fitted struct {
	form  Form
	p     params
	lik   float64 // -2 log L up to a constant
	score float64 // AICc
}

// criterion is Akaike's, corrected for small samples (Hyndman et al. 2008, section 2.8). +Inf where there are too few values for the form.
func criterion(lik float64, form Form, m, n int) float64 {
	k := float64(form.parameters(m))
	if float64(n)-k-1 <= 0 {
		return math.Inf(1)
	}
	return lik + 2*k + 2*k*(k+1)/(float64(n)-k-1)
}

// search fits the given forms and returns the one of lowest AICc; ok is false where none could be fitted.
func search(f *filter, forms []Form, prior float64) (best fitted, ok bool) {
	best.score = math.Inf(1)
	seen := make(map[Form]fitted, len(forms))
	for _, form := range forms {
		if len(forms) > 1 && math.IsInf(criterion(0, form, f.m, f.known), 1) {
			continue
		}
		from, warmed := warm(form, seen)
		got, fine := fit(f, form, prior, from, best.score)
		if !warmed || !fine || form.Season == None {
			// Likelihoods of trends have several peaks: without a season a second start costs little.
			if other, also := fit(f, form, prior, begin(f, form, seen), best.score); also && (!fine || other.lik < got.lik) {
				got, fine = other, true
			}
		}
		if !fine {
			continue
		}
		seen[form] = got
		if !ok || got.score < best.score {
			best, ok = got, true
		}
	}
	return best, ok
}

// fit finds the most likely parameters of one form from a start. A form that cannot come near the best score is given up.
func fit(f *filter, form Form, prior float64, start *params, best float64) (fitted, bool) {
	if start == nil {
		return fitted{}, false
	}
	f.form = form
	s := newSpace(form, f, prior)
	x := make([]float64, s.n)
	lik := f.likelihood(start)
	if math.IsInf(lik, 1) { // a start beyond the domain of the form: growth and season that hardly move are safer
		start.growth, start.beta, start.gamma, start.alpha = 0, 2*lowest, 2*lowest, 0.5
		if form.Trend == Multiplicative {
			start.growth = 1
		}
		if lik = f.likelihood(start); math.IsInf(lik, 1) {
			return fitted{}, false
		}
	}
	s.vector(start, x)
	sd := math.Sqrt(f.squares/float64(f.known)) + 1e-9
	scale := make([]float64, s.n)
	root := 1 / math.Sqrt(float64(f.known))
	for i := range scale {
		switch {
		case i < s.level():
			scale[i] = 2 * root
		case i == s.growth:
			scale[i] = sd * root
		default:
			scale[i] = sd
		}
	}
	penalty := criterion(0, form, f.m, f.known)
	previous := lik
	settings := quasinewton.Settings{Scale: scale, Iterations: 200, Tolerance: 1e-4, Hopeless: func(it int, value float64) bool {
		gain := previous - value
		previous = value
		// What is left to gain rarely exceeds ten times what the last iteration gained.
		return it >= 8 && value-10*gain+penalty > best+4
	}}
	lik = quasinewton.New(s.n).Minimize(s.value, x, settings)
	if math.IsInf(lik, 1) {
		return fitted{}, false
	}
	s.value(x, make([]float64, s.n))
	lik = f.likelihood(&s.p) // without the prior
	got := fitted{form: form, lik: lik, score: lik + penalty, p: s.p}
	got.p.season = slices.Clone(s.p.season)
	return got, true
}

// warm is where a form can start from a simpler one in seen: an undamped trend, or absolute errors, whose recursions are the same.
func warm(form Form, seen map[Form]fitted) (*params, bool) {
	absolute, undamped := form, form
	absolute.Error, undamped.Damped = Additive, false
	from, ok := seen[absolute]
	if !ok {
		from, ok = seen[undamped]
	}
	if !ok {
		return nil, false
	}
	p := from.p
	p.season = slices.Clone(p.season)
	if form.Damped && !from.form.Damped {
		p.phi = 0.96
	}
	return &p, true
}

// begin is where the search of a form starts from the data alone (after HKOS section 2.6.1); nil if they do not allow it.
func begin(f *filter, form Form, seen map[Form]fitted) *params {
	p := params{alpha: 0.3, phi: 1}
	x := f.y
	if form.Season != None {
		kind := season.Additive
		if form.Season == Multiplicative {
			kind = season.Multiplicative
		}
		index, ok := season.Classical(f.y, f.m, kind)
		if !ok {
			return nil
		}
		p.season, p.gamma = slices.Clone(index), 0.05
		x = season.Remove(f.y, index, kind)
	}
	if form.Damped {
		p.phi = 0.96
	}
	intercept, slope := line(x, max(10, 2*f.m))
	p.level = intercept
	switch form.Trend {
	case Additive:
		p.beta, p.growth = 0.03, slope
	case Multiplicative:
		p.beta, p.growth = 0.03, 1
		if intercept > 0 && intercept+slope > 0 {
			p.growth = min(max(1+slope/intercept, 0.8), 1.25)
		}
	default:
		p.level = intercept + slope*float64(min(len(x), max(10, 2*f.m)))/2
	}
	plain := form
	plain.Trend, plain.Damped = None, false
	if from, ok := seen[plain]; ok && form.Trend == Additive {
		p.alpha = min(max(from.p.alpha, 0.05), 0.9)
		p.beta = 0.1 * p.alpha
	}
	if p.season != nil {
		p.gamma = min(p.gamma, 0.5*(1-p.alpha))
	}
	return &p
}

// line is the least squares line through the known ones of the first n values, at period 0 (one before the first), and its slope.
func line(x []float64, n int) (intercept, slope float64) {
	var k, st, sx, stt, stx float64
	for t, v := range x[:min(n, len(x))] {
		if v != v {
			continue
		}
		u := float64(t + 1)
		k++
		st += u
		sx += v
		stt += u * u
		stx += u * v
	}
	if k == 0 {
		for _, v := range x {
			if v == v {
				return v, 0
			}
		}
		return 0, 0
	}
	if k < 3 || k*stt-st*st == 0 {
		return sx / k, 0
	}
	slope = (k*stx - st*sx) / (k*stt - st*st)
	return (sx - slope*st) / k, slope
}
