package nn

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// CausalConv is a dilated causal convolution over [batch, time, in] → [batch, time, out]: step t sees t, t-d, t-2d, ...; what
// lies before the sequence counts as zero. The WaveNet and TCN layer; Bai, Kolter and Koltun (2018).
type CausalConv struct {
	Weight   *Param // [out, in, kernel]; the last tap is the current step, as in a left-padded PyTorch Conv1d
	Bias     *Param // [out]
	Dilation int
	First    bool // the input is data: Backward returns nil instead of its gradient

	x     *Tensor
	y, dx Tensor
	taps  []float32 // weights by tap: [kernel, in, out] in Forward, [kernel, out, in] in Backward
	dtaps []float32
}

// NewCausalConv makes NAME.weight and NAME.bias, uniform within ±1/√(in kernel).
func NewCausalConv(name string, in, out, kernel, dilation int, rng *rand.Rand) *CausalConv {
	limit := fanIn(in * kernel)
	return &CausalConv{
		Weight: NewParam(name+".weight", out, in, kernel).uniform(rng, limit), Bias: NewParam(name+".bias", out).uniform(rng, limit),
		Dilation: dilation,
	}
}

func (c *CausalConv) Params() []*Param { return []*Param{c.Weight, c.Bias} }

// tap calls f for every tap that reaches into a sequence of so many steps; shift is how far it looks back.
func (c *CausalConv) tap(steps int, f func(j, shift int)) {
	kernel := c.Weight.Shape[2]
	for j := range kernel {
		if shift := (kernel - 1 - j) * c.Dilation; shift < steps {
			f(j, shift)
		}
	}
}

// steps views steps [from, from+n) of sequence b.
func (t *Tensor) steps(b, from, n int) f32.Matrix {
	return f32.Dense(t.Data[(b*t.Shape[1]+from)*t.Shape[2]:], n, t.Shape[2])
}

func (c *CausalConv) Forward(p *Pass, x *Tensor) *Tensor {
	out, in, kernel := c.Weight.Shape[0], c.Weight.Shape[1], c.Weight.Shape[2]
	x.expect(c.Weight.Name, -1, -1, in)
	c.x = x
	steps := x.Shape[1]
	c.y.resize(x.Shape[0], steps, out)
	c.taps = resizeSlice(c.taps, len(c.Weight.Data))
	f32.Transpose(c.taps, c.Weight.Data, out, in*kernel) // [in, kernel, out]
	tap := func(j int) f32.Matrix { return f32.Strided(c.taps[j*out:], in, out, kernel*out) }
	p.each(x.Shape[0], func(_, b int) {
		f32.MulBias(c.y.steps(b, 0, steps), x.steps(b, 0, steps), tap(kernel-1), c.Bias.Data, 1)
		c.tap(steps, func(j, shift int) {
			if shift > 0 {
				f32.Mul(c.y.steps(b, shift, steps-shift), x.steps(b, 0, steps-shift), tap(j), true)
			}
		})
	})
	return &c.y
}

func (c *CausalConv) Backward(p *Pass, dy *Tensor) *Tensor {
	out, in, kernel := c.Weight.Shape[0], c.Weight.Shape[1], c.Weight.Shape[2]
	batch, steps := dy.Shape[0], dy.Shape[1]
	c.dtaps = resizeSlice(c.dtaps, len(c.Weight.Data)) // [kernel, in, out]
	clear(c.dtaps)
	p.each(kernel, func(_, j int) {
		if shift := (kernel - 1 - j) * c.Dilation; shift < steps {
			for b := range batch {
				f32.Mul(f32.Dense(c.dtaps[j*in*out:], in, out), c.x.steps(b, 0, steps-shift).T(), dy.steps(b, shift, steps-shift), true)
			}
		}
	})
	grad := c.Weight.Gradient()
	for i, g := range c.dtaps {
		j, k, o := i/(in*out), i/out%in, i%out
		grad[(o*in+k)*kernel+j] += g
	}
	addColumnSums(c.Bias.Gradient(), dy.matrix())
	if c.First {
		return nil
	}
	for i, w := range c.Weight.Data { // [out, in, kernel] → [kernel, out, in]
		c.taps[i%kernel*out*in+i/kernel] = w
	}
	clear(c.dx.like(c.x).Data)
	p.each(batch, func(_, b int) {
		c.tap(steps, func(j, shift int) {
			f32.Mul(c.dx.steps(b, 0, steps-shift), dy.steps(b, shift, steps-shift), f32.Dense(c.taps[j*out*in:], out, in), true)
		})
	})
	return &c.dx
}
