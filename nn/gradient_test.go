package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomTensor(rng *rand.Rand, shape ...int) *Tensor {
	x := Zeros(shape...)
	for i := range x.Data {
		x.Data[i] = float32(rng.NormFloat64())
	}
	return x
}

// checkGradients compares the gradients of the input and of every parameter with central differences of Σ y·r.
func checkGradients(t *testing.T, l Layer, x *Tensor, tolerance float64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	pass := func() *Pass { return &Pass{Train: true, Workers: 2, Rand: rand.New(rand.NewPCG(3, 3))} }
	r := randomTensor(rng, l.Forward(pass(), x).Shape...)
	loss := func() float64 {
		sum := 0.
		for i, v := range l.Forward(pass(), x).Data {
			sum += float64(v) * float64(r.Data[i])
		}
		return sum
	}
	loss()
	ZeroGrad(l.Params())
	dx := l.Backward(pass(), r)
	check := func(what string, data, grad []float32) {
		grad = append([]float32(nil), grad...)
		for range 12 {
			i := rng.IntN(len(data))
			const h = 1e-2
			old := data[i]
			data[i] = old + h
			up := loss()
			data[i] = old - h
			down := loss()
			data[i] = old
			if want := (up - down) / (2 * h); !(math.Abs(want-float64(grad[i])) <= tolerance*(1+math.Abs(want))) {
				t.Errorf("%s[%d]: gradient %g, differences give %g", what, i, grad[i], want)
			}
		}
	}
	if dx != nil {
		check("input", x.Data, dx.Data)
	}
	for _, p := range l.Params() {
		if !p.Fixed {
			check(p.Name, p.Data, p.Grad)
		}
	}
}

// layerCase is a layer and an input for it.
type layerCase struct {
	name string
	l    Layer
	x    *Tensor
}

// layerCases makes every layer; equal calls make equal ones.
func layerCases() []layerCase {
	rng := rand.New(rand.NewPCG(1, 2))
	first := NewDense("d", 7, 5, rng)
	first.First = true
	attention := func(change func(a *Attention)) *Attention {
		a := NewAttention("a", 12, 2, 6, rng)
		change(a)
		return a
	}
	strided := NewConv2D("c", 4, 6, [2]int{3, 2}, 2, rng)
	strided.Stride, strided.Pad, strided.Dilation = [2]int{2, 1}, [2]int{1, 1}, [2]int{1, 2}
	return []layerCase{
		{"dense", NewDense("d", 7, 5, rng), randomTensor(rng, 3, 4, 7)},
		{"first dense", first, randomTensor(rng, 3, 7)},
		{"lstm", NewLSTM("l", 3, 6, 2, .3, rng), randomTensor(rng, 18, 5, 3)},
		{"gru", NewGRU("g", 3, 6, 2, .3, rng), randomTensor(rng, 18, 5, 3)},
		{"last step", Sequential{NewGRU("g", 3, 6, 1, 0, rng), &LastStep{}}, randomTensor(rng, 2, 5, 3)},
		{"causal convolution", NewCausalConv("c", 3, 5, 4, 3, rng), randomTensor(rng, 2, 11, 3)},
		{"convolution", strided, randomTensor(rng, 2, 4, 7, 6)},
		{"pointwise convolution", NewConv2D("c", 4, 3, [2]int{1, 1}, 1, rng), randomTensor(rng, 2, 4, 3, 5)},
		{"mean pool", &Pool2D{Size: [2]int{3, 2}, Stride: [2]int{2, 2}, Pad: [2]int{1, 1}, CountPad: true}, randomTensor(rng, 2, 2, 6, 5)},
		{"max pool", &Pool2D{Max: true, Size: [2]int{2, 2}, Stride: [2]int{2, 2}, Ceil: true}, randomTensor(rng, 1, 2, 5, 5)},
		{"adaptive pool", Sequential{&Pool2D{Adaptive: [2]int{2, 3}}, &Flatten{}}, randomTensor(rng, 1, 2, 5, 5)},
		{"layer norm", NewLayerNorm("n", 9, 1e-5), randomTensor(rng, 4, 9)},
		{"rms norm", NewRMSNorm("n", 9, 1e-6), randomTensor(rng, 4, 9)},
		{"batch norm", NewBatchNorm("n", 3, 1e-5, .1), randomTensor(rng, 4, 3, 5)},
		{"dropout", &Dropout{Rate: .4}, randomTensor(rng, 4, 9)},
		{"residual", &Residual{Body: NewDense("a", 5, 4, rng), Skip: NewDense("b", 5, 4, rng)}, randomTensor(rng, 3, 5)},
		{"attention", attention(func(*Attention) {}), randomTensor(rng, 2, 5, 12)},
		{"causal attention", attention(func(a *Attention) { a.Causal, a.Scale = true, 1 }), randomTensor(rng, 2, 5, 12)},
		{"rotary attention", attention(func(a *Attention) { a.Rotary = &Rotary{Base: 10000} }), randomTensor(rng, 2, 5, 12)},
		{"partly rotary attention", attention(func(a *Attention) { a.Rotary = &Rotary{Base: 100, Cut: 4} }), randomTensor(rng, 2, 5, 12)},
		{"biased attention", &biased{attention(func(a *Attention) { a.Scale = 1 }), NewRelativeBias("r", 8, 2, 20, true, rng)}, randomTensor(rng, 2, 9, 12)},
		{"causal biased attention", &biased{attention(func(a *Attention) { a.Causal = true }), NewRelativeBias("r", 8, 2, 6, false, rng)}, randomTensor(rng, 2, 9, 12)},
		{"cross attention", &crossed{attention(func(*Attention) {})}, randomTensor(rng, 2, 5, 12)},
		{"gelu", &Activation{F: GELU}, randomTensor(rng, 300)},
		{"gelu tanh", &Activation{F: GELUTanh}, randomTensor(rng, 50)},
		{"silu", &Activation{F: SiLU}, randomTensor(rng, 50)},
		{"softplus", &Activation{F: Softplus}, randomTensor(rng, 50)},
		{"elu", &Activation{F: ELU}, randomTensor(rng, 50)},
	}
}

func TestGradients(t *testing.T) {
	for _, c := range layerCases() {
		t.Run(c.name, func(t *testing.T) { checkGradients(t, c.l, c.x, 3e-3) })
	}
}

// TestLayerWorkers: results and gradients have the same bits at any number of workers.
func TestLayerWorkers(t *testing.T) {
	run := func(c layerCase, workers int) []float32 {
		p := &Pass{Train: true, Workers: workers, Rand: rand.New(rand.NewPCG(3, 3))}
		y := c.l.Forward(p, c.x)
		out := slices.Clone(y.Data)
		if dx := c.l.Backward(p, Of(slices.Clone(out), y.Shape...)); dx != nil {
			out = append(out, dx.Data...)
		}
		for _, w := range c.l.Params() {
			out = append(out, w.Grad...)
		}
		return out
	}
	one := layerCases()
	for _, workers := range []int{2, 5} {
		for i, c := range layerCases() {
			one[i].x = c.x
			ZeroGrad(one[i].l.Params())
			if !slices.Equal(run(one[i], 1), run(c, workers)) {
				t.Errorf("%s: %d workers give other bits than one", c.name, workers)
			}
		}
	}
}

// biased is attention with a learned relative bias.
type biased struct {
	*Attention
	r *RelativeBias
}

func (b *biased) Forward(p *Pass, x *Tensor) *Tensor {
	b.Bias, b.BiasGrad = b.r.Forward(x.Shape[1], x.Shape[1])
	return b.Attention.Forward(p, x)
}

func (b *biased) Backward(p *Pass, dy *Tensor) *Tensor {
	dx := b.Attention.Backward(p, dy)
	b.r.Backward()
	return dx
}

func (b *biased) Params() []*Param { return append(b.Attention.Params(), b.r.Params()...) }

// crossed lets the first steps of a sequence look at all of it.
type crossed struct{ *Attention }

func (c *crossed) parts(x *Tensor) (*Tensor, *Tensor) {
	n := x.Shape[2]
	q := Zeros(x.Shape[0], 2, n)
	for b := range x.Shape[0] {
		copy(q.Data[b*2*n:(b+1)*2*n], x.Data[b*x.Shape[1]*n:])
	}
	return q, x
}

func (c *crossed) Forward(p *Pass, x *Tensor) *Tensor {
	q, memory := c.parts(x)
	return c.Attend(p, q, memory)
}

func (c *crossed) Backward(p *Pass, dy *Tensor) *Tensor {
	dq, dm := c.AttendBackward(p, dy)
	dx := Of(append([]float32(nil), dm.Data...), dm.Shape...)
	n, steps := dm.Shape[2], dm.Shape[1]
	for b := range dm.Shape[0] {
		for i := range 2 * n {
			dx.Data[b*steps*n+i] += dq.Data[b*2*n+i]
		}
	}
	return dx
}
