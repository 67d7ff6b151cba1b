package life

import "math"

// Bass is the diffusion of something new (Bass 1969, "A new product growth model for consumer durables"): each of Market buyers buys once,
// of their own accord at the rate P, or because others have, at the rate Q times the share of those.
type Bass struct{ P, Q, Market float64 }

// By is how much was sold by the end of period t.
func (b Bass) By(t float64) float64 {
	if t <= 0 {
		return 0
	}
	e := math.Exp(-(b.P + b.Q) * t)
	return b.Market * (1 - e) / (1 + b.Q/b.P*e)
}

// Peak is the time of the most sales; 0 where they fall from the start.
func (b Bass) Peak() float64 {
	if b.Q <= b.P {
		return 0
	}
	return math.Log(b.Q/b.P) / (b.P + b.Q)
}

// FitBass fits the sales of the first periods by least squares on their square roots' scale, so that large periods do not count alone
// (Srinivasan & Mason 1986 fit the same increments): Market in closed form for each P and Q of a grid that is refined three times. ok is false for
// fewer than three periods or no sale. Before the peak was passed the market is all but unknown: it is a projection, not a promise.
func FitBass(sales []float64) (b Bass, ok bool) {
	total := 0.
	for _, v := range sales {
		total += max(0, known(v))
	}
	if len(sales) < 3 || total <= 0 {
		return Bass{}, false
	}
	try := func(p, q float64) (Bass, float64) {
		one := Bass{p, q, 1}
		xy, xx := 0., 0.
		for t, v := range sales {
			if v == v {
				w := 1 / (max(0, v) + 1)
				x := one.By(float64(t+1)) - one.By(float64(t))
				xy, xx = xy+w*x*v, xx+w*x*x
			}
		}
		one.Market = max(total, xy/xx)
		loss := 0.
		for t, v := range sales {
			if v == v {
				d := v - (one.By(float64(t+1)) - one.By(float64(t)))
				loss += d * d / (max(0, v) + 1)
			}
		}
		// Without a peak in sight any market fits: a faint belief in the usual rates (Sultan, Farley & Lehmann 1990: P 0.03, Q 0.38 a year).
		return one, loss + .02*(square(math.Log(p/.02))+square(math.Log(q/.2)))
	}
	best := math.Inf(1)
	lp, lq, step := math.Log(.02), math.Log(.2), .8
	for range 4 {
		cp, cq := lp, lq
		for i := -5; i <= 5; i++ {
			for j := -5; j <= 5; j++ {
				p, q := cp+float64(i)*step, cq+float64(j)*step
				if p > math.Log(.5) || q > math.Log(2) || p < math.Log(1e-5) || q < math.Log(1e-4) {
					continue
				}
				if f, loss := try(math.Exp(p), math.Exp(q)); loss < best {
					best, b, lp, lq = loss, f, p, q
				}
			}
		}
		step /= 4
	}
	return b, true
}

func square(x float64) float64 { return x * x }
