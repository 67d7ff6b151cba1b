package nn

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Dense is y = x Wᵀ + b over the last axis.
type Dense struct {
	Weight *Param // [out, in]
	Bias   *Param // [out]; nil for none
	First  bool   // the input is data: Backward returns nil instead of its gradient

	x     *Tensor
	y, dx Tensor
}

// NewDense makes NAME.weight and NAME.bias, uniform within ±1/√in; without rng, zeros to be loaded.
func NewDense(name string, in, out int, rng *rand.Rand) *Dense {
	d := &Dense{
		Weight: NewParam(name+".weight", out, in).uniform(rng, fanIn(in)),
		Bias:   NewParam(name+".bias", out).uniform(rng, fanIn(in)),
	}
	d.Weight.dense = true
	return d
}

func (d *Dense) Params() []*Param {
	if d.Bias == nil {
		return []*Param{d.Weight}
	}
	return []*Param{d.Weight, d.Bias}
}

func (d *Dense) Forward(p *Pass, x *Tensor) *Tensor {
	out, in := d.Weight.Shape[0], d.Weight.Shape[1]
	x.expectLast(d.Weight.Name, in)
	d.x = x
	d.y.resize(append(append(make([]int, 0, 4), x.Shape[:len(x.Shape)-1]...), out)...)
	if d.Bias == nil {
		f32.MulParallel(d.y.matrix(), x.matrix(), d.Weight.matrix(p).T(), false, p.Workers)
	} else {
		f32.MulBias(d.y.matrix(), x.matrix(), d.Weight.matrix(p).T(), d.Bias.Data, p.Workers)
	}
	return &d.y
}

func (d *Dense) Backward(p *Pass, dy *Tensor) *Tensor {
	w := d.Weight
	f32.MulParallel(f32.Dense(w.Gradient(), w.Shape[0], w.Shape[1]), dy.matrix().T(), d.x.matrix(), true, p.Workers)
	if d.Bias != nil {
		addColumnSums(d.Bias.Gradient(), dy.matrix())
	}
	if d.First {
		return nil
	}
	d.dx.like(d.x)
	f32.MulParallel(d.dx.matrix(), dy.matrix(), d.Weight.matrix(p), false, p.Workers)
	return &d.dx
}

// Embedding looks up rows of a table. Its input is ids, so it is no Layer.
type Embedding struct {
	Weight  *Param // [ids, width]
	Padding int    // the id whose row is not trained; negative for none

	ids []int
	y   Tensor
}

// NewEmbedding makes NAME.weight, standard normal; without rng, zeros to be loaded.
func NewEmbedding(name string, ids, width int, rng *rand.Rand) *Embedding {
	return &Embedding{Weight: NewParam(name+".weight", ids, width).normal(rng, 1), Padding: -1}
}

func (e *Embedding) Params() []*Param { return []*Param{e.Weight} }

// Forward returns [len(ids), width]. An id outside the table panics.
func (e *Embedding) Forward(_ *Pass, ids []int) *Tensor {
	n := e.Weight.Shape[1]
	e.ids = ids
	e.y.resize(len(ids), n)
	for i, id := range ids {
		copy(e.y.row(i), e.Weight.Data[id*n:(id+1)*n])
	}
	return &e.y
}

// Backward adds the gradient of each looked-up row.
func (e *Embedding) Backward(_ *Pass, dy *Tensor) {
	n, g := e.Weight.Shape[1], e.Weight.Gradient()
	for i, id := range e.ids {
		if id != e.Padding {
			row := g[id*n : (id+1)*n]
			f32.Add(row, row, dy.Data[i*n:(i+1)*n])
		}
	}
}
