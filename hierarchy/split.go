package hierarchy

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// split sends forecasts of one level's nodes down the chain of levels that split it, each node's to its children in proportion.
type split struct {
	h     *Hierarchy
	below []int     // levels, coarsest first; the first is the one whose forecasts are kept
	tree  *tree     // for its parents
	past  []float64 // [node] proportions are of these; nil = of the forecasts themselves
}

func newSplit(h *Hierarchy, m Method, known Known) (*split, error) {
	through := -1
	if m == MiddleOut && known.Level != "" {
		for l := range h.levels {
			if h.levels[l].Name == known.Level {
				through = l
			}
		}
		if through < 0 {
			var names []string
			for _, l := range h.levels {
				names = append(names, l.Name)
			}
			return nil, tidewatch.Errorf(tidewatch.CodeUsage, "reconciling by mo:%s: there is no such level; the levels are %q", known.Level, names)
		}
	}
	chain := h.chain(through)
	s := &split{h: h, below: chain}
	if m == MiddleOut && len(chain) > 0 {
		at := len(chain) / 2
		for k, l := range chain {
			if l == through {
				at = k
			}
		}
		s.below = chain[at:]
	}
	s.tree = newTree(h, s.below, make([]float64, h.Len()))
	if m == TopDownAverage {
		s.past = make([]float64, h.Len())
		for v, y := range known.Past.Actual {
			for _, x := range y {
				if x == x {
					s.past[v] += x / float64(len(y))
				}
			}
		}
	}
	return s, nil
}

// project implements projection. Children that foresee nothing together share evenly by their number of series. A node without a forecast
// takes the sum of its children's.
func (p *split) project(y, b []float64, s *scratch) {
	n := p.h.Bottom()
	weight, total, value := s.a, s.b, s.e
	of := y
	if p.past != nil {
		of = p.past
	}
	clear(total[:n])
	add := func(v int) {
		if up := p.tree.parent[v]; up >= 0 {
			total[up] += weight[v]
		}
	}
	for v := n; v < p.h.Len(); v++ {
		weight[v] = max(of[v], 0)
		add(v)
	}
	p.tree.up(func(v int) {
		weight[v] = max(of[v], 0)
		if math.IsNaN(of[v]) {
			weight[v] = total[v]
		}
		add(v)
	})
	give := func(v int) {
		up := p.tree.parent[v]
		switch {
		case up < 0:
			value[v] = y[v]
			if math.IsNaN(y[v]) {
				value[v] = total[v]
			}
		case total[up] > 0:
			value[v] = value[up] * weight[v] / total[up]
		default:
			value[v] = value[up] * float64(p.h.size[v]) / float64(p.h.size[up])
		}
	}
	for _, l := range p.below {
		for v := p.h.first[l]; v < p.h.first[l+1]; v++ {
			give(v)
		}
	}
	for v := n; v < p.h.Len(); v++ {
		give(v)
		b[v-n] = value[v]
	}
}
