package frame

import "github.com/tidewatch/tidewatch/nn"

// Resize gives t the shape, reusing its memory; the contents are undefined.
func Resize(t *nn.Tensor, shape ...int) *nn.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	t.Data = grow(t.Data, n)
	t.Shape = append(t.Shape[:0], shape...)
	return t
}

// Join sets the tensors' rows side by side in to: the parts are [rows, ...] and become [rows, sum of their widths].
func Join(to *nn.Tensor, rows int, parts ...*nn.Tensor) *nn.Tensor {
	width := 0
	for _, t := range parts {
		width += len(t.Data) / rows
	}
	Resize(to, rows, width)
	at := 0
	for r := range rows {
		for _, t := range parts {
			n := len(t.Data) / rows
			at += copy(to.Data[at:], t.Data[r*n:(r+1)*n])
		}
	}
	return to
}

// Part copies columns from, from+1, ... of x [rows, width] to to, which has its shape.
func Part(to, x *nn.Tensor, from int) *nn.Tensor {
	rows := to.Shape[0]
	n, width := len(to.Data)/rows, len(x.Data)/rows
	for r := range rows {
		copy(to.Data[r*n:(r+1)*n], x.Data[r*width+from:])
	}
	return to
}
