package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Score is a figure with its standard error.
type Score struct{ Value, Error float64 }

// Silhouette is how much nearer rows are to their own cluster than to the next: -1 to 1, higher is better (Rousseeuw 1987). From so many
// rows drawn at random, 0 = all, whose standard error it states; noise counts for nothing, the only row of a cluster as 0. It is NaN where
// fewer than two clusters have rows.
func Silhouette(ctx context.Context, p Points, labels []int, d Metric, sample int, seed uint64) (Score, error) {
	each, err := Silhouettes(ctx, p, labels, d, sample, seed)
	if err != nil || len(each) == 0 {
		return Score{math.NaN(), math.NaN()}, err
	}
	mean, sd := moments(len(each), func(i int) float64 { return each[i] })
	return Score{mean, sd / math.Sqrt(float64(len(each)))}, nil
}

// Silhouettes is the silhouettes of the rows of a sample (0 = all), in their order, noise left out. It is empty where fewer than two
// clusters have rows.
func Silhouettes(ctx context.Context, p Points, labels []int, d Metric, sample int, seed uint64) ([]float64, error) {
	var rows []int
	for i, l := range labels {
		if l >= 0 {
			rows = append(rows, i)
		}
	}
	if sample > 0 && len(rows) > sample {
		rng := rand.New(rand.NewPCG(seed, 1))
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		rows = rows[:sample]
		slices.Sort(rows)
	}
	k := 0
	for _, i := range rows {
		k = max(k, labels[i]+1)
	}
	size, used := make([]int, k), 0
	for _, i := range rows {
		if size[labels[i]]++; size[labels[i]] == 1 {
			used++
		}
	}
	if used < 2 {
		return nil, nil
	}
	s := make([]float64, len(rows))
	err := parallel(ctx, len(rows), func(a int) {
		own := labels[rows[a]]
		if size[own] == 1 {
			return
		}
		sums := make([]float64, k)
		for b, j := range rows {
			if b != a {
				sums[labels[j]] += d(p.Row(rows[a]), p.Row(j))
			}
		}
		inside, next := sums[own]/float64(size[own]-1), math.Inf(1)
		for l, v := range sums {
			if l != own && size[l] > 0 {
				next = min(next, v/float64(size[l]))
			}
		}
		if most := max(inside, next); most > 0 {
			s[a] = (next - inside) / most
		}
	})
	return s, err
}

// CalinskiHarabasz is the variance between clusters over that within them, each by its degrees of freedom: higher is better (Caliński &
// Harabasz 1974).
func CalinskiHarabasz(p Points, r *Result) float64 {
	mean, n := make([]float64, p.Dim), 0
	for i, l := range r.Labels {
		if l >= 0 {
			add(mean, p.Row(i))
			n++
		}
	}
	for j := range mean {
		mean[j] /= float64(n)
	}
	var c Result
	c.K, c.Labels = r.K, r.Labels
	c.Centre(p)
	between := 0.0
	for a, size := range c.Sizes() {
		if size > 0 {
			between += float64(size) * squared(c.Centres[a], mean)
		}
	}
	return between / c.Inertia * float64(n-r.K) / float64(r.K-1)
}

// DaviesBouldin is how wide clusters are for their distance, of the worst neighbour of each: lower is better (Davies & Bouldin 1979).
func DaviesBouldin(p Points, r *Result) float64 {
	var c Result
	c.K, c.Labels = r.K, r.Labels
	c.Centre(p)
	width, sizes := make([]float64, r.K), c.Sizes()
	for i, l := range r.Labels {
		if l >= 0 {
			width[l] += c.Distances[i] / float64(sizes[l])
		}
	}
	total := 0.0
	for a := range r.K {
		worst := 0.0
		for b := range r.K {
			if a != b {
				worst = max(worst, (width[a]+width[b])/Euclidean(c.Centres[a], c.Centres[b]))
			}
		}
		total += worst
	}
	return total / float64(r.K)
}

// Agreement compares two partings of the same rows; labels may be any numbers.
type Agreement struct {
	Rand         float64 // share of pairs that both put together, or both part (Rand 1971)
	AdjustedRand float64 // Rand above chance: 0 = chance, 1 = the same (Hubert & Arabie 1985)
	Mutual       float64 // normalised mutual information, by the mean of the entropies
	Homogeneity  float64 // 1 where each cluster of b lies in one of a (Rosenberg & Hirschberg 2007)
	Completeness float64 // 1 where each cluster of a lies in one of b
	Purity       float64 // share of rows in the largest part of a within their cluster of b
}

// Compare compares a with b.
func Compare(a, b []int) Agreement {
	cells, left, right := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for i := range a {
		cells[[2]int{a[i], b[i]}]++
		left[a[i]]++
		right[b[i]]++
	}
	n := float64(len(a))
	pairs := func(m float64) float64 { return m * (m - 1) / 2 }
	// sums over a map are made of whole numbers, or sorted, so that its order does not matter
	var together, byA, byB float64
	most := map[int]int{}
	counts := map[bool][]int{}
	joint := make([][3]int, 0, len(cells))
	for key, c := range cells {
		together += pairs(float64(c))
		most[key[1]] = max(most[key[1]], c)
		joint = append(joint, [3]int{c, left[key[0]], right[key[1]]})
	}
	slices.SortFunc(joint, func(x, y [3]int) int { return slices.Compare(x[:], y[:]) })
	for _, c := range left {
		byA += pairs(float64(c))
		counts[true] = append(counts[true], c)
	}
	for _, c := range right {
		byB += pairs(float64(c))
		counts[false] = append(counts[false], c)
	}
	entropy := func(c []int) float64 {
		slices.Sort(c)
		h := 0.0
		for _, m := range c {
			h -= float64(m) / n * math.Log(float64(m)/n)
		}
		return h
	}
	ha, hb, mi := entropy(counts[true]), entropy(counts[false]), 0.0
	for _, c := range joint {
		mi += float64(c[0]) / n * math.Log(n*float64(c[0])/(float64(c[1])*float64(c[2])))
	}
	pure := 0
	for _, c := range most {
		pure += c
	}
	ratio := func(x, y float64) float64 {
		if y <= 0 {
			return 1
		}
		return x / y
	}
	all, expected := pairs(n), 0.0
	if all > 0 {
		expected = byA * byB / all
	}
	return Agreement{
		Rand:         ratio(all+2*together-byA-byB, all),
		AdjustedRand: ratio(together-expected, (byA+byB)/2-expected),
		Mutual:       ratio(mi, (ha+hb)/2),
		Homogeneity:  ratio(mi, ha),
		Completeness: ratio(mi, hb),
		Purity:       float64(pure) / n,
	}
}
