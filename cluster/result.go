package cluster

import (
	"context"
	"math"
)

// Noise is the label of a row that belongs to no cluster.
const Noise = -1

// Result is what a method found.
type Result struct {
	K           int
	Labels      []int       // cluster of each row from 0, [Noise] for none
	Centres     [][]float64 // of each cluster, in the space of the rows
	Medoids     []int       // of KMedoids: the row in the middle of each cluster; nil otherwise
	Distances   []float64   // of each row from its centre; NaN for noise
	Probability []float64   // of Mixture and HDBSCAN: how surely each row belongs to its cluster; nil otherwise
	Inertia     float64     // sum of the squared distances; of KMedoids and KShape see there
	LogLik      float64     // of Mixture: mean log-likelihood of a row
	BIC, AIC    float64     // of Mixture: smaller is better
	Rounds      int         // iterations of the best start
	Converged   bool        // it ended because nothing changed, not because of the limit of iterations
}

// Sizes is how many rows each cluster has.
func (r *Result) Sizes() []int {
	n := make([]int, r.K)
	for _, l := range r.Labels {
		if l >= 0 {
			n[l]++
		}
	}
	return n
}

// renumber gives clusters the order in which they first appear among the rows.
func (r *Result) renumber() {
	to := make([]int, r.K)
	for i := range to {
		to[i] = -1
	}
	next := 0
	for _, l := range r.Labels {
		if l >= 0 && to[l] < 0 {
			to[l] = next
			next++
		}
	}
	for l := range to {
		if to[l] < 0 { // no row chose it
			to[l] = next
			next++
		}
	}
	for i, l := range r.Labels {
		if l >= 0 {
			r.Labels[i] = to[l]
		}
	}
	if r.Centres != nil {
		c := make([][]float64, r.K)
		for l := range to {
			c[to[l]] = r.Centres[l]
		}
		r.Centres = c
	}
	if r.Medoids != nil {
		m := make([]int, r.K)
		for l := range to {
			m[to[l]] = r.Medoids[l]
		}
		r.Medoids = m
	}
}

// Centre fills in the means of the clusters of labels 0 to k-1 and the Euclidean distances from them: for methods that know labels only.
func (r *Result) Centre(p Points) {
	r.Centres = make([][]float64, r.K)
	for c := range r.Centres {
		r.Centres[c] = make([]float64, p.Dim)
	}
	n := r.Sizes()
	for i, l := range r.Labels {
		if l >= 0 {
			add(r.Centres[l], p.Row(i))
		}
	}
	for c := range r.Centres {
		for j := range r.Centres[c] {
			r.Centres[c][j] /= float64(n[c])
		}
	}
	r.Distances, r.Inertia = make([]float64, p.N), 0
	for i, l := range r.Labels {
		if r.Distances[i] = math.NaN(); l >= 0 {
			d := squared(p.Row(i), r.Centres[l])
			r.Inertia += d
			r.Distances[i] = math.Sqrt(d)
		}
	}
}

func add(dst, x []float64) {
	for j, v := range x {
		dst[j] += v
	}
}

// Extend gives each row of p to the nearest of the result's centres: for clusters that were found in a sample of p. Probabilities are of the
// sample only and are dropped.
func (r *Result) Extend(ctx context.Context, p Points, d Metric) (*Result, error) {
	out := &Result{K: r.K, Labels: make([]int, p.N), Centres: r.Centres, Distances: make([]float64, p.N), Rounds: r.Rounds, Converged: r.Converged}
	if r.K == 0 {
		for i := range out.Labels {
			out.Labels[i], out.Distances[i] = Noise, math.NaN()
		}
		return out, nil
	}
	err := each(ctx, p.N, func(_, from, to int) {
		for i := from; i < to; i++ {
			out.Distances[i] = math.Inf(1)
			for a, c := range r.Centres {
				if e := d(p.Row(i), c); e < out.Distances[i] {
					out.Labels[i], out.Distances[i] = a, e
				}
			}
		}
	})
	for _, e := range out.Distances {
		out.Inertia += e * e
	}
	out.renumber()
	return out, err
}
