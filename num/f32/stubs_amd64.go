//go:build amd64 && !purego

package f32

// In avx512_amd64.s.

//go:noescape
func gemmAVX512(t *tile)

//go:noescape
func gemmWideAVX512(t *tile)

//go:noescape
func addAVX512(dst, a, b *float32, n int)

//go:noescape
func subAVX512(dst, a, b *float32, n int)

//go:noescape
func mulAVX512(dst, a, b *float32, n int)

//go:noescape
func mulAddAVX512(dst, a, b *float32, n int)

//go:noescape
func axpyAVX512(dst, x *float32, n int, s float32)

//go:noescape
func affineAVX512(dst, x *float32, n int, s, t float32)

//go:noescape
func expAVX512(dst, x *float32, n int)

//go:noescape
func sigmoidAVX512(dst, x *float32, n int)

//go:noescape
func tanhAVX512(dst, x *float32, n int)

//go:noescape
func normalCDFAVX512(dst, x *float32, n int)

//go:noescape
func geluAVX512(dst, x *float32, n int)

//go:noescape
func sigmoidGradAVX512(dst, y, dy *float32, n int)

//go:noescape
func tanhGradAVX512(dst, y, dy *float32, n int)

//go:noescape
func reluAVX512(dst, x *float32, n int)

//go:noescape
func reluGradAVX512(dst, y, dy *float32, n int)

//go:noescape
func adamAVX512(p, grad, m, v *float32, n int, beta1, beta2, one1, one2, step, root, eps, keep float32)

//go:noescape
func sumAVX512(x *float32, n int) float32

//go:noescape
func maximumAVX512(x *float32, n int) float32

//go:noescape
func dotAVX512(a, b *float32, n int) float32

//go:noescape
func lstmForwardAVX512(gates, prev, c, tc, h *float32, n int)

//go:noescape
func lstmBackwardAVX512(gates, prev, tc, dh, dc *float32, n int)

//go:noescape
func transpose16AVX512(dst, src *float32, dstRow, srcRow int)

// In avx2_amd64.s.

//go:noescape
func gemmAVX2(t *tile)

//go:noescape
func addAVX2(dst, a, b *float32, n int)

//go:noescape
func subAVX2(dst, a, b *float32, n int)

//go:noescape
func mulAVX2(dst, a, b *float32, n int)

//go:noescape
func mulAddAVX2(dst, a, b *float32, n int)

//go:noescape
func axpyAVX2(dst, x *float32, n int, s float32)

//go:noescape
func affineAVX2(dst, x *float32, n int, s, t float32)

//go:noescape
func expAVX2(dst, x *float32, n int)

//go:noescape
func sigmoidAVX2(dst, x *float32, n int)

//go:noescape
func tanhAVX2(dst, x *float32, n int)

//go:noescape
func normalCDFAVX2(dst, x *float32, n int)

//go:noescape
func geluAVX2(dst, x *float32, n int)

//go:noescape
func sigmoidGradAVX2(dst, y, dy *float32, n int)

//go:noescape
func tanhGradAVX2(dst, y, dy *float32, n int)

//go:noescape
func reluAVX2(dst, x *float32, n int)

//go:noescape
func reluGradAVX2(dst, y, dy *float32, n int)

//go:noescape
func adamAVX2(p, grad, m, v *float32, n int, beta1, beta2, one1, one2, step, root, eps, keep float32)

//go:noescape
func sumAVX2(x *float32, n int) float32

//go:noescape
func maximumAVX2(x *float32, n int) float32

//go:noescape
func dotAVX2(a, b *float32, n int) float32

//go:noescape
func lstmForwardAVX2(gates, prev, c, tc, h *float32, n int)

//go:noescape
func lstmBackwardAVX2(gates, prev, tc, dh, dc *float32, n int)

func peakAVX512(n int)

func peakAVX2(n int)
