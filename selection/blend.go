package selection

import (
	"github.com/tidewatch/tidewatch/conform"
)

// blend combines the candidates' forecasts of the k-th row, all at the levels of conform.Grid, into mean and quantiles. Amounts are combined
// by averaging quantiles (Vincentization: Lichtendahl, Grushka-Cockayne & Winkler 2013), which keeps the shape and the sharpness;
// counts by averaging probabilities (the linear pool), which keeps them whole numbers.
func blend(answers []answer, k int, weight []float64, counts bool, steps int, mean, q []float64) {
	width := len(q) / steps
	for h := range steps {
		cell := q[h*width : (h+1)*width]
		mean[h] = 0
		clear(cell)
		for m, a := range answers {
			if weight[m] == 0 {
				continue
			}
			at := a.at(k)
			mean[h] += weight[m] * a.forecast.Rows[at].Mean[h]
			if !counts {
				for l, v := range a.forecast.At(at, h) {
					cell[l] += weight[m] * v
				}
			}
		}
		if counts {
			pool(answers, k, weight, h, cell)
		}
	}
}

// grid is conform.Grid, for reading.
var grid = conform.Grid()

// gridMass is the probability that each level of conform.Grid stands for: half way to its neighbours.
var gridMass = func() []float64 {
	g := grid
	mass := make([]float64, len(g))
	for i := range g {
		lo, hi := 0.0, 1.0
		if i > 0 {
			lo = (g[i-1] + g[i]) / 2
		}
		if i < len(g)-1 {
			hi = (g[i] + g[i+1]) / 2
		}
		mass[i] = hi - lo
	}
	return mass
}()

// pooled is what is left of a distribution to be pooled: values at the last levels of conform.Grid, ascending, and its weight.
type pooled struct {
	values []float64
	weight float64
}

// pool fills cell with the quantiles of the mixture of the members' distributions at step h.
func pool(answers []answer, row int, weight []float64, h int, cell []float64) {
	var some [8]pooled
	members := some[:0]
	for m, a := range answers {
		if weight[m] > 0 {
			members = append(members, pooled{a.forecast.At(a.at(row), h), weight[m]})
		}
	}
	k, sum, last := 0, 0.0, 0.0
	for k < len(cell) {
		least := -1
		for m := range members {
			if v := members[m].values; len(v) > 0 && (least < 0 || v[0] < last) {
				least, last = m, v[0]
			}
		}
		if least < 0 {
			break
		}
		m := &members[least]
		sum += m.weight * gridMass[len(gridMass)-len(m.values)]
		m.values = m.values[1:]
		for k < len(cell) && sum >= grid[k]-1e-12 {
			cell[k] = last
			k++
		}
	}
	for ; k < len(cell); k++ {
		cell[k] = last
	}
}
