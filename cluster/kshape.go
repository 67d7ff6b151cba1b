package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// KShape groups series by shape, wherever in time the shape stands and however large it is (Paparrizos & Gravano 2015): k-means with the
// distance [Shape] and, as centre of a cluster, the shape that correlates best with all of its series moved to fit the last centre.
// Where the time itself matters, as for seasons, use KMeans on normalised series instead.
type KShape struct {
	K         int
	Starts    int     // 0 = 3, or 1 from 5,000 rows
	MaxRounds int     // of one start; 0 = 100
	Tolerance float64 // end when a round lessens the inertia by less; 0 = 1e-6, or 1e-4 from 5,000 rows
	Sample    int     // rows to find the shapes by, all of which are then compared with them; 0 = 10,000
	Rows      []int   // whose shapes to start from, K of them; nil = chosen like those of k-means++
	Seed      uint64
}

// Fit groups the rows, which it normalises first; they must be of 2 values or more. Constant rows have no shape: they go to the first
// cluster at a distance of 1. The result's Centres are normalised shapes, Distances are shape-based, and Inertia is the mean of their squares.
func (m KShape) Fit(ctx context.Context, p Points) (*Result, error) {
	if m.Rows != nil {
		m.K = len(m.Rows)
	}
	if err := p.Check(); err != nil {
		return nil, err
	}
	z := p.Normalize()
	if err := z.checkK(m.K); err != nil {
		return nil, err
	}
	if p.Dim < 2 {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "series of one value have no shape")
	}
	starts := m.Starts
	if starts == 0 {
		starts = 3
		if p.N >= 5000 {
			starts = 1
		}
	}
	if m.Tolerance == 0 {
		m.Tolerance = 1e-6
		if p.N >= 5000 {
			m.Tolerance = 1e-4
		}
	}
	all := z
	if m.Sample == 0 {
		m.Sample = 10000
	}
	if m.Rows == nil && z.N > m.Sample {
		rows := rand.New(rand.NewPCG(m.Seed, 5)).Perm(z.N)[:m.Sample]
		slices.Sort(rows)
		if few := z.Select(rows); few.distinct(m.K) == m.K {
			z = few
		}
	}
	if m.Rows != nil {
		starts = 1
	}
	var best *Result
	for s := range starts {
		rows := m.Rows
		if rows == nil {
			var err error
			if rows, err = m.seeds(ctx, z, rand.New(rand.NewPCG(m.Seed, uint64(s)))); err != nil {
				return nil, err
			}
		}
		r, err := m.iterate(ctx, z, rows)
		if err != nil {
			return nil, err
		}
		if best == nil || r.Inertia < best.Inertia {
			best = r
		}
	}
	if z.N < all.N {
		best.Labels, best.Distances = make([]int, all.N), make([]float64, all.N)
		s := shapes{z: all, shift: make([]int, all.N)}
		if err := s.assign(ctx, best); err != nil {
			return nil, err
		}
	}
	best.renumber()
	return best, nil
}

// seeds draws rows far from each other, of a sample of the rows.
func (m KShape) seeds(ctx context.Context, z Points, rng *rand.Rand) ([]int, error) {
	sample := rng.Perm(z.N)[:min(z.N, max(2000, 20*m.K))]
	slices.Sort(sample)
	if s := z.Select(sample); s.distinct(m.K) < m.K {
		sample = sample[:0]
		for i := range z.N {
			sample = append(sample, i)
		}
	}
	near := make([]float64, len(sample))
	chosen := []int{sample[rng.IntN(len(sample))]}
	for {
		last := newTargets(z.Dim, [][]float64{z.Row(chosen[len(chosen)-1])})
		first := len(chosen) == 1
		if err := each(ctx, len(sample), func(_, from, to int) {
			c := newCorrelator(z.Dim)
			for k := from; k < to; k++ {
				_, d, _ := last.nearest(c, z.Row(sample[k]))
				if d *= d; first || d < near[k] {
					near[k] = d
				}
			}
		}); err != nil {
			return nil, err
		}
		if len(chosen) == m.K {
			return chosen, nil
		}
		total := 0.0
		for _, d := range near {
			total += d
		}
		chosen = append(chosen, sample[draw(near, total, rng)])
	}
}

func (m KShape) iterate(ctx context.Context, z Points, rows []int) (*Result, error) {
	limit := m.MaxRounds
	if limit == 0 {
		limit = 100
	}
	s := shapes{z: z, shift: make([]int, z.N)}
	r := &Result{K: m.K, Labels: make([]int, z.N), Distances: make([]float64, z.N)}
	for _, i := range rows {
		r.Centres = append(r.Centres, slices.Clone(z.Row(i)))
	}
	if err := s.assign(ctx, r); err != nil {
		return nil, err
	}
	last := math.Inf(1)
	for r.Rounds = 1; r.Rounds <= limit; r.Rounds++ {
		before := slices.Clone(r.Centres)
		if err := s.extract(ctx, r); err != nil {
			return nil, err
		}
		if err := s.assign(ctx, r); err != nil {
			return nil, err
		}
		if last-r.Inertia < m.Tolerance {
			r.Converged = true
			if last < r.Inertia { // it may rise: the centre is best for the last shifts only
				r.Centres = before
				if err := s.assign(ctx, r); err != nil {
					return nil, err
				}
			}
			break
		}
		last = r.Inertia
	}
	return r, nil
}

// shapes are normalised rows and how far each must be moved to fit its centre.
type shapes struct {
	z     Points
	shift []int
}

// assign gives each row to the centre of the nearest shape.
func (s *shapes) assign(ctx context.Context, r *Result) error {
	t := newTargets(s.z.Dim, r.Centres)
	sums := make([]float64, blocks(s.z.N))
	err := each(ctx, s.z.N, func(b, from, to int) {
		c := newCorrelator(s.z.Dim)
		for i := from; i < to; i++ {
			r.Labels[i], r.Distances[i], s.shift[i] = t.nearest(c, s.z.Row(i))
			sums[b] += r.Distances[i] * r.Distances[i]
		}
	})
	r.Inertia = 0
	for _, v := range sums {
		r.Inertia += v
	}
	r.Inertia /= float64(s.z.N)
	return err
}

// extract moves the centres (section 3.2 of the paper): the eigenvector of the largest eigenvalue of QᵀSQ, where S sums the products of the
// shifted rows and Q takes away the mean; of its two signs the one nearer to the rows.
func (s *shapes) extract(ctx context.Context, r *Result) error {
	members := make([][]int, r.K)
	for i, l := range r.Labels {
		members[l] = append(members[l], i)
	}
	n := s.z.Dim
	for a, rows := range members {
		if len(rows) == 0 { // it takes the row that fits worst
			far := 0
			for i, d := range r.Distances {
				if d > r.Distances[far] && len(members[r.Labels[i]]) > 1 {
					far = i
				}
			}
			r.Centres[a] = slices.Clone(s.z.Row(far))
			r.Distances[far] = 0
			continue
		}
		parts, sums := make([]blas64.Symmetric, blocks(len(rows))), make([][]float64, blocks(len(rows)))
		if err := each(ctx, len(rows), func(b, from, to int) {
			x := blas64.General{Rows: to - from, Cols: n, Stride: n, Data: make([]float64, (to-from)*n)}
			sums[b] = make([]float64, n)
			for k, i := range rows[from:to] {
				shifted(x.Data[k*n:(k+1)*n], s.z.Row(i), s.shift[i])
				add(sums[b], x.Data[k*n:(k+1)*n])
			}
			parts[b] = blas64.Symmetric{N: n, Stride: n, Data: make([]float64, n*n), Uplo: blas.Upper}
			blas64.Syrk(blas.Trans, 1, x, 0, parts[b])
		}); err != nil {
			return err
		}
		total, sum := parts[0], sums[0]
		for b := 1; b < len(parts); b++ {
			add(total.Data, parts[b].Data)
			add(sum, sums[b])
		}
		centre, err := leading(total)
		if err != nil {
			return err
		}
		// sum of |x-c|² is smaller than that of |x+c|² where the rows' sum points along c
		if along(sum, centre) < 0 {
			for j := range centre {
				centre[j] = -centre[j]
			}
		}
		mean, sd := moments(n, func(j int) float64 { return centre[j] })
		for j, v := range centre {
			centre[j] = scaled(v, mean, sd)
		}
		r.Centres[a] = centre
	}
	return nil
}

func along(a, b []float64) float64 {
	sum := 0.0
	for j, v := range a {
		sum += v * b[j]
	}
	return sum
}

// shifted is x moved to later times by so many places; what comes in is 0.
func shifted(dst, x []float64, by int) {
	for j := range dst {
		if k := j - by; k >= 0 && k < len(x) {
			dst[j] = x[k]
		}
	}
}

// leading is the eigenvector of the largest eigenvalue of the centred matrix.
func leading(s blas64.Symmetric) ([]float64, error) {
	n := s.N
	m, row, all := mat.NewSymDense(n, nil), make([]float64, n), 0.0
	at := func(i, j int) float64 { return s.Data[min(i, j)*n+max(i, j)] }
	for i := range n {
		for j := range n {
			row[i] += at(i, j)
		}
		row[i] /= float64(n)
		all += row[i]
	}
	all /= float64(n)
	for i := range n {
		for j := i; j < n; j++ {
			m.SetSym(i, j, at(i, j)-row[i]-row[j]+all)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(m, true) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "the common shape of a cluster of series could not be found")
	}
	var v mat.Dense
	e.VectorsTo(&v)
	return mat.Col(nil, n-1, &v), nil
}

// targets are shapes to be compared with many rows: two at a time, one as the real and one as the imaginary part of a transform.
type targets struct {
	norms []float64
	pairs [][]complex128
}

func newTargets(n int, centres [][]float64) *targets {
	t, c := &targets{}, newCorrelator(n)
	for a := 0; a < len(centres); a += 2 {
		w := c.spectrum(centres[a])
		if a+1 < len(centres) {
			for k, v := range c.spectrum(centres[a+1]) {
				w[k] += complex(-imag(v), real(v))
			}
		}
		t.pairs = append(t.pairs, w)
	}
	for _, x := range centres {
		t.norms = append(t.norms, norm(x))
	}
	return t
}

// nearest is the nearest shape, the distance from it, and how far x must be moved to later times to fit it.
func (t *targets) nearest(c *correlator, x []float64) (target int, distance float64, shift int) {
	nx := norm(x)
	if nx == 0 {
		return 0, 1, 0
	}
	f := c.work
	clear(f)
	for j, v := range x {
		f[j] = complex(v, 0)
	}
	f = c.fft.Coefficients(f, f)
	for k, v := range f {
		f[k] = complex(real(v), -imag(v))
	}
	best := math.Inf(-1)
	scan := func(a int, places []complex128, first int) {
		wr, wi := math.Inf(-1), math.Inf(-1)
		ir, ii := 0, 0
		for k, v := range places {
			if re := real(v); re > wr {
				wr, ir = re, k
			}
			if im := imag(v); im > wi {
				wi, ii = im, k
			}
		}
		if v := wr / t.norms[a]; t.norms[a] > 0 && v > best {
			best, target, shift = v, a, first+ir
		}
		if a+1 < len(t.norms) && t.norms[a+1] > 0 {
			if v := wi / t.norms[a+1]; v > best {
				best, target, shift = v, a+1, first+ii
			}
		}
	}
	for p, w := range t.pairs {
		for k, v := range f {
			c.product[k] = v * w[k]
		}
		cc := c.fft.Sequence(c.product, c.product)
		scan(2*p, cc[c.size-c.n+1:], 1-c.n)
		scan(2*p, cc[:c.n], 0)
	}
	if math.IsInf(best, -1) {
		return 0, 1, 0
	}
	return target, max(0, 1-best/float64(c.size)/nx), shift
}
