package nn

import (
	"fmt"
	"slices"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Tensor is a row-major array: Data holds the product of Shape numbers, the last axis fastest.
type Tensor struct {
	Shape []int
	Data  []float32
}

// Zeros makes a tensor of zeros.
func Zeros(shape ...int) *Tensor { return Of(make([]float32, size(shape)), shape...) }

// Of wraps data, which is not copied.
func Of(data []float32, shape ...int) *Tensor {
	if size(shape) != len(data) {
		panic(fmt.Sprintf("nn: %d numbers do not have the shape %v", len(data), shape))
	}
	return &Tensor{Shape: slices.Clone(shape), Data: data}
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Last is the length of the last axis.
func (t *Tensor) Last() int { return t.Shape[len(t.Shape)-1] }

// Rows is the number of vectors along the last axis.
func (t *Tensor) Rows() int {
	if t.Last() == 0 {
		return 0
	}
	return len(t.Data) / t.Last()
}

// row is vector i along the last axis.
func (t *Tensor) row(i int) []float32 {
	n := t.Last()
	return t.Data[i*n : (i+1)*n]
}

// matrix views the tensor as its rows.
func (t *Tensor) matrix() f32.Matrix { return f32.Dense(t.Data, t.Rows(), t.Last()) }

// resize gives t the shape, reusing its memory where that is large enough; the contents are undefined.
func (t *Tensor) resize(shape ...int) *Tensor {
	n := size(shape)
	if cap(t.Data) < n {
		t.Data = make([]float32, n)
	}
	t.Data = t.Data[:n]
	t.Shape = append(t.Shape[:0], shape...)
	return t
}

// like gives t the shape of x.
func (t *Tensor) like(x *Tensor) *Tensor { return t.resize(x.Shape...) }

// expect panics unless the tensor has as many axes as shape and agrees where that is not negative.
func (t *Tensor) expect(what string, shape ...int) {
	ok := len(t.Shape) == len(shape)
	for i := 0; ok && i < len(shape); i++ {
		ok = shape[i] < 0 || shape[i] == t.Shape[i]
	}
	if !ok {
		panic(fmt.Sprintf("nn: %s: shape %v where %v is needed (-1: any)", what, t.Shape, shape))
	}
}

// expectLast panics unless the last axis has length n.
func (t *Tensor) expectLast(what string, n int) {
	if len(t.Shape) == 0 || t.Last() != n {
		panic(fmt.Sprintf("nn: %s: shape %v where the last axis must be %d", what, t.Shape, n))
	}
}
