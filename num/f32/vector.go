package f32

// same panics unless all the slices are n long; it returns n.
func same(n int, more ...int) int {
	for _, m := range more {
		if m != n {
			panic("f32: slices of unequal length")
		}
	}
	return n
}

// Add sets dst = a + b.
func Add(dst, a, b []float32) {
	if n := same(len(dst), len(a), len(b)); n > 0 {
		use.add(&dst[0], &a[0], &b[0], n)
	}
}

// Sub sets dst = a - b.
func Sub(dst, a, b []float32) {
	if n := same(len(dst), len(a), len(b)); n > 0 {
		use.sub(&dst[0], &a[0], &b[0], n)
	}
}

// Hadamard sets dst = a b, element by element.
func Hadamard(dst, a, b []float32) {
	if n := same(len(dst), len(a), len(b)); n > 0 {
		use.mul(&dst[0], &a[0], &b[0], n)
	}
}

// MulAdd adds a b to dst, element by element.
func MulAdd(dst, a, b []float32) {
	if n := same(len(dst), len(a), len(b)); n > 0 {
		use.mulAdd(&dst[0], &a[0], &b[0], n)
	}
}

// Axpy adds s x to dst.
func Axpy(dst []float32, s float32, x []float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.axpy(&dst[0], &x[0], n, s)
	}
}

// Affine sets dst = s x + t.
func Affine(dst []float32, s float32, x []float32, t float32) {
	if n := same(len(dst), len(x)); n > 0 {
		use.affine(&dst[0], &x[0], n, s, t)
	}
}

// Sum returns the sum of x; relative to sum |x| its error is below len(x) 2^-24 / 8.
func Sum(x []float32) float32 {
	if len(x) == 0 {
		return 0
	}
	return use.sum(&x[0], len(x))
}

// Dot returns the inner product of a and b, with an error as for Sum.
func Dot(a, b []float32) float32 {
	if same(len(a), len(b)) == 0 {
		return 0
	}
	return use.dot(&a[0], &b[0], len(a))
}
