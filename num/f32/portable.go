package f32

import (
	"math"
	"slices"
	"unsafe"
)

const portableRows = 4

// portable is the reference: plain Go, the functions by way of float64.
var portable = kernels{
	name: "portable", rows: portableRows, cols: 16, block: transpose16Portable,
	add:         binary(func(_, a, b float32) float32 { return a + b }),
	sub:         binary(func(_, a, b float32) float32 { return a - b }),
	mul:         binary(func(_, a, b float32) float32 { return a * b }),
	mulAdd:      binary(func(d, a, b float32) float32 { return d + a*b }),
	sigmoidGrad: binary(func(_, y, dy float32) float32 { return dy * y * (1 - y) }),
	tanhGrad:    binary(func(_, y, dy float32) float32 { return dy * (1 - y*y) }),
	reluGrad: binary(func(_, y, dy float32) float32 {
		if y > 0 {
			return dy
		}
		return 0
	}),
	exp:       unary(func(x float32) float32 { return float32(math.Exp(float64(x))) }),
	sigmoid:   unary(sigmoid),
	tanh:      unary(tanh),
	normalCDF: unary(func(x float32) float32 { return float32(math.Erfc(-float64(x)/math.Sqrt2) / 2) }),
	gelu:      unary(func(x float32) float32 { return x * float32(math.Erfc(-float64(x)/math.Sqrt2)/2) }),
	relu: unary(func(x float32) float32 {
		if x < 0 {
			return 0
		}
		return x
	}),
	axpy: func(dst, x *float32, n int, s float32) {
		d := unsafe.Slice(dst, n)
		for i, v := range unsafe.Slice(x, n) {
			d[i] += s * v
		}
	},
	affine: func(dst, x *float32, n int, s, t float32) {
		d := unsafe.Slice(dst, n)
		for i, v := range unsafe.Slice(x, n) {
			d[i] = s*v + t
		}
	},
	sum: func(x *float32, n int) float32 {
		var s float64
		for _, v := range unsafe.Slice(x, n) {
			s += float64(v)
		}
		return float32(s)
	},
	maximum: func(x *float32, n int) float32 { return slices.Max(unsafe.Slice(x, n)) },
	dot: func(a, b *float32, n int) float32 {
		var s float64
		y := unsafe.Slice(b, n)
		for i, v := range unsafe.Slice(a, n) {
			s += float64(v) * float64(y[i])
		}
		return float32(s)
	},
	adam:         adamPortable,
	lstmForward:  lstmForwardPortable,
	lstmBackward: lstmBackwardPortable,
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

func tanh(x float32) float32 { return float32(math.Tanh(float64(x))) }

func unary(f func(x float32) float32) func(dst, x *float32, n int) {
	return func(dst, x *float32, n int) {
		d := unsafe.Slice(dst, n)
		for i, v := range unsafe.Slice(x, n) {
			d[i] = f(v)
		}
	}
}

func binary(f func(d, a, b float32) float32) func(dst, a, b *float32, n int) {
	return func(dst, a, b *float32, n int) {
		d, y := unsafe.Slice(dst, n), unsafe.Slice(b, n)
		for i, v := range unsafe.Slice(a, n) {
			d[i] = f(d[i], v, y[i])
		}
	}
}

// at returns the element off bytes past p.
func at(p *float32, off int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), off)) }

func gemmPortable(t *tile) {
	for i := range t.m {
		a := at(t.a, i/portableRows*t.aPanel+i%portableRows*t.aRow)
		c := unsafe.Slice(at(t.c, i*t.cRow), t.n)
		var acc [16]float32
		sums := acc[:t.n]
		for k := range t.k {
			x := *at(a, k*t.aCol)
			for j, y := range unsafe.Slice(at(t.b, k*t.bRow), t.n) {
				sums[j] += x * y
			}
		}
		if t.d != nil {
			for j, d := range unsafe.Slice(at(t.d, i*t.dRow), t.n) {
				sums[j] += d
			}
		}
		copy(c, sums)
	}
}

func transpose16Portable(dst, src *float32, dstRow, srcRow int) {
	for j := range 16 {
		d := unsafe.Slice(at(dst, j*dstRow), 16)
		for i := range d {
			d[i] = *at(src, i*srcRow+4*j)
		}
	}
}

func adamPortable(p, grad, m, v *float32, n int, beta1, beta2, one1, one2, step, root, eps, keep float32) {
	ps, ms, vs := unsafe.Slice(p, n), unsafe.Slice(m, n), unsafe.Slice(v, n)
	for i, g := range unsafe.Slice(grad, n) {
		ms[i] = beta1*ms[i] + one1*g
		vs[i] = beta2*vs[i] + one2*g*g
		ps[i] = keep*ps[i] - step*ms[i]/(root*float32(math.Sqrt(float64(vs[i])))+eps)
	}
}

func lstmForwardPortable(gates, prev, c, tc, h *float32, n int) {
	gs := unsafe.Slice(gates, 4*n)
	p, cs, ts, hs := unsafe.Slice(prev, n), unsafe.Slice(c, n), unsafe.Slice(tc, n), unsafe.Slice(h, n)
	for j := range n {
		i, f, g, o := sigmoid(gs[j]), sigmoid(gs[n+j]), tanh(gs[2*n+j]), sigmoid(gs[3*n+j])
		gs[j], gs[n+j], gs[2*n+j], gs[3*n+j] = i, f, g, o
		cs[j] = f*p[j] + i*g
		ts[j] = tanh(cs[j])
		hs[j] = o * ts[j]
	}
}

func lstmBackwardPortable(gates, prev, tc, dh, dc *float32, n int) {
	gs := unsafe.Slice(gates, 4*n)
	p, ts, dhs, dcs := unsafe.Slice(prev, n), unsafe.Slice(tc, n), unsafe.Slice(dh, n), unsafe.Slice(dc, n)
	for j := range n {
		i, f, g, o := gs[j], gs[n+j], gs[2*n+j], gs[3*n+j]
		d := dcs[j] + dhs[j]*o*(1-ts[j]*ts[j])
		gs[j] = d * g * i * (1 - i)
		gs[n+j] = d * p[j] * f * (1 - f)
		gs[2*n+j] = d * i * (1 - g*g)
		gs[3*n+j] = dhs[j] * ts[j] * o * (1 - o)
		dcs[j] = d * f
	}
}
