package hierarchy

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// erm corrects the bottom-up forecast by a linear map of all base forecasts that would have been best at past origins: ridge regression of the
// bottom's errors on the forecasts (Ben Taieb & Koo 2019, shrunk towards bottom-up), each in units of its own size. It is solved by
// samples, not nodes, of which there are many more. The penalty is the one that would have predicted each past sample best from the others.
type erm struct {
	h      *Hierarchy
	scale  []float64   // [node] 1 / root mean square of its past forecasts
	x      [][]float64 // [sample][node] past forecasts, scaled
	effect [][]float64 // [sample][bottom series] what the regression gives each
}

func newERM(h *Hierarchy, past *Past) *erm {
	n := len(past.Forecast[0])
	p := &erm{h: h, scale: make([]float64, h.Len()), x: make([][]float64, n), effect: make([][]float64, n)}
	for v, f := range past.Forecast {
		sum := 0.0
		for _, y := range f {
			if y == y {
				sum += y * y / float64(n)
			}
		}
		if sum > 0 {
			p.scale[v] = 1 / math.Sqrt(sum)
		}
	}
	errors := past.errors()[h.Bottom():]
	target := mat.NewDense(n, h.Len()-h.Bottom(), nil)
	for k := range n {
		p.x[k] = make([]float64, h.Len())
		for v, f := range past.Forecast {
			if y := f[k]; y == y {
				p.x[k][v] = y * p.scale[v]
			}
		}
		for i, e := range errors {
			if d := e[k]; d == d {
				target.Set(k, i, d)
			}
		}
	}
	gram := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			gram.SetSym(i, j, dot(p.x[i], p.x[j]))
		}
	}
	coefficients := ridge(gram, target)
	for k := range n {
		p.effect[k] = coefficients.RawRowView(k)
	}
	return p
}

// ridge is (gram + penalty I)^-1 target, with the penalty of least squared error when each sample is left out (Golub, Heath & Wahba 1979);
// zero, which leaves the bottom as it is, if that is better than any.
func ridge(gram *mat.SymDense, target *mat.Dense) *mat.Dense {
	n, series := target.Dims()
	var eigen mat.EigenSym
	best := mat.NewDense(n, series, nil)
	if !eigen.Factorize(gram, true) {
		return best
	}
	values := eigen.Values(nil)
	var vectors, rotated mat.Dense
	eigen.VectorsTo(&vectors)
	rotated.Mul(vectors.T(), target)
	scale := make([]float64, series) // each series counts by the size of its own errors
	least := 0.0
	for i := range series {
		for k := range n {
			scale[i] += target.At(k, i) * target.At(k, i)
		}
		if scale[i] > 0 {
			least++ // the error of leaving the bottom as it is
		}
	}
	largest := values[n-1]
	for power := range 8 {
		penalty := largest * math.Pow(10, float64(power-5))
		shrunk := mat.NewDense(n, series, nil)
		for k := range n {
			for i := range series {
				shrunk.Set(k, i, rotated.At(k, i)/(max(values[k], 0)+penalty))
			}
		}
		var solution mat.Dense
		solution.Mul(&vectors, shrunk)
		loss := 0.0
		for k := range n {
			inverse := 0.0 // diagonal of (gram + penalty I)^-1
			for j := range n {
				inverse += vectors.At(k, j) * vectors.At(k, j) / (max(values[j], 0) + penalty)
			}
			for i := range series {
				if scale[i] > 0 {
					e := solution.At(k, i) / inverse
					loss += e * e / scale[i]
				}
			}
		}
		if loss < least {
			least, best = loss, &solution
		}
	}
	return best
}

// project implements projection.
func (p *erm) project(y, b []float64, s *scratch) {
	for v, f := range y {
		s.y[v] = 0
		if f == f {
			s.y[v] = f * p.scale[v]
		}
	}
	copy(b, y[p.h.Bottom():])
	for k, x := range p.x {
		axpy(dot(x, s.y), p.effect[k], b)
	}
}
