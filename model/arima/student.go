package arima

import "math"

// studentQuantile is the quantile of Student's t with n ≥ 3 degrees of freedom at level p, to about six digits (Hill 1970, Algorithm 396,
// Communications of the ACM 13): the incomplete beta function that would be exact takes longer than fitting a short series.
func studentQuantile(p, n float64) float64 {
	if p == .5 {
		return 0
	}
	tails := 2 * min(p, 1-p)
	a := 1 / (n - .5)
	b := 48 / (a * a)
	c := ((20700*a/b-98)*a-16)*a + 96.36
	d := ((94.5/(b+c)-3)/b + 1) * math.Sqrt(a*math.Pi/2) * n
	y := math.Pow(d*tails, 2/n)
	if y > .05+a {
		x := math.Sqrt2 * math.Erfinv(tails-1)
		y = x * x
		if n < 5 {
			c += .3 * (n - 4.5) * (x + .6)
		}
		c += (((.05*d*x-5)*x-7)*x-2)*x + b
		y = (((((.4*y+6.3)*y+36)*y+94.5)/c-y-3)/b + 1) * x
		y = math.Expm1(a * y * y)
	} else {
		y = ((1/(((n+6)/(n*y)-.089*d-.822)*(n+2)*3)+.5/(n+4))*y-1)*(n+1)/(n+2) + 1/y
	}
	return math.Copysign(math.Sqrt(n*y), p-.5)
}
