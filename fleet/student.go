package fleet

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wider is by how much an interval of an error must be wider that is known from n independent past errors only, than one of a normal
// distribution that is known: by Student's distribution, and for the doubt of the mean (Hahn & Meeker 1991, Statistical Intervals, section 4.7; at the
// central 80 %).
func Wider(n float64) float64 {
	n = max(n, 3)
	return distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.9) / Z(.9) * math.Sqrt(1+1/n)
}
