package hierarchy

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// correlated solves the trace minimisation with the covariance matrix of the base forecasts' errors estimated from past ones and shrunk
// towards its diagonal (MinT-shrink: Wickramasuriya, Athanasopoulos & Hyndman 2019; Schäfer & Strimmer 2005). The matrix is never made:
// it is a diagonal and a term of as low a rank as there are past errors, so that the solution takes one of the diagonal's for each of
// them (Woodbury), whatever the number of nodes.
type correlated struct {
	weighted *weighted
	inverse  []float64     // [node above the bottom] of the diagonal's variance
	rank     int           // past errors
	bottom   []float64     // [rank][bottom series] U: the low rank term is U U'
	q        []float64     // [rank][node above] of U what does not add up
	z        []float64     // [rank][node above] the diagonal problem's solution for each of q
	inner    *mat.Cholesky // of I + q'z
	shrunk   float64
}

// newCorrelated takes variances of all nodes and past errors [node][sample], NaN where unknown; at least two samples.
func newCorrelated(h *Hierarchy, variance []float64, errors [][]float64) (*correlated, error) {
	rank := len(errors[0])
	x := standardised(errors)
	lambda := shrinkage(x, rank)
	c := &correlated{rank: rank, shrunk: lambda, inverse: make([]float64, h.Bottom()), bottom: make([]float64, rank*(h.Len()-h.Bottom())),
		q: make([]float64, rank*h.Bottom()), z: make([]float64, rank*h.Bottom())}
	// The correlation matrix has ones on its diagonal whatever is shrunk: what the low rank term lacks of its own diagonal, the other has.
	u := make([]float64, h.Len())
	diagonal := make([]float64, h.Len())
	for v, s := range variance {
		if own := (1 - lambda) * sumOfSquares(x[v]) / float64(rank); !math.IsInf(s, 1) {
			diagonal[v] = s * max(1-own, 1e-3)
		} else {
			diagonal[v] = s
		}
		if v < h.Bottom() && diagonal[v] == 0 {
			diagonal[v] = 1e-9 // its inverse is needed
		}
		if v < h.Bottom() && !math.IsInf(s, 1) {
			c.inverse[v] = 1 / diagonal[v]
		}
	}
	var err error
	if c.weighted, err = newWeighted(h, diagonal); err != nil {
		return nil, err
	}
	s := c.weighted.scratch()
	for k := range rank {
		for v := range u {
			u[v] = 0
			if !math.IsInf(variance[v], 1) {
				u[v] = math.Sqrt((1-lambda)*variance[v]/float64(rank)) * x[v][k]
			}
		}
		copy(c.bottom[k*(len(u)-h.Bottom()):], u[h.Bottom():])
		q := c.q[k*h.Bottom() : (k+1)*h.Bottom()]
		h.differ(u, s.e)
		copy(q, s.e)
		for v := range q {
			if math.IsInf(variance[v], 1) {
				q[v] = 0
			}
		}
		c.multipliers(q, c.z[k*h.Bottom():(k+1)*h.Bottom()], s)
	}
	inner := mat.NewSymDense(rank, nil)
	for i := range rank {
		for j := i; j < rank; j++ {
			m := dot(c.q[i*h.Bottom():(i+1)*h.Bottom()], c.z[j*h.Bottom():(j+1)*h.Bottom()])
			if i == j {
				m++
			}
			inner.SetSym(i, j, m)
		}
	}
	c.inner = &mat.Cholesky{}
	if !c.inner.Factorize(inner) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "the past errors of %d nodes make a covariance matrix that cannot be solved", h.Len())
	}
	return c, nil
}

// multipliers solves the diagonal problem for what does not add up: with the bottom's moves d, each node's multiplier is what is left of
// its difference, by its variance.
func (c *correlated) multipliers(e, z []float64, s *scratch) {
	h := c.weighted.h
	copy(s.y, e)
	c.weighted.move(s.y, s.y[h.Bottom():], s)
	copy(s.a[h.Bottom():], s.y[h.Bottom():])
	h.Sum(s.a)
	for v := range z {
		z[v] = (e[v] - s.a[v]) * c.inverse[v]
	}
}

// project implements projection.
func (c *correlated) project(y, b []float64, s *scratch) {
	h := c.weighted.h
	n := h.Bottom()
	h.differ(y, s.e)
	for v := range n {
		if c.inverse[v] == 0 {
			s.e[v] = 0
		}
	}
	z := make([]float64, n)
	c.multipliers(s.e, z, s)
	right := mat.NewVecDense(c.rank, nil)
	for k := range c.rank {
		right.SetVec(k, dot(c.q[k*n:(k+1)*n], z))
	}
	_ = c.inner.SolveVecTo(right, right) // it is the identity and a positive matrix: its condition is seen to when it is made
	for k := range c.rank {
		axpy(-right.AtVec(k), c.z[k*n:(k+1)*n], z)
	}
	// The bottom moves by its diagonal times the multipliers of the nodes above it, less the low rank part.
	copy(b, y[n:])
	for l, level := range h.levels {
		of := z[h.first[l]:h.first[l+1]]
		for i, g := range level.Of {
			if g >= 0 {
				b[i] += c.weighted.tree.variance[n+i] * of[g]
			}
		}
	}
	for k := range c.rank {
		axpy(-dot(c.q[k*n:(k+1)*n], z), c.bottom[k*len(b):(k+1)*len(b)], b)
	}
}

// standardised is errors by their root mean square, without those that are unknown: 0.
func standardised(errors [][]float64) [][]float64 {
	x := make([][]float64, len(errors))
	for v, e := range errors {
		x[v] = make([]float64, len(e))
		sum, n := 0.0, 0.0
		for _, d := range e {
			if d == d {
				sum += d * d
				n++
			}
		}
		if sum == 0 {
			continue
		}
		scale := math.Sqrt(sum / n)
		for k, d := range e {
			if d == d {
				x[v][k] = d / scale
			}
		}
	}
	return x
}

// shrinkage is how far correlations are best moved to zero: their estimated variances, by their squares, both summed over all pairs (Schäfer &
// Strimmer 2005, section 2.4). The sums over pairs of nodes are had from sums over pairs of samples.
func shrinkage(x [][]float64, rank int) float64 {
	t := float64(rank)
	squares := make([]float64, rank) // sum over nodes of x^2, a sample each
	gram := make([]float64, rank*rank)
	own, fourth := 0.0, 0.0
	for _, e := range x {
		for k, a := range e {
			squares[k] += a * a
			fourth += a * a * a * a
			for l, b := range e {
				gram[k*rank+l] += a * b
			}
		}
		s := sumOfSquares(e) / t
		own += s * s
	}
	correlations := -own // of all pairs of different nodes, squared
	for _, g := range gram {
		correlations += g * g / (t * t)
	}
	products := -fourth
	for _, s := range squares {
		products += s * s
	}
	if t < 2 || !(correlations > 0) {
		return 1
	}
	variance := t / ((t - 1) * (t - 1) * (t - 1)) * (products - t*correlations)
	return min(max(variance/correlations, 0), 1)
}

func sumOfSquares(x []float64) float64 { return dot(x, x) }

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func axpy(k float64, x, y []float64) {
	for i, v := range x {
		y[i] += k * v
	}
}
