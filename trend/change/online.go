package change

import (
	"math"
	"slices"
)

// Online is what is believed of a series before its values arrive: they are normal around a mean that changes, with the variance, at
// unknown times (Adams & MacKay 2007, "Bayesian online changepoint detection"). Mean, Kappa, Alpha and Beta are the normal-gamma prior.
type Online struct {
	Gap                      float64 // periods between changes, on average; 0 = 100
	Mean, Kappa, Alpha, Beta float64
	Longest                  int // runs that are told apart; longer ones are taken for one as long. 0 = all
}

// Runs is what is known, after each value, of how long ago the last change was.
type Runs struct {
	o      Online
	p      []float64 // probability of each run length, from 0
	gamma  []float64 // per run length: mean, kappa, alpha, beta
	evid   float64
	norms  []float64 // logs of the constants of the densities, by run length
	values int
	spareP []float64 // room for what is known after the next value
	spareG []float64
}

// Start is the state before the first value.
func (o Online) Start() *Runs {
	if o.Gap == 0 {
		o.Gap = 100
	}
	return &Runs{o: o, p: []float64{1}, gamma: []float64{o.Mean, o.Kappa, o.Alpha, o.Beta}}
}

// Add takes the next value in. A run of length r has seen r values since the change: after each value, length 0 means that the next one
// begins anew, which has the probability 1/Gap always.
func (r *Runs) Add(x float64) {
	h := 1 / r.o.Gap
	n := len(r.p)
	p := slices.Grow(r.spareP[:0], n+1)[:n+1]
	gamma := slices.Grow(r.spareG[:0], 4*(n+1))[:4*(n+1)]
	p[0] = 0
	gamma[0], gamma[1], gamma[2], gamma[3] = r.o.Mean, r.o.Kappa, r.o.Alpha, r.o.Beta
	total := 0.
	for l, was := range r.p {
		m, k, a, b := r.gamma[4*l], r.gamma[4*l+1], r.gamma[4*l+2], r.gamma[4*l+3]
		like := was * r.student(l, x, 2*a, m, b*(k+1)/(a*k))
		p[0] += like * h
		p[l+1] = like * (1 - h)
		total += like
		next := gamma[4*(l+1) : 4*(l+2)]
		next[0], next[1], next[2], next[3] = (k*m+x)/(k+1), k+1, a+.5, b+k*(x-m)*(x-m)/(2*(k+1))
	}
	if !(total > 0) { // farther out than numbers go: it can only be something new
		clear(p)
		p[0], total = 1, 1
	}
	for l := range p {
		p[l] /= total
	}
	if most := r.o.Longest; most > 0 && len(p) > most+1 {
		p[most] += p[most+1] // its own values and those of the longer run are kept for the longest: the shorter of the two
		p, gamma = p[:most+1], gamma[:4*(most+1)]
	}
	r.spareP, r.spareG = r.p, r.gamma
	r.p, r.gamma, r.evid, r.values = p, gamma, r.evid+math.Log(total), r.values+1
}

// Lengths are the probabilities of the run lengths from 0, until the next but one value is added. The caller must not change them.
func (r *Runs) Lengths() []float64 { return r.p }

// Likeliest is the likeliest run length, the first of equals.
func (r *Runs) Likeliest() int {
	best := 0
	for l, p := range r.p {
		if p > r.p[best] {
			best = l
		}
	}
	return best
}

// Within is the probability that the last change was at most k values ago.
func (r *Runs) Within(k int) float64 {
	sum := 0.
	for _, p := range r.p[:min(k+1, len(r.p))] {
		sum += p
	}
	return sum
}

// Evidence is the logarithm of the density of all values so far.
func (r *Runs) Evidence() float64 { return r.evid }

// student is the density of Student's t with its location and squared scale, for run length l, which alone decides the degrees of freedom as long
// as no runs are put together.
func (r *Runs) student(l int, x, df, mean, square float64) float64 {
	if l == len(r.norms) {
		a, _ := math.Lgamma((df + 1) / 2)
		b, _ := math.Lgamma(df / 2)
		r.norms = append(r.norms, a-b-.5*math.Log(df*math.Pi))
	}
	return math.Exp(r.norms[l]-(df+1)/2*math.Log1p((x-mean)*(x-mean)/(df*square))) / math.Sqrt(square)
}
