// Package lstm is a recurrent forecaster: LSTM layers walk through the window, and from their last state, beside what is known of the
// steps ahead, two dense layers forecast all steps and levels. A linear map of the window is added, so that the recurrent part need not learn
// what is linear: the autoregressive highway of Lai, Chang, Yang and Liu, "Modeling Long- and Short-Term Temporal Patterns" (2018), section 3.6.
package lstm

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Net is the network.
type Net struct {
	shape   frame.Shape
	encoder nn.Sequential // layers of LSTM with dropout, the last step
	decoder nn.Sequential
	highway *nn.Dense

	context, dlast, y, dy nn.Tensor
	width                 int
}

// New makes layers of the given width, with dropout after each.
func New(s frame.Shape, width, layers int, drop float64, rng *rand.Rand) *Net {
	cells := nn.NewLSTM("encoder", s.Channels(), width, layers, drop, rng)
	cells.First = true
	out := s.Steps * s.Levels
	n := &Net{shape: s, width: width,
		encoder: nn.Sequential{cells, &nn.LastStep{}, &nn.Dropout{Rate: drop}},
		decoder: nn.Sequential{nn.NewDense("decoder.0", width+s.Steps*s.Future+s.Static, width, rng), &nn.Activation{F: nn.ReLU}, nn.NewDense("decoder.1", width, out, rng)},
		highway: nn.NewDense("highway", s.Lags, out, rng),
	}
	n.highway.First = true
	return n
}

// Weights is how many New makes.
func Weights(s frame.Shape, width, layers int) int {
	n := 4*width*(s.Channels()+width+2) + (layers-1)*4*width*(2*width+2)
	return n + (width+s.Steps*s.Future+s.Static+1)*width + (width+1+s.Lags+1)*s.Steps*s.Levels
}

// Params implements [frame.Net].
func (n *Net) Params() []*nn.Param {
	return append(append(n.encoder.Params(), n.decoder.Params()...), n.highway.Params()...)
}

// Forward implements [frame.Net].
func (n *Net) Forward(p *nn.Pass, b *frame.Batch) *nn.Tensor {
	last := n.encoder.Forward(p, b.Sequence())
	deep := n.decoder.Forward(p, frame.Join(&n.context, b.Rows, last, &b.Future, &b.Static))
	frame.Resize(&n.y, b.Rows, n.shape.Steps, n.shape.Levels)
	f32.Add(n.y.Data, deep.Data, n.highway.Forward(p, &b.Y).Data)
	return &n.y
}

// Backward implements [frame.Net].
func (n *Net) Backward(p *nn.Pass, dy *nn.Tensor) {
	n.dy = nn.Tensor{Shape: []int{dy.Shape[0], dy.Shape[1] * dy.Shape[2]}, Data: dy.Data}
	n.highway.Backward(p, &n.dy)
	d := n.decoder.Backward(p, &n.dy)
	n.encoder.Backward(p, frame.Part(frame.Resize(&n.dlast, dy.Shape[0], n.width), d, 0))
}
