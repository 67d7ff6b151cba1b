package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// GRU is a stack of gated recurrent layers over [batch, time, in] → [batch, time, hidden]. Cho et al. (2014), in the form of
// cuDNN, PyTorch and Keras with reset_after: the reset gate acts after the recurrent product,
// n = tanh(W x + b + r (U h + c)), h' = (1-z) n + z h. The rows of the weights are the gates r, z, n.
type GRU struct {
	Hidden  int
	Initial *Tensor // [layers, batch, hidden], nil for zeros; no gradient flows into it
	Final   Tensor  // state after the last step of the last Forward
	layers  []*gruLayer
}

type gruLayer struct {
	wx, wh, bx, bh *Param
	drop           Dropout

	x       *Tensor
	in, rec Tensor // [batch, time, 3 hidden]: sums from the input and from the state; the gates r, z, n take the place of in
	h       Tensor // [batch, time, hidden]
	h0      []float32
	whT     []float32
	dx, dh  Tensor
}

// NewGRU makes NAME.weight_ih_l0, .weight_hh_l0, .bias_ih_l0, .bias_hh_l0 and so on, uniform within ±1/√hidden.
func NewGRU(name string, in, hidden, layers int, dropout float64, rng *rand.Rand) *GRU {
	g := &GRU{Hidden: hidden}
	for i := range layers {
		p := func(kind string, shape ...int) *Param {
			return NewParam(fmt.Sprintf("%s.%s_l%d", name, kind, i), shape...).uniform(rng, fanIn(hidden))
		}
		layer := &gruLayer{wx: p("weight_ih", 3*hidden, in), wh: p("weight_hh", 3*hidden, hidden), bx: p("bias_ih", 3*hidden), bh: p("bias_hh", 3*hidden)}
		if i < layers-1 {
			layer.drop.Rate = dropout
		}
		g.layers = append(g.layers, layer)
		in = hidden
	}
	return g
}

func (g *GRU) Params() []*Param {
	var params []*Param
	for _, k := range g.layers {
		params = append(params, k.wx, k.wh, k.bx, k.bh)
	}
	return params
}

func (g *GRU) Forward(p *Pass, x *Tensor) *Tensor {
	x.expect(g.layers[0].wx.Name, -1, -1, g.layers[0].wx.Shape[1])
	batch, steps := x.Shape[0], x.Shape[1]
	n := batch * g.Hidden
	g.Final.resize(len(g.layers), batch, g.Hidden)
	for i, k := range g.layers {
		k.h0 = nil
		if g.Initial != nil {
			k.h0 = g.Initial.Data[i*n : (i+1)*n]
		}
		k.forward(p, x, g.Hidden)
		for b := range batch {
			copy(g.Final.Data[i*n+b*g.Hidden:][:g.Hidden], k.h.row(b*steps+steps-1))
		}
		x = k.drop.Forward(p, &k.h)
	}
	return x
}

func (g *GRU) Backward(p *Pass, dy *Tensor) *Tensor {
	for i := len(g.layers) - 1; i >= 0; i-- {
		k := g.layers[i]
		dy = k.backward(p, k.drop.Backward(p, dy), g.Hidden)
	}
	return dy
}

func (k *gruLayer) forward(p *Pass, x *Tensor, hidden int) {
	batch, steps := x.Shape[0], x.Shape[1]
	k.x = x
	k.in.resize(batch, steps, 3*hidden)
	k.rec.resize(batch, steps, 3*hidden)
	k.h.resize(batch, steps, hidden)
	fillRows(k.rec.matrix(), k.bh.Data)
	f32.MulBias(k.in.matrix(), x.matrix(), f32.Dense(k.wx.Data, 3*hidden, x.Last()).T(), k.bx.Data, p.Workers)
	k.whT = resizeSlice(k.whT, len(k.wh.Data))
	f32.Transpose(k.whT, k.wh.Data, 3*hidden, hidden)
	whT := f32.Dense(k.whT, hidden, 3*hidden)
	zeros := make([]float32, hidden)
	groups(p, batch, func(from, n int) {
		for t := range steps {
			switch {
			case t > 0:
				f32.Mul(k.rec.at(from, n, t), k.h.at(from, n, t-1), whT, true)
			case k.h0 != nil:
				f32.Mul(k.rec.at(from, n, t), f32.Dense(k.h0[from*hidden:], n, hidden), whT, true)
			}
			for b := from; b < from+n; b++ {
				i := b*steps + t
				gates, rec, h := k.in.row(i), k.rec.row(i), k.h.row(i)
				rz, cand := gates[:2*hidden], gates[2*hidden:]
				f32.Add(rz, rz, rec[:2*hidden])
				f32.Sigmoid(rz, rz)
				f32.MulAdd(cand, rz[:hidden], rec[2*hidden:])
				f32.Tanh(cand, cand)
				f32.Sub(h, k.before(zeros, b, t, hidden), cand) // h' = n + z (h - n)
				f32.Hadamard(h, h, rz[hidden:])
				f32.Add(h, h, cand)
			}
		}
	})
}

// before is the state of sequence b before step t.
func (k *gruLayer) before(zeros []float32, b, t, hidden int) []float32 {
	switch {
	case t > 0:
		return k.h.row(b*k.h.Shape[1] + t - 1)
	case k.h0 != nil:
		return k.h0[b*hidden : (b+1)*hidden]
	}
	return zeros
}

// backward leaves the gradients of the input's sums in k.in and of the state's in k.rec.
func (k *gruLayer) backward(p *Pass, dy *Tensor, hidden int) *Tensor {
	batch, steps := dy.Shape[0], dy.Shape[1]
	wh := f32.Dense(k.wh.Data, 3*hidden, hidden)
	clear(k.dh.resize(batch, hidden).Data)
	zeros := make([]float32, hidden)
	groups(p, batch, func(from, n int) {
		scratch := make([]float32, 2*hidden)
		dcand, dz := scratch[:hidden], scratch[hidden:]
		for t := steps - 1; t >= 0; t-- {
			for b := from; b < from+n; b++ {
				i := b*steps + t
				dh, gates, rec := k.dh.row(b), k.in.row(i), k.rec.row(i)
				r, z, cand := gates[:hidden], gates[hidden:2*hidden], gates[2*hidden:]
				f32.Add(dh, dh, dy.row(i))
				f32.Sub(dz, k.before(zeros, b, t, hidden), cand)
				f32.Hadamard(dz, dz, dh) // dz = dh (h - n)
				f32.Hadamard(dcand, dh, z)
				f32.Sub(dcand, dh, dcand) // dn = dh (1-z)
				f32.Hadamard(dh, dh, z)   // what flows past the candidate
				f32.TanhGrad(dcand, cand, dcand)
				copy(cand, dcand)
				f32.SigmoidGrad(z, z, dz)
				copy(rec[hidden:2*hidden], z)
				f32.Hadamard(dz, dcand, rec[2*hidden:]) // dr
				f32.Hadamard(rec[2*hidden:], dcand, r)
				f32.SigmoidGrad(r, r, dz)
				copy(rec[:hidden], r)
			}
			f32.Mul(f32.Dense(k.dh.Data[from*hidden:], n, hidden), k.rec.at(from, n, t), wh, true)
		}
	})
	in := k.x.Last()
	f32.MulParallel(f32.Dense(k.wx.Gradient(), 3*hidden, in), k.in.matrix().T(), k.x.matrix(), true, p.Workers)
	addRecurrentGrad(p, f32.Dense(k.wh.Gradient(), 3*hidden, hidden), &k.rec, &k.h, k.h0)
	addColumnSums(k.bx.Gradient(), k.in.matrix())
	addColumnSums(k.bh.Gradient(), k.rec.matrix())
	k.dx.like(k.x)
	f32.MulParallel(k.dx.matrix(), k.in.matrix(), f32.Dense(k.wx.Data, 3*hidden, in), false, p.Workers)
	return &k.dx
}
