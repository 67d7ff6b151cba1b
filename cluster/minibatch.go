package cluster

import (
	"context"
	"math"
	"math/rand/v2"
)

// MiniBatch is k-means that moves its centres by a few rows at a time (Sculley 2010, Web-scale k-means clustering): near what KMeans finds,
// for data of which a pass is dear.
type MiniBatch struct {
	K      int
	Batch  int // rows at a time; 0 = 1024
	Rounds int // batches; 0 = as many as make ten passes, at least 100
	Starts int // of which the best on a sample is kept; 0 = 3
	Seed   uint64
}

// Fit parts the rows. All rows are given to their nearest centres at the end.
func (m MiniBatch) Fit(ctx context.Context, p Points) (*Result, error) {
	if err := p.checkK(m.K); err != nil {
		return nil, err
	}
	size := m.Batch
	if size == 0 {
		size = 1024
	}
	rounds := m.Rounds
	if rounds == 0 {
		rounds = max(100, 10*p.N/size)
	}
	starts := m.Starts
	if starts == 0 {
		starts = 3
	}
	var best [][]float64
	least := math.Inf(1)
	for s := range starts {
		rng := rand.New(rand.NewPCG(m.Seed, uint64(s)))
		sample := p
		if p.N > 3*size {
			sample = p.Select(rng.Perm(p.N)[:max(3*size, 3*m.K)])
			if sample.distinct(m.K) < m.K {
				sample = p
			}
		}
		first, err := plusPlus(ctx, sample, m.K, rng)
		if err != nil {
			return nil, err
		}
		centres, seen := make([][]float64, m.K), make([]float64, m.K)
		for a := range centres {
			centres[a] = append([]float64(nil), first[a]...)
		}
		batch, label := make([]int, size), make([]int, size)
		for range rounds {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			for k := range batch {
				batch[k] = rng.IntN(p.N)
				label[k], _ = nearest(p.Row(batch[k]), centres)
			}
			for k, i := range batch {
				a := label[k]
				seen[a]++
				for j, v := range p.Row(i) {
					centres[a][j] += (v - centres[a][j]) / seen[a]
				}
			}
		}
		sum := 0.0
		for i := range sample.N {
			_, d := nearest(sample.Row(i), centres)
			sum += d
		}
		if sum /= float64(sample.N); sum < least {
			least, best = sum, centres
		}
	}
	return KMeans{Centres: best, MaxRounds: 1}.Fit(ctx, p)
}

// nearest is the nearest centre and the squared distance from it.
func nearest(row []float64, centres [][]float64) (int, float64) {
	best, least := 0, math.Inf(1)
	for a, c := range centres {
		if d := squared(row, c); d < least {
			best, least = a, d
		}
	}
	return best, least
}
