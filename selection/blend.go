package selection

import (
	"slices"

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

type atom struct{ value, mass float64 }

// gridMass is the probability that each level of conform.Grid stands for: half way to its neighbours.
var gridMass = func() []float64 {
	g := conform.Grid()
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

// pool fills cell with the quantiles of the mixture of the members' distributions at step h.
func pool(answers []answer, row int, weight []float64, h int, cell []float64) {
	atoms := make([]atom, 0, 4*len(gridMass))
	for m, a := range answers {
		if weight[m] > 0 {
			for l, v := range a.forecast.At(a.at(row), h) {
				atoms = append(atoms, atom{v, weight[m] * gridMass[l]})
			}
		}
	}
	slices.SortFunc(atoms, func(a, b atom) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	grid := conform.Grid()
	k, sum := 0, 0.0
	for _, a := range atoms {
		sum += a.mass
		for k < len(cell) && sum >= grid[k]-1e-12 {
			cell[k] = a.value
			k++
		}
	}
	for ; k < len(cell); k++ {
		cell[k] = atoms[len(atoms)-1].value
	}
}
