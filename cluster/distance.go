package cluster

import (
	"context"
	"math"

	"github.com/tidewatch/tidewatch"
)

// Metric is how unlike two rows are: 0 where they count as equal, the same both ways round, never NaN for finite rows.
type Metric func(a, b []float64) float64

// Euclidean is the root of the sum of squared differences.
func Euclidean(a, b []float64) float64 { return math.Sqrt(squared(a, b)) }

// Correlation is 1 minus Pearson's correlation, 0 to 2. A constant row correlates with nothing: its distance is 1, from another constant 0.
func Correlation(a, b []float64) float64 {
	ma, sa := moments(len(a), func(i int) float64 { return a[i] })
	mb, sb := moments(len(b), func(i int) float64 { return b[i] })
	flatA, flatB := !(sa > 1e-12*math.Abs(ma)), !(sb > 1e-12*math.Abs(mb))
	switch {
	case flatA && flatB:
		return 0
	case flatA || flatB:
		return 1
	}
	sum := 0.0
	for i := range a {
		sum += (a[i] - ma) * (b[i] - mb)
	}
	if d := 1 - sum/(float64(len(a))*sa*sb); d > 1e-14 { // what is less is rounding
		return d
	}
	return 0
}

// Matrix is the distances of all pairs of n rows.
type Matrix struct {
	N      int
	Values []float64 // upper triangle, row by row: (0,1), (0,2) ... (n-2,n-1)
}

// MaxPairs is the most rows of which all distances are held: 20,000 are 1.6 GB.
const MaxPairs = 20000

// Pairs measures all pairs of rows. More than [MaxPairs] rows are an error: cluster a sample of them.
func Pairs(ctx context.Context, p Points, d Metric) (*Matrix, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if err := checkPairs(p.N); err != nil {
		return nil, err
	}
	m := &Matrix{N: p.N, Values: make([]float64, p.N*(p.N-1)/2)}
	return m, parallel(ctx, p.N, func(i int) {
		row := m.Values[m.at(i, i+1):]
		for j := i + 1; j < p.N; j++ {
			row[j-i-1] = d(p.Row(i), p.Row(j))
		}
	})
}

func checkPairs(n int) error {
	if n > MaxPairs {
		return tidewatch.Errorf(tidewatch.CodeData, "%d rows: a method that looks at all pairs takes at most %d; use k-means, or a sample", n, MaxPairs)
	}
	return nil
}

// At is the distance of rows i and j.
func (m *Matrix) At(i, j int) float64 {
	if i == j {
		return 0
	}
	return m.Values[m.at(min(i, j), max(i, j))]
}

// at is the place of a pair, i < j; the place after the end for i = n-1.
func (m *Matrix) at(i, j int) int { return i*m.N - i*(i+1)/2 + j - i - 1 }
