// Package f32 holds the single-precision kernels under the neural layers: matrix product, element-wise functions, reductions.
//
// On amd64 they are Go assembly for AVX-512 and AVX2, chosen when the program starts by what the processor has; elsewhere, and
// with the build tag purego, portable Go. The same call gives the same bits on one kind of processor, at any number of workers.
// Between kinds, matrix products and element-wise functions agree to the errors stated at each function.
//
// Slices passed to one call must not overlap, except that an element-wise function may write where it reads.
// Arguments of unequal length or shape panic: they are mistakes of the program, not of its input.
package f32

//go:generate go run ./asmgen
