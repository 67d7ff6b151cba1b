package main

// exp leaves e^v0 in register 0; uses registers 1 and 2. The reduction to |r| <= ln2/2 and the polynomial are those of expf in
// the Cephes library (S. Moshier); NaN passes, overflow gives +Inf, underflow rounds to a denormal or zero.
func (g *gen) exp() { g.expBelow(89) }

// expBelow is exp with arguments above limit taken as limit.
func (g *gen) expBelow(limit float64) {
	x, n, p := g.v(0), g.v(1), g.v(2)
	g.op("VMOVUPS", g.c(limit), n)
	g.op("VMINPS", x, n, x) // the constant first: if x is NaN the result is x
	g.op("VMOVUPS", g.c(-104), n)
	g.op("VMAXPS", x, n, x)
	g.op("VMULPS", g.c(1.44269504088896341), x, n)
	if g.avx512() {
		g.op("VRNDSCALEPS", "$0", n, n)
	} else {
		g.op("VROUNDPS", "$0", n, n)
	}
	g.op("VFNMADD231PS", g.c(0.693359375), n, x)
	g.op("VFNMADD231PS", g.c(-2.12194440e-4), n, x)
	g.op("VMOVUPS", g.c(1.9875691500e-4), p)
	for _, c := range []float64{1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1} {
		g.op("VFMADD213PS", g.c(c), x, p)
	}
	if g.avx512() {
		g.op("VSCALEFPS", n, p, x)
		return
	}
	// 2^n in two factors, so that neither leaves the range of exponents; NaN is already in p.
	one := g.bits(127)
	g.op("VCVTPS2DQ", n, n)
	g.op("VPSRAD", "$1", n, x)
	g.op("VPSUBD", x, n, n)
	for _, half := range []string{x, n} {
		g.op("VPADDD", one, half, half)
		g.op("VPSLLD", "$23", half, half)
	}
	g.op("VMULPS", x, p, p)
	g.op("VMULPS", n, p, x)
}

// inverse leaves 1/v0 in register 0 for finite v0 >= 1 (or NaN); uses 1, 2. A division takes as long as ten other instructions:
// AVX-512 has an estimate good to 14 bits, which one step of Newton's method doubles.
func (g *gen) inverse() {
	if g.avx512() {
		g.op("VRCP14PS", g.v(0), g.v(1))
		g.op("VMOVUPS", g.c(2), g.v(2))
		g.op("VFNMADD213PS", g.v(2), g.v(1), g.v(0)) // 2 - v0 estimate
		g.op("VMULPS", g.v(1), g.v(0), g.v(0))
		return
	}
	g.op("VMOVUPS", g.c(1), g.v(1))
	g.op("VDIVPS", g.v(0), g.v(1), g.v(0))
}

// sigmoid leaves 1/(1+e^-v0) in register 0; uses 1, 2.
func (g *gen) sigmoid() {
	g.op("VXORPS", g.bits(0x80000000), g.v(0), g.v(0))
	g.expBelow(87)
	g.op("VADDPS", g.c(1), g.v(0), g.v(0))
	g.inverse()
}

// tanh leaves tanh v0 in register 0; uses 1 to 5. Cephes tanhf: a polynomial below .625, else 1 - 2/(e^2|x| + 1) with x's sign.
func (g *gen) tanh() {
	x := g.v(3)
	g.op("VMOVAPS", g.v(0), x)
	g.op("VANDPS", g.bits(0x7fffffff), g.v(0), g.v(0))
	g.op("VADDPS", g.v(0), g.v(0), g.v(0))
	g.expBelow(87)
	g.op("VADDPS", g.c(1), g.v(0), g.v(0))
	g.inverse()
	g.op("VADDPS", g.v(0), g.v(0), g.v(0))
	g.op("VMOVUPS", g.c(1), g.v(1))
	g.op("VSUBPS", g.v(0), g.v(1), g.v(0))
	g.op("VANDPS", g.bits(0x80000000), x, g.v(1))
	g.op("VORPS", g.v(1), g.v(0), g.v(0))
	z, p := g.v(1), g.v(2)
	g.op("VMULPS", x, x, z)
	g.op("VMOVUPS", g.c(-5.70498872745e-3), p)
	for _, c := range []float64{2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1} {
		g.op("VFMADD213PS", g.c(c), z, p)
	}
	g.op("VMULPS", z, p, p)
	g.op("VFMADD213PS", x, x, p) // x + x*z*P(z)
	g.op("VANDPS", g.bits(0x7fffffff), x, z)
	g.choose(g.c(.625), z, p, g.v(0))
}

// choose sets dst to yes in the lanes where x < limit; clobbers x.
func (g *gen) choose(limit, x, yes, dst string) {
	if g.avx512() {
		g.op("VCMPPS", "$1", limit, x, "K2")
		g.op("VMOVAPS", yes, "K2", dst)
	} else {
		g.op("VCMPPS", "$1", limit, x, x)
		g.op("VBLENDVPS", x, yes, dst, dst)
	}
}

// normalCDF leaves the standard normal distribution function of v0 in register 0; uses 1 to 5. erfc by Abramowitz and Stegun
// 7.1.26: t(a1 + ... + a5 t^4) e^-z^2 with t = 1/(1 + p z), z = |x|/sqrt 2.
func (g *gen) normalCDF() {
	x, t, q := g.v(3), g.v(4), g.v(5)
	g.op("VMOVAPS", g.v(0), x)
	g.op("VANDPS", g.bits(0x7fffffff), x, q)
	g.op("VMULPS", g.c(0.70710678118654752*0.3275911), q, t)
	g.op("VADDPS", g.c(1), t, g.v(0))
	g.op("VMINPS", g.c(1e30), g.v(0), g.v(0)) // infinity has no Newton step; NaN comes back by way of the exponential
	g.inverse()
	g.op("VMOVAPS", g.v(0), t)
	g.op("VMULPS", x, x, g.v(0))
	g.op("VMULPS", g.c(-.5), g.v(0), g.v(0))
	g.exp()
	g.op("VMOVUPS", g.c(1.061405429), q)
	for _, c := range []float64{-1.453152027, 1.421413741, -0.284496736, 0.254829592} {
		g.op("VFMADD213PS", g.c(c), t, q)
	}
	g.op("VMULPS", t, q, q)
	g.op("VMULPS", g.v(0), q, q)
	g.op("VMULPS", g.c(.5), q, q) // the tail below -|x|
	g.op("VMOVUPS", g.c(1), g.v(0))
	g.op("VSUBPS", q, g.v(0), g.v(0))
	g.choose(g.c(0), x, q, g.v(0))
}
