//go:build !amd64 || purego

package f32

func available() []*kernels { return []*kernels{&portable} }

func best() *kernels { return &portable }

func gemm(t *tile) { gemmPortable(t) }

func gemmWide(*tile) { panic("f32: no such kernel") }
