package clean

import "math"

// Inverse turns forecasts of a transformed series back.
type Inverse interface {
	// Path turns consecutive values that follow the series back, in place: one possible future.
	Path(x []float64)
}

// Pointwise is an inverse that takes one value at a time, and rises with it: quantiles go through it as they are, means do not.
type Pointwise interface {
	Inverse
	// Value is one value turned back.
	Value(v float64) float64
	// Moments are the mean and the variance of what a forecast of the given mean and variance becomes: by the second and the first order
	// of the Taylor series (Guerrero 1993; Hyndman & Athanasopoulos 2021, section 5.6), exact for a line.
	Moments(mean, variance float64) (float64, float64)
}

// each turns a path back value by value.
func each(x []float64, value func(float64) float64) {
	for h, v := range x {
		x[h] = value(v)
	}
}

// line is y = at + unit x.
type line struct{ at, unit float64 }

func (l line) Path(x []float64)                        { each(x, l.Value) }
func (l line) Value(v float64) float64                 { return l.at + l.unit*v }
func (l line) Moments(m, v float64) (float64, float64) { return l.Value(m), l.unit * l.unit * v }

// power is the inverse of [BoxCox], and of the logarithm of 1 + y where plus is 1.
type power struct{ lambda, plus float64 }

func (p power) Path(x []float64) { each(x, p.Value) }

func (p power) Value(v float64) float64 {
	switch {
	case p.plus != 0:
		return math.Expm1(v)
	case p.lambda == 0:
		return math.Exp(v)
	}
	return math.Pow(max(0, p.lambda*v+1), 1/p.lambda)
}

func (p power) Moments(m, v float64) (float64, float64) {
	y := p.Value(m)
	base := p.lambda*m + 1
	if p.lambda == 0 {
		base = 1
	}
	if !(base > 0) {
		return y, 0
	}
	slope := (y + p.plus) / base // dy/dx = y^(1-λ)
	return y + v/2*slope*(1-p.lambda)/base, slope * slope * v
}

// sums undoes differences: the stages in the order they were taken.
type sums []sumStage

// sumStage is one difference: its lag, and the last lag values before it was taken.
type sumStage struct {
	lag  int
	tail []float64
}

func (s sums) Path(x []float64) {
	for k := len(s) - 1; k >= 0; k-- {
		st := s[k]
		for h := range x {
			if h < st.lag {
				x[h] += st.tail[h]
			} else {
				x[h] += x[h-st.lag]
			}
		}
	}
}
