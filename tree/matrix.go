package tree

// Matrix is a table of feature values, one row an observation, NaN for a missing value.
type Matrix interface {
	// Dims returns the number of rows and of columns.
	Dims() (rows, cols int)
	// ReadColumn copies the values of column col in rows row, row+1, ... into dst, as many as dst holds. It is called concurrently.
	ReadColumn(dst []float64, col, row int)
}

// Float is a type of feature values.
type Float interface{ ~float32 | ~float64 }

// Rows is a matrix stored row after row: the value of row r and column c is Data[r*Cols+c].
type Rows[T Float] struct {
	Data []T
	Cols int
}

// Dims returns the number of rows and of columns.
func (m Rows[T]) Dims() (rows, cols int) {
	if m.Cols == 0 {
		return 0, 0
	}
	return len(m.Data) / m.Cols, m.Cols
}

// ReadColumn copies a part of column col.
func (m Rows[T]) ReadColumn(dst []float64, col, row int) {
	at := row*m.Cols + col
	for i := range dst {
		dst[i] = float64(m.Data[at])
		at += m.Cols
	}
}

// Columns is a matrix stored column by column; all columns have the same length.
type Columns[T Float] [][]T

// Dims returns the number of rows and of columns.
func (m Columns[T]) Dims() (rows, cols int) {
	if len(m) == 0 {
		return 0, 0
	}
	return len(m[0]), len(m)
}

// ReadColumn copies a part of column col.
func (m Columns[T]) ReadColumn(dst []float64, col, row int) {
	for i, v := range m[col][row : row+len(dst)] {
		dst[i] = float64(v)
	}
}
