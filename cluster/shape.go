package cluster

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Shape is the shape-based distance (Paparrizos & Gravano 2015, k-Shape): 1 minus the greatest cross-correlation over all shifts, 0 to 2.
// Bring rows to mean 0 and variance 1 first ([Points.Normalize]); a row of zeros is 1 away from all but another one.
func Shape(a, b []float64) float64 {
	d, _ := ShapeShift(a, b)
	return d
}

// ShapeShift is the shape-based distance, and by how many places b must be moved to later times to fit a best; of equally good shifts the
// smallest.
func ShapeShift(a, b []float64) (distance float64, shift int) {
	na, nb := norm(a), norm(b)
	if na == 0 || nb == 0 {
		if na == nb {
			return 0, 0
		}
		return 1, 0
	}
	c := newCorrelator(len(a))
	fa, fb, cc := c.spectrum(a), c.spectrum(b), make([]complex128, c.size)
	for k := range cc {
		cc[k] = fa[k] * complex(real(fb[k]), -imag(fb[k]))
	}
	best := math.Inf(-1)
	cc = c.fft.Sequence(cc, cc)
	for s := 1 - len(a); s < len(a); s++ {
		if v := real(cc[(s+c.size)%c.size]); v > best {
			best, shift = v, s
		}
	}
	return max(0, 1-best/float64(c.size)/(na*nb)), shift
}

func norm(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// correlator makes cross-correlations of rows of length n. It is not safe for concurrent use.
type correlator struct {
	n, size int
	fft     *fourier.CmplxFFT
	work    []complex128
	product []complex128
}

func newCorrelator(n int) *correlator {
	size := 1 << bits.Len(uint(2*n-2)) // of at least 2n-1 places, so that nothing wraps around
	return &correlator{n: n, size: size, fft: fourier.NewCmplxFFT(size), work: make([]complex128, size), product: make([]complex128, size)}
}

// spectrum is the Fourier transform of x.
func (c *correlator) spectrum(x []float64) []complex128 {
	dst := make([]complex128, c.size)
	for j, v := range x {
		dst[j] = complex(v, 0)
	}
	return c.fft.Coefficients(dst, dst)
}
