package nn

import (
	"math/rand/v2"
	"sync"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Pass says how to run a forward and backward pass. The zero value is inference by one worker.
type Pass struct {
	Train   bool       // drop units, normalise by the batch, keep what Backward needs
	Rand    *rand.Rand // draws dropped units; needed when Train is set and the network drops any
	Workers int        // goroutines that one layer may use; the result does not depend on it

	room []float32 // for weights that are packed
}

// Layer maps a tensor to another. Backward takes the gradient of the loss with respect to the last result, adds to the
// gradients of the parameters and returns the gradient with respect to the input. Neither changes its argument; the input of
// Forward must stay as it was until Backward.
type Layer interface {
	Forward(p *Pass, x *Tensor) *Tensor
	Backward(p *Pass, dy *Tensor) *Tensor
	Params() []*Param
}

// Sequential is layers one after another.
type Sequential []Layer

func (s Sequential) Forward(p *Pass, x *Tensor) *Tensor {
	for _, l := range s {
		x = l.Forward(p, x)
	}
	return x
}

func (s Sequential) Backward(p *Pass, dy *Tensor) *Tensor {
	for i := len(s) - 1; i >= 0; i-- {
		dy = s[i].Backward(p, dy)
	}
	return dy
}

func (s Sequential) Params() []*Param {
	var params []*Param
	for _, l := range s {
		params = append(params, l.Params()...)
	}
	return params
}

// Residual is Body(x) + Skip(x); without Skip, Body(x) + x.
type Residual struct {
	Body, Skip Layer
	y, dx      Tensor
}

func (r *Residual) Forward(p *Pass, x *Tensor) *Tensor {
	body, skip := r.Body.Forward(p, x), x
	if r.Skip != nil {
		skip = r.Skip.Forward(p, x)
	}
	r.y.like(body)
	p.add(r.y.Data, body.Data, skip.Data)
	return &r.y
}

func (r *Residual) Backward(p *Pass, dy *Tensor) *Tensor {
	body, skip := r.Body.Backward(p, dy), dy
	if r.Skip != nil {
		skip = r.Skip.Backward(p, dy)
	}
	r.dx.like(body)
	p.add(r.dx.Data, body.Data, skip.Data)
	return &r.dx
}

func (r *Residual) Params() []*Param {
	params := r.Body.Params()
	if r.Skip != nil {
		params = append(params, r.Skip.Params()...)
	}
	return params
}

// each calls f for 0..n-1 by up to p.Workers goroutines, each with a number below that of its own scratch memory.
func (p *Pass) each(n int, f func(worker, i int)) {
	workers := min(p.Workers, n)
	if workers <= 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := n * w / workers; i < n*(w+1)/workers; i++ {
				f(w, i)
			}
		})
	}
	wg.Wait()
}

// spans calls f for ranges that together are 0..n, short enough for the first cache, by up to p.Workers goroutines.
func (p *Pass) spans(n int, f func(from, to int)) {
	const most = 4096
	p.each((n+most-1)/most, func(_, i int) { f(i*most, min(n, (i+1)*most)) })
}

// add sets y = a + b.
func (p *Pass) add(y, a, b []float32) {
	p.spans(len(y), func(i, j int) { f32.Add(y[i:j], a[i:j], b[i:j]) })
}

// addColumnSums adds the sum over rows to dst: the gradient of a bias. It is a product with a row of ones.
func addColumnSums(dst []float32, x f32.Matrix) {
	ones := f32.Matrix{Data: []float32{1}, Rows: 1, Cols: x.Rows}
	f32.Mul(f32.Dense(dst, 1, x.Cols), ones, x, true)
}

// fillRows copies v to every row.
func fillRows(x f32.Matrix, v []float32) {
	for i := range x.Rows {
		copy(x.Data[i*x.RowStride:][:x.Cols], v)
	}
}
