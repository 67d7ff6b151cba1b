// Package loss holds training losses with their gradients.
//
// A loss is returned as the weighted sum over observations and the sum of the weights, and its gradient is that of the sum, so
// that shards of a batch add up: the mean, and its gradient, come from dividing by the total weight at the end.
package loss

import (
	"fmt"
	"math"
)

// Func computes a loss. pred holds one or more numbers for each target, side by side; grad, as long as pred, is overwritten.
// weight is nil for ones; an observation whose weight is 0 or whose target is NaN (unknown) counts for nothing.
type Func func(grad, pred, target, weight []float32) (sum, total float64)

// each calls f for every observation that counts and clears the gradient of the others.
func each(width int, grad, pred, target, weight []float32, f func(i int, y, w float64, pred, grad []float32) float64) (sum, total float64) {
	if len(pred) != width*len(target) || len(grad) != len(pred) || (weight != nil && len(weight) != len(target)) {
		panic(fmt.Sprintf("loss: %d predictions, %d gradients, %d weights for %d targets of width %d", len(pred), len(grad), len(weight), len(target), width))
	}
	for i, y := range target {
		g, w := grad[i*width:(i+1)*width], 1.
		if weight != nil {
			w = float64(weight[i])
		}
		if w == 0 || y != y {
			clear(g)
			continue
		}
		sum += f(i, float64(y), w, pred[i*width:(i+1)*width], g)
		total += w
	}
	return sum, total
}

// scalar makes a Func of a loss of the error e = pred - target and its derivative.
func scalar(f func(e float64) (loss, slope float64)) Func {
	return func(grad, pred, target, weight []float32) (sum, total float64) {
		return each(1, grad, pred, target, weight, func(_ int, y, w float64, pred, grad []float32) float64 {
			l, d := f(float64(pred[0]) - y)
			grad[0] = float32(w * d)
			return w * l
		})
	}
}

// MSE is the squared error.
var MSE = scalar(func(e float64) (float64, float64) { return e * e, 2 * e })

// MAE is the absolute error.
var MAE = scalar(func(e float64) (float64, float64) { return math.Abs(e), sign(e) })

// Huber is e²/2 within ±delta and delta (|e| - delta/2) beyond. Huber (1964).
func Huber(delta float64) Func {
	return scalar(func(e float64) (float64, float64) {
		if math.Abs(e) <= delta {
			return e * e / 2, e
		}
		return delta * (math.Abs(e) - delta/2), delta * sign(e)
	})
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 or NaN
}

// Pinball is the quantile loss max(q e, (q-1) e), e = target - pred, averaged over the levels, of which pred holds one
// prediction each. At a tie the slope is the mean of both sides. Koenker and Bassett (1978).
func Pinball(levels []float64) Func {
	return func(grad, pred, target, weight []float32) (sum, total float64) {
		n := float64(len(levels))
		return each(len(levels), grad, pred, target, weight, func(_ int, y, w float64, pred, grad []float32) float64 {
			l := 0.
			for j, q := range levels {
				e := y - float64(pred[j])
				slope := .5 - q
				switch {
				case e > 0:
					l += q * e
					slope = -q
				case e < 0:
					l += (q - 1) * e
					slope = 1 - q
				case e != e:
					l, slope = e, e
				}
				grad[j] = float32(w * slope / n)
			}
			return w * l / n
		})
	}
}

// CrossEntropy is -log softmax(logits)[class] for rows of logits; a negative class does not count. See Func.
func CrossEntropy(grad, logits []float32, classes []int) (sum, total float64) {
	if len(classes) == 0 {
		return 0, 0
	}
	n := len(logits) / len(classes)
	if n*len(classes) != len(logits) || len(grad) != len(logits) {
		panic(fmt.Sprintf("loss: %d logits, %d gradients for %d classes", len(logits), len(grad), len(classes)))
	}
	for i, class := range classes {
		x, g := logits[i*n:(i+1)*n], grad[i*n:(i+1)*n]
		if class < 0 {
			clear(g)
			continue
		}
		top := math.Inf(-1)
		for _, v := range x {
			top = math.Max(top, float64(v))
		}
		norm := 0.
		for _, v := range x {
			norm += math.Exp(float64(v) - top)
		}
		for j, v := range x {
			g[j] = float32(math.Exp(float64(v)-top) / norm)
		}
		g[class]--
		sum += top + math.Log(norm) - float64(x[class])
		total++
	}
	return sum, total
}
