package loss

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NegativeBinomial is the negative log-likelihood of counts. pred holds two numbers: m and a, with mean μ = softplus(m) and
// dispersion α = softplus(a), so that the variance is μ + α μ². Salinas et al., "DeepAR" (2020), equation 3.
func NegativeBinomial(grad, pred, target, weight []float32) (sum, total float64) {
	return each(2, grad, pred, target, weight, func(_ int, y, w float64, pred, grad []float32) float64 {
		mu, dmu := softplus(float64(pred[0]))
		alpha, dalpha := softplus(float64(pred[1]))
		mu, alpha = mu+tiny, alpha+tiny
		r := 1 / alpha
		lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
		log1 := math.Log1p(alpha * mu)
		nll := lg(r) + lg(y+1) - lg(y+r) + r*log1 - y*(math.Log(alpha*mu)-log1)
		grad[0] = float32(w * (mu - y) / (mu * (1 + alpha*mu)) * dmu)
		dr := mathext.Digamma(r) - mathext.Digamma(y+r) + log1 + (y-mu)/(r+mu) // derivative by r
		grad[1] = float32(-w * dr * r * r * dalpha)
		return w * nll
	})
}

// StudentT is the negative log-likelihood of a Student t distribution. pred holds three numbers: the location, s with scale
// σ = softplus(s), and n with ν = 2 + softplus(n) degrees of freedom.
func StudentT(grad, pred, target, weight []float32) (sum, total float64) {
	return each(3, grad, pred, target, weight, func(_ int, y, w float64, pred, grad []float32) float64 {
		sigma, dsigma := softplus(float64(pred[1]))
		nu, dnu := softplus(float64(pred[2]))
		sigma, nu = sigma+tiny, nu+2
		z := (y - float64(pred[0])) / sigma
		log1 := math.Log1p(z * z / nu)
		lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
		nll := lg(nu/2) - lg((nu+1)/2) + math.Log(nu*math.Pi)/2 + math.Log(sigma) + (nu+1)/2*log1
		k := (nu + 1) / (nu + z*z)
		grad[0] = float32(-w * k * z / sigma)
		grad[1] = float32(w * (1 - k*z*z) / sigma * dsigma)
		d := mathext.Digamma(nu/2) - mathext.Digamma((nu+1)/2) + 1/nu + log1 - k*z*z/nu
		grad[2] = float32(w * d / 2 * dnu)
		return w * nll
	})
}

// tiny keeps means, dispersions and scales from zero.
const tiny = 1e-6

// softplus returns log(1+e^x) and its derivative.
func softplus(x float64) (y, slope float64) {
	return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))), 1 / (1 + math.Exp(-x))
}
