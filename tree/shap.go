package tree

import (
	"context"

	"gonum.org/v1/gonum/integrate/quad"

	"github.com/tidewatch/tidewatch"
)

// Explain divides the score (before the link) of every row among the columns: exact Shapley values of the trees, where a column
// that is not known sends a row down both sides of its decisions in proportion to the training weight (Lundberg et al. 2020, "From
// local explanations to global understanding with explainable AI for trees", path-dependent).
//
// The result has Outputs() x (Features()+1) numbers a row: per output the columns' shares and then the mean score; together they are
// the row's score. Models read from files without the covers of nodes cannot be explained.
//
// A leaf of value v whose path decides on d columns gives column i its value times
//
//	(o_i - z_i) ∫ Π_{j≠i} (o_j t + z_j (1-t)) dt    over t from 0 to 1,
//
// where o_j is 1 if the row follows the column's decisions and z_j is the share of the training weight that does. The integrand is a
// polynomial of degree d-1, so Gauss-Legendre quadrature with d/2 points is exact; all its terms are positive, hence no cancellation.
// One walk down multiplies the factors, and one up sums the leaves, as in Yu et al. (2022), "Linear TreeShap".
func (m *Model) Explain(ctx context.Context, x Matrix, n int) ([]float64, error) {
	rows, cols := x.Dims()
	if cols != len(m.features) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "tree: a matrix of %d columns for a model of %d", cols, len(m.features))
	}
	for i := range m.trees {
		if t := &m.trees[i]; len(t.nodes) > 0 && !(t.nodes[0].cover > 0) {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: tree %d has no covers: the model cannot be explained", i)
		}
	}
	q := newQuadrature(m)
	if q.deepest > deepest || (q.deepest+2)*len(q.points) > mostPoints || cols*len(q.points) > mostPoints {
		return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree: a path of %d decisions with %d columns: trees that deep cannot be explained", q.deepest, 2*len(q.points))
	}
	q.solve()
	means := m.meanScores()
	width := len(m.start) * (cols + 1)
	out := make([]float64, rows*width)
	const chunk = 16
	t := newTeam(min(threads(n), (rows+chunk-1)/chunk))
	defer t.close()
	t.chunked(rows, chunk, func(_, lo, hi int) {
		e := newExplainer(m, q)
		for r := lo; r < hi && ctx.Err() == nil; r++ {
			for c := range e.x {
				x.ReadColumn(e.x[c:c+1], c, r)
				if m.single {
					e.x[c] = float64(float32(e.x[c]))
				}
			}
			row := out[r*width : (r+1)*width]
			for o, mean := range means {
				row[o*(cols+1)+cols] = mean
			}
			for i := range m.trees {
				e.tree(&m.trees[i], row[m.trees[i].output*(cols+1):][:cols])
			}
		}
	})
	return out, ctx.Err()
}

// What Explain takes: a walk is recursive, and keeps some numbers for every point, level and column.
const (
	deepest    = 1 << 16
	mostPoints = 1 << 24
)

// meanScores are the scores of a row of which nothing is known.
func (m *Model) meanScores() []float64 {
	means := append([]float64(nil), m.start...)
	for i := range m.trees {
		t := &m.trees[i]
		share := make([]float64, len(t.nodes)+1)
		sum := 0.0
		share[0] = 1
		if len(t.nodes) == 0 {
			sum = t.values[0]
		}
		for j := range t.nodes {
			left := t.leftShares[j]
			for _, c := range [2]struct {
				to    int32
				share float64
			}{{t.nodes[j].left, share[j] * left}, {t.nodes[j].right, share[j] * (1 - left)}} {
				if c.to < 0 {
					sum += c.share * t.values[^c.to]
				} else {
					share[c.to] = c.share
				}
			}
		}
		means[t.output] += sum
	}
	return means
}

// shareCovers sets leftShares, the share of each node's cover that went left.
func (t *structure) shareCovers() {
	t.leftShares = make([]float64, len(t.nodes))
	cover := func(c int32) float64 {
		if c < 0 {
			return t.covers[^c]
		}
		return t.nodes[c].cover
	}
	for i := range t.nodes {
		l, r := cover(t.nodes[i].left), cover(t.nodes[i].right)
		t.leftShares[i] = .5
		if l+r > 0 {
			t.leftShares[i] = l / (l + r)
		}
	}
}

// quadrature is exact for the polynomials of a model.
type quadrature struct {
	points, weights []float64
	deepest         int // splits from a root to a leaf
}

func newQuadrature(m *Model) quadrature {
	q, features := quadrature{}, 0
	for i := range m.trees {
		d, f := m.trees[i].extents()
		q.deepest, features = max(q.deepest, d), max(features, min(d, f))
	}
	q.points, q.weights = make([]float64, features/2+1), make([]float64, features/2+1)
	return q
}

func (q *quadrature) solve() { quad.Legendre{}.FixedLocations(q.points, q.weights, 0, 1) }

// explainer works on one row at a time.
type explainer struct {
	quadrature
	m       *Model
	x, phi  []float64
	t       *structure
	share   []pathShare // of each feature on the way to the present node
	inverse []float64   // [feature][point] 1/(o t + z (1-t))
	product []float64   // [depth][point] product of the factors
	sum     []float64   // [depth][point] sum over the leaves below
	saved   []float64   // [depth][point] of inverse
}

// pathShare is the o and z of a feature.
type pathShare struct{ o, z float64 }

func newExplainer(m *Model, q quadrature) *explainer {
	n, depth := len(q.points), q.deepest+2
	e := &explainer{quadrature: q, m: m, x: make([]float64, len(m.features)), share: make([]pathShare, len(m.features)),
		inverse: make([]float64, len(m.features)*n), product: make([]float64, depth*n), sum: make([]float64, depth*n), saved: make([]float64, depth*n)}
	for i := range e.share {
		e.share[i] = pathShare{1, 1}
	}
	for i := range e.inverse {
		e.inverse[i] = 1
	}
	return e
}

// extents returns the depth of the tree and the number of columns it decides on.
func (t *structure) extents() (depth, features int) {
	if len(t.nodes) == 0 {
		return 0, 0
	}
	depths := make([]int, len(t.nodes))
	seen := []int32{}
	for i := range t.nodes {
		n := &t.nodes[i]
		depth = max(depth, depths[i]+1)
		for _, c := range [2]int32{n.left, n.right} {
			if c >= 0 {
				depths[c] = depths[i] + 1
			}
		}
		seen = append(seen, n.feature)
	}
	sortCodes(seen)
	for i, f := range seen {
		if i == 0 || f != seen[i-1] {
			features++
		}
	}
	return depth, features
}

// tree adds the shares of one tree to phi.
func (e *explainer) tree(t *structure, phi []float64) {
	if len(t.nodes) == 0 {
		return
	}
	e.t, e.phi = t, phi
	for k := range e.points {
		e.product[k] = 1
	}
	e.node(0, 0)
}

// node visits a node at the given depth and leaves the sum over the leaves below in e.sum.
func (e *explainer) node(at int32, depth int) {
	n := len(e.points)
	sum := e.sum[depth*n : (depth+1)*n]
	if at < 0 {
		v := e.t.values[^at]
		for k, p := range e.product[depth*n : (depth+1)*n] {
			sum[k] = v * p * e.weights[k]
		}
		return
	}
	nd := &e.t.nodes[at]
	clear(sum)
	old, left := e.share[nd.feature], e.t.leftShares[at]
	goesLeft := nd.goesLeft(e.x[nd.feature], e.m.engine.fill[nd.feature])
	product, next := e.product[depth*n:(depth+1)*n], e.product[(depth+1)*n:(depth+2)*n]
	below := e.sum[(depth+1)*n : (depth+2)*n]
	inverse, before := e.inverse[int(nd.feature)*n:(int(nd.feature)+1)*n], e.saved[depth*n:(depth+1)*n]
	copy(before, inverse)
	for side, child := range [2]int32{nd.left, nd.right} {
		f := pathShare{0, old.z * left}
		if side == 1 {
			f.z = old.z * (1 - left)
		}
		if goesLeft == (side == 0) {
			f.o = old.o
		}
		if f.o == 0 && f.z == 0 {
			continue // no row comes here, known or not
		}
		for k, t := range e.points {
			factor := f.o*t + f.z*(1-t)
			next[k] = product[k] * factor * before[k]
			inverse[k] = 1 / factor
		}
		e.share[nd.feature] = f
		e.node(child, depth+1)
		known, unknown := 0.0, 0.0
		for k, b := range below {
			sum[k] += b
			known += b * inverse[k]
			unknown += b * before[k]
		}
		e.phi[nd.feature] += (f.o-f.z)*known - (old.o-old.z)*unknown
	}
	e.share[nd.feature] = old
	copy(inverse, before)
}
