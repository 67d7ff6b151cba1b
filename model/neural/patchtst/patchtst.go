// Package patchtst is PatchTST: patches of the window as the words of a transformer encoder, and a linear head over all of them. Nie, Nguyen,
// Sinthong and Kalagnanam, "A Time Series is Worth 64 Words" (2023); with residual attention, as its published code has it.
package patchtst

import (
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Options say how the network is made.
type Options struct {
	Width, Layers, Heads, Hidden int // Hidden: units between the dense layers of an encoder layer
	Patch, Stride                int
	Drop                         float64
	// Norm makes the normalisation after each part of a layer; nil = layer norm. The published code normalises over the batch.
	Norm func(name string, width int) nn.Layer
}

// Net is the network.
type Net struct {
	shape    frame.Shape
	o        Options
	count    int // patches
	embed    *nn.Dense
	position *nn.Param // [patches, width]
	encoder  nn.Sequential
	head     *nn.Dense

	patches, words, flat, y, dwords nn.Tensor
}

// Patches is how many there are: the window is continued by its last value for one stride.
func (o Options) Patches(lags int) int { return (lags+o.Stride-min(o.Patch, lags))/o.Stride + 1 }

// New makes the network.
func New(s frame.Shape, o Options, rng *rand.Rand) *Net {
	o.Patch = min(o.Patch, s.Lags)
	if o.Norm == nil {
		o.Norm = func(name string, width int) nn.Layer { return nn.NewLayerNorm(name, width, 1e-5) }
	}
	n := &Net{shape: s, o: o, count: o.Patches(s.Lags)}
	n.embed = nn.NewDense("embed", o.Patch*s.Channels(), o.Width, rng)
	n.embed.First = true
	n.position = nn.NewParam("position", n.count, o.Width)
	if rng != nil {
		for i := range n.position.Data {
			n.position.Data[i] = float32(.04*rng.Float64() - .02)
		}
	}
	var before *nn.Attention
	for l := range o.Layers {
		name := "layers." + strconv.Itoa(l) + "."
		a := nn.NewAttention(name+"attention", o.Width, o.Heads, o.Width/o.Heads, rng)
		if before != nil {
			a.After(before)
		}
		before = a
		n.encoder = append(n.encoder,
			&nn.Residual{Body: nn.Sequential{a, &nn.Dropout{Rate: o.Drop}}}, o.Norm(name+"norm_attention", o.Width),
			&nn.Residual{Body: nn.Sequential{nn.NewDense(name+"dense.0", o.Width, o.Hidden, rng), &nn.Activation{F: nn.GELU}, &nn.Dropout{Rate: o.Drop},
				nn.NewDense(name+"dense.1", o.Hidden, o.Width, rng), &nn.Dropout{Rate: o.Drop}}}, o.Norm(name+"norm_dense", o.Width))
	}
	n.head = nn.NewDense("head", n.count*o.Width+s.Steps*s.Future+s.Static, s.Steps*s.Levels, rng)
	return n
}

// Weights is how many New makes, with layer norm.
func Weights(s frame.Shape, o Options) int {
	count, w := o.Patches(s.Lags), o.Width
	n := (min(o.Patch, s.Lags)*s.Channels()+1)*w + count*w
	n += o.Layers * (4*(w+1)*w + 4*w + (w+1)*o.Hidden + (o.Hidden+1)*w)
	return n + (count*w+s.Steps*s.Future+s.Static+1)*s.Steps*s.Levels
}

// Params implements [frame.Net].
func (n *Net) Params() []*nn.Param {
	p := append(n.embed.Params(), n.position)
	return append(append(p, n.encoder.Params()...), n.head.Params()...)
}

// Forward implements [frame.Net].
func (n *Net) Forward(p *nn.Pass, b *frame.Batch) *nn.Tensor {
	s, o := n.shape, n.o
	x, channels := b.Sequence(), s.Channels()
	frame.Resize(&n.patches, b.Rows, n.count, o.Patch*channels)
	for i := range b.Rows * n.count {
		r, first := i/n.count, i%n.count*o.Stride
		for k := range o.Patch {
			t := min(first+k, s.Lags-1)
			copy(n.patches.Data[(i*o.Patch+k)*channels:][:channels], x.Data[(r*s.Lags+t)*channels:])
		}
	}
	e := n.embed.Forward(p, &n.patches)
	frame.Resize(&n.words, b.Rows, n.count, o.Width)
	size := n.count * o.Width
	for r := range b.Rows {
		f32.Add(n.words.Data[r*size:(r+1)*size], e.Data[r*size:(r+1)*size], n.position.Data)
	}
	h := n.encoder.Forward(p, &n.words)
	y := n.head.Forward(p, frame.Join(&n.flat, b.Rows, h, &b.Future, &b.Static))
	n.y = nn.Tensor{Shape: append(n.y.Shape[:0], b.Rows, s.Steps, s.Levels), Data: y.Data}
	return &n.y
}

// Backward implements [frame.Net].
func (n *Net) Backward(p *nn.Pass, dy *nn.Tensor) {
	rows := dy.Shape[0]
	d := n.head.Backward(p, &nn.Tensor{Shape: []int{rows, dy.Shape[1] * dy.Shape[2]}, Data: dy.Data})
	d = n.encoder.Backward(p, frame.Part(frame.Resize(&n.dwords, rows, n.count, n.o.Width), d, 0))
	size, g := n.count*n.o.Width, n.position.Gradient()
	for r := range rows {
		f32.Add(g, g, d.Data[r*size:(r+1)*size])
	}
	n.embed.Backward(p, d)
}

// Attentions are those of the layers, first to last.
func (n *Net) Attentions() []*nn.Attention {
	var all []*nn.Attention
	for _, l := range n.encoder {
		if r, ok := l.(*nn.Residual); ok {
			if a, ok := r.Body.(nn.Sequential)[0].(*nn.Attention); ok {
				all = append(all, a)
			}
		}
	}
	return all
}
