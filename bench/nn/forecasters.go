package main

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/model/chronos"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/model/neural/nhits"
	"github.com/tidewatch/tidewatch/model/neural/patchtst"
	"github.com/tidewatch/tidewatch/nn"
)

// windows feeds a forecaster with plain windows.
type windows struct {
	frame.Net
	batch frame.Batch
}

func (w *windows) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	w.batch.Rows, w.batch.Y = x.Shape[0], *x
	w.batch.Past.Shape = []int{x.Shape[0], x.Shape[1], 0}
	return w.Net.Forward(p, &w.batch)
}

func (w *windows) Backward(p *nn.Pass, dy *nn.Tensor) *nn.Tensor {
	w.Net.Backward(p, nn.Of(dy.Data, dy.Shape[0], dy.Shape[1], 1))
	return nil
}

// hits is N-HiTS 96 > 48 as neuralforecast makes it by default: three blocks of four layers of 512, pools 2 2 1, knots 12 24 48.
func hits(rng *rand.Rand) nn.Layer {
	width := []int{512, 512, 512, 512}
	return &windows{Net: nhits.New(frame.Shape{Lags: 96, Steps: 48, Levels: 1}, []nhits.Block{
		{Pool: 2, Width: width, Ahead: nhits.Lines(48, 12)}, {Pool: 2, Width: width, Ahead: nhits.Lines(48, 24)}, {Pool: 1, Width: width},
	}, rng)}
}

// patches is PatchTST 512 > 48 as neuralforecast makes it by default: three layers of width 128, 16 heads, 256 hidden units, patches of 16 every 8,
// but with layer norm.
func patches(rng *rand.Rand) nn.Layer {
	return &windows{Net: patchtst.New(frame.Shape{Lags: 512, Steps: 48, Levels: 1}, patchtst.Options{Width: 128, Layers: 3, Heads: 16, Hidden: 256, Patch: 16, Stride: 8, Drop: .2}, rng)}
}

const (
	chronosPatches = 32 // of a context of 512
	chronosTokens  = chronosPatches + 1
	// The encoder's layers over all tokens, the decoder's over one, its cross attention's keys and values over all.
	chronosFLOP = 12*chronosTokens*(2*(4*768*768+2*768*3072)+4*chronosTokens*768) + 12*(2*(6*768*768+2*768*3072)+chronosTokens*2*2*768*768)
)

// chronosNet is a Chronos-Bolt network of the base size with random weights.
type chronosNet struct{ *chronos.Bolt }

func bolt(rng *rand.Rand) nn.Layer {
	c := chronos.Config{Width: 768, HeadWidth: 64, FeedForward: 3072, EncoderLayers: 12, DecoderLayers: 12, Heads: 12, Buckets: 32, MaxDistance: 128, Eps: 1e-6, Activation: "relu"}
	c.Bolt.Context, c.Bolt.Prediction, c.Bolt.Patch, c.Bolt.Stride, c.Bolt.Register = 512, 64, 16, 16, true
	c.Bolt.Levels = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}
	b := chronos.New(c)
	for _, p := range b.Params() {
		for i := range p.Data {
			p.Data[i] = float32(.02 * rng.NormFloat64())
		}
	}
	return chronosNet{b}
}

func (n chronosNet) Backward(p *nn.Pass, dy *nn.Tensor) *nn.Tensor {
	n.Bolt.Backward(p, dy)
	return nil
}
