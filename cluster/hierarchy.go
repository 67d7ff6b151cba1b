package cluster

import (
	"context"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Linkage is how far apart two clusters are.
type Linkage string

// The linkages.
const (
	Ward     Linkage = "ward"     // by what joining them adds to the sum of squares; of Euclidean distances
	Average  Linkage = "average"  // the mean distance of their pairs
	Complete Linkage = "complete" // the greatest
	Single   Linkage = "single"   // the smallest
)

// Merge joins two clusters: rows are 0 to n-1, and the i-th merge makes cluster n+i.
type Merge struct {
	A, B   int // A < B
	Height float64
	Size   int // rows of the joined cluster
}

// Tree is the clusters within clusters of n rows: n-1 merges, the nearest first.
type Tree struct {
	N      int
	Merges []Merge
}

// Agglomerate joins the nearest clusters until one is left, by chains of nearest neighbours in quadratic time (Murtagh 1983; Müllner 2011).
// Distances between clusters follow Lance & Williams (1967); heights of Ward's are those of ward.D2.
func Agglomerate(ctx context.Context, m *Matrix, link Linkage) (*Tree, error) {
	if m.N == 0 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "there are no rows to join")
	}
	switch link {
	case Ward, Average, Complete, Single:
	default:
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "linkage %q: use ward, average, complete or single", link)
	}
	d := &Matrix{N: m.N, Values: slices.Clone(m.Values)}
	size := make([]int, m.N)
	for i := range size {
		size[i] = 1
	}
	var merges []Merge // of clusters named by one of their rows
	var chain []int
	for len(merges) < m.N-1 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(chain) == 0 {
			chain = append(chain, slices.IndexFunc(size, func(s int) bool { return s > 0 }))
		}
		for {
			x := chain[len(chain)-1]
			y, least := -1, math.Inf(1)
			if len(chain) > 1 { // of equally near ones the one it came from, so that the chain ends
				y = chain[len(chain)-2]
				least = d.At(x, y)
			}
			for i, s := range size {
				if s > 0 && i != x {
					if v := d.At(x, i); v < least {
						y, least = i, v
					}
				}
			}
			if len(chain) > 1 && y == chain[len(chain)-2] {
				chain = chain[:len(chain)-2]
				merges = append(merges, Merge{A: min(x, y), B: max(x, y), Height: least})
				d.join(min(x, y), max(x, y), size, link)
				break
			}
			chain = append(chain, y)
		}
	}
	return ordered(m.N, merges), nil
}

// join makes y the union of x and y.
func (m *Matrix) join(x, y int, size []int, link Linkage) {
	nx, ny, dxy := float64(size[x]), float64(size[y]), m.At(x, y)
	size[y], size[x] = size[x]+size[y], 0
	for i, s := range size {
		if s == 0 || i == y {
			continue
		}
		a, b, n := m.At(x, i), m.At(y, i), float64(s)
		var v float64
		switch link {
		case Single:
			v = min(a, b)
		case Complete:
			v = max(a, b)
		case Average:
			v = (nx*a + ny*b) / (nx + ny)
		default:
			v = math.Sqrt(max(0, ((nx+n)*a*a+(ny+n)*b*b-n*dxy*dxy)/(nx+ny+n)))
		}
		m.Values[m.at(min(i, y), max(i, y))] = v
	}
}

// ordered names clusters by the order of their merges.
func ordered(n int, merges []Merge) *Tree {
	slices.SortStableFunc(merges, func(a, b Merge) int {
		switch {
		case a.Height < b.Height:
			return -1
		case a.Height > b.Height:
			return 1
		}
		return 0
	})
	t := &Tree{N: n, Merges: merges}
	f := newForest(n)
	name, size := make([]int, n), make([]int, n)
	for i := range n {
		name[i], size[i] = i, 1
	}
	for k, m := range merges {
		a, b := f.root(m.A), f.root(m.B)
		joined := size[a] + size[b]
		t.Merges[k] = Merge{A: min(name[a], name[b]), B: max(name[a], name[b]), Height: m.Height, Size: joined}
		r := f.join(a, b)
		name[r], size[r] = n+k, joined
	}
	return t
}

// Cut is the k clusters that are left before the last k-1 merges: labels from 0 in the order of their first rows.
func (t *Tree) Cut(k int) ([]int, error) {
	if k < 1 || k > t.N {
		return nil, badK(k, t.N)
	}
	f := newForest(t.N + len(t.Merges))
	for i, m := range t.Merges[:t.N-k] {
		f.join(f.join(m.A, m.B), t.N+i)
	}
	labels, number := make([]int, t.N), map[int]int{}
	for i := range labels {
		r := f.root(i)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		labels[i] = number[r]
	}
	return labels, nil
}

func badK(k, n int) error {
	return tidewatch.Errorf(tidewatch.CodeUsage, "%d clusters of %d rows: ask for 1 to %d", k, n, n)
}

// forest is disjoint sets.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(i int) int {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// join makes one set of two and is its root.
func (f forest) join(i, j int) int {
	i, j = f.root(i), f.root(j)
	f[j] = i
	return i
}
