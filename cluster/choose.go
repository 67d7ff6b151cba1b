package cluster

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Choice is how well a number of clusters fits.
type Choice struct {
	K          int
	Silhouette Score
	Stability  Score // adjusted Rand index between the clusters of all rows and those of rows drawn anew: 1 = always the same
}

// Chooser finds a number of clusters. Its zero value tries 2 to 10 on at most 2,000 rows.
type Chooser struct {
	Min, Max int    // 0 = 2 and 10
	Sample   int    // rows to try on; 0 = 2,000
	Draws    int    // of the bootstrap; 0 = 8
	Metric   Metric // of the silhouette; nil = Euclidean
	Seed     uint64
}

// What a number of clusters must reach beside its own neighbours: a mean adjusted Rand index, and a share of the best silhouette.
const (
	stable = .7
	apart  = .7
)

// Choose tries every number by fit, which must be a function of its arguments. It returns all that was tried and the one chosen. What shades
// from one end to the other parts into two halves better than into any other number, which says little of it: so the numbers looked at first
// are those whose silhouette is better than with one cluster less and not worse than with one more, at least .7 of the best, and whose
// clusters come back under bootstrap (Hennig 2007) to an adjusted Rand index of .7. Of these the one of the best silhouette is chosen; where
// there is none, the best silhouette of all stable numbers, or of all.
func (c Chooser) Choose(ctx context.Context, p Points, fit func(ctx context.Context, p Points, k int) (*Result, error)) (tried []Choice, best int, err error) {
	least, most, sample, draws, metric := c.Min, c.Max, c.Sample, c.Draws, c.Metric
	if least == 0 {
		least = 2
	}
	if most == 0 {
		most = 10
	}
	if sample == 0 {
		sample = 2000
	}
	if draws == 0 {
		draws = 8
	}
	if metric == nil {
		metric = Euclidean
	}
	rng := rand.New(rand.NewPCG(c.Seed, 2))
	if p.N > sample {
		p = p.Select(rng.Perm(p.N)[:sample])
	}
	most = min(most, p.distinct(most))
	if most < least {
		return nil, 0, tidewatch.Errorf(tidewatch.CodeData, "of %d rows only %d are distinct: too few to be parted into %d clusters", p.N, p.distinct(least), least)
	}
	again := make([][]int, draws) // the same rows for every number, so that numbers can be compared
	for b := range again {
		again[b] = make([]int, p.N)
		for i := range again[b] {
			again[b][i] = rng.IntN(p.N)
		}
	}
	for k := least; k <= most; k++ {
		r, err := fit(ctx, p, k)
		if err != nil {
			return nil, 0, err
		}
		choice := Choice{K: k}
		if choice.Silhouette, err = Silhouette(ctx, p, r.Labels, metric, 1000, c.Seed); err != nil {
			return nil, 0, err
		}
		agree, failed := make([]float64, draws), make([]error, draws)
		err = parallel(ctx, draws, func(b int) {
			agree[b] = math.NaN()
			q := p.Select(again[b])
			if q.distinct(k) < k {
				return
			}
			s, err := fit(ctx, q, k)
			if err != nil {
				failed[b] = err
				return
			}
			own := make([]int, len(again[b]))
			for a, i := range again[b] {
				own[a] = r.Labels[i]
			}
			agree[b] = Compare(own, s.Labels).AdjustedRand
		})
		if err = cmp.Or(errors.Join(failed...), err); err != nil {
			return nil, 0, err
		}
		rand := slices.DeleteFunc(agree, math.IsNaN)
		choice.Stability = Score{math.NaN(), math.NaN()}
		if len(rand) > 0 {
			mean, sd := moments(len(rand), func(i int) float64 { return rand[i] })
			choice.Stability = Score{mean, sd / math.Sqrt(float64(len(rand)))}
		}
		tried = append(tried, choice)
	}
	return tried, pick(tried), nil
}

func pick(tried []Choice) int {
	top := math.Inf(-1)
	for _, t := range tried {
		if t.Silhouette.Value > top {
			top = t.Silhouette.Value
		}
	}
	best := func(counts func(i int) bool) (k int) {
		most := math.Inf(-1)
		for i, t := range tried {
			if counts(i) && t.Silhouette.Value > most {
				k, most = t.K, t.Silhouette.Value
			}
		}
		return k
	}
	firm := func(i int) bool { return tried[i].Stability.Value >= stable }
	peak := func(i int) bool {
		v := tried[i].Silhouette.Value
		return i > 0 && i+1 < len(tried) && firm(i) && v >= apart*top && v > tried[i-1].Silhouette.Value && v >= tried[i+1].Silhouette.Value
	}
	for _, counts := range []func(int) bool{peak, firm, func(int) bool { return true }} {
		if k := best(counts); k > 0 {
			return k
		}
	}
	return tried[0].K
}

// Gap is the gap statistic (Tibshirani, Walther & Hastie 2001): by how much the logarithm of the sum of squares within k clusters is smaller
// than that of rows spread evenly over the box that holds p; its error is the paper's s. fit must be a function of its arguments.
func Gap(ctx context.Context, p Points, k, draws int, seed uint64, fit func(ctx context.Context, p Points, k int) (*Result, error)) (Score, error) {
	low, high := append([]float64(nil), p.Row(0)...), append([]float64(nil), p.Row(0)...)
	for i := range p.N {
		for j, v := range p.Row(i) {
			low[j], high[j] = min(low[j], v), max(high[j], v)
		}
	}
	r, err := fit(ctx, p, k)
	if err != nil {
		return Score{}, err
	}
	rng := rand.New(rand.NewPCG(seed, 3))
	logs := make([]float64, draws)
	for b := range logs {
		q := Points{N: p.N, Dim: p.Dim, Values: make([]float64, len(p.Values))}
		for i := range q.Values {
			j := i % p.Dim
			q.Values[i] = low[j] + rng.Float64()*(high[j]-low[j])
		}
		even, err := fit(ctx, q, k)
		if err != nil {
			return Score{}, err
		}
		logs[b] = math.Log(even.Inertia)
	}
	mean, sd := moments(draws, func(b int) float64 { return logs[b] })
	return Score{mean - math.Log(r.Inertia), sd * math.Sqrt(1+1/float64(draws))}, nil
}
