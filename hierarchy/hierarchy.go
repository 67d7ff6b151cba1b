package hierarchy

import (
	"slices"

	"github.com/tidewatch/tidewatch"
)

// Level is one grouping of the bottom series: each of its nodes is the sum of those that belong to it.
type Level struct {
	Name  string   // such as "category"
	Nodes []string // ids of its nodes
	Of    []int32  // [bottom series] the number in Nodes of the node it belongs to, -1 = none
}

// Hierarchy is bottom series and their groupings. Its nodes are numbered: those of the levels, level by level as given, then the bottom
// series. It is immutable.
type Hierarchy struct {
	levels []Level
	first  []int // [level] the number of its first node, then that of the first bottom series
	ids    []string
	size   []int // [node] bottom series in it
}

// New makes the hierarchy of the named bottom series. A level that does not say for each of them where it belongs, a node without a
// series, or an id that is empty or stands twice, is an error.
func New(bottom []string, levels ...Level) (*Hierarchy, error) {
	h := &Hierarchy{levels: levels, first: make([]int, 0, len(levels)+1)}
	for _, l := range levels {
		h.first = append(h.first, len(h.ids))
		h.ids = append(h.ids, l.Nodes...)
	}
	h.first = append(h.first, len(h.ids))
	h.ids = append(h.ids, bottom...)
	seen := make(map[string]struct{}, len(h.ids))
	for _, id := range h.ids {
		if _, twice := seen[id]; twice || id == "" {
			return nil, tidewatch.Errorf(tidewatch.CodeData, "node %q of the hierarchy is empty or stands twice", id)
		}
		seen[id] = struct{}{}
	}
	h.size = make([]int, len(h.ids))
	for i := range bottom {
		h.size[h.Bottom()+i] = 1
	}
	for l, level := range levels {
		if len(level.Of) != len(bottom) {
			return nil, tidewatch.Errorf(tidewatch.CodeInternal, "level %q places %d of %d bottom series", level.Name, len(level.Of), len(bottom))
		}
		for i, g := range level.Of {
			if g < -1 || int(g) >= len(level.Nodes) {
				return nil, tidewatch.Errorf(tidewatch.CodeInternal, "level %q has no node %d for %q", level.Name, g, bottom[i])
			}
			if g >= 0 {
				h.size[h.first[l]+int(g)]++
			}
		}
	}
	for v, n := range h.size {
		if n == 0 {
			return nil, tidewatch.Errorf(tidewatch.CodeData, "node %q of the hierarchy has no series", h.ids[v])
		}
	}
	return h, nil
}

// Group makes a level of a text for each bottom series, its nodes in the order in which they first appear; "" belongs to none. id names a
// node by its text.
func Group(name string, texts []string, id func(text string) string) Level {
	l := Level{Name: name, Of: make([]int32, len(texts))}
	number := map[string]int32{}
	for i, text := range texts {
		if text == "" {
			l.Of[i] = -1
			continue
		}
		g, ok := number[text]
		if !ok {
			g = int32(len(l.Nodes))
			number[text] = g
			l.Nodes = append(l.Nodes, id(text))
		}
		l.Of[i] = g
	}
	return l
}

// Total is the level whose one node is the sum of all n bottom series.
func Total(id string, n int) Level { return Level{Name: id, Nodes: []string{id}, Of: make([]int32, n)} }

// Len is the number of nodes, bottom series among them.
func (h *Hierarchy) Len() int { return len(h.ids) }

// Bottom is the number of the first bottom series, which is that of the nodes above.
func (h *Hierarchy) Bottom() int { return h.first[len(h.levels)] }

// ID is the id of a node.
func (h *Hierarchy) ID(node int) string { return h.ids[node] }

// Size is how many bottom series a node is the sum of.
func (h *Hierarchy) Size(node int) int { return h.size[node] }

// Levels are the groupings. The caller must not change them.
func (h *Hierarchy) Levels() []Level { return h.levels }

// Nodes are the numbers of the first node of a level and of the first after it; level len(Levels()) is the bottom.
func (h *Hierarchy) Nodes(level int) (from, to int) {
	if level == len(h.levels) {
		return h.Bottom(), h.Len()
	}
	return h.first[level], h.first[level+1]
}

// Sum fills the nodes above the bottom, of a value a node, with the sums of their bottom series.
func (h *Hierarchy) Sum(y []float64) {
	b := y[h.Bottom():]
	clear(y[:h.Bottom()])
	for l, level := range h.levels {
		nodes := y[h.first[l]:h.first[l+1]]
		for i, g := range level.Of {
			if g >= 0 {
				nodes[g] += b[i]
			}
		}
	}
}

// members are the bottom series of each node of a level.
func (h *Hierarchy) members(level int) [][]int32 {
	l := h.levels[level]
	of := make([][]int32, len(l.Nodes))
	for i, g := range l.Of {
		if g >= 0 {
			of[g] = append(of[g], int32(i))
		}
	}
	return of
}

// chain is the levels, coarsest first, each of which splits the one before, that hold the most nodes together. If through is not negative,
// that level is one of them.
func (h *Hierarchy) chain(through int) []int {
	order := make([]int, len(h.levels))
	for l := range order {
		order[l] = l
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(h.levels[a].Nodes) - len(h.levels[b].Nodes) })
	best, before := make([]int, len(order)), make([]int, len(order))
	last := -1
	for k, l := range order {
		best[k], before[k] = len(h.levels[l].Nodes), -1
		for j, coarser := range order[:k] {
			if best[j]+len(h.levels[l].Nodes) > best[k] && h.splits(l, coarser) {
				best[k], before[k] = best[j]+len(h.levels[l].Nodes), j
			}
		}
		if through >= 0 && l != through && !h.splits(l, through) && !h.splits(through, l) {
			best[k] = -1 << 40 // a chain through the level must not pass here
		}
		if last < 0 || best[k] > best[last] {
			last = k
		}
	}
	var chain []int
	for k := last; k >= 0; k = before[k] {
		chain = append(chain, order[k])
	}
	slices.Reverse(chain)
	return chain
}

// splits reports whether every node of level fine lies in one node of level coarse.
func (h *Hierarchy) splits(fine, coarse int) bool {
	f, c := h.levels[fine], h.levels[coarse]
	in := make([]int32, len(f.Nodes)) // node of coarse + 1
	for i, g := range f.Of {
		switch {
		case g < 0:
		case c.Of[i] < 0:
			if h.size[h.first[fine]+int(g)] > 1 {
				return false
			}
		case in[g] == 0:
			in[g] = c.Of[i] + 1
		case in[g] != c.Of[i]+1:
			return false
		}
	}
	return true
}
