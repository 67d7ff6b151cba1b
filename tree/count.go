package tree

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// logLink holds what the objectives with a log link share.
type logLink struct{ one }

// Link is the logarithm.
func (logLink) Link() Link { return Log }

// Start is the logarithm of the mean.
func (logLink) Start(target, weight []float64) []float64 {
	return []float64{math.Log(max(weightedMean(target, weight), 1e-9))}
}

// Poisson is the Poisson deviance; targets are not negative.
type Poisson struct{ logLink }

// Check wants no negative number.
func (Poisson) Check(y float64) error {
	if y < 0 {
		return wants("Poisson", "targets that are not negative", y)
	}
	return nil
}

// Gradients by the score s are e^s-y and e^s; the second is enlarged by e^.7, as LightGBM does, to keep steps short.
func (Poisson) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	const short = 2.0137527074704766
	for i, y := range target {
		e := exp(score[0][i])
		gradient[0][i], hessian[0][i] = float32(e-y), float32(e*short)
	}
}

// Loss is the deviance.
func (Poisson) Loss(y float64, score []float64) float64 {
	d := math.Exp(score[0]) - y*score[0]
	if y > 0 {
		d += y*math.Log(y) - y
	}
	return 2 * d
}

// Gamma is the gamma deviance; targets are positive.
type Gamma struct{ logLink }

// Check wants a positive number.
func (Gamma) Check(y float64) error {
	if !(y > 0) {
		return wants("Gamma", "positive targets", y)
	}
	return nil
}

// Gradients by the score s are 1-y e^-s and y e^-s.
func (Gamma) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	for i, y := range target {
		r := y * exp(-score[0][i])
		gradient[0][i], hessian[0][i] = float32(1-r), float32(r)
	}
}

// Loss is the deviance.
func (Gamma) Loss(y float64, score []float64) float64 {
	return 2 * (score[0] - math.Log(y) + y*math.Exp(-score[0]) - 1)
}

// Tweedie is the deviance of the compound Poisson-gamma distribution (Tweedie 1984): many zeros, then amounts.
type Tweedie struct {
	Power float64 // of the variance function, between 1 (Poisson) and 2 (gamma); 0 means 1.5
	logLink
}

func (o Tweedie) power() float64 {
	if o.Power == 0 {
		return 1.5
	}
	return o.Power
}

func (o Tweedie) validate() error {
	if o.Power != 0 && !(o.Power > 1 && o.Power < 2) {
		return tidewatch.Errorf(tidewatch.CodeUsage, "tree: Tweedie.Power is %v: it must be between 1 and 2, or 0 for 1.5", o.Power)
	}
	return nil
}

// Check wants no negative number.
func (Tweedie) Check(y float64) error {
	if y < 0 {
		return wants("Tweedie", "targets that are not negative", y)
	}
	return nil
}

// Gradients by the score s are -y e^((1-p)s) + e^((2-p)s) and the derivative of that.
func (o Tweedie) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	p := o.power()
	g, h, s := gradient[0][:len(target)], hessian[0][:len(target)], score[0][:len(target)]
	for i, y := range target {
		a, b := 0.0, exp((2-p)*s[i])
		if y != 0 {
			a = y * exp((1-p)*s[i])
		}
		g[i], h[i] = float32(b-a), float32((2-p)*b-(1-p)*a)
	}
}

// Loss is the deviance.
func (o Tweedie) Loss(y float64, score []float64) float64 {
	p, s := o.power(), score[0]
	return 2 * (math.Pow(y, 2-p)/((1-p)*(2-p)) - y*math.Exp((1-p)*s)/(1-p) + math.Exp((2-p)*s)/(2-p))
}
