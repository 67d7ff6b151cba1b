package f32

import "unsafe"

// hugePage is the size of a large page of memory, in numbers of four bytes.
const hugePage = 2 << 20 / 4

// grow returns a slice of n numbers, s where it is large enough. What is larger than a large page begins at one and asks for such pages: the
// kernels walk through more small ones than a processor remembers the place of.
func grow(s []float32, n int) []float32 {
	if cap(s) >= n {
		return s[:n]
	}
	if n < hugePage {
		return make([]float32, n+n/4)
	}
	room := (n + n/4 + hugePage - 1) / hugePage * hugePage
	s = make([]float32, room+hugePage)
	skip := int(-uintptr(unsafe.Pointer(&s[0])) / 4 % hugePage)
	s = s[skip:][:room:room]
	adviseHuge(s)
	return s[:n]
}

// packColumns copies B into panels of width columns: each panel is its rows one after another.
func packColumns(dst []float32, b Matrix, width int) {
	if b.ColStride == 1 {
		packRuns(dst, b, width)
		return
	}
	for j := 0; j < b.Cols; j += 16 {
		panel := dst[j/width*width*b.Rows+j%width:]
		transposeInto(panel, width, b.sub(0, b.Rows, j, min(16, b.Cols-j)), false)
	}
}

// packRuns is packColumns where rows are contiguous: some rows at a time through all panels, so that they are read from end to end.
func packRuns(dst []float32, b Matrix, width int) {
	const rows = 16
	for k := 0; k < b.Rows; k += rows {
		end := min(k+rows, b.Rows)
		for j := 0; j < b.Cols; j += width {
			panel, n := dst[j*b.Rows:], min(width, b.Cols-j)
			for i := k; i < end; i++ {
				to, from := panel[i*width:], b.Data[i*b.RowStride+j:]
				if width == 32 && n == 32 { // in line: a call for each row would take as long as the copy
					*(*[32]float32)(to) = *(*[32]float32)(from)
				} else {
					copy(to[:n], from)
				}
			}
		}
	}
}

// packRows copies A into panels of height rows: each panel is its columns one after another. It may write 16 numbers too many.
func packRows(dst []float32, a Matrix, height int) {
	panels := (a.Rows + height - 1) / height
	for p := range panels {
		i := p * height
		rows := min(height, a.Rows-i)
		// Sixteen rows at once though the panel holds fewer: what is too much is overwritten by the next column.
		wide := rows == height && i+16 <= a.Rows && height <= 16
		from := a.sub(i, rows, 0, a.Cols)
		if wide {
			from.Rows = 16
		}
		if wide && a.RowStride == 1 {
			for k := range from.Cols { // in line
				*(*[16]float32)(dst[i*a.Cols+k*height:]) = *(*[16]float32)(from.Data[k*from.ColStride:])
			}
			continue
		}
		transposeInto(dst[i*a.Cols:], height, from.T(), wide)
	}
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
