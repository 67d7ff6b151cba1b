package f32

import "fmt"

// Matrix is a strided view of float32 numbers: element (i, j) is Data[i*RowStride + j*ColStride]. Every case of transposition
// and every sub-matrix is a view.
type Matrix struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// Dense views data, row after row, as a matrix of the given size.
func Dense(data []float32, rows, cols int) Matrix {
	return Strided(data, rows, cols, cols)
}

// Strided views rows of cols numbers that begin stride apart.
func Strided(data []float32, rows, cols, stride int) Matrix {
	m := Matrix{Data: data, Rows: rows, Cols: cols, RowStride: stride, ColStride: 1}
	m.check("matrix")
	return m
}

// T is the transposed view.
func (m Matrix) T() Matrix {
	return Matrix{Data: m.Data, Rows: m.Cols, Cols: m.Rows, RowStride: m.ColStride, ColStride: m.RowStride}
}

// sub views rows [i, i+rows) and columns [j, j+cols).
func (m Matrix) sub(i, rows, j, cols int) Matrix {
	if m.Data == nil { // no matrix at all
		return m
	}
	m.Data = m.Data[i*m.RowStride+j*m.ColStride:]
	m.Rows, m.Cols = rows, cols
	return m
}

func (m Matrix) check(name string) {
	if m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0 {
		panic(fmt.Sprintf("f32: %s: negative size or stride", name))
	}
	if m.Rows > 0 && m.Cols > 0 && (m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride >= len(m.Data) {
		panic(fmt.Sprintf("f32: %s: %d x %d with strides %d, %d does not fit in %d numbers",
			name, m.Rows, m.Cols, m.RowStride, m.ColStride, len(m.Data)))
	}
}
