// Package dlinear is DLinear: a linear map of the trend of a window, plus one of what is left. Zeng, Chen, Zhang and Xu, "Are
// Transformers Effective for Time Series Forecasting?" (2023), section 4.
package dlinear

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Window is the usual length of the moving average.
const Window = 25

// Net is a DLinear network: trend and rest are [levels x steps] linear maps of a window of lags; features are added by a third.
type Net struct {
	shape  frame.Shape
	window int

	Trend, Rest *nn.Dense
	extra       *nn.Dense // nil without features

	trend, rest, y, dt nn.Tensor
}

// New makes the network; window is the length of the moving average, an odd number.
func New(s frame.Shape, window int, rng *rand.Rand) *Net {
	n := &Net{shape: s, window: window,
		Trend: nn.NewDense("linear_trend", s.Lags, s.Steps*s.Levels, rng), Rest: nn.NewDense("linear_season", s.Lags, s.Steps*s.Levels, rng)}
	n.Trend.First, n.Rest.First = true, true
	if s.Extra() > 0 {
		n.extra = nn.NewDense("linear_extra", s.Extra(), s.Steps*s.Levels, rng)
		n.extra.First = true
	}
	return n
}

// Params implements [frame.Net].
func (n *Net) Params() []*nn.Param {
	p := append(n.Trend.Params(), n.Rest.Params()...)
	if n.extra != nil {
		p = append(p, n.extra.Params()...)
	}
	return p
}

// Forward implements [frame.Net].
func (n *Net) Forward(p *nn.Pass, b *frame.Batch) *nn.Tensor {
	frame.Resize(&n.trend, b.Y.Shape...)
	frame.Resize(&n.rest, b.Y.Shape...)
	lags := n.shape.Lags
	for r := range b.Rows {
		average(n.trend.Data[r*lags:(r+1)*lags], b.Y.Data[r*lags:(r+1)*lags], n.window)
	}
	f32.Sub(n.rest.Data, b.Y.Data, n.trend.Data)
	t, s := n.Trend.Forward(p, &n.trend), n.Rest.Forward(p, &n.rest)
	frame.Resize(&n.y, b.Rows, n.shape.Steps, n.shape.Levels)
	f32.Add(n.y.Data, t.Data, s.Data)
	if n.extra != nil {
		f32.Add(n.y.Data, n.y.Data, n.extra.Forward(p, b.Extra()).Data)
	}
	return &n.y
}

// Backward implements [frame.Net].
func (n *Net) Backward(p *nn.Pass, dy *nn.Tensor) {
	n.dt = nn.Tensor{Shape: []int{dy.Shape[0], dy.Shape[1] * dy.Shape[2]}, Data: dy.Data}
	n.Trend.Backward(p, &n.dt)
	n.Rest.Backward(p, &n.dt)
	if n.extra != nil {
		n.extra.Backward(p, &n.dt)
	}
}

// average is the centred moving average of x, whose first and last values are repeated beyond its ends.
func average(to, x []float32, window int) {
	half := (window - 1) / 2
	at := func(i int) float64 { return float64(x[max(0, min(len(x)-1, i))]) }
	sum := 0.
	for k := -half; k < window-half; k++ {
		sum += at(k)
	}
	for i := range to {
		to[i] = float32(sum / float64(window))
		sum += at(i+window-half) - at(i-half)
	}
}
