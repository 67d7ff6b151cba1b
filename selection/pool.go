package selection

import "math"

// pooling is what it takes to find the shares of a linear pool: how its continuous ranked probability score at past origins depends on them. That of
// a mixture with shares w is w·miss - ½ w'·apart·w, where miss is E|X-y| of each member and apart is E|X-Z| of each two, summed over the cells
// (Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation, JASA 102, equation 21). Members that err in different ways
// are so worth more than their own losses tell. Counts are mixed so (blend), and cells count by their size.
type pooling struct {
	miss  [][]float64   // [window][method]
	apart [][][]float64 // [window][method][method]
	cells []int         // [window] looked at
}

const (
	pooledCells  = 20_000 // looked at, about
	fewestPooled = 200    // of a window, for it to count
	poolRounds   = 3000   // of exponentiated gradient (Kivinen & Warmuth 1997)
	poolRate     = 1
	poolPrior    = .02 // of equal shares
	leastShare   = .01 // smaller ones are left out
)

// pooling looks at an even sample of the cells that all candidates forecast.
func (t *trials) pooling() *pooling {
	windows, n := len(t.windows), len(t.windows[0].actual)
	l := &pooling{miss: make([][]float64, windows), apart: make([][][]float64, windows), cells: make([]int, windows)}
	all := 0
	for _, win := range t.windows {
		for _, y := range win.actual {
			all += len(y)
		}
	}
	every, at := all/pooledCells+1, 0
	for w, win := range t.windows {
		l.miss[w], l.apart[w] = make([]float64, t.candidate), square(t.candidate)
		for i := range n {
			if !win.complete(i) {
				continue
			}
			for h, y := range win.actual[i] {
				if at++; at%every != 0 || math.IsNaN(y) {
					continue
				}
				l.cells[w]++
				for m, a := range win.answers {
					q := a.forecast.At(i, h)
					for k, v := range q {
						l.miss[w][m] += gridMass[k] * math.Abs(v-y)
					}
					for k := range m + 1 {
						d := distance(q, win.answers[k].forecast.At(i, h))
						l.apart[w][m][k] += d
						if k < m {
							l.apart[w][k][m] += d
						}
					}
				}
			}
		}
	}
	return l
}

func square(n int) [][]float64 {
	s := make([][]float64, n)
	for i := range s {
		s[i] = make([]float64, n)
	}
	return s
}

// complete reports whether every candidate forecast series i.
func (w window) complete(i int) bool {
	for _, a := range w.answers {
		if !a.usable(i) {
			return false
		}
	}
	return true
}

// distance is E|X-Z|, the integral of F(1-G) + G(1-F), of two distributions given by ascending quantiles at the levels of conform.Grid.
func distance(x, z []float64) float64 {
	sum, f, g, last := 0.0, 0.0, 0.0, min(x[0], z[0])
	for i, k := 0, 0; i < len(x) || k < len(z); {
		first := k == len(z) || i < len(x) && x[i] <= z[k]
		v := 0.0
		if first {
			v = x[i]
		} else {
			v = z[k]
		}
		sum += (v - last) * (f*(1-g) + g*(1-f))
		last = v
		if first {
			f += gridMass[i]
			i++
		} else {
			g += gridMass[k]
			k++
		}
	}
	return sum
}

// shares are those of the methods in the best linear pool of all windows but one (-1: of all), summing to about 1; nil where too few cells tell.
func (l *pooling) shares(without int) []float64 {
	methods := len(l.miss[0])
	miss, apart, cells := make([]float64, methods), square(methods), 0
	for w := range l.miss {
		if w == without || l.cells[w] < fewestPooled {
			continue
		}
		cells += l.cells[w]
		for m := range miss {
			miss[m] += l.miss[w][m]
			for k := range methods {
				apart[m][k] += l.apart[w][m][k]
			}
		}
	}
	unit, equal := 0.0, 1/float64(methods)
	for _, v := range miss {
		unit += v * equal
	}
	if cells == 0 || unit == 0 {
		return nil
	}
	share, slope := make([]float64, methods), make([]float64, methods)
	for m := range share {
		share[m] = equal
	}
	for range poolRounds {
		for m := range slope {
			slope[m] = miss[m]
			for k, s := range share {
				slope[m] -= apart[m][k] * s
			}
			slope[m] = slope[m]/unit + poolPrior*(share[m]-equal)
		}
		sum := 0.0
		for m := range share {
			share[m] *= math.Exp(-poolRate * slope[m])
			sum += share[m]
		}
		for m := range share {
			share[m] /= sum
		}
	}
	for m, s := range share {
		if s < leastShare {
			share[m] = 0
		}
	}
	return share
}

// learnShares lets shares decide, learnt of all windows and without each of them, and returns the former; nil where too little is known.
func (r *relative) learnShares(l *pooling) []float64 {
	shares := make([][]float64, 0, 1+r.windows)
	for without := -1; without < r.windows; without++ {
		s := l.shares(without)
		if s == nil {
			return nil
		}
		shares = append(shares, s)
	}
	r.shares = shares
	return shares[0]
}
