package nn

import (
	"math"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Function is an element-wise function with its derivative.
type Function struct {
	Name  string
	apply func(y, x []float32)
	grad  func(dx, x, y, dy []float32) // gradient of x, from the argument, the result and the gradient of the result
}

// The functions of activation layers.
var (
	ReLU = Function{"relu", f32.ReLU, func(dx, _, y, dy []float32) { f32.ReLUGrad(dx, y, dy) }}
	// Sigmoid is 1/(1+e^-x).
	Sigmoid = Function{"sigmoid", f32.Sigmoid, func(dx, _, y, dy []float32) { f32.SigmoidGrad(dx, y, dy) }}
	Tanh    = Function{"tanh", f32.Tanh, func(dx, _, y, dy []float32) { f32.TanhGrad(dx, y, dy) }}
	Exp     = Function{"exp", f32.Exp, func(dx, _, y, dy []float32) { f32.Hadamard(dx, y, dy) }}
	// GELU is x Φ(x), Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
	GELU = Function{"gelu", f32.GELU, geluGrad}
	// GELUTanh is its approximation x/2 (1 + tanh(√(2/π)(x + .044715x³))), "gelu_new" in transformers.
	GELUTanh = Function{"gelu_tanh", geluTanhApply, geluTanhGrad}
	// SiLU is x sigmoid(x), also called swish.
	SiLU = Function{"silu", siluApply, siluGrad}
	// Softplus is log(1 + e^x).
	Softplus = Function{"softplus", softplusApply, softplusGrad}
	// ELU is x above 0, e^x - 1 below.
	ELU = elu("elu", 1, 1)
	// SELU is the scaled ELU of Klambauer et al., "Self-Normalizing Neural Networks" (2017).
	SELU = elu("selu", 1.6732632423543772, 1.0507009873554805)
)

// LeakyReLU is x above 0, slope x below.
func LeakyReLU(slope float32) Function {
	return pointwise("leaky_relu", func(x float32) (float32, float32) {
		if x > 0 {
			return x, 1
		}
		return slope * x, slope
	})
}

func elu(name string, alpha, scale float64) Function {
	return pointwise(name, func(x float32) (float32, float32) {
		if x > 0 {
			return float32(scale) * x, float32(scale)
		}
		return float32(scale * alpha * math.Expm1(float64(x))), float32(scale * alpha * math.Exp(float64(x)))
	})
}

// pointwise makes a Function of one that returns value and derivative.
func pointwise(name string, f func(x float32) (y, slope float32)) Function {
	return Function{name,
		func(y, x []float32) {
			for i, v := range x {
				y[i], _ = f(v)
			}
		},
		func(dx, x, _, dy []float32) {
			for i, v := range x {
				_, d := f(v)
				dx[i] = d * dy[i]
			}
		},
	}
}

// geluGrad: Φ(x) + x φ(x).
func geluGrad(dx, x, _, dy []float32) {
	var density [256]float32
	for i := 0; i < len(x); i += len(density) {
		n := min(len(density), len(x)-i)
		u, d, e := x[i:i+n], dx[i:i+n], density[:n]
		f32.Hadamard(e, u, u)
		f32.Affine(e, -.5, e, 0)
		f32.Exp(e, e)
		f32.Hadamard(e, e, u)
		f32.NormalCDF(d, u)
		f32.Axpy(d, float32(1/math.Sqrt(2*math.Pi)), e)
		f32.Hadamard(d, d, dy[i:i+n])
	}
}

const geluScale, geluCubic = 0.7978845608028654, 0.044715 // √(2/π)

func geluTanhApply(y, x []float32) {
	for i, v := range x {
		y[i] = geluScale * (v + geluCubic*v*v*v)
	}
	f32.Tanh(y, y)
	for i, v := range x {
		y[i] = .5 * v * (1 + y[i])
	}
}

func geluTanhGrad(dx, x, _, dy []float32) {
	for i, v := range x {
		dx[i] = geluScale * (v + geluCubic*v*v*v)
	}
	f32.Tanh(dx, dx)
	for i, v := range x {
		t := dx[i]
		dx[i] = dy[i] * (.5*(1+t) + .5*v*(1-t*t)*geluScale*(1+3*geluCubic*v*v))
	}
}

func siluApply(y, x []float32) {
	f32.Sigmoid(y, x)
	f32.Hadamard(y, y, x)
}

func siluGrad(dx, x, _, dy []float32) {
	f32.Sigmoid(dx, x)
	for i, v := range x {
		s := dx[i]
		dx[i] = dy[i] * s * (1 + v*(1-s))
	}
}

func softplusApply(y, x []float32) {
	for i, v := range x {
		y[i] = max(v, 0) + float32(math.Log1p(math.Exp(-math.Abs(float64(v)))))
	}
}

func softplusGrad(dx, x, _, dy []float32) {
	f32.Sigmoid(dx, x)
	f32.Hadamard(dx, dx, dy)
}

// Activation is a Function as a layer.
type Activation struct {
	F     Function
	x     *Tensor
	y, dx Tensor
}

func (a *Activation) Forward(p *Pass, x *Tensor) *Tensor {
	a.x = x
	y := a.y.like(x).Data
	p.spans(len(y), func(i, j int) { a.F.apply(y[i:j], x.Data[i:j]) })
	return &a.y
}

func (a *Activation) Backward(p *Pass, dy *Tensor) *Tensor {
	dx := a.dx.like(dy).Data
	p.spans(len(dx), func(i, j int) { a.F.grad(dx[i:j], a.x.Data[i:j], a.y.Data[i:j], dy.Data[i:j]) })
	return &a.dx
}

func (a *Activation) Params() []*Param { return nil }
