package optim

import "math"

// Schedule gives the learning rate of a step, counted from 0.
type Schedule func(step int) float64

// Constant is always the same rate.
func Constant(rate float64) Schedule { return func(int) float64 { return rate } }

// StepDecay multiplies the rate by factor after every so many steps.
func StepDecay(rate float64, every int, factor float64) Schedule {
	return func(step int) float64 { return rate * math.Pow(factor, float64(step/every)) }
}

// Cosine falls from rate to low over total steps along half a cosine and stays there. Loshchilov and Hutter, "SGDR" (2017).
func Cosine(rate, low float64, total int) Schedule {
	return func(step int) float64 {
		at := math.Min(1, float64(step)/float64(max(1, total)))
		return low + (rate-low)*(1+math.Cos(math.Pi*at))/2
	}
}

// Warmup rises in a line over the first steps, then follows the schedule from its beginning.
func Warmup(steps int, then Schedule) Schedule {
	return func(step int) float64 {
		if step < steps {
			return then(0) * float64(step+1) / float64(steps)
		}
		return then(step - steps)
	}
}
