package nn

import "math"

// Pool2D takes the largest or the mean number of each window of [batch, channels, height, width].
type Pool2D struct {
	Max        bool
	Size       [2]int
	Stride     [2]int
	Pad        [2]int
	Ceil       bool   // a last window may hang over the edge, as PyTorch's ceil_mode
	CountPad   bool   // means divide by the whole window, padding counted, as PyTorch's count_include_pad
	Adaptive   [2]int // if set, so many windows that cover the picture evenly; Size, Stride and Pad are not used
	from       []int  // of a maximum: the index of the number taken
	x          *Tensor
	y, dx      Tensor
	rows, cols []window
}

func (l *Pool2D) Params() []*Param { return nil }

// window is a range of inputs and the number that a mean divides by along its axis.
type window struct{ from, to, count int }

// windows along one axis of n inputs.
func (l *Pool2D) windows(axis, n int) []window {
	if a := l.Adaptive[axis]; a > 0 {
		w := make([]window, a)
		for i := range w {
			from, to := i*n/a, ((i+1)*n+a-1)/a
			w[i] = window{from, to, to - from}
		}
		return w
	}
	size, stride, pad := l.Size[axis], l.Stride[axis], l.Pad[axis]
	var w []window
	for start := -pad; ; start += stride {
		over := start+size > n+pad
		if over && (!l.Ceil || start >= n) { // a window that begins in the right padding does not count
			return w
		}
		from, to := max(0, start), min(n, start+size)
		count := to - from
		if l.CountPad {
			count = min(start+size, n+pad) - start
		}
		w = append(w, window{from, to, count})
	}
}

func (l *Pool2D) Forward(_ *Pass, x *Tensor) *Tensor {
	x.expect("Pool2D", -1, -1, -1, -1)
	l.x = x
	width, plane := x.Shape[3], x.Shape[2]*x.Shape[3]
	l.rows, l.cols = l.windows(0, x.Shape[2]), l.windows(1, width)
	l.y.resize(x.Shape[0], x.Shape[1], len(l.rows), len(l.cols))
	if cap(l.from) < len(l.y.Data) {
		l.from = make([]int, len(l.y.Data))
	}
	l.from = l.from[:len(l.y.Data)]
	l.each(func(i, base int, r, c window) {
		best, at, sum := float32(math.Inf(-1)), -1, float32(0)
		for y := r.from; y < r.to; y++ {
			for j := base*plane + y*width + c.from; j < base*plane+y*width+c.to; j++ {
				v := x.Data[j]
				sum += v
				if v > best || at < 0 || v != v {
					best, at = v, j
				}
			}
		}
		l.from[i] = at
		if l.Max {
			l.y.Data[i] = best
		} else {
			l.y.Data[i] = sum / float32(r.count*c.count)
		}
	})
	return &l.y
}

// each calls f with the index of every result, its picture and its windows.
func (l *Pool2D) each(f func(i, plane int, r, c window)) {
	i := 0
	for plane := range l.x.Shape[0] * l.x.Shape[1] {
		for _, r := range l.rows {
			for _, c := range l.cols {
				f(i, plane, r, c)
				i++
			}
		}
	}
}

func (l *Pool2D) Backward(_ *Pass, dy *Tensor) *Tensor {
	clear(l.dx.like(l.x).Data)
	width, plane := l.x.Shape[3], l.x.Shape[2]*l.x.Shape[3]
	l.each(func(i, base int, r, c window) {
		if l.Max {
			if l.from[i] >= 0 {
				l.dx.Data[l.from[i]] += dy.Data[i]
			}
			return
		}
		d := dy.Data[i] / float32(r.count*c.count)
		for y := r.from; y < r.to; y++ {
			for j := base*plane + y*width + c.from; j < base*plane+y*width+c.to; j++ {
				l.dx.Data[j] += d
			}
		}
	})
	return &l.dx
}

// Flatten makes [batch, ...] into [batch, n].
type Flatten struct {
	shape []int
	y, dx Tensor
}

func (l *Flatten) Forward(_ *Pass, x *Tensor) *Tensor {
	l.shape = append(l.shape[:0], x.Shape...)
	l.y = Tensor{Shape: []int{x.Shape[0], len(x.Data) / x.Shape[0]}, Data: x.Data}
	return &l.y
}

func (l *Flatten) Backward(_ *Pass, dy *Tensor) *Tensor {
	l.dx = Tensor{Shape: l.shape, Data: dy.Data}
	return &l.dx
}

func (l *Flatten) Params() []*Param { return nil }
