package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// LSTM is a stack of long short-term memory layers over [batch, time, in] → [batch, time, hidden].
// Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997), with forget gates. The rows of the weights are the input, forget,
// candidate and output gates, as in PyTorch and (transposed) in Keras.
type LSTM struct {
	Hidden  int
	Initial *LSTMState // state before the first step, nil for zeros; no gradient flows into it
	Final   LSTMState  // state after the last step of the last Forward
	First   bool       // the input is data: Backward returns nil instead of its gradient
	layers  []*lstmLayer
}

// LSTMState is the state of every layer: H and C are [layers, batch, hidden].
type LSTMState struct{ H, C Tensor }

type lstmLayer struct {
	wx, wh, bx, bh *Param
	drop           Dropout // after the layer, unless it is the last

	x          *Tensor
	gates      Tensor // [batch, time, 4 hidden]: activations, after Backward the gradients of the gates' sums
	h, c, tc   Tensor // [batch, time, hidden]; tc = tanh c
	h0, c0     []float32
	wxT, whT   []float32
	dx, dh, dc Tensor
}

// NewLSTM makes NAME.weight_ih_l0, .weight_hh_l0, .bias_ih_l0, .bias_hh_l0 and so on for each layer, uniform within
// ±1/√hidden. Dropout acts on the sequence between layers.
func NewLSTM(name string, in, hidden, layers int, dropout float64, rng *rand.Rand) *LSTM {
	l := &LSTM{Hidden: hidden}
	for i := range layers {
		p := func(kind string, shape ...int) *Param {
			return NewParam(fmt.Sprintf("%s.%s_l%d", name, kind, i), shape...).uniform(rng, fanIn(hidden))
		}
		layer := &lstmLayer{wx: p("weight_ih", 4*hidden, in), wh: p("weight_hh", 4*hidden, hidden), bx: p("bias_ih", 4*hidden), bh: p("bias_hh", 4*hidden)}
		if i < layers-1 {
			layer.drop.Rate = dropout
		}
		l.layers = append(l.layers, layer)
		in = hidden
	}
	return l
}

func (l *LSTM) Params() []*Param {
	var params []*Param
	for _, k := range l.layers {
		params = append(params, k.wx, k.wh, k.bx, k.bh)
	}
	return params
}

func (l *LSTM) Forward(p *Pass, x *Tensor) *Tensor {
	x.expect(l.layers[0].wx.Name, -1, -1, l.layers[0].wx.Shape[1])
	batch, steps := x.Shape[0], x.Shape[1]
	n := batch * l.Hidden
	l.Final.H.resize(len(l.layers), batch, l.Hidden)
	l.Final.C.resize(len(l.layers), batch, l.Hidden)
	for i, k := range l.layers {
		k.h0, k.c0 = nil, nil
		if l.Initial != nil {
			k.h0, k.c0 = l.Initial.H.Data[i*n:(i+1)*n], l.Initial.C.Data[i*n:(i+1)*n]
		}
		k.forward(p, x, l.Hidden)
		for b := range batch {
			last := (b*steps + steps - 1) * l.Hidden
			copy(l.Final.H.Data[i*n+b*l.Hidden:][:l.Hidden], k.h.Data[last:])
			copy(l.Final.C.Data[i*n+b*l.Hidden:][:l.Hidden], k.c.Data[last:])
		}
		x = k.drop.Forward(p, &k.h)
	}
	return x
}

func (l *LSTM) Backward(p *Pass, dy *Tensor) *Tensor {
	for i := len(l.layers) - 1; i >= 0; i-- {
		k := l.layers[i]
		dy = k.backward(p, k.drop.Backward(p, dy), l.Hidden, i > 0 || !l.First)
	}
	return dy
}

// recurrentGroup is the number of sequences that one worker takes through time.
const recurrentGroup = 16

// groups calls f with ranges of the batch.
func groups(p *Pass, batch int, f func(from, n int)) {
	p.each((batch+recurrentGroup-1)/recurrentGroup, func(_, g int) {
		from := g * recurrentGroup
		f(from, min(recurrentGroup, batch-from))
	})
}

// at views step t of sequences from, from+1, ... of a [batch, time, n] tensor as a matrix.
func (t *Tensor) at(from, count, step int) f32.Matrix {
	steps, n := t.Shape[1], t.Shape[2]
	return f32.Strided(t.Data[(from*steps+step)*n:], count, n, steps*n)
}

// sequences views n whole sequences as rows, step after step.
func (t *Tensor) sequences(from, n int) f32.Matrix {
	size := t.Shape[1] * t.Shape[2]
	return f32.Dense(t.Data[from*size:], n*t.Shape[1], t.Shape[2])
}

func (k *lstmLayer) forward(p *Pass, x *Tensor, hidden int) {
	batch, steps := x.Shape[0], x.Shape[1]
	k.x = x
	k.gates.resize(batch, steps, 4*hidden)
	k.h.resize(batch, steps, hidden)
	k.c.resize(batch, steps, hidden)
	k.tc.resize(batch, steps, hidden)
	bias := make([]float32, 4*hidden)
	f32.Add(bias, k.bx.Data, k.bh.Data)
	k.wxT, k.whT = resizeSlice(k.wxT, len(k.wx.Data)), resizeSlice(k.whT, len(k.wh.Data))
	f32.Transpose(k.wxT, k.wx.Data, 4*hidden, x.Last())
	f32.Transpose(k.whT, k.wh.Data, 4*hidden, hidden)
	wxT, whT := f32.Dense(k.wxT, x.Last(), 4*hidden), f32.Dense(k.whT, hidden, 4*hidden)
	zeros := make([]float32, hidden)
	groups(p, batch, func(from, n int) { // a group's gates stay in the second cache
		f32.MulBias(k.gates.sequences(from, n), x.sequences(from, n), wxT, bias, 1)
		for t := range steps {
			switch {
			case t > 0:
				f32.Mul(k.gates.at(from, n, t), k.h.at(from, n, t-1), whT, true)
			case k.h0 != nil:
				f32.Mul(k.gates.at(from, n, t), f32.Dense(k.h0[from*hidden:], n, hidden), whT, true)
			}
			for b := from; b < from+n; b++ {
				i := b*steps + t
				f32.LSTMForward(k.gates.row(i), k.before(zeros, b, t, hidden), k.c.row(i), k.tc.row(i), k.h.row(i))
			}
		}
	})
}

// before is the cell state of sequence b before step t.
func (k *lstmLayer) before(zeros []float32, b, t, hidden int) []float32 {
	switch {
	case t > 0:
		return k.c.row(b*k.c.Shape[1] + t - 1)
	case k.c0 != nil:
		return k.c0[b*hidden : (b+1)*hidden]
	}
	return zeros
}

func (k *lstmLayer) backward(p *Pass, dy *Tensor, hidden int, input bool) *Tensor {
	batch, steps := dy.Shape[0], dy.Shape[1]
	wh := f32.Dense(k.wh.Data, 4*hidden, hidden)
	k.dh.resize(batch, hidden)
	clear(k.dc.resize(batch, hidden).Data)
	k.dx.like(k.x)
	wx := f32.Dense(k.wx.Data, 4*hidden, k.x.Last())
	zeros := make([]float32, hidden)
	groups(p, batch, func(from, n int) {
		dh := f32.Dense(k.dh.Data[from*hidden:], n, hidden)
		for t := steps - 1; t >= 0; t-- {
			for b := from; b < from+n; b++ {
				copy(k.dh.row(b), dy.row(b*steps+t))
			}
			if t < steps-1 {
				f32.Mul(dh, k.gates.at(from, n, t+1), wh, true)
			}
			for b := from; b < from+n; b++ {
				i := b*steps + t
				f32.LSTMBackward(k.gates.row(i), k.before(zeros, b, t, hidden), k.tc.row(i), k.dh.row(b), k.dc.row(b))
			}
		}
		if input {
			f32.Mul(k.dx.sequences(from, n), k.gates.sequences(from, n), wx, false)
		}
	})
	k.weightGrads(p, hidden)
	if !input {
		return nil
	}
	return &k.dx
}

// weightGrads adds the gradients of weights and biases, from those of the gates' sums.
func (k *lstmLayer) weightGrads(p *Pass, hidden int) {
	in := k.x.Last()
	f32.MulParallel(f32.Dense(k.wx.Gradient(), 4*hidden, in), k.gates.matrix().T(), k.x.matrix(), true, p.Workers)
	dwh := f32.Dense(k.wh.Gradient(), 4*hidden, hidden)
	addRecurrentGrad(p, dwh, &k.gates, &k.h, k.h0)
	sums := make([]float32, 4*hidden)
	addColumnSums(sums, k.gates.matrix())
	f32.Add(k.bx.Gradient(), k.bx.Gradient(), sums)
	f32.Add(k.bh.Gradient(), k.bh.Gradient(), sums)
}

// addRecurrentGrad adds to dw the sum over sequences and steps of gate gradients times the hidden state one step before.
func addRecurrentGrad(p *Pass, dw f32.Matrix, gates, h *Tensor, h0 []float32) {
	batch, steps, width, hidden := h.Shape[0], h.Shape[1], gates.Shape[2], h.Shape[2]
	for b := range batch {
		if steps > 1 {
			later := f32.Dense(gates.Data[(b*steps+1)*width:], steps-1, width)
			earlier := f32.Dense(h.Data[b*steps*hidden:], steps-1, hidden)
			f32.MulParallel(dw, later.T(), earlier, true, p.Workers)
		}
	}
	if h0 != nil {
		f32.MulParallel(dw, gates.at(0, batch, 0).T(), f32.Dense(h0, batch, hidden), true, p.Workers)
	}
}

// LastStep takes the last step of a sequence: [batch, time, n] → [batch, n].
type LastStep struct {
	steps int
	y, dx Tensor
}

func (l *LastStep) Forward(_ *Pass, x *Tensor) *Tensor {
	x.expect("LastStep", -1, -1, -1)
	l.steps = x.Shape[1]
	l.y.resize(x.Shape[0], x.Shape[2])
	for b := range x.Shape[0] {
		copy(l.y.row(b), x.row(b*l.steps+l.steps-1))
	}
	return &l.y
}

func (l *LastStep) Backward(_ *Pass, dy *Tensor) *Tensor {
	clear(l.dx.resize(dy.Shape[0], l.steps, dy.Shape[1]).Data)
	for b := range dy.Shape[0] {
		copy(l.dx.row(b*l.steps+l.steps-1), dy.row(b))
	}
	return &l.dx
}

func (l *LastStep) Params() []*Param { return nil }
