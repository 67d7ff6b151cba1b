package tree

// withoutVectors switches the AVX-512 kernels off until the function it returns is called.
func withoutVectors() (restore func()) {
	old := hasAVX512
	hasAVX512 = false
	return func() { hasAVX512 = old }
}
