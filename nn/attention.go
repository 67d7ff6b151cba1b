package nn

import (
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Attention is multi-head attention, Vaswani et al. (2017): softmax(scale Q Kᵀ + bias) V in each head. As a Layer it is
// self-attention over [batch, time, width]; Attend gives keys and values another source.
type Attention struct {
	Query, Key, Value, Out *Dense
	Heads                  int
	Scale                  float32 // of the scores; 0 means 1/√(width of a head). T5 has 1
	Causal                 bool    // step t sees only steps up to t
	Rotary                 *Rotary // turns queries and keys by their position; nil for none

	// Set before each Forward, where wanted:
	Ignore   []bool  // [batch, keys]: keys that nobody sees
	Bias     *Tensor // [heads, queries, keys], added to the scores
	BiasGrad *Tensor // like Bias: Backward adds to it

	q, k, v *Tensor
	probs   Tensor // [batch, heads, queries, keys]
	mixed   Tensor // [batch, queries, heads x head width]
	self    bool

	before *Attention // see After
	kept   bool
	sums   Tensor // scores before the softmax, where a later attention adds them to its own
	dsums  Tensor // their gradient from there

	dq, dk, dv, dprobs, dx Tensor
}

// NewAttention makes the projections NAME.q, .k, .v and .o of a width into heads of headWidth.
func NewAttention(name string, width, heads, headWidth int, rng *rand.Rand) *Attention {
	inner := heads * headWidth
	return &Attention{
		Query: NewDense(name+".q", width, inner, rng), Key: NewDense(name+".k", width, inner, rng),
		Value: NewDense(name+".v", width, inner, rng), Out: NewDense(name+".o", inner, width, rng),
		Heads: heads,
	}
}

// After adds the scores of an attention earlier in the network to those of a, before the softmax: residual attention. He, Ravula, Kanagal and
// Ainslie, "RealFormer" (2021). Both must see tensors of the same shape, without Ignore.
func (a *Attention) After(before *Attention) *Attention {
	a.before, before.kept = before, true
	return a
}

func (a *Attention) Params() []*Param {
	return Sequential{a.Query, a.Key, a.Value, a.Out}.Params()
}

// Weights are the attention weights of the last Forward, [batch, heads, queries, keys].
func (a *Attention) Weights() *Tensor { return &a.probs }

func (a *Attention) Forward(p *Pass, x *Tensor) *Tensor { return a.Attend(p, x, x) }

// Backward returns the gradient of the input of self-attention.
func (a *Attention) Backward(p *Pass, dy *Tensor) *Tensor {
	dx, dmemory := a.AttendBackward(p, dy)
	if dmemory != nil {
		panic("nn: Attention.Backward after Attend with another memory: call AttendBackward")
	}
	return dx
}

// head views head h of sequence b of a [batch, time, heads x n] tensor.
func (a *Attention) head(t *Tensor, b, h int) f32.Matrix {
	steps, width := t.Shape[1], t.Shape[2]
	n := width / a.Heads
	return f32.Strided(t.Data[b*steps*width+h*n:], steps, n, width)
}

func (a *Attention) scores(t *Tensor, b, h int) f32.Matrix {
	q, k := t.Shape[2], t.Shape[3]
	return f32.Dense(t.Data[(b*a.Heads+h)*q*k:], q, k)
}

func (a *Attention) scale() float32 {
	if a.Scale != 0 {
		return a.Scale
	}
	return float32(1 / math.Sqrt(float64(a.Query.Weight.Shape[0]/a.Heads)))
}

// Attend lets x [batch, queries, width] look at memory [batch, keys, width].
func (a *Attention) Attend(p *Pass, x, memory *Tensor) *Tensor {
	a.self = x == memory
	a.q, a.k, a.v = a.Query.Forward(p, x), a.Key.Forward(p, memory), a.Value.Forward(p, memory)
	if a.Rotary != nil {
		a.Rotary.turn(a.q, a.Heads, 1)
		a.Rotary.turn(a.k, a.Heads, 1)
	}
	batch, queries, keys := x.Shape[0], x.Shape[1], memory.Shape[1]
	a.probs.resize(batch, a.Heads, queries, keys)
	a.mixed.like(a.q)
	if a.kept {
		a.sums.like(&a.probs)
		clear(a.dsums.like(&a.probs).Data)
	}
	scale := a.scale()
	p.each(batch*a.Heads, func(_, i int) {
		b, h := i/a.Heads, i%a.Heads
		s := a.scores(&a.probs, b, h)
		f32.Mul(s, a.head(a.q, b, h), a.head(a.k, b, h).T(), false)
		for t := range queries {
			row := s.Data[t*keys : (t+1)*keys]
			f32.Affine(row, scale, row, 0)
			if a.Bias != nil {
				f32.Add(row, row, a.Bias.row(h*queries+t))
			}
			if a.before != nil {
				f32.Add(row, row, a.before.sums.row(i*queries+t))
			}
			if a.kept {
				copy(a.sums.row(i*queries+t), row)
			}
			a.hide(row, b, t)
			f32.Softmax(row, row)
		}
		f32.Mul(a.head(&a.mixed, b, h), s, a.head(a.v, b, h), false)
	})
	return a.Out.Forward(p, &a.mixed)
}

// hide sets the scores of keys that query t of sequence b must not see to -Inf.
func (a *Attention) hide(row []float32, b, t int) {
	inf := float32(math.Inf(-1))
	if a.Causal {
		for j := t + 1; j < len(row); j++ {
			row[j] = inf
		}
	}
	if a.Ignore != nil {
		for j, ignore := range a.Ignore[b*len(row) : (b+1)*len(row)] {
			if ignore {
				row[j] = inf
			}
		}
	}
}

// AttendBackward returns the gradients of x and of memory; the latter is nil, and part of the former, where both were one.
func (a *Attention) AttendBackward(p *Pass, dy *Tensor) (dx, dmemory *Tensor) {
	dmixed := a.Out.Backward(p, dy)
	a.dq.like(a.q)
	a.dk.like(a.k)
	a.dv.like(a.v)
	a.dprobs.like(&a.probs)
	batch, queries, keys := a.q.Shape[0], a.q.Shape[1], a.k.Shape[1]
	scale := a.scale()
	p.each(batch*a.Heads, func(_, i int) {
		b, h := i/a.Heads, i%a.Heads
		probs, ds := a.scores(&a.probs, b, h), a.scores(&a.dprobs, b, h)
		dout := a.head(dmixed, b, h)
		f32.Mul(a.head(&a.dv, b, h), probs.T(), dout, false)
		f32.Mul(ds, dout, a.head(a.v, b, h).T(), false)
		for t := range queries {
			row := ds.Data[t*keys : (t+1)*keys]
			f32.SoftmaxGrad(row, probs.Data[t*keys:(t+1)*keys], row)
			if a.kept {
				f32.Add(row, row, a.dsums.row(i*queries+t))
			}
		}
	})
	if a.before != nil {
		f32.Add(a.before.dsums.Data, a.before.dsums.Data, a.dprobs.Data)
	}
	if a.BiasGrad != nil { // in the order of the batch, whatever the number of workers
		n := len(a.BiasGrad.Data)
		for b := range batch {
			f32.Add(a.BiasGrad.Data, a.BiasGrad.Data, a.dprobs.Data[b*n:(b+1)*n])
		}
	}
	f32.Affine(a.dprobs.Data, scale, a.dprobs.Data, 0)
	p.each(batch*a.Heads, func(_, i int) {
		b, h := i/a.Heads, i%a.Heads
		ds := a.scores(&a.dprobs, b, h)
		f32.Mul(a.head(&a.dq, b, h), ds, a.head(a.k, b, h), false)
		f32.Mul(a.head(&a.dk, b, h), ds.T(), a.head(a.q, b, h), false)
	})
	if a.Rotary != nil {
		a.Rotary.turn(&a.dq, a.Heads, -1)
		a.Rotary.turn(&a.dk, a.Heads, -1)
	}
	fromQ, fromK, fromV := a.Query.Backward(p, &a.dq), a.Key.Backward(p, &a.dk), a.Value.Backward(p, &a.dv)
	a.dx.like(fromK)
	f32.Add(a.dx.Data, fromK.Data, fromV.Data)
	if !a.self {
		return fromQ, &a.dx
	}
	f32.Add(a.dx.Data, a.dx.Data, fromQ.Data)
	return &a.dx, nil
}
