package frame

import "github.com/tidewatch/tidewatch/nn"

// Shape is what a network is built for.
type Shape struct {
	Lags, Steps, Levels int  // values it sees, steps it forecasts, quantiles of each
	Masked              bool // some values may be unknown, and the network is told which
	// Columns of features: beside the values seen, beside the steps to forecast, and of the window as a whole.
	Past, Future, Static int
}

// Extra is how many numbers a window has beside its values: [Batch.Extra].
func (s Shape) Extra() int {
	n := s.Lags*s.Past + s.Steps*s.Future + s.Static
	if s.Masked {
		n += s.Lags
	}
	return n
}

// Channels is the width of a step of [Batch.Sequence].
func (s Shape) Channels() int {
	if s.Masked {
		return 2 + s.Past
	}
	return 1 + s.Past
}

// Net is a network that forecasts windows.
type Net interface {
	Params() []*nn.Param
	// Forward returns [rows, steps, levels] in the scale of the windows.
	Forward(p *nn.Pass, b *Batch) *nn.Tensor
	// Backward takes the gradient of what Forward returned.
	Backward(p *nn.Pass, dy *nn.Tensor)
}

// Batch is windows side by side.
type Batch struct {
	Rows   int
	Y      nn.Tensor // [rows, lags], scaled; 0 where unknown
	Mask   nn.Tensor // [rows, lags], 1 where known; empty unless Shape.Masked
	Past   nn.Tensor // [rows, lags, Shape.Past]
	Future nn.Tensor // [rows, steps, Shape.Future]
	Static nn.Tensor // [rows, Shape.Static]

	Target  []float32 // [rows, steps], scaled, less the profile; NaN where unknown. Only for training
	Profile []float64 // [rows, steps], scaled
	Season  []float64 // [rows, steps], the part of the profile that is the season
	Scales  []Scale   // [row]

	steps           int
	extra, sequence nn.Tensor
}

// resize makes room for so many rows, of zeros.
func (b *Batch) resize(s Shape, rows int) {
	b.Rows = rows
	zero(&b.Y, rows, s.Lags)
	if s.Masked {
		zero(&b.Mask, rows, s.Lags)
	}
	zero(&b.Past, rows, s.Lags, s.Past)
	zero(&b.Future, rows, s.Steps, s.Future)
	zero(&b.Static, rows, s.Static)
	b.Target = grow(b.Target, rows*s.Steps)
	b.Profile = grow(b.Profile, rows*s.Steps)
	b.Season = grow(b.Season, rows*s.Steps)
	b.steps = s.Steps
	b.Scales = grow(b.Scales, rows)
}

func zero(t *nn.Tensor, shape ...int) { clear(Resize(t, shape...).Data) }

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Extra is everything but the values, flat: [rows, Shape.Extra()], for networks that see a window as one vector.
func (b *Batch) Extra() *nn.Tensor {
	return Join(&b.extra, b.Rows, &b.Mask, &b.Past, &b.Future, &b.Static)
}

// Sequence is the values and what stands beside each, step by step: [rows, lags, Shape.Channels()], for networks that walk through time.
func (b *Batch) Sequence() *nn.Tensor {
	lags, past := b.Y.Shape[1], b.Past.Shape[2]
	width := 1 + past
	if len(b.Mask.Data) > 0 {
		width++
	}
	to := Resize(&b.sequence, b.Rows, lags, width).Data
	for i := range b.Rows * lags {
		cell := to[i*width : (i+1)*width]
		cell[0] = b.Y.Data[i]
		if len(b.Mask.Data) > 0 {
			cell[1] = b.Mask.Data[i]
		}
		copy(cell[width-past:], b.Past.Data[i*past:(i+1)*past])
	}
	return &b.sequence
}
