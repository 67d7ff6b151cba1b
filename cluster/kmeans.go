package cluster

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/num/f32"
)

// KMeans parts rows into K clusters so that the sum of their squared Euclidean distances from the means of their clusters is small: Lloyd's
// iterations (1982) from several starts of greedy k-means++ (Arthur & Vassilvitskii 2007), the best of which is kept.
//
// Distances come from a matrix product in single precision; where rounding could decide between two centres, they are computed again in
// double precision, so that the result is that of double precision throughout.
type KMeans struct {
	K         int
	Starts    int         // 0 = 10, or 3 from 20,000 rows
	MaxRounds int         // of one start; 0 = 300
	Tolerance float64     // end when a round lessens the sum by a smaller share of it; 0 = when no row changes its cluster, or 1e-5 from 20,000 rows; below 0 = never
	Centres   [][]float64 // to start from, K of them; nil = chosen by k-means++
	Seed      uint64
}

// Fit parts the rows. A cluster that becomes empty takes the row furthest from its centre.
func (m KMeans) Fit(ctx context.Context, p Points) (*Result, error) {
	if m.Centres != nil {
		m.K = len(m.Centres)
		for _, c := range m.Centres {
			if len(c) != p.Dim {
				return nil, tidewatch.Errorf(tidewatch.CodeUsage, "a centre has %d values, the rows have %d", len(c), p.Dim)
			}
		}
	}
	if err := p.checkK(m.K); err != nil {
		return nil, err
	}
	starts := m.Starts
	if starts == 0 {
		starts = 10
		if p.N >= 20000 {
			starts = 3
		}
	}
	if m.Centres != nil {
		starts = 1
	}
	if m.Tolerance == 0 && p.N >= 20000 {
		m.Tolerance = 1e-5
	}
	f := newFast(p)
	var best *Result
	for s := range starts {
		centres := m.Centres
		if centres == nil {
			var err error
			if centres, err = plusPlus(ctx, p, m.K, rand.New(rand.NewPCG(m.Seed, uint64(s)))); err != nil {
				return nil, err
			}
		}
		r, err := m.lloyd(ctx, f, centres)
		if err != nil {
			return nil, err
		}
		if best == nil || r.Inertia < best.Inertia {
			best = r
		}
	}
	best.renumber()
	return best, nil
}

func (m KMeans) lloyd(ctx context.Context, f *fast, start [][]float64) (*Result, error) {
	p, limit := f.p, m.MaxRounds
	if limit == 0 {
		limit = 300
	}
	r := &Result{K: m.K, Labels: make([]int, p.N), Distances: make([]float64, p.N)}
	for i := range r.Labels {
		r.Labels[i] = -1
	}
	for _, c := range start {
		r.Centres = append(r.Centres, append([]float64(nil), c...))
	}
	last := math.Inf(1)
	for r.Rounds = 1; ; r.Rounds++ {
		moved, err := f.assign(ctx, r)
		if err != nil {
			return nil, err
		}
		if moved == 0 || m.Tolerance > 0 && last-r.Inertia < m.Tolerance*r.Inertia {
			r.Converged = true
			break
		}
		if r.Rounds == limit {
			break
		}
		last = r.Inertia
		if err := f.means(ctx, r); err != nil {
			return nil, err
		}
	}
	for i, d := range r.Distances {
		r.Distances[i] = math.Sqrt(d)
	}
	return r, nil
}

// plusPlus chooses k rows as centres: each the best of a few candidates drawn in proportion to the squared distance from those before.
func plusPlus(ctx context.Context, p Points, k int, rng *rand.Rand) ([][]float64, error) {
	tries := 2 + int(math.Log(float64(k)))
	near := make([]float64, p.N) // squared distance from the nearest centre
	chosen := [][]float64{p.Row(rng.IntN(p.N))}
	sums := make([]float64, blocks(p.N))
	measure := func(c []float64, dst []float64, old []float64) (float64, error) {
		err := each(ctx, p.N, func(b, from, to int) {
			sum := 0.0
			for i := from; i < to; i++ {
				d := squared(p.Row(i), c)
				if old != nil {
					d = min(d, old[i])
				}
				dst[i] = d
				sum += d
			}
			sums[b] = sum
		})
		total := 0.0
		for _, s := range sums {
			total += s
		}
		return total, err
	}
	total, err := measure(chosen[0], near, nil)
	if err != nil {
		return nil, err
	}
	trial, best := make([]float64, p.N), make([]float64, p.N)
	for len(chosen) < k {
		least, pick := math.Inf(1), -1
		for range tries {
			at := draw(near, total, rng)
			sum, err := measure(p.Row(at), trial, near)
			if err != nil {
				return nil, err
			}
			if sum < least {
				least, pick = sum, at
				trial, best = best, trial
			}
		}
		chosen = append(chosen, p.Row(pick))
		near, best, total = best, near, least
	}
	return chosen, nil
}

// draw is an index with probability in proportion to its weight, never one of weight 0.
func draw(weight []float64, total float64, rng *rand.Rand) int {
	left, last := rng.Float64()*total, 0
	for i, w := range weight {
		if w > 0 {
			if last = i; left < w {
				return i
			}
			left -= w
		}
	}
	return last
}

// fast finds nearest centres by matrix products.
type fast struct {
	p     Points
	shift []float64 // mean of the rows, taken away before rounding to single precision
	x     []float32
	norm  []float64 // of each shifted row
}

func newFast(p Points) *fast {
	f := &fast{p: p, shift: make([]float64, p.Dim), x: make([]float32, len(p.Values)), norm: make([]float64, p.N)}
	for i := range p.N {
		add(f.shift, p.Row(i))
	}
	for j := range f.shift {
		f.shift[j] /= float64(p.N)
	}
	for i := range p.N {
		sum := 0.0
		for j, v := range p.Row(i) {
			v -= f.shift[j]
			f.x[i*p.Dim+j] = float32(v)
			sum += v * v
		}
		f.norm[i] = math.Sqrt(sum)
	}
	return f
}

// assign gives each row to its nearest centre, of equally near ones the first, and returns how many rows changed theirs. Distances become
// squared ones.
func (f *fast) assign(ctx context.Context, r *Result) (moved int, err error) {
	p, k := f.p, r.K
	c := make([]float32, k*p.Dim) // [dim][centre]
	half, far := make([]float64, k), 0.0
	for a, centre := range r.Centres {
		sum := 0.0
		for j, v := range centre {
			v -= f.shift[j]
			c[j*k+a] = float32(v)
			sum += v * v
		}
		half[a] = sum / 2
		far = max(far, math.Sqrt(sum))
	}
	sums, changed := make([]float64, blocks(p.N)), make([]int, blocks(p.N))
	err = each(ctx, p.N, func(b, from, to int) {
		rows := to - from
		dots := make([]float32, rows*k)
		f32.Mul(f32.Matrix{Data: dots, Rows: rows, Cols: k, RowStride: k, ColStride: 1},
			f32.Matrix{Data: f.x[from*p.Dim : to*p.Dim], Rows: rows, Cols: p.Dim, RowStride: p.Dim, ColStride: 1},
			f32.Matrix{Data: c, Rows: p.Dim, Cols: k, RowStride: k, ColStride: 1}, false)
		for i := from; i < to; i++ {
			dot := dots[(i-from)*k : (i-from+1)*k]
			best, top, second := 0, math.Inf(-1), math.Inf(-1) // of x·c - |c|²/2, which falls as the distance grows
			for a, d := range dot {
				v := float64(d) - half[a]
				if v > top {
					best, top, second = a, v, top
				} else {
					second = max(second, v)
				}
			}
			// twice the error of a product of single precision: two roundings of the factors, one a term
			slack := 2 * (float64(p.Dim) + 4) * 0x1p-24 * (f.norm[i] * far)
			row := p.Row(i)
			var exact float64
			if second >= top-slack {
				exact = math.Inf(1)
				for a, d := range dot {
					if float64(d)-half[a] >= top-slack {
						if e := squared(row, r.Centres[a]); e < exact {
							best, exact = a, e
						}
					}
				}
			} else {
				exact = squared(row, r.Centres[best])
			}
			if r.Labels[i] != best {
				r.Labels[i] = best
				changed[b]++
			}
			r.Distances[i] = exact
			sums[b] += exact
		}
	})
	r.Inertia = 0
	for b := range sums {
		r.Inertia += sums[b]
		moved += changed[b]
	}
	return moved, err
}

// means moves the centres to the means of their rows.
func (f *fast) means(ctx context.Context, r *Result) error {
	p, k := f.p, r.K
	parts := make([][]float64, blocks(p.N))
	counts := make([][]int, blocks(p.N))
	err := each(ctx, p.N, func(b, from, to int) {
		parts[b], counts[b] = make([]float64, k*p.Dim), make([]int, k)
		for i := from; i < to; i++ {
			l := r.Labels[i]
			counts[b][l]++
			add(parts[b][l*p.Dim:(l+1)*p.Dim], p.Row(i))
		}
	})
	if err != nil {
		return err
	}
	sum, n := parts[0], counts[0]
	for b := 1; b < len(parts); b++ {
		add(sum, parts[b])
		for a := range n {
			n[a] += counts[b][a]
		}
	}
	for a := range k {
		if n[a] > 0 {
			continue
		}
		far := 0 // of a cluster with rows to spare
		for i, d := range r.Distances {
			if d > r.Distances[far] && n[r.Labels[i]] > 1 {
				far = i
			}
		}
		l := r.Labels[far]
		for j, v := range p.Row(far) {
			sum[l*p.Dim+j] -= v
			sum[a*p.Dim+j] = v
		}
		n[l]--
		n[a], r.Labels[far], r.Distances[far] = 1, a, 0
	}
	for a := range k {
		for j := range p.Dim {
			r.Centres[a][j] = sum[a*p.Dim+j] / float64(n[a])
		}
	}
	return nil
}
