//go:build !amd64 || purego

package f32

func available() []*kernels { return []*kernels{&portable} }

func best() *kernels { return &portable }
