//go:build !amd64

package tree

func withoutVectors() (restore func()) { return func() {} }
