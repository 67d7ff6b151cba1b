package f32

import "math"

// Exp sets dst = e^x with a relative error below 2.5e-7 (3 units in the last place); above 88.72 it is +Inf.
func Exp(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.exp(&dst[0], &x[0], n)
	}
}

// Sigmoid sets dst = 1/(1+e^-x), relative error below 4e-7; below -87 it may stay at 1.7e-38.
func Sigmoid(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.sigmoid(&dst[0], &x[0], n)
	}
}

// Tanh sets dst = tanh x, relative error below 4e-7.
func Tanh(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.tanh(&dst[0], &x[0], n)
	}
}

// NormalCDF sets dst to the standard normal distribution function of x, absolute error below 3e-7.
func NormalCDF(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.normalCDF(&dst[0], &x[0], n)
	}
}

// GELU sets dst = x Φ(x) with Φ as in NormalCDF: absolute error below 3e-7 |x| + 1e-7. Hendrycks and Gimpel, "Gaussian Error Linear
// Units" (2016).
func GELU(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.gelu(&dst[0], &x[0], n)
	}
}

// ReLU sets dst = max(x, 0).
func ReLU(dst, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.relu(&dst[0], &x[0], n)
	}
}

// SigmoidGrad sets dst to the gradient before a sigmoid whose result was y: dy y (1-y).
func SigmoidGrad(dst, y, dy []float32) {
	if n := same(len(dst), len(y), len(dy)); n > 0 {
		use.sigmoidGrad(&dst[0], &y[0], &dy[0], n)
	}
}

// TanhGrad sets dst to the gradient before a tanh whose result was y: dy (1-y^2).
func TanhGrad(dst, y, dy []float32) {
	if n := same(len(dst), len(y), len(dy)); n > 0 {
		use.tanhGrad(&dst[0], &y[0], &dy[0], n)
	}
}

// ReLUGrad sets dst to dy where y > 0, else 0.
func ReLUGrad(dst, y, dy []float32) {
	if n := same(len(dst), len(y), len(dy)); n > 0 {
		use.reluGrad(&dst[0], &y[0], &dy[0], n)
	}
}

// Softmax sets dst = e^x / sum e^x; -Inf gives 0, and a row of nothing but -Inf gives zeros. Relative error below 1e-6.
func Softmax(dst, x []float32) {
	if len(x) == 0 {
		return
	}
	top := use.maximum(&x[0], len(x))
	if math.IsInf(float64(top), -1) {
		clear(dst)
		return
	}
	Affine(dst, 1, x, -top)
	Exp(dst, dst)
	Affine(dst, 1/Sum(dst), dst, 0)
}

// SoftmaxGrad sets dst to the gradient before a softmax whose result was y: y (dy - y·dy).
func SoftmaxGrad(dst, y, dy []float32) {
	Affine(dst, 1, dy, -Dot(y, dy))
	Hadamard(dst, dst, y)
}

// Normalize sets dst = (x - mean)/sqrt(variance + eps), with the biased variance about the mean, and returns the factor
// 1/sqrt(variance + eps). Ba, Kiros and Hinton, "Layer Normalization" (2016). Absolute error about 1e-6 for well-scaled x.
func Normalize(dst, x []float32, eps float32) float32 {
	n := float32(len(x))
	Affine(dst, 1, x, -Sum(x)/n)
	inv := float32(1 / math.Sqrt(float64(Dot(dst, dst)/n+eps)))
	Affine(dst, inv, dst, 0)
	return inv
}

// NormalizeGrad sets dst to the gradient of x, given y and inv of Normalize and dy, the gradient of y:
// inv (dy - mean(dy) - y mean(dy y)). dst must not be dy or y.
func NormalizeGrad(dst, y []float32, inv float32, dy []float32) {
	n := float32(len(y))
	Affine(dst, inv, dy, -inv*Sum(dy)/n)
	Axpy(dst, -inv*Dot(y, dy)/n, y)
}
