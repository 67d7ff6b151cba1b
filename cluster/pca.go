package cluster

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// Components are the principal components of points: directions at right angles in which they vary most (Jolliffe 2002).
type Components struct {
	Mean      []float64
	Loadings  [][]float64 // [component][column], each of length 1, its largest entry above 0
	Variances []float64   // of all components, greatest first (sample variances)
}

// PCA finds the first k components; k = 0 keeps as many as explain nine tenths of the variance. Points that do not vary are an error. Time
// grows with N·Dim²: the covariance is formed first, so that components of less than about 1e-12 of the variance are rounding.
func PCA(ctx context.Context, p Points, k int) (*Components, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	d := p.Dim
	c := &Components{Mean: make([]float64, d)}
	for i := range p.N {
		add(c.Mean, p.Row(i))
	}
	for j := range c.Mean {
		c.Mean[j] /= float64(p.N)
	}
	parts := make([][]float64, blocks(p.N))
	if err := each(ctx, p.N, func(b, from, to int) {
		x := mat.NewDense(to-from, d, nil)
		for i := from; i < to; i++ {
			row := x.RawRowView(i - from)
			for j, v := range p.Row(i) {
				row[j] = v - c.Mean[j]
			}
		}
		var s mat.SymDense
		s.SymOuterK(1, x.T())
		parts[b] = s.RawSymmetric().Data
	}); err != nil {
		return nil, err
	}
	for _, s := range parts[1:] {
		add(parts[0], s)
	}
	for j := range parts[0] {
		parts[0][j] /= float64(max(1, p.N-1))
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(d, parts[0]), true) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "no principal components of %d rows of %d", p.N, d)
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil)
	total := 0.0
	for j := d - 1; j >= 0; j-- {
		c.Variances = append(c.Variances, max(0, values[j]))
		total += max(0, values[j])
	}
	if !(total > 0) {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "no principal components: all %d rows are alike", p.N)
	}
	if k == 0 {
		for explained := 0.0; k < d && explained < .9*total; k++ {
			explained += c.Variances[k]
		}
	}
	for a := range min(k, d) {
		v := mat.Col(nil, d-1-a, &vectors)
		big := 0.0
		for _, x := range v {
			if math.Abs(x) > math.Abs(big)+1e-12 {
				big = x
			}
		}
		for j := range v {
			v[j] *= math.Copysign(1, big)
		}
		c.Loadings = append(c.Loadings, v)
	}
	return c, nil
}

// Project is the points in the directions of the components.
func (c *Components) Project(p Points) Points {
	k := len(c.Loadings)
	q := Points{N: p.N, Dim: k, Values: make([]float64, p.N*k)}
	diff := make([]float64, p.Dim)
	for i := range p.N {
		for j, v := range p.Row(i) {
			diff[j] = v - c.Mean[j]
		}
		for a, l := range c.Loadings {
			q.Values[i*k+a] = along(l, diff)
		}
	}
	return q
}

// Map places points on a plane: their first two components, zeros where they have fewer.
func Map(ctx context.Context, p Points) ([][2]float64, error) {
	out := make([][2]float64, p.N)
	c, err := PCA(ctx, p, 2)
	if tidewatch.CodeOf(err) == tidewatch.CodeData && p.Check() == nil {
		return out, nil // all alike
	}
	if err != nil {
		return nil, err
	}
	for i, q := 0, c.Project(p); i < p.N; i++ {
		copy(out[i][:], q.Row(i))
	}
	return out, nil
}
