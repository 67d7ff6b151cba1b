package gbm

import (
	"math"

	"github.com/tidewatch/tidewatch/tree"
)

// percent is the squared relative error (1 - forecast/value)², of logarithms: what it learns is best by the root mean squared
// percentage error. A value that is far above the forecast counts little, one far below much.
type percent struct{}

func (percent) Outputs() int { return 1 }

func (percent) Link() tree.Link { return tree.Identity }

func (percent) Check(float64) error { return nil }

// Start is the best constant: the logarithm of sum(1/y) / sum(1/y²).
func (percent) Start(target, weight []float64) []float64 {
	a, b := 0.0, 0.0
	for i, t := range target {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		v := math.Exp(-t)
		a += w * v
		b += w * v * v
	}
	if !(b > 0) {
		return []float64{0}
	}
	return []float64{math.Log(a / b)}
}

// Gradients are those by the logarithm of the forecast, with r = forecast/value: r(r-1), and r² instead of r(2r-1), which can be negative.
func (percent) Gradients(target []float64, score [][]float64, gradient, hessian [][]float32) {
	for i, t := range target {
		r := math.Exp(min(score[0][i]-t, 2))
		gradient[0][i], hessian[0][i] = float32(r*(r-1)), float32(max(r*r, 1e-3))
	}
}

func (percent) Loss(target float64, score []float64) float64 {
	r := math.Exp(score[0]-target) - 1
	return r * r
}
