package cluster

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/tidewatch/tidewatch"
)

// KMedoids parts rows into K clusters around rows of their own, by any distance: FasterPAM (Schubert & Rousseeuw 2021, Fast and eager
// k-medoids clustering), which swaps a medoid for another row as soon as that lessens the sum of distances.
type KMedoids struct {
	K         int
	Starts    int   // 0 = 3
	MaxRounds int   // passes over all rows; 0 = 100
	Rows      []int // to start from, K of them; nil = drawn as k-means++ draws
	Seed      uint64
}

// Fit parts the rows of m. The result has Medoids and no Centres; Inertia is the sum of the distances, not squared.
// Rows without a distance between them count as one.
func (m KMedoids) Fit(ctx context.Context, d *Matrix) (*Result, error) {
	starts := m.Starts
	if starts == 0 {
		starts = 3
	}
	if m.Rows != nil {
		m.K, starts = len(m.Rows), 1
	}
	if m.K < 1 || m.K > d.N {
		return nil, badK(m.K, d.N)
	}
	distinct := 0
	for i := 0; i < d.N && distinct < m.K; i++ {
		first := true
		for j := range i {
			first = first && d.At(i, j) > 0
		}
		if first {
			distinct++
		}
	}
	if distinct < m.K {
		return nil, tidewatch.Errorf(tidewatch.CodeData, "%d clusters of %d distinct rows: ask for at most %d", m.K, distinct, distinct)
	}
	var best *Result
	for s := range starts {
		rows := append([]int(nil), m.Rows...)
		if rows == nil {
			rows = m.seeds(d, rand.New(rand.NewPCG(m.Seed, uint64(s))))
		}
		r, err := m.swap(ctx, d, rows)
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

func (m KMedoids) seeds(d *Matrix, rng *rand.Rand) []int {
	chosen, near := []int{rng.IntN(d.N)}, make([]float64, d.N)
	for i := range near {
		near[i] = math.Inf(1)
	}
	taken := map[int]bool{chosen[0]: true}
	for len(chosen) < m.K {
		total, last := 0.0, chosen[len(chosen)-1]
		for i := range near {
			near[i] = min(near[i], d.At(i, last))
			total += near[i]
		}
		at := draw(near, total, rng)
		for taken[at] { // only where nothing but equal rows is left
			at = (at + 1) % d.N
		}
		taken[at] = true
		chosen = append(chosen, at)
	}
	return chosen
}

// swap improves the medoids until no swap does (algorithm 3 of the paper).
func (m KMedoids) swap(ctx context.Context, d *Matrix, medoids []int) (*Result, error) {
	n, k := d.N, len(medoids)
	first, second := make([]int, n), make([]int, n) // numbers of the nearest and the next medoid
	d1, d2 := make([]float64, n), make([]float64, n)
	find := func(o int) {
		d1[o], d2[o], first[o], second[o] = math.Inf(1), math.Inf(1), -1, -1
		for a, x := range medoids {
			switch v := d.At(o, x); {
			case v < d1[o]:
				d2[o], second[o] = d1[o], first[o]
				d1[o], first[o] = v, a
			case v < d2[o]:
				d2[o], second[o] = v, a
			}
		}
	}
	is := make([]bool, n)
	for _, x := range medoids {
		is[x] = true
	}
	for o := range n {
		find(o)
	}
	removal := make([]float64, k) // what the sum grows by without each medoid
	measure := func() {
		clear(removal)
		for o := range n {
			if k > 1 {
				removal[first[o]] += d2[o] - d1[o]
			}
		}
	}
	measure()
	r := &Result{K: k}
	limit := m.MaxRounds
	if limit == 0 {
		limit = 100
	}
	loss := make([]float64, k)
	for last, x := n-1, 0; r.Rounds < limit; x = (x + 1) % n {
		if x == 0 {
			r.Rounds++
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if !is[x] {
			copy(loss, removal)
			gain := 0.0
			for o := range n {
				switch v := d.At(o, x); {
				case v < d1[o]:
					gain += v - d1[o]
					if k > 1 {
						loss[first[o]] += d1[o] - d2[o]
					} // with one medoid all rows change to x anyway
				case k == 1:
					gain += v - d1[o]
				case v < d2[o]:
					loss[first[o]] += v - d2[o]
				}
			}
			best := 0
			for a := range loss {
				if loss[a] < loss[best] {
					best = a
				}
			}
			if gain+loss[best] < -1e-12*sum(d1) {
				is[medoids[best]], is[x] = false, true
				medoids[best] = x
				for o := range n {
					if first[o] == best || second[o] == best || d.At(o, x) < d2[o] {
						find(o)
					}
				}
				measure()
				last = x
				continue
			}
		}
		if x == last {
			r.Converged = true
			break
		}
	}
	r.Labels, r.Medoids, r.Distances, r.Inertia = first, medoids, d1, sum(d1)
	for a, x := range medoids { // of equal rows the medoid stays with its own
		r.Labels[x] = a
	}
	return r, nil
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}
