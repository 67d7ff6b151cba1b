package nn

import (
	"math"

	"github.com/tidewatch/tidewatch/num/f32"
)

// LayerNorm normalises each vector of the last axis to mean 0 and variance 1, then scales and shifts it.
// Ba, Kiros and Hinton, "Layer Normalization" (2016).
type LayerNorm struct {
	Weight, Bias *Param // [n]
	Eps          float32

	hat, y, dx, scratch Tensor
	inv                 []float32 // 1/standard deviation of each row
}

// NewLayerNorm makes NAME.weight, ones, and NAME.bias, zeros.
func NewLayerNorm(name string, n int, eps float32) *LayerNorm {
	return &LayerNorm{Weight: NewParam(name+".weight", n).fill(1), Bias: NewParam(name+".bias", n), Eps: eps}
}

func (l *LayerNorm) Params() []*Param { return []*Param{l.Weight, l.Bias} }

func (l *LayerNorm) Forward(p *Pass, x *Tensor) *Tensor {
	x.expectLast(l.Weight.Name, len(l.Weight.Data))
	l.y.like(x)
	l.hat.like(x)
	l.inv = resizeSlice(l.inv, x.Rows())
	p.each(x.Rows(), func(_, i int) {
		hat, y := l.hat.row(i), l.y.row(i)
		l.inv[i] = f32.Normalize(hat, x.row(i), l.Eps)
		copy(y, l.Bias.Data)
		f32.MulAdd(y, hat, l.Weight.Data)
	})
	return &l.y
}

func (l *LayerNorm) Backward(_ *Pass, dy *Tensor) *Tensor {
	l.dx.like(dy)
	dhat := l.scratch.resize(dy.Last()).Data
	dw, db := l.Weight.Gradient(), l.Bias.Gradient()
	for i := range dy.Rows() {
		d := dy.row(i)
		f32.MulAdd(dw, d, l.hat.row(i))
		f32.Add(db, db, d)
		f32.Hadamard(dhat, d, l.Weight.Data)
		f32.NormalizeGrad(l.dx.row(i), l.hat.row(i), l.inv[i], dhat)
	}
	return &l.dx
}

// RMSNorm scales each vector of the last axis by 1/√(mean of squares + eps) and by weights.
// Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019); the norm of T5 and Llama.
type RMSNorm struct {
	Weight *Param // [n]
	Eps    float32

	hat, y, dx, scratch Tensor
	inv                 []float32
}

// NewRMSNorm makes NAME.weight, ones.
func NewRMSNorm(name string, n int, eps float32) *RMSNorm {
	return &RMSNorm{Weight: NewParam(name+".weight", n).fill(1), Eps: eps}
}

func (l *RMSNorm) Params() []*Param { return []*Param{l.Weight} }

func (l *RMSNorm) Forward(p *Pass, x *Tensor) *Tensor {
	x.expectLast(l.Weight.Name, len(l.Weight.Data))
	l.y.like(x)
	l.hat.like(x)
	l.inv = resizeSlice(l.inv, x.Rows())
	p.each(x.Rows(), func(_, i int) {
		r := x.row(i)
		l.inv[i] = float32(1 / math.Sqrt(float64(f32.Dot(r, r))/float64(len(r))+float64(l.Eps)))
		f32.Affine(l.hat.row(i), l.inv[i], r, 0)
		f32.Hadamard(l.y.row(i), l.hat.row(i), l.Weight.Data)
	})
	return &l.y
}

// Backward: dx = inv (d - hat mean(d hat)) with d = dy w.
func (l *RMSNorm) Backward(_ *Pass, dy *Tensor) *Tensor {
	l.dx.like(dy)
	dhat := l.scratch.resize(dy.Last()).Data
	dw := l.Weight.Gradient()
	for i := range dy.Rows() {
		d, hat := dy.row(i), l.hat.row(i)
		f32.MulAdd(dw, d, hat)
		f32.Hadamard(dhat, d, l.Weight.Data)
		f32.Affine(l.dx.row(i), l.inv[i], dhat, 0)
		f32.Axpy(l.dx.row(i), -l.inv[i]*f32.Dot(dhat, hat)/float32(len(hat)), hat)
	}
	return &l.dx
}

func resizeSlice(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// BatchNorm normalises each channel of [batch, channels, ...] over the batch and the other axes in training, by running
// statistics otherwise. Ioffe and Szegedy, "Batch Normalization" (2015). As in PyTorch the batch is normalised with the biased
// variance and the running variance is the unbiased one.
type BatchNorm struct {
	Weight, Bias *Param // [channels]
	Mean, Var    *Param // running statistics, fixed
	Eps          float32
	Momentum     float32 // weight of a new batch in the running statistics

	hat, y, dx Tensor
	inv        []float32
	train      bool
}

// NewBatchNorm makes NAME.weight, .bias, .running_mean and .running_var; eps 1e-5 and momentum .1 are usual.
func NewBatchNorm(name string, channels int, eps, momentum float32) *BatchNorm {
	b := &BatchNorm{
		Weight: NewParam(name+".weight", channels).fill(1), Bias: NewParam(name+".bias", channels),
		Mean: NewParam(name+".running_mean", channels), Var: NewParam(name+".running_var", channels).fill(1),
		Eps: eps, Momentum: momentum,
	}
	b.Mean.Fixed, b.Var.Fixed = true, true
	return b
}

func (b *BatchNorm) Params() []*Param { return []*Param{b.Weight, b.Bias, b.Mean, b.Var} }

// planes calls f with the numbers of channel c in each element of the batch.
func planes(x *Tensor, c int, f func(off, n int)) {
	channels := x.Shape[1]
	n := len(x.Data) / (x.Shape[0] * channels)
	for i := range x.Shape[0] {
		f((i*channels+c)*n, n)
	}
}

func (b *BatchNorm) Forward(p *Pass, x *Tensor) *Tensor {
	channels := len(b.Weight.Data)
	if len(x.Shape) < 2 || x.Shape[1] != channels {
		x.expect(b.Weight.Name, -1, channels)
	}
	b.y.like(x)
	b.hat.like(x)
	b.inv = resizeSlice(b.inv, channels)
	b.train = p.Train
	count := float64(len(x.Data) / channels)
	for c := range channels {
		mean, variance := float64(b.Mean.Data[c]), float64(b.Var.Data[c])
		if p.Train {
			mean, variance = 0, 0
			planes(x, c, func(off, n int) { mean += float64(f32.Sum(x.Data[off : off+n])) })
			mean /= count
			planes(x, c, func(off, n int) {
				h := b.hat.Data[off : off+n]
				f32.Affine(h, 1, x.Data[off:off+n], -float32(mean))
				variance += float64(f32.Dot(h, h))
			})
			variance /= count
			m := float64(b.Momentum)
			b.Mean.Data[c] = float32((1-m)*float64(b.Mean.Data[c]) + m*mean)
			b.Var.Data[c] = float32((1-m)*float64(b.Var.Data[c]) + m*variance*count/math.Max(1, count-1))
		}
		inv := float32(1 / math.Sqrt(variance+float64(b.Eps)))
		b.inv[c] = inv
		planes(x, c, func(off, n int) {
			h := b.hat.Data[off : off+n]
			f32.Affine(h, inv, x.Data[off:off+n], -inv*float32(mean))
			f32.Affine(b.y.Data[off:off+n], b.Weight.Data[c], h, b.Bias.Data[c])
		})
	}
	return &b.y
}

func (b *BatchNorm) Backward(_ *Pass, dy *Tensor) *Tensor {
	channels := len(b.Weight.Data)
	b.dx.like(dy)
	dw, db := b.Weight.Gradient(), b.Bias.Gradient()
	count := float32(len(dy.Data) / channels)
	for c := range channels {
		var sum, dot float32
		planes(dy, c, func(off, n int) {
			sum += f32.Sum(dy.Data[off : off+n])
			dot += f32.Dot(dy.Data[off:off+n], b.hat.Data[off:off+n])
		})
		db[c] += sum
		dw[c] += dot
		scale := b.inv[c] * b.Weight.Data[c]
		planes(dy, c, func(off, n int) {
			dx := b.dx.Data[off : off+n]
			if !b.train { // the statistics are constants
				f32.Affine(dx, scale, dy.Data[off:off+n], 0)
				return
			}
			f32.Affine(dx, scale, dy.Data[off:off+n], -scale*sum/count)
			f32.Axpy(dx, -scale*dot/count, b.hat.Data[off:off+n])
		})
	}
	return &b.dx
}
