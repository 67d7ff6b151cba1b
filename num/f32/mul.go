package f32

import (
	"fmt"
	"sync"
)

// Blocks of the product, after K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): a panel of
// B (depth x 32) stays in the first cache; a block of C (blockRows x nearCols), to which all runs of k are added before the next, in
// the second, with the panels of A beside it. A block of B (runs x depth by blockCols) is packed once for all rows of C.
const (
	depth     = 256
	runs      = 4
	blockRows = 280 // a multiple of the rows of every kernel: 14, 4; of 6 nearly
	nearCols  = 256
	blockCols = 2048
)

// workspace is what one call of Mul needs beside its arguments.
type workspace struct{ a, b []float32 }

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// Mul sets C to the product A B, or with add adds the product to C. C must have unit column or row stride, A and B any.
//
// Each element is a sum in the order of k, fused multiply-add by fused multiply-add, in runs of at most 256 terms that are then
// added up; its error against exact arithmetic is that of any such sum, at most about k 2^-24 sum |a b|. NaN and Inf propagate.
func Mul(c, a, b Matrix, add bool) { MulParallel(c, a, b, add, 1) }

// MulParallel is Mul by up to so many workers. The result does not depend on their number.
func MulParallel(c, a, b Matrix, add bool, workers int) {
	var d Matrix
	if add {
		d = c
	}
	product(c, a, b, d, workers)
}

// MulBias sets C = A B + bias, the bias added to every row, by up to so many workers. C must have unit column stride.
func MulBias(c, a, b Matrix, bias []float32, workers int) {
	if same(c.Cols, len(bias)) == 0 || c.ColStride != 1 {
		panic("f32: C without unit column stride")
	}
	product(c, a, b, Matrix{Data: bias, Rows: c.Rows, Cols: c.Cols, ColStride: 1}, workers)
}

// product sets C = A B + D; D without data is zero.
func product(c, a, b, d Matrix, workers int) {
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows {
		panic(fmt.Sprintf("f32: product %d x %d by %d x %d into %d x %d", a.Rows, a.Cols, b.Rows, b.Cols, c.Rows, c.Cols))
	}
	a.check("A")
	b.check("B")
	c.check("C")
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	plain := d.Data == nil || d.RowStride > 0
	if c.ColStride != 1 || (c.Cols == 1 && c.RowStride == 1 && plain) { // a column is better computed as a row
		if c.RowStride != 1 {
			panic("f32: C has neither unit row nor unit column stride")
		}
		a, b, c, d = b.T(), a.T(), c.T(), d.T()
	}
	if a.Cols == 0 {
		for i := range c.Rows {
			if row := c.Data[i*c.RowStride:][:c.Cols]; d.Data == nil {
				clear(row)
			} else {
				copy(row, d.Data[i*d.RowStride:])
			}
		}
		return
	}
	if c.Rows <= 3 && mulThin(c, a, b, d) {
		return
	}
	// A worker is worth its start above some 100,000 multiplications.
	if most := c.Rows * c.Cols * a.Cols / 100_000; workers > most {
		workers = most
	}
	if workers <= 1 || c.Rows > c.Cols {
		mul(c, a, b, d, workers)
		return
	}
	share(c.Cols, use.cols, workers, func(from, n int) {
		mul(c.sub(0, c.Rows, from, n), a, b.sub(0, b.Rows, from, n), d.sub(0, c.Rows, from, n), 1)
	})
}

// share splits n into ranges of whole panels, so that each element of C is computed as by one worker, and calls f for them at once.
func share(n, panel, workers int, f func(from, n int)) {
	panels := (n + panel - 1) / panel
	if workers = min(workers, panels); workers <= 1 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for p := range workers {
		from, to := panels*p/workers*panel, min(n, panels*(p+1)/workers*panel)
		wg.Go(func() { f(from, to-from) })
	}
	wg.Wait()
}

// mulThin handles one to three rows, where packing would cost more than the product; false means it does not apply.
func mulThin(c, a, b, d Matrix) bool {
	switch {
	case b.ColStride == 1 && use.wide > 0:
		if a.Cols <= depth { // one run: views would take as long as the product of a recurrent step
			whole := tileOf(c, a, b, d)
			for j := 0; j < c.Cols; j += use.wide {
				t := whole // the kernel uses it up
				t.n = min(use.wide, c.Cols-j)
				t.b, t.c = &b.Data[j], &c.Data[j]
				if d.Data != nil {
					t.d = &d.Data[j]
				}
				gemmWide(&t)
			}
			return true
		}
		for j := 0; j < c.Cols; j += use.wide {
			n := min(use.wide, c.Cols-j)
			cols, from := c.sub(0, c.Rows, j, n), d.sub(0, c.Rows, j, n)
			for p, step := 0, depthStep(a.Cols); p < a.Cols; p += step {
				k := min(step, a.Cols-p)
				t := tileOf(cols, a.sub(0, a.Rows, p, k), b.sub(p, k, j, n), from)
				gemmWide(&t)
				from = cols
			}
		}
		return true
	case b.RowStride == 1 && a.ColStride == 1:
		for i := range c.Rows {
			x, y := a.Data[i*a.RowStride:], c.Data[i*c.RowStride:][:c.Cols]
			for j := range y {
				s := use.dot(&x[0], &b.Data[j*b.ColStride], a.Cols)
				if d.Data != nil {
					s += d.Data[i*d.RowStride+j*d.ColStride]
				}
				y[j] = s
			}
		}
		return true
	}
	return false
}

// depthStep cuts k into equal runs of at most depth terms; it depends on k alone.
func depthStep(k int) int {
	runs := (k + depth - 1) / depth
	return (k + runs - 1) / runs
}

// tileOf makes the tile of unpacked operands.
func tileOf(c, a, b, d Matrix) tile {
	t := tile{
		a: &a.Data[0], aRow: 4 * a.RowStride, aCol: 4 * a.ColStride, aPanel: 4 * a.RowStride * use.rows,
		b: &b.Data[0], bRow: 4 * b.RowStride,
		c: &c.Data[0], cRow: 4 * c.RowStride,
		dOff: 0, m: c.Rows, n: c.Cols, k: a.Cols,
	}
	if d.Data != nil {
		t.d, t.dRow = &d.Data[0], 4*d.RowStride
	}
	return t
}

// mul packs B block by block and lets workers share the rows of C.
func mul(c, a, b, d Matrix, workers int) {
	w := workspaces.Get().(*workspace)
	step := depthStep(a.Cols)
	// Packing B pays where many rows of C use it and its own rows are far apart.
	pack := b.ColStride != 1 || (c.Rows > 4*use.rows && min(step, b.Rows)*b.RowStride > 8192)
	for j := 0; j < c.Cols; j += blockCols {
		n := min(blockCols, c.Cols-j)
		cols, from := c.sub(0, c.Rows, j, n), d.sub(0, c.Rows, j, n)
		for p := 0; p < a.Cols; p += runs * step {
			k := min(runs*step, a.Cols-p)
			block := w.right(b.sub(p, k, j, n), step, pack, workers)
			left := a.sub(0, a.Rows, p, k)
			if workers <= 1 {
				w.rows(cols, left, block, from, step)
			} else {
				share(c.Rows, use.rows, workers, func(i, m int) {
					v := workspaces.Get().(*workspace)
					v.rows(cols.sub(i, m, 0, n), left.sub(i, m, 0, k), block, from.sub(i, m, 0, n), step)
					workspaces.Put(v)
				})
			}
			from = cols
		}
	}
	workspaces.Put(w)
}

// right is a block of B: its rows as they are or, where packed is not nil, in runs of panels.
type right struct {
	Matrix
	packed []float32
	across int // columns of all panels
}

func (w *workspace) right(b Matrix, step int, pack bool, workers int) right {
	if !pack {
		return right{Matrix: b}
	}
	across := (b.Cols + use.cols - 1) / use.cols * use.cols
	w.b = grow(w.b, across*b.Rows)
	r := right{Matrix: b, packed: w.b, across: across}
	if workers <= 1 || b.Rows*b.Cols < 20_000 {
		r.pack(step, 0, b.Cols)
	} else {
		share(b.Cols, use.cols, workers, func(from, n int) { r.pack(step, from, n) })
	}
	return r
}

// pack packs some columns.
func (r *right) pack(step, j, n int) {
	for p := 0; p < r.Rows; p += step {
		k := min(step, r.Rows-p)
		packColumns(r.packed[p*r.across+j*k:], r.sub(p, k, j, n), use.cols)
	}
}

// rows multiplies by a block of B.
func (w *workspace) rows(c, a Matrix, b right, d Matrix, step int) {
	pack := c.Cols > 8*use.cols
	most := blockRows / use.rows * use.rows
	for i := 0; i < c.Rows; i += most {
		m := min(most, c.Rows-i)
		tall := (m + use.rows - 1) / use.rows * use.rows
		if pack {
			w.a = grow(w.a, tall*a.Cols+16) // a block of 16 may write past the end of a panel
			for p := 0; p < a.Cols; p += step {
				packRows(w.a[p*tall:], a.sub(i, m, p, min(step, a.Cols-p)), use.rows)
			}
		}
		for near := 0; near < c.Cols; near += nearCols {
			for p := 0; p < a.Cols; p += step {
				k := min(step, a.Cols-p)
				t := tileOf(c.sub(i, m, 0, c.Cols), a.sub(i, m, p, k), b.Matrix, d.sub(i, m, 0, c.Cols))
				if p > 0 {
					t.d, t.dRow = t.c, t.cRow
				}
				if pack {
					t.a, t.aRow, t.aCol, t.aPanel = &w.a[p*tall], 4, 4*use.rows, 4*use.rows*k
				}
				for j := near; j < min(near+nearCols, c.Cols); j += use.cols {
					t := t // the kernel uses it up
					t.n = min(use.cols, c.Cols-j)
					t.c = &c.Data[i*c.RowStride+j]
					if p > 0 {
						t.d = t.c
					} else if d.Data != nil {
						t.d = &d.Data[i*d.RowStride+j]
					}
					if b.packed != nil {
						t.b, t.bRow = &b.packed[p*b.across+j*k], 4*use.cols
						t.next = &b.packed[min(p*b.across+(j+use.cols)*k, len(b.packed)-1)]
					} else {
						t.b = &b.Data[p*b.RowStride+j]
						t.next = t.b
					}
					gemm(&t)
				}
			}
		}
	}
}
