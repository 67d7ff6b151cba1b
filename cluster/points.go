package cluster

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// Points are rows of numbers, all of one length: value j of row i is Values[i*Dim+j].
type Points struct {
	N, Dim int
	Values []float64
}

// NewPoints copies rows into Points. Rows of different lengths, no rows, empty rows, and values that are unknown or infinite are errors.
func NewPoints(rows [][]float64) (Points, error) {
	p := Points{N: len(rows)}
	if len(rows) > 0 {
		p.Dim = len(rows[0])
	}
	for i, r := range rows {
		if len(r) != p.Dim {
			return Points{}, tidewatch.Errorf(tidewatch.CodeData, "row %d has %d values, the first row has %d: all rows must be of one length", i, len(r), p.Dim)
		}
		p.Values = append(p.Values, r...)
	}
	return p, p.Check()
}

// Row is row i: a view.
func (p Points) Row(i int) []float64 { return p.Values[i*p.Dim : (i+1)*p.Dim : (i+1)*p.Dim] }

// Select is a copy of the given rows.
func (p Points) Select(rows []int) Points {
	q := Points{N: len(rows), Dim: p.Dim, Values: make([]float64, 0, len(rows)*p.Dim)}
	for _, i := range rows {
		q.Values = append(q.Values, p.Row(i)...)
	}
	return q
}

// Check reports points that cannot be clustered.
func (p Points) Check() error {
	if p.N == 0 || p.Dim == 0 {
		return tidewatch.Errorf(tidewatch.CodeData, "there are no values to cluster (%d rows of %d)", p.N, p.Dim)
	}
	if len(p.Values) != p.N*p.Dim {
		return tidewatch.Errorf(tidewatch.CodeInternal, "%d rows of %d are %d values, not %d", p.N, p.Dim, p.N*p.Dim, len(p.Values))
	}
	for k, v := range p.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return tidewatch.Errorf(tidewatch.CodeData, "value %d of row %d is %v: fill it or leave the row out before clustering", k%p.Dim, k/p.Dim, v)
		}
	}
	return nil
}

// distinct counts distinct rows, but not beyond most.
func (p Points) distinct(most int) int {
	seen := make(map[string]bool, most)
	key := make([]byte, 0, 8*p.Dim)
	for i := range p.N {
		key = key[:0]
		for _, v := range p.Row(i) {
			b := math.Float64bits(v + 0) // -0 is 0
			key = append(key, byte(b), byte(b>>8), byte(b>>16), byte(b>>24), byte(b>>32), byte(b>>40), byte(b>>48), byte(b>>56))
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			if len(seen) >= most {
				break
			}
		}
	}
	return len(seen)
}

// checkK reports a number of clusters that the points do not have.
func (p Points) checkK(k int) error {
	if err := p.Check(); err != nil {
		return err
	}
	if k < 1 {
		return tidewatch.Errorf(tidewatch.CodeUsage, "%d clusters: ask for at least 1", k)
	}
	if d := p.distinct(k); d < k {
		return tidewatch.Errorf(tidewatch.CodeData, "%d clusters of %d distinct rows: ask for at most %d", k, d, d)
	}
	return nil
}

// Standardize is the points with each column brought to mean 0 and variance 1 (of the population). A constant column becomes zeros.
func (p Points) Standardize() Points {
	q := Points{N: p.N, Dim: p.Dim, Values: make([]float64, len(p.Values))}
	for j := range p.Dim {
		mean, sd := moments(p.N, func(i int) float64 { return p.Values[i*p.Dim+j] })
		for i := range p.N {
			q.Values[i*p.Dim+j] = scaled(p.Values[i*p.Dim+j], mean, sd)
		}
	}
	return q
}

// Normalize is the points with each row brought to mean 0 and variance 1 (of the population), which leaves its shape. A constant row has no
// shape: it becomes zeros.
func (p Points) Normalize() Points {
	q := Points{N: p.N, Dim: p.Dim, Values: make([]float64, len(p.Values))}
	for i := range p.N {
		r := p.Row(i)
		mean, sd := moments(p.Dim, func(j int) float64 { return r[j] })
		for j, v := range r {
			q.Values[i*p.Dim+j] = scaled(v, mean, sd)
		}
	}
	return q
}

func scaled(v, mean, sd float64) float64 {
	if !(sd > 1e-12*math.Abs(mean)) {
		return 0
	}
	return (v - mean) / sd
}

// moments are mean and standard deviation of n values, in two passes.
func moments(n int, at func(int) float64) (mean, sd float64) {
	for i := range n {
		mean += at(i)
	}
	mean /= float64(n)
	for i := range n {
		d := at(i) - mean
		sd += d * d
	}
	return mean, math.Sqrt(sd / float64(n))
}

// squared is the squared Euclidean distance.
func squared(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1 float64
	j := 0
	for ; j+1 < len(a); j += 2 {
		d, e := a[j]-b[j], a[j+1]-b[j+1]
		s0 += d * d
		s1 += e * e
	}
	if j < len(a) {
		d := a[j] - b[j]
		s0 += d * d
	}
	return s0 + s1
}
