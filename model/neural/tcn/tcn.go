// Package tcn is a convolutional forecaster: dilated causal convolutions over the window, a linear map of its steps to those ahead, and dense
// layers from there to the levels of each step. Bai, Kolter and Koltun, "An Empirical Evaluation of Generic Convolutional and Recurrent
// Networks for Sequence Modeling" (2018).
package tcn

import (
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Options say how the network is made.
type Options struct {
	Width     int
	Kernel    int
	Dilations []int   // one a convolution
	Residual  bool    // what a convolution sees is added to what it gives, and a linear map of the window to the forecast
	Drop      float64 // share of units dropped after each convolution
}

// Net is the network.
type Net struct {
	shape   frame.Shape
	o       Options
	encoder nn.Sequential
	ahead   *nn.Dense // from the window's steps to those ahead
	decoder nn.Sequential
	highway *nn.Dense // nil unless Residual

	turned, context, dturned, dahead, y, dy nn.Tensor
}

// New makes the network.
func New(s frame.Shape, o Options, rng *rand.Rand) *Net {
	n := &Net{shape: s, o: o}
	in := s.Channels()
	for i, d := range o.Dilations {
		c := nn.NewCausalConv("encoder."+strconv.Itoa(i), in, o.Width, o.Kernel, d, rng)
		c.First = i == 0
		body := nn.Sequential{c, &nn.Activation{F: nn.ReLU}}
		if o.Drop > 0 {
			body = append(body, &nn.Dropout{Rate: o.Drop})
		}
		if o.Residual && i > 0 {
			n.encoder = append(n.encoder, &nn.Residual{Body: body})
		} else {
			n.encoder = append(n.encoder, body...)
		}
		in = o.Width
	}
	n.ahead = nn.NewDense("ahead", s.Lags, s.Steps, rng)
	n.decoder = nn.Sequential{nn.NewDense("decoder.0", o.Width+s.Future+s.Static, o.Width, rng), &nn.Activation{F: nn.ReLU}, nn.NewDense("decoder.1", o.Width, s.Levels, rng)}
	if o.Residual {
		n.highway = nn.NewDense("highway", s.Lags, s.Steps*s.Levels, rng)
		n.highway.First = true
	}
	return n
}

// Weights is how many New makes.
func Weights(s frame.Shape, o Options) int {
	n := (s.Channels()*o.Kernel+1)*o.Width + (len(o.Dilations)-1)*(o.Width*o.Kernel+1)*o.Width
	n += (s.Lags+1)*s.Steps + (o.Width+s.Future+s.Static+1)*o.Width + (o.Width+1)*s.Levels
	if o.Residual {
		n += (s.Lags + 1) * s.Steps * s.Levels
	}
	return n
}

// Params implements [frame.Net].
func (n *Net) Params() []*nn.Param {
	p := append(append(n.encoder.Params(), n.ahead.Params()...), n.decoder.Params()...)
	if n.highway != nil {
		p = append(p, n.highway.Params()...)
	}
	return p
}

// Forward implements [frame.Net].
func (n *Net) Forward(p *nn.Pass, b *frame.Batch) *nn.Tensor {
	s, width := n.shape, n.o.Width
	h := n.encoder.Forward(p, b.Sequence()) // [rows, lags, width]
	frame.Resize(&n.turned, b.Rows, width, s.Lags)
	for r := range b.Rows {
		f32.Transpose(n.turned.Data[r*width*s.Lags:(r+1)*width*s.Lags], h.Data[r*width*s.Lags:(r+1)*width*s.Lags], s.Lags, width)
	}
	a := n.ahead.Forward(p, &n.turned) // [rows, width, steps]
	wide := width + s.Future + s.Static
	frame.Resize(&n.context, b.Rows, s.Steps, wide)
	for r := range b.Rows {
		for t := range s.Steps {
			to := n.context.Data[(r*s.Steps+t)*wide:][:wide]
			for k := range width {
				to[k] = a.Data[(r*width+k)*s.Steps+t]
			}
			copy(to[width:], b.Future.Data[(r*s.Steps+t)*s.Future:][:s.Future])
			copy(to[width+s.Future:], b.Static.Data[r*s.Static:(r+1)*s.Static])
		}
	}
	y := n.decoder.Forward(p, &n.context)
	if n.highway == nil {
		return y
	}
	frame.Resize(&n.y, b.Rows, s.Steps, s.Levels)
	f32.Add(n.y.Data, y.Data, n.highway.Forward(p, &b.Y).Data)
	return &n.y
}

// Backward implements [frame.Net].
func (n *Net) Backward(p *nn.Pass, dy *nn.Tensor) {
	s, width, rows := n.shape, n.o.Width, dy.Shape[0]
	if n.highway != nil {
		n.dy = nn.Tensor{Shape: []int{rows, s.Steps * s.Levels}, Data: dy.Data}
		n.highway.Backward(p, &n.dy)
	}
	d := n.decoder.Backward(p, dy)
	wide := width + s.Future + s.Static
	frame.Resize(&n.dahead, rows, width, s.Steps)
	for r := range rows {
		for t := range s.Steps {
			for k, v := range d.Data[(r*s.Steps+t)*wide:][:width] {
				n.dahead.Data[(r*width+k)*s.Steps+t] = v
			}
		}
	}
	d = n.ahead.Backward(p, &n.dahead)
	frame.Resize(&n.dturned, rows, s.Lags, width)
	for r := range rows {
		f32.Transpose(n.dturned.Data[r*width*s.Lags:(r+1)*width*s.Lags], d.Data[r*width*s.Lags:(r+1)*width*s.Lags], width, s.Lags)
	}
	n.encoder.Backward(p, &n.dturned)
}
