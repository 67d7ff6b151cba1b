package slope

import (
	"cmp"
	"math"
	"slices"
)

// Adjust is p-values corrected for the number of questions (Benjamini & Hochberg 1995): of those at or below q, no more than a share of q
// is expected to be false. Unknown ones (NaN) stay and do not count.
func Adjust(p []float64) []float64 {
	order := make([]int, 0, len(p))
	out := make([]float64, len(p))
	for i, v := range p {
		out[i] = v
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[b], p[a]) }) // largest first
	least := 1.
	for k, i := range order {
		least = min(least, p[i]*float64(len(order))/float64(len(order)-k))
		out[i] = least
	}
	return out
}
