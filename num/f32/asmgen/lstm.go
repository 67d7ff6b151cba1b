package main

// lstmForward is the element-wise part of one LSTM step for one row of n units. gates holds the sums of the input, forget,
// candidate and output gates, each n long, and leaves their activations; c = f*prev + i*g; tc = tanh c; h = o*tc.
// A gate begins n elements after the one before.
func lstmForward() kernel {
	return kernel{name: "lstmForward", args: []string{"gates", "prev", "c", "tc", "h"}, init: gateStride, body: func(g *gen, mask int) {
		i, f, cand, o := "(DI)", "(DI)(AX*4)", "(DI)(AX*8)", "(DI)(BX*4)"
		out := []string{g.v(6), g.v(7), g.v(8), g.v(9)}
		for k, mem := range []string{i, f, cand, o} {
			g.load(mem, mask, g.v(0))
			if k == 2 {
				g.tanh()
			} else {
				g.sigmoid()
			}
			g.op("VMOVAPS", g.v(0), out[k])
			g.store(g.v(0), mask, mem)
		}
		g.load("(SI)", mask, g.v(0))
		g.op("VMULPS", out[1], g.v(0), g.v(0))
		g.op("VFMADD231PS", out[0], out[2], g.v(0))
		g.store(g.v(0), mask, "(DX)")
		g.tanh()
		g.store(g.v(0), mask, "(R8)")
		g.op("VMULPS", out[3], g.v(0), g.v(0))
		g.store(g.v(0), mask, "(R9)")
	}}
}

// lstmBackward turns the activations in gates into the gradients of the gates' sums. dh is the gradient of h, dc the gradient
// of c that flows back: on return that of prev.
func lstmBackward() kernel {
	return kernel{name: "lstmBackward", args: []string{"gates", "prev", "tc", "dh", "dc"}, init: gateStride, body: func(g *gen, mask int) {
		i, f, cand, o := "(DI)", "(DI)(AX*4)", "(DI)(AX*8)", "(DI)(BX*4)"
		g.load(i, mask, g.v(0))
		g.load(f, mask, g.v(1))
		g.load(cand, mask, g.v(2))
		g.load(o, mask, g.v(3))
		g.load("(DX)", mask, g.v(4)) // tanh c
		g.load("(R8)", mask, g.v(5)) // dh
		g.load("(R9)", mask, g.v(6)) // dc
		one := g.v(7)
		g.op("VMOVUPS", g.c(1), one)
		// dsum(y) = d*y*(1-y) of a sigmoid, from d in reg d
		sigmoidGrad := func(d, y string) {
			g.op("VMULPS", y, d, d)
			g.op("VFNMADD231PS", y, d, d)
		}
		g.op("VMULPS", g.v(3), g.v(5), g.v(8)) // dh*o
		g.op("VMULPS", g.v(4), g.v(5), g.v(5)) // do = dh*tc
		sigmoidGrad(g.v(5), g.v(3))
		g.store(g.v(5), mask, o)
		g.op("VMULPS", g.v(4), g.v(4), g.v(4))
		g.op("VSUBPS", g.v(4), one, g.v(4))
		g.op("VFMADD231PS", g.v(4), g.v(8), g.v(6)) // dc += dh*o*(1-tc^2)
		g.op("VMULPS", g.v(6), g.v(2), g.v(8))      // di = dc*g
		sigmoidGrad(g.v(8), g.v(0))
		g.store(g.v(8), mask, i)
		g.op("VMULPS", g.v(6), g.v(0), g.v(8)) // dg = dc*i
		g.op("VMULPS", g.v(2), g.v(2), g.v(2))
		g.op("VFNMADD231PS", g.v(2), g.v(8), g.v(8))
		g.store(g.v(8), mask, cand)
		g.load("(SI)", mask, g.v(8))
		g.op("VMULPS", g.v(6), g.v(8), g.v(8)) // df = dc*prev
		sigmoidGrad(g.v(8), g.v(1))
		g.store(g.v(8), mask, f)
		g.op("VMULPS", g.v(1), g.v(6), g.v(6)) // to the step before
		g.store(g.v(6), mask, "(R9)")
	}}
}

// gateStride puts n, the distance between gates, into AX and 3n into BX.
func gateStride(g *gen) {
	g.op("MOVQ", "CX", "AX")
	g.op("LEAQ", "(AX)(AX*2)", "BX")
}

// transpose prints the kernel that turns 16 rows of 16 floats, srcRow bytes apart, into 16 columns, dstRow bytes apart.
func (g *gen) transpose() {
	g.f("\n// func transpose16AVX512(dst, src *float32, dstRow, srcRow int)")
	g.f("TEXT ·transpose16AVX512(SB), NOSPLIT, $0-32")
	g.op("MOVQ", "dst+0(FP)", "DI")
	g.op("MOVQ", "src+8(FP)", "SI")
	g.op("MOVQ", "dstRow+16(FP)", "R8")
	g.op("MOVQ", "srcRow+24(FP)", "R9")
	z := func(i int) string { return g.v(i) }
	for i := range 16 {
		g.op("VMOVUPS", "(SI)", z(i))
		g.op("PREFETCHT0", "256(SI)") // sixteen rows are too many for the processor to see that each goes on
		g.op("ADDQ", "R9", "SI")
	}
	// pairs of rows, pairs of pairs, then 128-bit blocks twice
	for i := 0; i < 16; i += 2 {
		g.op("VUNPCKLPS", z(i+1), z(i), z(16+i))
		g.op("VUNPCKHPS", z(i+1), z(i), z(17+i))
	}
	for i := 0; i < 16; i += 4 {
		g.op("VUNPCKLPD", z(18+i), z(16+i), z(i))
		g.op("VUNPCKHPD", z(18+i), z(16+i), z(i+1))
		g.op("VUNPCKLPD", z(19+i), z(17+i), z(i+2))
		g.op("VUNPCKHPD", z(19+i), z(17+i), z(i+3))
	}
	for i := range 4 {
		g.op("VSHUFF32X4", "$0x88", z(i+4), z(i), z(16+i))
		g.op("VSHUFF32X4", "$0xdd", z(i+4), z(i), z(20+i))
		g.op("VSHUFF32X4", "$0x88", z(i+12), z(i+8), z(24+i))
		g.op("VSHUFF32X4", "$0xdd", z(i+12), z(i+8), z(28+i))
	}
	for i := range 4 {
		g.op("VSHUFF32X4", "$0x88", z(24+i), z(16+i), z(i))
		g.op("VSHUFF32X4", "$0x88", z(28+i), z(20+i), z(4+i))
		g.op("VSHUFF32X4", "$0xdd", z(24+i), z(16+i), z(8+i))
		g.op("VSHUFF32X4", "$0xdd", z(28+i), z(20+i), z(12+i))
	}
	for i := range 16 {
		g.op("VMOVUPS", z(i), "(DI)")
		g.op("ADDQ", "R8", "DI")
	}
	g.op("VZEROUPPER")
	g.op("RET")
}
