package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Barycentre is the series from which the sum of squared DTW distances to all rows is small (Petitjean, Ketterlin & Gançarski 2011): from
// start, every value is moved to the mean of the values that warping pairs it with, until a round lessens the sum by less than tolerance, at
// most so many rounds.
func (d DTW) Barycentre(rows [][]float64, start []float64, rounds int, tolerance float64) []float64 {
	c := slices.Clone(start)
	best, least := c, math.Inf(1)
	for range rounds {
		sum, n, cost := make([]float64, len(c)), make([]float64, len(c)), 0.0
		for _, r := range rows {
			path, e := d.Path(c, r)
			cost += e * e
			for _, at := range path {
				sum[at[0]] += r[at[1]]
				n[at[0]]++
			}
		}
		gain := least - cost
		if cost < least {
			best, least = c, cost
		}
		if gain < tolerance {
			break
		}
		c = slices.Clone(c)
		for j := range c {
			if n[j] > 0 {
				c[j] = sum[j] / n[j]
			}
		}
	}
	return best
}

// Path is the pairs of places that warping pairs, from the first of both to the last of both, and the distance.
func (d DTW) Path(a, b []float64) (path [][2]int, distance float64) {
	n, m := len(a), len(b)
	w := m + 1
	table := make([]float64, (n+1)*w)
	for k := range table {
		table[k] = math.Inf(1)
	}
	table[0] = 0
	for i := 1; i <= n; i++ {
		lo, hi := d.band(i, n, m)
		for j := lo; j <= hi; j++ {
			e := a[i-1] - b[j-1]
			table[i*w+j] = e*e + min(table[(i-1)*w+j-1], table[(i-1)*w+j], table[i*w+j-1])
		}
	}
	for i, j := n, m; i > 0 && j > 0; {
		path = append(path, [2]int{i - 1, j - 1})
		switch diagonal, up, left := table[(i-1)*w+j-1], table[(i-1)*w+j], table[i*w+j-1]; {
		case diagonal <= up && diagonal <= left:
			i, j = i-1, j-1
		case up <= left:
			i--
		default:
			j--
		}
	}
	slices.Reverse(path)
	return path, math.Sqrt(table[n*w+m])
}

// DTWMeans is k-means under dynamic time warping, with barycentres as centres. A round takes time in proportion to rows x length x the
// width of the band.
type DTWMeans struct {
	K         int
	Radius    int // of the band; 0 = a tenth of the length, below 0 = no band
	Starts    int // 0 = 1
	MaxRounds int // 0 = 30
	Averaging int // rounds of each barycentre; 0 = 10 with chosen starts, 100 with given ones
	Rows      []int
	Seed      uint64
}

// Fit parts the rows. Distances are warped ones, Inertia is the sum of their squares.
func (m DTWMeans) Fit(ctx context.Context, p Points) (*Result, error) {
	averaging := m.Averaging
	if averaging == 0 {
		averaging = 10
	}
	if m.Rows != nil {
		m.K, m.Starts = len(m.Rows), 1
		if m.Averaging == 0 {
			averaging = 100
		}
	}
	if err := p.checkK(m.K); err != nil {
		return nil, err
	}
	d := DTW{Radius: m.Radius}
	if m.Radius == 0 {
		d.Radius = max(1, p.Dim/10)
	}
	limit := m.MaxRounds
	if limit == 0 {
		limit = 30
	}
	var best *Result
	for s := range max(1, m.Starts) {
		r := &Result{K: m.K, Labels: make([]int, p.N), Distances: make([]float64, p.N)}
		if m.Rows != nil {
			for _, i := range m.Rows {
				r.Centres = append(r.Centres, slices.Clone(p.Row(i)))
			}
		} else {
			start, err := plusPlus(ctx, p, m.K, rand.New(rand.NewPCG(m.Seed, uint64(s))))
			if err != nil {
				return nil, err
			}
			for _, c := range start {
				r.Centres = append(r.Centres, slices.Clone(c))
			}
		}
		for i := range r.Labels {
			r.Labels[i] = Noise
		}
		for r.Rounds = 1; ; r.Rounds++ {
			moved, err := d.assign(ctx, p, r)
			if err != nil {
				return nil, err
			}
			if r.Converged = moved == 0; r.Converged || r.Rounds == limit {
				break
			}
			members := make([][][]float64, m.K)
			for i, l := range r.Labels {
				members[l] = append(members[l], p.Row(i))
			}
			if err := parallel(ctx, m.K, func(a int) {
				if len(members[a]) > 0 {
					r.Centres[a] = d.Barycentre(members[a], r.Centres[a], averaging, 1e-5)
				}
			}); err != nil {
				return nil, err
			}
			for a := range members {
				if len(members[a]) == 0 {
					far := 0
					for i, v := range r.Distances {
						if v > r.Distances[far] {
							far = i
						}
					}
					r.Centres[a], r.Distances[far] = slices.Clone(p.Row(far)), 0
				}
			}
		}
		if best == nil || r.Inertia < best.Inertia {
			best = r
		}
	}
	if math.IsInf(best.Inertia, 0) || math.IsNaN(best.Inertia) {
		return nil, tidewatch.Errorf(tidewatch.CodeNumeric, "values are too large to be warped: bring rows to mean 0 and variance 1 first")
	}
	best.renumber()
	return best, nil
}

// assign gives each row to the centre nearest by warping.
func (d DTW) assign(ctx context.Context, p Points, r *Result) (moved int, err error) {
	s := d.NewSearch(r.Centres)
	changed := make([]bool, p.N)
	err = parallel(ctx, p.N, func(i int) {
		l, e, _ := s.Nearest(p.Row(i))
		changed[i] = l != r.Labels[i]
		r.Labels[i], r.Distances[i] = max(0, l), e
	})
	r.Inertia = 0
	for i, e := range r.Distances {
		r.Inertia += e * e
		if changed[i] {
			moved++
		}
	}
	return moved, err
}
