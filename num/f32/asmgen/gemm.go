package main

import "fmt"

// Registers of the matrix kernels: DI tile, SI first row of A in this panel, DX first row of C, R8 R9 R10 one, three and five
// row steps of A, R11 column step of A, R12 row step of B; in the loop AX and CX point at rows 0 and 7 of A, R13 at the row of
// B, BX counts k, R14 walks through the next panel of B. AVX2 has no mask registers: CX and R14 point at the two masks (its panels have fewer than seven rows).

// gemm prints the kernels that multiply a tall panel of A (any number of rows) by a narrow panel of B.
func (g *gen) gemm() {
	g.f("// func gemm%s(t *tile)", g.name)
	g.f("TEXT ·gemm%s(SB), NOSPLIT, $0-8", g.name)
	g.tileHead()
	if g.avx512() {
		g.op("CMPQ", "AX", "$16")
		g.op("JLE", "narrow")
		g.mask(1, "AX")
		g.op("SUBQ", "$16", "AX")
		g.mask(2, "AX")
		g.op("LEAQ", "(R8)(R8*4)", "R10")
		g.op("CMPQ", "AX", "$16")
		g.op("JLT", "partial")
		g.op("MOVQ", "tile_next(DI)", "R14")
		g.panels([]int{14, 8, 4, 2, 1}, 2, false) // a masked load takes a turn of the units that multiply
		g.f("partial:")
		g.panels([]int{14, 8, 4, 2, 1}, 2, true)
		g.f("narrow:")
		g.mask(1, "AX")
		g.op("LEAQ", "(R8)(R8*4)", "R10")
		g.panels([]int{14, 8, 4, 2, 1}, 1, true)
		g.wide()
		return
	}
	g.op("LEAQ", "(R8)(R8*4)", "R10")
	g.op("CMPQ", "AX", "$16")
	g.op("JLT", "narrow")
	g.panels([]int{6, 4, 2, 1}, 2, false)
	g.f("narrow:")
	// masks of the lanes below n and below n-8, both clamped to [0, 8]
	g.op("MOVQ", "$8", "BX")
	g.op("MOVQ", "AX", "R13")
	g.op("CMPQ", "R13", "BX")
	g.op("CMOVQGT", "BX", "R13")
	g.op("SUBQ", "R13", "AX")
	g.op("SHLQ", "$2", "R13")
	g.op("SHLQ", "$2", "AX")
	g.op("LEAQ", "window<>+32(SB)", "CX")
	g.op("MOVQ", "CX", "R14")
	g.op("SUBQ", "R13", "CX")
	g.op("SUBQ", "AX", "R14")
	g.panels([]int{6, 4, 2, 1}, 2, true)
}

// tileHead loads the fields of the tile that every kernel needs, and n into AX.
func (g *gen) tileHead() {
	g.op("MOVQ", "t+0(FP)", "DI")
	g.op("MOVQ", "tile_a(DI)", "SI")
	g.op("MOVQ", "tile_aRow(DI)", "R8")
	g.op("LEAQ", "(R8)(R8*2)", "R9")
	g.op("MOVQ", "tile_aCol(DI)", "R11")
	g.op("MOVQ", "tile_bRow(DI)", "R12")
	g.op("MOVQ", "tile_c(DI)", "DX")
	g.op("MOVQ", "tile_n(DI)", "AX")
}

// panels walks down the rows of A: full panels in a loop, then the rest by ever fewer rows; returns at the end.
func (g *gen) panels(rows []int, vecs int, masked bool) {
	for i, r := range rows {
		next := g.label("rows")
		here := g.label("panel")
		g.f("%s:", here)
		g.op("CMPQ", "tile_m(DI)", fmt.Sprintf("$%d", r))
		g.op("JLT", next)
		g.microkernel(r, vecs, masked)
		g.op("SUBQ", fmt.Sprintf("$%d", r), "tile_m(DI)")
		if i == 0 {
			g.op("ADDQ", "tile_aPanel(DI)", "SI")
			g.op("JMP", here)
		} else {
			g.op("IMUL3Q", fmt.Sprintf("$%d", r), "R8", "R13")
			g.op("ADDQ", "R13", "SI")
		}
		g.f("%s:", next)
	}
	g.op("VZEROUPPER")
	g.op("RET")
}

// rowOf returns the address of row i of the panel of A, at the current column.
func rowOf(i int) string {
	base := "(AX)"
	if i >= 7 {
		base, i = "(CX)", i-7
	}
	return base + []string{"", "(R8*1)", "(R8*2)", "(R9*1)", "(R8*4)", "(R10*1)", "(R9*2)"}[i]
}

// microkernel holds rows x vecs vectors of C in registers, adds the k outer products in the order of k with one fused
// multiply-add each, and stores the result, D added where there is one.
func (g *gen) microkernel(rows, vecs int, masked bool) {
	acc := func(i, j int) string { return g.v(i*vecs + j) }
	b := func(j int) string { return g.v(rows*vecs + j) }
	broadcast := func(i int) string {
		if spare := g.regs - rows*vecs - vecs; spare > 1 {
			return g.v(rows*vecs + vecs + i%2)
		}
		return g.v(rows*vecs + vecs)
	}
	maskOf := func(j int) int {
		if masked {
			return j + 1
		}
		return 0
	}
	loadMasked := func(mem string, j int, dst string) { // AVX2 fetches the mask each time: registers are short, loads are not
		if masked && !g.avx512() {
			m := broadcast(0)
			g.op("VMOVUPS", []string{"(CX)", "(R14)"}[j], m)
			g.op("VMASKMOVPS", mem, m, dst)
			return
		}
		g.load(mem, maskOf(j), dst)
	}
	for i := range rows * vecs {
		g.zero(g.v(i))
	}
	if rows > 2 { // C is not needed before the end of k: fetch it meanwhile, but not so near that rows 4 KiB apart drive out each other and B
		g.op("MOVQ", "tile_cRow(DI)", "AX")
		g.op("MOVQ", "DX", "R13")
		for range rows {
			for j := 0; j < 4*g.lanes*vecs; j += 64 {
				g.op("PREFETCHT1", fmt.Sprintf("%d(R13)", j))
			}
			g.op("ADDQ", "AX", "R13")
		}
	}
	g.op("MOVQ", "SI", "AX")
	if rows > 7 {
		g.op("LEAQ", "(SI)(R8*1)", "CX")
		g.op("LEAQ", "(CX)(R9*2)", "CX")
	}
	g.op("MOVQ", "tile_b(DI)", "R13")
	g.op("MOVQ", "tile_k(DI)", "BX")
	loop := g.label("k")
	g.op("PCALIGN", "$32")
	g.f("%s:", loop)
	for j := range vecs {
		loadMasked(fmt.Sprintf("%d(R13)", 4*g.lanes*j), j, b(j))
	}
	if rows == 14 && !masked { // where A is packed, the columns soon to come; a little of the next panel of B
		g.op("PREFETCHT0", "1024(AX)")
		g.op("PREFETCHT1", "(R14)")
		g.op("ADDQ", "$8", "R14")
	}
	for i := range rows {
		if vecs == 1 && g.avx512() {
			g.op("VFMADD231PS.BCST", rowOf(i), b(0), acc(i, 0))
			continue
		}
		g.op("VBROADCASTSS", rowOf(i), broadcast(i))
		for j := range vecs {
			g.op("VFMADD231PS", b(j), broadcast(i), acc(i, j))
		}
	}
	g.op("ADDQ", "R12", "R13")
	g.op("ADDQ", "R11", "AX")
	if rows > 7 {
		g.op("ADDQ", "R11", "CX")
	}
	g.op("DECQ", "BX")
	g.op("JNZ", loop)

	g.op("MOVQ", "tile_cRow(DI)", "AX")
	store := g.label("store")
	done := g.label("done")
	g.op("MOVQ", "tile_d(DI)", "R13")
	g.op("TESTQ", "R13", "R13")
	g.op("JEQ", store)
	g.op("ADDQ", "tile_dOff(DI)", "R13")
	g.op("MOVQ", "tile_dRow(DI)", "BX")
	for _, add := range []bool{true, false} {
		if !add {
			g.f("%s:", store)
		}
		for i := range rows {
			for j := range vecs {
				off := 4 * g.lanes * j
				if add {
					loadMasked(fmt.Sprintf("%d(R13)", off), j, b(j))
					g.op("VADDPS", b(j), acc(i, j), acc(i, j))
				}
				if masked && !g.avx512() {
					g.op("VMOVUPS", []string{"(CX)", "(R14)"}[j], broadcast(0))
					g.op("VMASKMOVPS", acc(i, j), broadcast(0), fmt.Sprintf("%d(DX)", off))
				} else {
					g.store(acc(i, j), maskOf(j), fmt.Sprintf("%d(DX)", off))
				}
			}
			g.op("ADDQ", "AX", "DX")
			if add {
				g.op("ADDQ", "BX", "R13")
			}
		}
		if add {
			g.op("SUBQ", "tile_d(DI)", "R13")
			g.op("MOVQ", "R13", "tile_dOff(DI)")
			g.op("JMP", done)
		}
	}
	g.f("%s:", done)
}

// wide prints the kernel for one to three rows: seven vectors of columns at once hide the latency that few rows cannot.
func (g *gen) wide() {
	const vecs = 7
	g.f("\n// func gemmWide%s(t *tile)", g.name)
	g.f("TEXT ·gemmWide%s(SB), NOSPLIT, $0-8", g.name)
	g.tileHead()
	g.op("XORQ", "CX", "CX")
	for j := range vecs {
		g.mask(j+1, "AX")
		g.op("SUBQ", "$16", "AX")
		g.op("CMOVQLT", "CX", "AX")
	}
	for _, rows := range []int{3, 2, 1} {
		next := g.label("rows")
		g.op("CMPQ", "tile_m(DI)", fmt.Sprintf("$%d", rows))
		g.op("JNE", next)
		g.microkernel(rows, vecs, true)
		g.op("VZEROUPPER")
		g.op("RET")
		g.f("%s:", next)
	}
	g.op("RET")
}
