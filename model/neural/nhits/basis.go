package nhits

import (
	"math"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Basis makes each value of a sequence from a few coefficients: the sum of its terms. nil has a coefficient for each value.
type Basis [][]Term

// Term is a coefficient and its weight.
type Term struct {
	Coefficient int
	Weight      float32
}

// coefficients is how many there are for a sequence of n values.
func (b Basis) coefficients(n int) int {
	if b == nil {
		return n
	}
	most := 0
	for _, terms := range b {
		for _, t := range terms {
			most = max(most, t.Coefficient+1)
		}
	}
	return most
}

// add adds sign times the sequence of the coefficients to to. Both are [value][level].
func (b Basis) add(to, coefficients []float32, sign float32, levels int) {
	if b == nil {
		f32.Axpy(to, sign, coefficients)
		return
	}
	for h, terms := range b {
		for _, t := range terms {
			f32.Axpy(to[h*levels:(h+1)*levels], sign*t.Weight, coefficients[t.Coefficient*levels:(t.Coefficient+1)*levels])
		}
	}
}

// gather is add's gradient: it adds sign times that of the coefficients to to.
func (b Basis) gather(to, grad []float32, sign float32, levels int) {
	if b == nil {
		f32.Axpy(to, sign, grad)
		return
	}
	for h, terms := range b {
		for _, t := range terms {
			f32.Axpy(to[t.Coefficient*levels:(t.Coefficient+1)*levels], sign*t.Weight, grad[h*levels:(h+1)*levels])
		}
	}
}

// Lines joins so many points, in the middles of equal parts of n values, by lines, constant beyond the outermost: N-HiTS, equation 4.
func Lines(n, points int) Basis {
	if points >= n {
		return nil
	}
	b := make(Basis, n)
	for h := range b {
		at := max(0, (float64(h)+.5)*float64(points)/float64(n)-.5)
		k := min(int(at), points-1)
		w := float32(at - float64(k))
		b[h] = []Term{{k, 1 - w}, {min(k+1, points-1), w}}
	}
	return b
}

// Trend is polynomials up to a degree of t/n, t = 0 ... n-1: N-BEATS, equation 2.
func Trend(n, degree int) Basis {
	b := make(Basis, n)
	for t := range b {
		for k := range degree + 1 {
			b[t] = append(b[t], Term{k, float32(math.Pow(float64(t)/float64(n), float64(k)))})
		}
	}
	return b
}

// Seasons is cosines and sines of 2πkt/period, k = 0 ... harmonics, for t = 0 ... n-1: N-BEATS, equation 3, which has the horizon as period.
func Seasons(n, period, harmonics int) Basis {
	b := make(Basis, n)
	for t := range b {
		for k := range harmonics + 1 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k*t%period) / float64(period))
			b[t] = append(b[t], Term{2 * k, float32(cos)}, Term{2*k + 1, float32(sin)})
		}
	}
	return b
}
