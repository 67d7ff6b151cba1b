package f32

// grow returns a slice of n numbers, s where it is large enough.
func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n+n/4)
	}
	return s[:n]
}

// packColumns copies B into panels of width columns: each panel is its rows one after another.
func packColumns(dst []float32, b Matrix, width int) []float32 {
	panels := (b.Cols + width - 1) / width
	dst = grow(dst, panels*width*b.Rows)
	for p := range panels {
		panel := dst[p*width*b.Rows:][:width*b.Rows]
		from := b.sub(0, b.Rows, p*width, min(width, b.Cols-p*width))
		if b.ColStride == 1 && from.Cols == 32 && width == 32 { // in line: a call for each row would take as long as the copy
			for k := range b.Rows {
				*(*[32]float32)(panel[k*32:]) = *(*[32]float32)(from.Data[k*b.RowStride:])
			}
			continue
		}
		if b.ColStride == 1 {
			for k := range b.Rows {
				copy(panel[k*width:][:from.Cols], from.Data[k*b.RowStride:])
			}
			continue
		}
		for j := 0; j < from.Cols; j += 16 {
			transposeInto(panel[j:], width, from.sub(0, from.Rows, j, min(16, from.Cols-j)), false)
		}
	}
	return dst
}

// packRows copies A into panels of height rows: each panel is its columns one after another.
func packRows(dst []float32, a Matrix, height int) []float32 {
	panels := (a.Rows + height - 1) / height
	dst = grow(dst, panels*height*a.Cols+16) // a block of 16 may write past the end of a panel
	for p := range panels {
		i := p * height
		rows := min(height, a.Rows-i)
		// Sixteen rows at once though the panel holds fewer: what is too much is overwritten by the next column.
		wide := rows == height && i+16 <= a.Rows && height <= 16
		from := a.sub(i, rows, 0, a.Cols)
		if wide {
			from.Rows = 16
		}
		transposeInto(dst[i*a.Cols:], height, from.T(), wide)
	}
	return dst
}

// Transpose copies the transpose of src, rows x cols, to dst, cols x rows, both dense.
func Transpose(dst, src []float32, rows, cols int) {
	from := Dense(src, rows, cols).T()
	for i := 0; i < rows; i += 16 {
		transposeInto(dst[i:rows*cols], rows, from.sub(0, cols, i, min(16, rows-i)), false)
	}
}

// transposeInto copies src, whose columns (at most 16) are the long direction in memory, to rows of dst that are stride apart.
// Whole blocks of 16 x 16 go through the kernel; spill allows rows of 16 that overlap the next.
func transposeInto(dst []float32, stride int, src Matrix, spill bool) {
	k := 0
	if src.RowStride == 1 && src.Cols == 16 && (spill || stride >= 16) {
		for ; k+16 <= src.Rows; k += 16 {
			use.block(&dst[k*stride], &src.Data[k], 4*stride, 4*src.ColStride)
		}
	}
	cols := src.Cols
	if spill {
		cols = min(cols, stride)
	}
	for ; k < src.Rows; k++ {
		row := dst[k*stride:][:cols]
		for j := range row {
			row[j] = src.Data[k*src.RowStride+j*src.ColStride]
		}
	}
}
