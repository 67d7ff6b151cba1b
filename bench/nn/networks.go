package main

import (
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// lstm is LSTM(50) > dropout .2 > LSTM(50) > dropout .2 > dense(1).
func lstm(rng *rand.Rand) nn.Layer {
	l := nn.NewLSTM("lstm", 1, 50, 2, .2, rng)
	l.First = true
	return nn.Sequential{l, &nn.LastStep{}, &nn.Dropout{Rate: .2}, nn.NewDense("out", 50, 1, rng)}
}

// tcn is four residual blocks of two causal convolutions, kernel 3, dilations 1 2 4 8, and a dense layer on the last step.
func tcn(rng *rand.Rand) nn.Layer {
	var net nn.Sequential
	in := 1
	for i, d := range []int{1, 2, 4, 8} {
		name := "block" + strconv.Itoa(i)
		a, b := nn.NewCausalConv(name+".a", in, 32, 3, d, rng), nn.NewCausalConv(name+".b", 32, 32, 3, d, rng)
		r := &nn.Residual{Body: nn.Sequential{a, &nn.Activation{F: nn.ReLU}, b, &nn.Activation{F: nn.ReLU}}}
		if i == 0 {
			r.Skip = nn.NewCausalConv("down", 1, 32, 1, 1, rng)
		}
		net = append(net, r, &nn.Activation{F: nn.ReLU})
		in = 32
	}
	return append(net, &nn.LastStep{}, nn.NewDense("out", 32, 1, rng))
}

// doublyResidual is three blocks 168 > 512 > 512 > (168 backcast + 24 forecast), as in N-BEATS.
type doublyResidual struct {
	blocks   []nn.Sequential
	rest, dt [3]nn.Tensor
	total    *nn.Tensor
}

const mlpIn, mlpOut, mlpWidth = 168, 24, 512

func mlp(rng *rand.Rand) nn.Layer {
	m := &doublyResidual{}
	for i := range 3 {
		name := "block" + strconv.Itoa(i)
		m.blocks = append(m.blocks, nn.Sequential{
			nn.NewDense(name+".0", mlpIn, mlpWidth, rng), &nn.Activation{F: nn.ReLU},
			nn.NewDense(name+".1", mlpWidth, mlpWidth, rng), &nn.Activation{F: nn.ReLU},
			nn.NewDense(name+".2", mlpWidth, mlpIn+mlpOut, rng),
		})
	}
	m.blocks[0][0].(*nn.Dense).First = true
	return m
}

func (m *doublyResidual) Params() []*nn.Param {
	var p []*nn.Param
	for _, b := range m.blocks {
		p = append(p, b.Params()...)
	}
	return p
}

func (m *doublyResidual) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	rows := x.Shape[0]
	if m.total == nil || m.total.Shape[0] != rows {
		m.total = nn.Zeros(rows, mlpOut)
		for i := range 3 {
			m.rest[i], m.dt[i] = *nn.Zeros(rows, mlpIn), *nn.Zeros(rows, mlpIn+mlpOut)
		}
	}
	clear(m.total.Data)
	for i, b := range m.blocks {
		t := b.Forward(p, x)
		rest := &m.rest[i]
		for r := range rows {
			row := t.Data[r*(mlpIn+mlpOut):][:mlpIn+mlpOut]
			f32.Sub(rest.Data[r*mlpIn:][:mlpIn], x.Data[r*mlpIn:][:mlpIn], row[:mlpIn])
			y := m.total.Data[r*mlpOut:][:mlpOut]
			f32.Add(y, y, row[mlpIn:])
		}
		x = rest
	}
	return m.total
}

func (m *doublyResidual) Backward(p *nn.Pass, dy *nn.Tensor) *nn.Tensor {
	rows := dy.Shape[0]
	drest := nn.Zeros(rows, mlpIn)
	for i := len(m.blocks) - 1; i >= 0; i-- {
		dt := &m.dt[i]
		for r := range rows {
			row := dt.Data[r*(mlpIn+mlpOut):][:mlpIn+mlpOut]
			f32.Affine(row[:mlpIn], -1, drest.Data[r*mlpIn:][:mlpIn], 0)
			copy(row[mlpIn:], dy.Data[r*mlpOut:][:mlpOut])
		}
		if dx := m.blocks[i].Backward(p, dt); dx != nil {
			f32.Add(drest.Data, drest.Data, dx.Data)
		}
	}
	return nil
}

// encoder is six pre-norm transformer layers of width 256, 8 heads, feed-forward 1024, GELU.
func encoder(rng *rand.Rand) nn.Layer {
	var net nn.Sequential
	for i := range 6 {
		name := "layers." + strconv.Itoa(i)
		net = append(net,
			&nn.Residual{Body: nn.Sequential{nn.NewLayerNorm(name+".norm1", 256, 1e-5), nn.NewAttention(name+".self_attn", 256, 8, 32, rng)}},
			&nn.Residual{Body: nn.Sequential{
				nn.NewLayerNorm(name+".norm2", 256, 1e-5), nn.NewDense(name+".linear1", 256, 1024, rng), &nn.Activation{F: nn.GELU}, nn.NewDense(name+".linear2", 1024, 256, rng),
			}})
	}
	return net
}
