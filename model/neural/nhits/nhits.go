// Package nhits is N-HiTS, and N-BEATS in its generic form, of which it is a refinement: blocks of fully connected layers, each
// of which explains a part of the window, takes it away and forecasts from it. Oreshkin, Carpov, Chapados and Bengio, "N-BEATS" (2020);
// Challu et al., "N-HiTS: Neural Hierarchical Interpolation for Time Series Forecasting" (2023).
package nhits

import (
	"math/rand/v2"
	"strconv"

	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Block says how one block is made.
type Block struct {
	Pool  int     // it sees the largest of so many values at a time; 1 = all values (N-HiTS, equation 1)
	Width []int   // hidden layers
	Drop  float64 // share of their units dropped in training
	// Back and Ahead turn coefficients into what the block explains of the window, latest value first, and into its forecast; nil = a coefficient
	// for each value, the generic block. The last block of a network explains nothing.
	Back, Ahead Basis
}

// Net is a stack of blocks.
type Net struct {
	shape  frame.Shape
	blocks []*block

	rest  []nn.Tensor // what each block sees: the window, latest value first, less what the blocks before explained
	y     nn.Tensor
	drest []float32

	// FromLast adds the last value of the window to the forecast, as reference implementations do; otherwise forecasts are about the level
	// the window was scaled by.
	FromLast bool
}

type block struct {
	Block
	net         nn.Sequential
	back, ahead int       // coefficients
	input       nn.Tensor // [rows, pooled + extra]
	from        []int32   // [rows, pooled] which value was the largest
	dout        nn.Tensor
}

// New makes the network. Blocks forecast one after another.
func New(s frame.Shape, blocks []Block, rng *rand.Rand) *Net {
	n := &Net{shape: s, rest: make([]nn.Tensor, len(blocks))}
	for i, c := range blocks {
		name := "blocks." + strconv.Itoa(i) + "."
		b := &block{Block: c, ahead: c.Ahead.coefficients(s.Steps)}
		if i < len(blocks)-1 {
			b.back = c.Back.coefficients(s.Lags)
		}
		in := (s.Lags+c.Pool-1)/c.Pool + s.Extra()
		for k, width := range c.Width {
			d := nn.NewDense(name+strconv.Itoa(k), in, width, rng)
			d.First = i == 0 && k == 0
			b.net = append(b.net, d, &nn.Activation{F: nn.ReLU})
			if c.Drop > 0 {
				b.net = append(b.net, &nn.Dropout{Rate: c.Drop})
			}
			in = width
		}
		b.net = append(b.net, nn.NewDense(name+"out", in, b.back+b.ahead*s.Levels, rng))
		n.blocks = append(n.blocks, b)
	}
	return n
}

// Params implements [frame.Net].
func (n *Net) Params() []*nn.Param {
	var p []*nn.Param
	for _, b := range n.blocks {
		p = append(p, b.net.Params()...)
	}
	return p
}

// Forward implements [frame.Net].
func (n *Net) Forward(p *nn.Pass, batch *frame.Batch) *nn.Tensor {
	s, rows := n.shape, batch.Rows
	var extra *nn.Tensor
	if s.Extra() > 0 {
		extra = batch.Extra()
	}
	frame.Resize(&n.rest[0], rows, s.Lags)
	frame.Resize(&n.y, rows, s.Steps, s.Levels)
	for r := range rows {
		y, rest := batch.Y.Data[r*s.Lags:(r+1)*s.Lags], n.rest[0].Data[r*s.Lags:(r+1)*s.Lags]
		for k, v := range y {
			rest[s.Lags-1-k] = v
		}
		start := float32(0)
		if n.FromLast {
			start = rest[0]
		}
		for k := range s.Steps * s.Levels {
			n.y.Data[r*s.Steps*s.Levels+k] = start
		}
	}
	for i, b := range n.blocks {
		out := b.net.Forward(p, b.see(&n.rest[i], extra, s.Lags))
		if i < len(n.blocks)-1 {
			frame.Resize(&n.rest[i+1], rows, s.Lags)
		}
		width, levels := out.Last(), s.Levels
		for r := range rows {
			o := out.Data[r*width : (r+1)*width]
			if b.back > 0 {
				before, rest := n.rest[i].Data[r*s.Lags:(r+1)*s.Lags], n.rest[i+1].Data[r*s.Lags:(r+1)*s.Lags]
				copy(rest, before)
				b.Back.add(rest, o[:b.back], -1, 1)
			}
			b.Ahead.add(n.y.Data[r*s.Steps*levels:(r+1)*s.Steps*levels], o[b.back:], 1, levels)
		}
	}
	return &n.y
}

// see pools what is left of the windows and sets the features beside it.
func (b *block) see(rest, extra *nn.Tensor, lags int) *nn.Tensor {
	if b.Pool == 1 && extra == nil {
		return rest
	}
	rows, pooled, more := rest.Shape[0], (lags+b.Pool-1)/b.Pool, 0
	if extra != nil {
		more = extra.Shape[1]
	}
	frame.Resize(&b.input, rows, pooled+more)
	if cap(b.from) < rows*pooled {
		b.from = make([]int32, rows*pooled)
	}
	b.from = b.from[:rows*pooled]
	for r := range rows {
		x, to := rest.Data[r*lags:(r+1)*lags], b.input.Data[r*(pooled+more):(r+1)*(pooled+more)]
		for k := range pooled {
			best := k * b.Pool
			for j := best + 1; j < min(lags, (k+1)*b.Pool); j++ {
				if x[j] > x[best] {
					best = j
				}
			}
			to[k], b.from[r*pooled+k] = x[best], int32(best)
		}
		if extra != nil {
			copy(to[pooled:], extra.Data[r*more:(r+1)*more])
		}
	}
	return &b.input
}

// Backward implements [frame.Net].
func (n *Net) Backward(p *nn.Pass, dy *nn.Tensor) {
	s, rows := n.shape, dy.Shape[0]
	levels := s.Levels
	if cap(n.drest) < rows*s.Lags {
		n.drest = make([]float32, rows*s.Lags)
	}
	drest := n.drest[:rows*s.Lags] // of what the next block sees
	clear(drest)
	for i := len(n.blocks) - 1; i >= 0; i-- {
		b := n.blocks[i]
		width := b.back + b.ahead*levels
		frame.Resize(&b.dout, rows, width)
		clear(b.dout.Data)
		for r := range rows {
			o := b.dout.Data[r*width : (r+1)*width]
			if b.back > 0 {
				b.Back.gather(o[:b.back], drest[r*s.Lags:(r+1)*s.Lags], -1, 1)
			}
			b.Ahead.gather(o[b.back:], dy.Data[r*s.Steps*levels:(r+1)*s.Steps*levels], 1, levels)
		}
		dx := b.net.Backward(p, &b.dout)
		if dx == nil {
			return // the first block: its input is data
		}
		if b.Pool == 1 && len(b.input.Data) == 0 {
			f32.Add(drest, drest, dx.Data)
			continue
		}
		pooled, wide := len(b.from)/rows, dx.Last()
		for r := range rows {
			for k, from := range b.from[r*pooled : (r+1)*pooled] {
				drest[r*s.Lags+int(from)] += dx.Data[r*wide+k]
			}
		}
	}
}
