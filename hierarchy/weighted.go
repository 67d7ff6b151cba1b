package hierarchy

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/tidewatch/tidewatch"
)

// weighted solves generalised least squares with uncorrelated errors: of all coherent vectors the one whose squared distances from the base
// forecasts, each divided by its variance, sum to least (Wickramasuriya, Athanasopoulos & Hyndman 2019, with diagonal W). A base forecast
// of variance 0 is kept wherever others of variance 0 do not forbid it; one of infinite variance has no say.
type weighted struct {
	h     *Hierarchy
	tree  *tree
	cross []int      // levels off the tree's chain
	nodes []crossing // their nodes that have a say
	solve mat.Cholesky
	trace float64 // mean diagonal of the crossing nodes' system
}

// crossing is a node of a level off the chain.
type crossing struct {
	node    int
	members []int32
}

// densest is how many nodes may cross the chain: their system is dense. Beyond it conjugate gradients solve the same system.
const densest = 2500

// newWeighted prepares the solution for the variances of all nodes' base forecasts.
func newWeighted(h *Hierarchy, variance []float64) (*weighted, error) {
	for v, x := range variance {
		if !(x >= 0) || v >= h.Bottom() && math.IsInf(x, 1) {
			return nil, tidewatch.Errorf(tidewatch.CodeInternal, "the base forecast of %q has the variance %g", h.ids[v], x)
		}
	}
	w := &weighted{h: h, tree: newTree(h, h.chain(-1), variance)}
	on := map[int]bool{}
	for _, l := range w.tree.chain {
		on[l] = true
	}
	for l := range h.levels {
		if on[l] {
			continue
		}
		w.cross = append(w.cross, l)
		for g, members := range h.members(l) {
			if v := h.first[l] + g; !math.IsInf(variance[v], 1) {
				w.nodes = append(w.nodes, crossing{v, members})
			}
		}
	}
	if n := len(w.nodes); n > 0 && n <= densest {
		return w, w.factorise()
	}
	return w, nil
}

// factorise makes the system of the crossing nodes: the covariance the tree leaves their sums with, and their own variances.
func (w *weighted) factorise() error {
	n := len(w.nodes)
	system := mat.NewSymDense(n, nil)
	r, s := make([]float64, w.h.Len()-w.h.Bottom()), w.scratch()
	column := make([]float64, w.h.Bottom())
	for j, c := range w.nodes {
		clear(r)
		for _, i := range c.members {
			r[i] = 1
		}
		w.tree.spread(r, s.a, s.b)
		w.sumCross(r, column)
		for i := range j + 1 {
			system.SetSym(i, j, column[w.nodes[i].node])
		}
		w.trace += column[c.node] / float64(n)
	}
	for j, c := range w.nodes {
		system.SetSym(j, j, system.At(j, j)+w.tree.variance[c.node]+w.jitter())
	}
	if !w.solve.Factorize(system) {
		return tidewatch.Errorf(tidewatch.CodeNumeric, "the %d nodes that cross the tree make a system that cannot be solved", n)
	}
	return nil
}

// jitter keeps nodes that repeat each other, with errors of variance 0, from making the system singular.
func (w *weighted) jitter() float64 { return 1e-12*w.trace + math.SmallestNonzeroFloat64 }

// sumCross sums r over the nodes of the crossing levels.
func (w *weighted) sumCross(r, sum []float64) {
	for _, l := range w.cross {
		nodes := sum[w.h.first[l]:w.h.first[l+1]]
		clear(nodes)
		for i, g := range w.h.levels[l].Of {
			if g >= 0 {
				nodes[g] += r[i]
			}
		}
	}
}

// scratch is memory for one goroutine.
type scratch struct{ a, b, e, y, r []float64 }

func (w *weighted) scratch() *scratch {
	n, m := w.h.Len(), w.h.Len()-w.h.Bottom()
	return &scratch{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, m)}
}

// move is by how much each bottom series moves if the base forecasts of the nodes above the bottom differ by e from the bottom's sums.
func (w *weighted) move(e, delta []float64, s *scratch) {
	w.tree.smooth(e, delta, s.a, s.b)
	if len(w.nodes) == 0 {
		return
	}
	w.sumCross(delta, s.a)
	right := make([]float64, len(w.nodes))
	for k, c := range w.nodes {
		right[k] = e[c.node] - s.a[c.node]
	}
	if len(w.nodes) <= densest {
		v := mat.NewVecDense(len(right), right)
		_ = w.solve.SolveVecTo(v, v) // an ill condition shows in the accuracy of what crosses alone: sums stay exact
	} else {
		w.conjugate(right, s)
	}
	for i := range s.r {
		s.r[i] = 0
	}
	for k, c := range w.nodes {
		for _, i := range c.members {
			s.r[i] += right[k]
		}
	}
	w.tree.spread(s.r, s.a, s.b)
	for i, d := range s.r {
		delta[i] += d
	}
}

// conjugate solves the system of the crossing nodes by conjugate gradients (Hestenes & Stiefel 1952), preconditioned by their variances'
// diagonal, in place.
func (w *weighted) conjugate(x []float64, s *scratch) {
	n := len(x)
	diagonal := make([]float64, n)
	for k, c := range w.nodes {
		diagonal[k] = w.tree.variance[c.node] + w.jitter()
		for _, i := range c.members {
			diagonal[k] += w.tree.variance[w.h.Bottom()+int(i)]
		}
		if diagonal[k] == 0 {
			diagonal[k] = 1
		}
	}
	apply := func(p, to []float64) {
		clear(s.r)
		for k, c := range w.nodes {
			for _, i := range c.members {
				s.r[i] += p[k]
			}
		}
		w.tree.spread(s.r, s.a, s.b)
		w.sumCross(s.r, s.a)
		for k, c := range w.nodes {
			to[k] = s.a[c.node] + w.tree.variance[c.node]*p[k]
		}
	}
	residual, p, ap := x, make([]float64, n), make([]float64, n)
	sol := make([]float64, n)
	rho, start := 0.0, 0.0
	for k, r := range residual {
		p[k] = r / diagonal[k]
		rho += r * p[k]
	}
	start = rho
	for range 4 * n {
		if !(rho > 1e-24*start) {
			break
		}
		apply(p, ap)
		pap := 0.0
		for k := range p {
			pap += p[k] * ap[k]
		}
		if !(pap > 0) {
			break
		}
		step, next := rho/pap, 0.0
		for k := range p {
			sol[k] += step * p[k]
			residual[k] -= step * ap[k]
			next += residual[k] * residual[k] / diagonal[k]
		}
		for k := range p {
			p[k] = residual[k]/diagonal[k] + next/rho*p[k]
		}
		rho = next
	}
	copy(x, sol)
}

// differ fills e with the base forecasts y of the nodes above the bottom less the sums of the bottom's; 0 where there is none.
func (h *Hierarchy) differ(y, e []float64) {
	copy(e[h.Bottom():], y[h.Bottom():])
	h.Sum(e)
	for v := range h.Bottom() {
		if d := y[v] - e[v]; d == d {
			e[v] = d
		} else {
			e[v] = 0
		}
	}
}

// project implements projection.
func (w *weighted) project(y, b []float64, s *scratch) {
	w.h.differ(y, s.e)
	w.move(s.e, b, s)
	for i, v := range y[w.h.Bottom():] {
		b[i] += v
	}
}
