package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Conv2D is a convolution over [batch, in, height, width]; pairs are (vertical, horizontal). Zeros surround the picture.
type Conv2D struct {
	Weight                *Param // [out, in/groups, kernel height, kernel width]
	Bias                  *Param // [out]; nil for none
	Stride, Pad, Dilation [2]int
	Groups                int
	First                 bool // the input is data: Backward returns nil instead of its gradient

	x     *Tensor
	y, dx Tensor
	cols  [][]float32 // by worker: the picture as columns of patches
}

// NewConv2D makes NAME.weight and NAME.bias, uniform within ±1/√(inputs of one output), with stride 1, no padding, dilation 1.
func NewConv2D(name string, in, out int, kernel [2]int, groups int, rng *rand.Rand) *Conv2D {
	limit := fanIn(in / groups * kernel[0] * kernel[1])
	return &Conv2D{
		Weight: NewParam(name+".weight", out, in/groups, kernel[0], kernel[1]).uniform(rng, limit),
		Bias:   NewParam(name+".bias", out).uniform(rng, limit),
		Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Groups: groups,
	}
}

func (c *Conv2D) Params() []*Param {
	if c.Bias == nil {
		return []*Param{c.Weight}
	}
	return []*Param{c.Weight, c.Bias}
}

// geometry of one pass, for one group.
type patches struct {
	in, height, width         int // of a group's picture
	outHeight, outWidth       int
	kernelHeight, kernelWidth int
	stride, pad, dilation     [2]int
}

func (g patches) rows() int { return g.in * g.kernelHeight * g.kernelWidth }
func (g patches) cols() int { return g.outHeight * g.outWidth }

// plain says that the columns are the picture itself.
func (g patches) plain() bool {
	return g.kernelHeight*g.kernelWidth == 1 && g.stride == [2]int{1, 1} && g.pad == [2]int{}
}

// span is the range of output columns whose input column lies inside the picture, for a tap at horizontal offset off.
func (g patches) span(off int) (from, to int) {
	from = max(0, (-off+g.stride[1]-1)/g.stride[1])
	if off >= g.width {
		return 0, 0
	}
	to = min(g.outWidth, (g.width-off+g.stride[1]-1)/g.stride[1])
	return from, max(from, to)
}

// rowsOf calls f for each row of outputs of each tap: dst is its place among the columns, src the place in the picture of the
// input of output from (of from..to); from == to where the row lies outside.
func (g patches) rowsOf(f func(dst, src, from, to int)) {
	dst := 0
	for ch := range g.in {
		for ky := range g.kernelHeight {
			for kx := range g.kernelWidth {
				off := kx*g.dilation[1] - g.pad[1]
				from, to := g.span(off)
				for oy := range g.outHeight {
					y := oy*g.stride[0] + ky*g.dilation[0] - g.pad[0]
					if y < 0 || y >= g.height {
						f(dst, 0, 0, 0)
					} else {
						f(dst, (ch*g.height+y)*g.width+from*g.stride[1]+off, from, to)
					}
					dst += g.outWidth
				}
			}
		}
	}
}

// gather copies patches into columns.
func (g patches) gather(cols, x []float32) {
	g.rowsOf(func(dst, src, from, to int) {
		row := cols[dst : dst+g.outWidth]
		clear(row[:from])
		clear(row[to:])
		if g.stride[1] == 1 {
			copy(row[from:to], x[min(src, len(x)):])
			return
		}
		for i := from; i < to; i++ {
			row[i] = x[src]
			src += g.stride[1]
		}
	})
}

// scatter adds columns back to where gather took them from.
func (g patches) scatter(x, cols []float32) {
	g.rowsOf(func(dst, src, from, to int) {
		for i := from; i < to; i++ {
			x[src] += cols[dst+i]
			src += g.stride[1]
		}
	})
}

func (c *Conv2D) patches(x *Tensor) patches {
	w := c.Weight.Shape
	x.expect(c.Weight.Name, -1, w[1]*c.Groups, -1, -1)
	g := patches{
		in: w[1], height: x.Shape[2], width: x.Shape[3], kernelHeight: w[2], kernelWidth: w[3],
		stride: c.Stride, pad: c.Pad, dilation: c.Dilation,
	}
	g.outHeight = outSize(g.height, w[2], c.Stride[0], c.Pad[0], c.Dilation[0])
	g.outWidth = outSize(g.width, w[3], c.Stride[1], c.Pad[1], c.Dilation[1])
	if g.outHeight < 1 || g.outWidth < 1 {
		panic(fmt.Sprintf("nn: %s: picture %d x %d is smaller than the kernel", c.Weight.Name, g.height, g.width))
	}
	return g
}

func outSize(size, kernel, stride, pad, dilation int) int {
	return (size+2*pad-dilation*(kernel-1)-1)/stride + 1
}

// scratch gives each worker n numbers.
func (c *Conv2D) scratch(p *Pass, n int) {
	for len(c.cols) < max(1, p.Workers) {
		c.cols = append(c.cols, nil)
	}
	for i := range c.cols {
		c.cols[i] = resizeSlice(c.cols[i], n)
	}
}

// group returns the weights of group k, and its pictures in element b of x and y.
func (c *Conv2D) group(g patches, b, k int) (weight f32.Matrix, x, y int) {
	out := c.Weight.Shape[0] / c.Groups
	weight = f32.Dense(c.Weight.Data[k*out*g.rows():], out, g.rows())
	return weight, (b*c.Groups + k) * g.in * g.height * g.width, (b*c.Groups + k) * out * g.cols()
}

func (c *Conv2D) Forward(p *Pass, x *Tensor) *Tensor {
	g := c.patches(x)
	c.x = x
	out := c.Weight.Shape[0]
	c.y.resize(x.Shape[0], out, g.outHeight, g.outWidth)
	c.scratch(p, g.rows()*g.cols())
	inner := *p // a batch of one has its workers inside the product
	if x.Shape[0]*c.Groups > 1 {
		inner.Workers = 1
	}
	p.each(x.Shape[0]*c.Groups, func(worker, i int) {
		b, k := i/c.Groups, i%c.Groups
		w, from, to := c.group(g, b, k)
		y := f32.Dense(c.y.Data[to:], w.Rows, g.cols())
		if c.Bias != nil {
			for o := range w.Rows {
				row := y.Data[o*g.cols():][:g.cols()]
				for j := range row {
					row[j] = c.Bias.Data[k*w.Rows+o]
				}
			}
		}
		cols := x.Data[from:]
		if !g.plain() {
			cols = c.cols[worker]
			g.gather(cols, x.Data[from:from+g.in*g.height*g.width])
		}
		f32.MulParallel(y, w, f32.Dense(cols, g.rows(), g.cols()), c.Bias != nil, inner.Workers)
	})
	return &c.y
}

func (c *Conv2D) Backward(p *Pass, dy *Tensor) *Tensor {
	g := c.patches(c.x)
	c.scratch(p, g.rows()*g.cols())
	out := c.Weight.Shape[0] / c.Groups
	grad := c.Weight.Gradient()
	for b := range dy.Shape[0] { // in order, so that the sum does not depend on workers
		for k := range c.Groups {
			_, from, to := c.group(g, b, k)
			cols := c.x.Data[from:]
			if !g.plain() {
				cols = c.cols[0]
				g.gather(cols, c.x.Data[from:from+g.in*g.height*g.width])
			}
			f32.MulParallel(f32.Dense(grad[k*out*g.rows():], out, g.rows()), f32.Dense(dy.Data[to:], out, g.cols()), f32.Dense(cols, g.rows(), g.cols()).T(), true, p.Workers)
			if c.Bias != nil {
				for o := range out {
					c.Bias.Gradient()[k*out+o] += f32.Sum(dy.Data[to+o*g.cols():][:g.cols()])
				}
			}
		}
	}
	if c.First {
		return nil
	}
	clear(c.dx.like(c.x).Data)
	p.each(dy.Shape[0]*c.Groups, func(worker, i int) {
		w, from, to := c.group(g, i/c.Groups, i%c.Groups)
		cols := c.cols[worker]
		f32.Mul(f32.Dense(cols, g.rows(), g.cols()), w.T(), f32.Dense(dy.Data[to:], out, g.cols()), false)
		g.scatter(c.dx.Data[from:from+g.in*g.height*g.width], cols)
	})
	return &c.dx
}
