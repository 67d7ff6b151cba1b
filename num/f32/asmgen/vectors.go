package main

import (
	"fmt"
	"strings"
)

// Pointer arguments travel in these registers, the count in CX; R10 and R11 make masks.
var pointers = []string{"DI", "SI", "DX", "R8", "R9"}

// kernel is an element-wise or reducing function over slices of one length.
type kernel struct {
	name    string
	args    []string                 // pointer arguments
	scalars []string                 // float32 arguments after the count, broadcast to the highest registers
	init    func(g *gen)             // before the first element
	body    func(g *gen, mask int)   // one vector; with mask > 0 the last, partial one
	finish  func(g *gen, ret string) // after the last element, for kernels that return a float32
}

// scalar is the register that holds scalar argument i: below the AVX2 mask register.
func (g *gen) scalar(i int) string { return g.v(g.regs - 2 - i) }

func (g *gen) emit(k kernel) {
	name := k.name + g.name
	sig, size := "", 8*len(k.args)+8
	for _, a := range k.args {
		sig += a + ", "
	}
	sig += "n int"
	for _, s := range k.scalars {
		sig += ", " + s + " float32"
		size += 4
	}
	ret := ""
	if k.finish != nil {
		size = (size + 7) &^ 7
		ret = fmt.Sprintf("ret+%d(FP)", size)
		size += 4
	}
	g.f("\n// func %s(%s)", name, sig)
	g.f("TEXT ·%s(SB), NOSPLIT, $0-%d", name, size)
	for i, a := range k.args {
		g.op("MOVQ", fmt.Sprintf("%s+%d(FP)", a, 8*i), pointers[i])
	}
	g.op("MOVQ", fmt.Sprintf("n+%d(FP)", 8*len(k.args)), "CX")
	for i, s := range k.scalars {
		g.op("VBROADCASTSS", fmt.Sprintf("%s+%d(FP)", s, 8*len(k.args)+8+4*i), g.scalar(i))
	}
	if k.init != nil {
		k.init(g)
	}
	loop, tail, done := g.label("loop"), g.label("tail"), g.label("done")
	g.f("%s:", loop)
	g.op("CMPQ", "CX", fmt.Sprintf("$%d", g.lanes))
	g.op("JLT", tail)
	k.body(g, 0)
	for i := range k.args {
		g.op("ADDQ", fmt.Sprintf("$%d", 4*g.lanes), pointers[i])
	}
	g.op("SUBQ", fmt.Sprintf("$%d", g.lanes), "CX")
	g.op("JMP", loop)
	g.f("%s:", tail)
	g.op("TESTQ", "CX", "CX")
	g.op("JEQ", done)
	g.mask(1, "CX")
	k.body(g, 1)
	g.f("%s:", done)
	if k.finish != nil {
		k.finish(g, ret)
	}
	g.op("VZEROUPPER")
	g.op("RET")
}

func (g *gen) vectors() {
	binary := func(name, op string) kernel {
		return kernel{name: name, args: []string{"dst", "a", "b"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			g.load("(DX)", mask, g.v(1))
			g.op(op, g.v(1), g.v(0), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}}
	}
	unary := func(name string, f func(g *gen)) kernel {
		return kernel{name: name, args: []string{"dst", "x"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			f(g)
			g.store(g.v(0), mask, "(DI)")
		}}
	}
	for _, k := range []kernel{
		binary("add", "VADDPS"),
		binary("sub", "VSUBPS"),
		binary("mul", "VMULPS"),
		{name: "mulAdd", args: []string{"dst", "a", "b"}, body: func(g *gen, mask int) {
			g.load("(DI)", mask, g.v(0))
			g.load("(SI)", mask, g.v(1))
			g.load("(DX)", mask, g.v(2))
			g.op("VFMADD231PS", g.v(2), g.v(1), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}},
		{name: "axpy", args: []string{"dst", "x"}, scalars: []string{"s"}, body: func(g *gen, mask int) {
			g.load("(DI)", mask, g.v(0))
			g.load("(SI)", mask, g.v(1))
			g.op("VFMADD231PS", g.scalar(0), g.v(1), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}},
		{name: "affine", args: []string{"dst", "x"}, scalars: []string{"s", "t"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			g.op("VFMADD213PS", g.scalar(1), g.scalar(0), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}},
		unary("exp", (*gen).exp),
		unary("sigmoid", (*gen).sigmoid),
		unary("tanh", (*gen).tanh),
		unary("normalCDF", (*gen).normalCDF),
		{name: "gelu", args: []string{"dst", "x"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			g.normalCDF()
			g.load("(SI)", mask, g.v(1))
			g.op("VMULPS", g.v(1), g.v(0), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}},
		{name: "sigmoidGrad", args: []string{"dst", "y", "dy"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			g.load("(DX)", mask, g.v(1))
			g.op("VMULPS", g.v(0), g.v(1), g.v(1))
			g.op("VFNMADD231PS", g.v(0), g.v(1), g.v(1))
			g.store(g.v(1), mask, "(DI)")
		}},
		{name: "tanhGrad", args: []string{"dst", "y", "dy"}, body: func(g *gen, mask int) {
			g.load("(SI)", mask, g.v(0))
			g.load("(DX)", mask, g.v(1))
			g.op("VMULPS", g.v(0), g.v(0), g.v(0))
			g.op("VFNMADD231PS", g.v(0), g.v(1), g.v(1))
			g.store(g.v(1), mask, "(DI)")
		}},
		{name: "relu", args: []string{"dst", "x"}, body: func(g *gen, mask int) {
			g.zero(g.v(1))
			g.load("(SI)", mask, g.v(0))
			g.op("VMAXPS", g.v(0), g.v(1), g.v(0)) // x second, so that NaN passes
			g.store(g.v(0), mask, "(DI)")
		}},
		{name: "reluGrad", args: []string{"dst", "y", "dy"}, body: func(g *gen, mask int) {
			g.zero(g.v(1))
			g.load("(SI)", mask, g.v(0))
			g.load("(DX)", mask, g.v(2))
			if g.avx512() {
				g.op("VCMPPS", "$14", g.v(1), g.v(0), "K2") // y > 0
				g.op("VMOVAPS.Z", g.v(2), "K2", g.v(2))
			} else {
				g.op("VCMPPS", "$14", g.v(1), g.v(0), g.v(0))
				g.op("VANDPS", g.v(0), g.v(2), g.v(2))
			}
			g.store(g.v(2), mask, "(DI)")
		}},
		adamKernel(),
		reduction("sum", []string{"x"}, func(g *gen, mask int) {
			g.load("(DI)", mask, g.v(4))
			g.op("VADDPS", g.v(4), g.v(0), g.v(0))
		}),
		reduction("dot", []string{"a", "b"}, func(g *gen, mask int) {
			g.load("(DI)", mask, g.v(4))
			g.load("(SI)", mask, g.v(5))
			g.op("VFMADD231PS", g.v(5), g.v(4), g.v(0))
		}),
		maximum(),
		lstmForward(),
		lstmBackward(),
	} {
		g.emit(k)
	}
	if g.avx512() {
		g.transpose()
	}
}

// adamKernel is one step of Adam: m, v are the moments, p -= step*m/(sqrt(v)*root+eps) after p *= keep (decoupled decay).
func adamKernel() kernel {
	return kernel{name: "adam", args: []string{"p", "grad", "m", "v"},
		scalars: []string{"beta1", "beta2", "one1", "one2", "step", "root", "eps", "keep"},
		body: func(g *gen, mask int) {
			s := g.scalar
			g.load("(SI)", mask, g.v(0))
			g.load("(DX)", mask, g.v(1))
			g.op("VMULPS", s(0), g.v(1), g.v(1))
			g.op("VFMADD231PS", s(2), g.v(0), g.v(1))
			g.store(g.v(1), mask, "(DX)")
			g.load("(R8)", mask, g.v(2))
			g.op("VMULPS", s(1), g.v(2), g.v(2))
			g.op("VMULPS", g.v(0), g.v(0), g.v(0))
			g.op("VFMADD231PS", s(3), g.v(0), g.v(2))
			g.store(g.v(2), mask, "(R8)")
			g.op("VSQRTPS", g.v(2), g.v(2))
			g.op("VFMADD213PS", s(6), s(5), g.v(2))
			g.op("VMULPS", s(4), g.v(1), g.v(1))
			g.op("VDIVPS", g.v(2), g.v(1), g.v(1))
			g.load("(DI)", mask, g.v(0))
			g.op("VFMSUB213PS", g.v(1), s(7), g.v(0))
			g.store(g.v(0), mask, "(DI)")
		}}
}

// maximum is the largest number; where there are NaN it may be any.
func maximum() kernel {
	k := reduction("maximum", []string{"x"}, nil)
	sum := k.finish
	k.init = func(g *gen) { g.op("VBROADCASTSS", "(DI)", g.v(0)) }
	k.body = func(g *gen, mask int) {
		if mask == 0 {
			g.op("VMAXPS", "(DI)", g.v(0), g.v(0))
			return
		}
		g.load("(DI)", mask, g.v(1))
		if g.avx512() {
			g.op("VMAXPS", g.v(1), g.v(0), "K1", g.v(0))
			return
		}
		g.op("VBLENDVPS", g.v(g.regs-mask), g.v(1), g.v(0), g.v(1))
		g.op("VMAXPS", g.v(1), g.v(0), g.v(0))
	}
	k.finish = func(g *gen, ret string) {
		inner := &gen{isa: g.isa}
		sum(inner, ret)
		g.WriteString(strings.ReplaceAll(inner.String(), "VADDPS", "VMAXPS"))
	}
	return k
}

// reduction adds vectors into register 0 and then its lanes.
func reduction(name string, args []string, body func(g *gen, mask int)) kernel {
	return kernel{name: name, args: args, body: body,
		init: func(g *gen) { g.zero(g.v(0)) },
		finish: func(g *gen, ret string) {
			if g.avx512() {
				g.op("VEXTRACTF64X4", "$1", "Z0", "Y1")
				g.op("VADDPS", "Y1", "Y0", "Y0")
			}
			g.op("VEXTRACTF128", "$1", "Y0", "X1")
			g.op("VADDPS", "X1", "X0", "X0")
			g.op("VPERMILPS", "$0x4e", "X0", "X1")
			g.op("VADDPS", "X1", "X0", "X0")
			g.op("VPERMILPS", "$0xb1", "X0", "X1")
			g.op("VADDPS", "X1", "X0", "X0")
			g.op("VMOVSS", "X0", ret)
		}}
}
