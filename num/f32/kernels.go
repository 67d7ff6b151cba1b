package f32

// kernels is the set of functions that one instruction set provides. Pointers are to the first of n > 0 elements.
type kernels struct {
	name string

	rows  int // rows of A that gemm computes at once: packed panels of A have as many
	cols  int // most columns of a tile
	wide  int // most columns of a tile of gemmWide; 0 if the set has none
	block func(dst, src *float32, dstRow, srcRow int)

	add, sub, mul, mulAdd           func(dst, a, b *float32, n int)
	sigmoidGrad, tanhGrad, reluGrad func(dst, y, dy *float32, n int)
	exp, sigmoid, tanh, normalCDF   func(dst, x *float32, n int)
	gelu, relu                      func(dst, x *float32, n int)
	axpy                            func(dst, x *float32, n int, s float32)
	affine                          func(dst, x *float32, n int, s, t float32)
	sum, maximum                    func(x *float32, n int) float32
	dot                             func(a, b *float32, n int) float32
	adam                            func(p, grad, m, v *float32, n int, beta1, beta2, one1, one2, step, root, eps, keep float32)
	lstmForward                     func(gates, prev, c, tc, h *float32, n int)
	lstmBackward                    func(gates, prev, tc, dh, dc *float32, n int)
}

// use is the set in force, fixed before main; tests put others in its place.
var use = best()

// Kernels names the instruction set in force: "avx512", "avx2" or "portable".
func Kernels() string { return use.name }

// gemm and gemmWide of a set are called by name, not by pointer, so that tiles can live on the stack.

// tile is the argument of the matrix kernels: C[m,n] = A[m,k] B[k,n] + D[m,n], D zero where d is nil. Steps are in bytes; B, C
// and D have unit column step. The kernels use up m and move dOff.
type tile struct {
	a      *float32
	aRow   int
	aCol   int
	aPanel int // from one full panel of rows of A to the next
	b      *float32
	bRow   int
	c      *float32
	cRow   int
	d      *float32
	dRow   int
	dOff   int //nolint:unused // of the assembly
	m      int
	n      int
	k      int
	next   *float32 //nolint:unused // of the assembly: the panel of B after this one, fetched into the second cache meanwhile
}
