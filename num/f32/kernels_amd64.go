//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

var avx512 = kernels{
	name: "avx512", rows: 14, cols: 32, wide: 112, block: transpose16AVX512,
	add: addAVX512, sub: subAVX512, mul: mulAVX512, mulAdd: mulAddAVX512,
	sigmoidGrad: sigmoidGradAVX512, tanhGrad: tanhGradAVX512, reluGrad: reluGradAVX512,
	exp: expAVX512, sigmoid: sigmoidAVX512, tanh: tanhAVX512, normalCDF: normalCDFAVX512, gelu: geluAVX512, relu: reluAVX512,
	axpy: axpyAVX512, affine: affineAVX512, sum: sumAVX512, maximum: maximumAVX512, dot: dotAVX512,
	adam: adamAVX512, lstmForward: lstmForwardAVX512, lstmBackward: lstmBackwardAVX512,
}

var avx2 = kernels{
	name: "avx2", rows: 6, cols: 16, block: portable.block,
	add: addAVX2, sub: subAVX2, mul: mulAVX2, mulAdd: mulAddAVX2,
	sigmoidGrad: sigmoidGradAVX2, tanhGrad: tanhGradAVX2, reluGrad: reluGradAVX2,
	exp: expAVX2, sigmoid: sigmoidAVX2, tanh: tanhAVX2, normalCDF: normalCDFAVX2, gelu: geluAVX2, relu: reluAVX2,
	axpy: axpyAVX2, affine: affineAVX2, sum: sumAVX2, maximum: maximumAVX2, dot: dotAVX2,
	adam: adamAVX2, lstmForward: lstmForwardAVX2, lstmBackward: lstmBackwardAVX2,
}

// available lists the sets that this processor can run, best first.
func available() []*kernels {
	sets := []*kernels{&portable}
	x := &cpu.X86
	if x.HasAVX2 && x.HasFMA && x.HasBMI2 {
		sets = append([]*kernels{&avx2}, sets...)
		if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL {
			sets = append([]*kernels{&avx512}, sets...)
		}
	}
	return sets
}

func best() *kernels { return available()[0] }

// gemm computes a tile of any number of rows and up to use.cols columns.
func gemm(t *tile) {
	switch use {
	case &avx512:
		gemmAVX512(t)
	case &avx2:
		gemmAVX2(t)
	default:
		gemmPortable(t)
	}
}

// gemmWide computes a tile of one to three rows and up to use.wide columns.
func gemmWide(t *tile) { gemmWideAVX512(t) }
