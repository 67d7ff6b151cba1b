package chronos

import (
	"fmt"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Bolt is the network. It must be used by one goroutine at a time.
type Bolt struct {
	Config
	tokens           *nn.Param // [1 or 2, width]: the decoder's start, the register
	input, output    *nn.Residual
	encoder, decoder *stack

	embeds, start nn.Tensor
	dembeds       nn.Tensor
}

// stack is the layers of the encoder or the decoder with the bias they share.
type stack struct {
	bias   *nn.RelativeBias
	blocks []*block
	norm   *nn.RMSNorm
}

type block struct {
	attention  *nn.Attention
	self, feed *nn.Residual
	norm       *nn.RMSNorm   // before cross
	cross      *nn.Attention // nil in the encoder
	y, dx      nn.Tensor
}

// New makes the network with all weights zero, to be loaded.
func New(c Config) *Bolt {
	rows := 1
	if c.Bolt.Register {
		rows = 2
	}
	return &Bolt{
		Config:  c,
		tokens:  nn.NewParam("shared.weight", rows, c.Width),
		input:   c.residual("input_patch_embedding", 2*c.Bolt.Patch, c.Width),
		output:  c.residual("output_patch_embedding", c.Width, len(c.Bolt.Levels)*c.Bolt.Prediction),
		encoder: c.stack("encoder", c.EncoderLayers, true),
		decoder: c.stack("decoder", c.DecoderLayers, false),
	}
}

func (c *Config) residual(name string, in, out int) *nn.Residual {
	hidden, skip := nn.NewDense(name+".hidden_layer", in, c.FeedForward, nil), nn.NewDense(name+".residual_layer", in, out, nil)
	return &nn.Residual{
		Body: nn.Sequential{hidden, &nn.Activation{F: activations[c.Activation]}, nn.NewDense(name+".output_layer", c.FeedForward, out, nil)},
		Skip: skip,
	}
}

// attend makes attention as T5 has it: no biases, no scale.
func (c *Config) attend(name string) *nn.Attention {
	a := nn.NewAttention(name, c.Width, c.Heads, c.HeadWidth, nil)
	a.Query.Bias, a.Key.Bias, a.Value.Bias, a.Out.Bias = nil, nil, nil, nil
	a.Scale = 1
	return a
}

func (c *Config) stack(name string, layers int, encoder bool) *stack {
	s := &stack{norm: nn.NewRMSNorm(name+".final_layer_norm", c.Width, c.Eps)}
	s.bias = nn.NewRelativeBias(name+".block.0.layer.0.SelfAttention.relative_attention_bias", c.Buckets, c.Heads, c.MaxDistance, encoder, nil)
	for i := range layers {
		at := func(layer int, what string) string {
			return fmt.Sprintf("%s.block.%d.layer.%d.%s", name, i, layer, what)
		}
		b := &block{attention: c.attend(at(0, "SelfAttention"))}
		b.attention.Causal = !encoder
		b.self = &nn.Residual{Body: nn.Sequential{nn.NewRMSNorm(at(0, "layer_norm"), c.Width, c.Eps), b.attention}}
		last := 1
		if !encoder {
			b.norm, b.cross = nn.NewRMSNorm(at(1, "layer_norm"), c.Width, c.Eps), c.attend(at(1, "EncDecAttention"))
			last = 2
		}
		wi, wo := nn.NewDense(at(last, "DenseReluDense.wi"), c.Width, c.FeedForward, nil), nn.NewDense(at(last, "DenseReluDense.wo"), c.FeedForward, c.Width, nil)
		wi.Bias, wo.Bias = nil, nil
		b.feed = &nn.Residual{Body: nn.Sequential{nn.NewRMSNorm(at(last, "layer_norm"), c.Width, c.Eps), wi, &nn.Activation{F: activations[c.Activation]}, wo}}
		s.blocks = append(s.blocks, b)
	}
	return s
}

// Params lists the weights under their published names.
func (b *Bolt) Params() []*nn.Param {
	params := append([]*nn.Param{b.tokens}, b.input.Params()...)
	params = append(params, b.output.Params()...)
	for _, s := range []*stack{b.encoder, b.decoder} {
		params = append(append(params, s.bias.Params()...), s.norm.Params()...)
		for _, k := range s.blocks {
			params = append(append(params, k.self.Params()...), k.feed.Params()...)
			if k.cross != nil {
				params = append(append(params, k.norm.Params()...), k.cross.Params()...)
			}
		}
	}
	return params
}

// Forward maps patches [batch, n, 2 patch], values and then a mask of ones where they are known, to normalised quantiles
// [batch, levels, steps]. A patch without a known value is not looked at.
func (b *Bolt) Forward(p *nn.Pass, patches *nn.Tensor) *nn.Tensor {
	batch, n, d := patches.Shape[0], patches.Shape[1], b.Width
	x := b.input.Forward(p, patches)
	ignore := make([]bool, 0, batch*(n+1))
	for i := range batch {
		for t := range n {
			row := patches.Data[(i*n+t)*2*b.Bolt.Patch:][:2*b.Bolt.Patch]
			ignore = append(ignore, f32.Sum(row[b.Bolt.Patch:]) == 0)
		}
		if b.Bolt.Register {
			ignore = append(ignore, false)
		}
	}
	if b.Bolt.Register {
		fit(&b.embeds, batch, n+1, d)
		for i := range batch {
			copy(b.embeds.Data[i*(n+1)*d:], x.Data[i*n*d:(i+1)*n*d])
			copy(b.embeds.Data[(i*(n+1)+n)*d:], b.tokens.Data[d:2*d])
		}
		x = &b.embeds
	}
	memory := b.encoder.forward(p, x, nil, ignore)
	fit(&b.start, batch, 1, d)
	for i := range batch {
		copy(b.start.Data[i*d:(i+1)*d], b.tokens.Data[:d])
	}
	y := b.output.Forward(p, b.decoder.forward(p, &b.start, memory, ignore))
	return nn.Of(y.Data, batch, len(b.Bolt.Levels), b.Bolt.Prediction)
}

// Backward adds to the gradients of the weights, given that of the result of Forward.
func (b *Bolt) Backward(p *nn.Pass, dy *nn.Tensor) {
	batch, d := dy.Shape[0], b.Width
	tokens := b.tokens.Gradient()
	dstart, dmemory := b.decoder.backward(p, b.output.Backward(p, nn.Of(dy.Data, batch, 1, len(dy.Data)/batch)))
	dx, _ := b.encoder.backward(p, dmemory)
	for i := range batch {
		f32.Add(tokens[:d], tokens[:d], dstart.Data[i*d:(i+1)*d])
	}
	if b.Bolt.Register {
		n := dx.Shape[1] - 1
		fit(&b.dembeds, batch, n, d)
		for i := range batch {
			copy(b.dembeds.Data[i*n*d:(i+1)*n*d], dx.Data[i*(n+1)*d:])
			f32.Add(tokens[d:], tokens[d:], dx.Data[(i*(n+1)+n)*d:][:d])
		}
		dx = &b.dembeds
	}
	b.input.Backward(p, dx)
}

// fit gives t a shape, making new memory only where the old has another size.
func fit(t *nn.Tensor, shape ...int) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	if len(t.Data) != n {
		t.Data = make([]float32, n)
	}
	t.Shape = shape
}

// forward runs the blocks; memory is the encoder's result, nil in the encoder. ignore marks the encoder's positions not to see.
func (s *stack) forward(p *nn.Pass, x, memory *nn.Tensor, ignore []bool) *nn.Tensor {
	bias, dbias := s.bias.Forward(x.Shape[1], x.Shape[1])
	for _, b := range s.blocks {
		b.attention.Bias, b.attention.BiasGrad = bias, dbias
		if memory == nil {
			b.attention.Ignore = ignore
		}
		x = b.self.Forward(p, x)
		if memory != nil {
			b.cross.Ignore = ignore
			z := b.cross.Attend(p, b.norm.Forward(p, x), memory)
			fit(&b.y, x.Shape...)
			f32.Add(b.y.Data, x.Data, z.Data)
			x = &b.y
		}
		x = b.feed.Forward(p, x)
	}
	return s.norm.Forward(p, x)
}

// backward returns the gradients of the input and, for the decoder, of the memory.
func (s *stack) backward(p *nn.Pass, dy *nn.Tensor) (dx, dmemory *nn.Tensor) {
	dy = s.norm.Backward(p, dy)
	for i := len(s.blocks) - 1; i >= 0; i-- {
		b := s.blocks[i]
		dy = b.feed.Backward(p, dy)
		if b.cross != nil {
			dz, dm := b.cross.AttendBackward(p, dy)
			dz = b.norm.Backward(p, dz)
			fit(&b.dx, dy.Shape...)
			f32.Add(b.dx.Data, dy.Data, dz.Data)
			dy = &b.dx
			if dmemory == nil {
				dmemory = nn.Zeros(dm.Shape...)
			}
			f32.Add(dmemory.Data, dmemory.Data, dm.Data)
		}
		dy = b.self.Backward(p, dy)
	}
	s.bias.Backward()
	return dy, dmemory
}
