package tree

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
)

// engine is the compiled form of a model. It works on blocks of 64 rows: every value is replaced by one byte, its place among the
// thresholds the model compares it with; then each decision is one comparison of bytes for all rows of the block.
type engine struct {
	columns []column
	first   []int32 // of each feature's columns; one more at the end
	trees   []fastTree
	nodes   []fastNode
	sets    [][4]uint64
	values  []float64
	fill    []float64
}

const (
	blockRows  = 64
	fastLeaves = 256 // leaves of a tree that whole blocks walk at once
	noneByte   = 255 // of a value that goes right everywhere, or of no category
)

// column is a feature as some of the nodes see it: those that treat missing values alike, and at most 254 thresholds or codes.
type column struct {
	feature    int32
	missing    missingRule
	thresholds []float64 // numeric, ascending; the byte is the number of those below the value
	search     search
	codes      []int32 // categorical, ascending; the byte is 1 + the position
	member     bool    // categorical, one node's many codes: the byte is 1 for them
}

// fastTree is a part of engine.nodes, in an order in which parents come before children.
type fastTree struct {
	node, nodes, value, output int32
}

// fastNode decides by one column's byte. left and right are nodes of the tree; its leaves are numbered after its nodes.
type fastNode struct {
	column      uint32 // times 64
	left, right uint32
	threshold   uint8 // numeric: bytes up to it go left
	isSet       uint8 // 1: the byte decides by sets[set]
	_           uint16
	set         uint32
	_           uint32
}

// compile checks the trees and makes the engine.
func (m *Model) compile() (*Model, error) {
	e := &m.engine
	*e = engine{first: make([]int32, 0, len(m.features)+1), fill: make([]float64, 0, len(m.features))}
	for i := range m.trees {
		if err := m.trees[i].check(len(m.features), len(m.start)); err != nil {
			return nil, tidewatch.Errorf(tidewatch.CodeModel, "tree %d: %w", i, err)
		}
		m.trees[i].shareCovers()
	}
	members := e.makeColumns(m)
	for i := range m.trees {
		e.add(&m.trees[i], members)
	}
	for i := range m.features {
		e.fill = append(e.fill, m.features[i].fill)
	}
	return m, nil
}

// check refuses a structure that is no binary tree with parents before children.
func (t *structure) check(features, outputs int) error {
	bad := func(format string, args ...any) error { return tidewatch.Errorf(tidewatch.CodeModel, format, args...) }
	if len(t.values) != len(t.nodes)+1 || len(t.covers) != len(t.values) {
		return bad("%d leaf values and %d covers for %d nodes: there must be one more than nodes", len(t.values), len(t.covers), len(t.nodes))
	}
	if t.output < 0 || t.output >= outputs {
		return bad("output %d: the model has %d", t.output, outputs)
	}
	seen := make([]bool, len(t.nodes)+len(t.values))
	for i := range t.nodes {
		n := &t.nodes[i]
		if n.feature < 0 || int(n.feature) >= features {
			return bad("node %d: feature %d: the model has %d", i, n.feature, features)
		}
		if n.missing >= missingRules || n.codes != nil && n.missing > missingRight {
			return bad("node %d: unknown rule %d for missing values", i, n.missing)
		}
		if math.IsNaN(n.threshold) {
			return bad("node %d: the threshold is not a number", i)
		}
		if !slices.IsSorted(n.codes) || len(n.codes) > 0 && n.codes[0] < 0 {
			return bad("node %d: the categories are not ascending numbers from 0", i)
		}
		for _, c := range [2]int32{n.left, n.right} {
			at := int(c)
			if c < 0 {
				at = len(t.nodes) + int(^c)
			}
			if at >= len(seen) || c >= 0 && (at <= i || at >= len(t.nodes)) || seen[at] {
				return bad("node %d: child %d is not a later node or leaf with one parent", i, c)
			}
			seen[at] = true
		}
	}
	for i, v := range t.values {
		if math.IsNaN(v) {
			return bad("the value of leaf %d is not a number", i)
		}
	}
	return nil
}

// uses are the thresholds and the sets of categories that nodes compare a feature with.
type uses struct {
	thresholds [missingRules][]float64
	sets       [][]int32
}

// makeColumns collects what all nodes compare with. It returns 1 + the number of the column of every set that has one of its own, by
// memberKey.
func (e *engine) makeColumns(m *Model) map[string]int {
	of := map[int32]*uses{} // a file may declare far more columns than it uses
	for i := range m.trees {
		for _, n := range m.trees[i].nodes {
			u := of[n.feature]
			if u == nil {
				u = &uses{}
				of[n.feature] = u
			}
			if n.codes != nil {
				u.sets = append(u.sets, n.codes)
			} else {
				u.thresholds[n.missing] = append(u.thresholds[n.missing], n.threshold)
			}
		}
	}
	members := map[string]int{}
	for f := range int32(len(m.features)) {
		e.first = append(e.first, int32(len(e.columns)))
		u := of[f]
		if u == nil {
			continue
		}
		for rule, all := range u.thresholds {
			slices.Sort(all)
			for part := range slices.Chunk(slices.Compact(all), noneByte-1) {
				e.columns = append(e.columns, column{feature: f, missing: missingRule(rule), thresholds: part, search: newSearch(part)})
			}
		}
		if len(u.sets) == 0 {
			continue
		}
		codes := slices.Concat(u.sets...)
		slices.Sort(codes)
		if codes = slices.Compact(codes); len(codes) < noneByte {
			e.columns = append(e.columns, column{feature: f, codes: append([]int32{}, codes...)})
			continue
		}
		for _, set := range u.sets { // too many codes for a byte: every set gets a column
			if key := memberKey(f, set); members[key] == 0 {
				e.columns = append(e.columns, column{feature: f, codes: set, member: true})
				members[key] = len(e.columns)
			}
		}
	}
	e.first = append(e.first, int32(len(e.columns)))
	return members
}

// memberKey tells sets of categories apart.
func memberKey(f int32, set []int32) string {
	key := binary.LittleEndian.AppendUint32(nil, uint32(f))
	for _, c := range set {
		key = binary.LittleEndian.AppendUint32(key, uint32(c))
	}
	return string(key)
}

// add compiles a tree.
func (e *engine) add(t *structure, members map[string]int) {
	e.trees = append(e.trees, fastTree{int32(len(e.nodes)), int32(len(t.nodes)), int32(len(e.values)), int32(t.output)})
	e.values = append(e.values, t.values...)
	slot := func(c int32) uint32 {
		if c < 0 {
			return uint32(len(t.nodes)) + uint32(^c)
		}
		return uint32(c)
	}
	for i := range t.nodes {
		n := &t.nodes[i]
		f := fastNode{left: slot(n.left), right: slot(n.right)}
		if n.codes == nil {
			e.place(&f, n)
		} else {
			e.placeSet(&f, n, members)
		}
		e.nodes = append(e.nodes, f)
	}
}

// place finds a numeric node's column and the byte of its threshold.
func (e *engine) place(f *fastNode, n *node) {
	for i := e.first[n.feature]; ; i++ {
		c := &e.columns[i]
		if c.codes != nil || c.missing != n.missing {
			continue
		}
		if at, ok := slices.BinarySearch(c.thresholds, n.threshold); ok {
			f.column, f.threshold = uint32(i)*blockRows, uint8(at)
			return
		}
	}
}

// placeSet finds a categorical node's column and the set of bytes that go left.
func (e *engine) placeSet(f *fastNode, n *node, members map[string]int) {
	var set [4]uint64
	if n.missing == missingLeft {
		set[noneByte>>6] |= 1 << (noneByte & 63)
	}
	at := -1
	if len(members) > 0 {
		at = members[memberKey(n.feature, n.codes)] - 1
	}
	if at >= 0 {
		set[0] |= 1 << 1
	} else {
		at = int(e.first[n.feature])
		for e.columns[at].codes == nil {
			at++
		}
		for _, code := range n.codes {
			i, _ := slices.BinarySearch(e.columns[at].codes, code)
			set[(i+1)>>6] |= 1 << ((i + 1) & 63)
		}
	}
	f.column, f.isSet, f.set = uint32(at)*blockRows, 1, uint32(len(e.sets))
	e.sets = append(e.sets, set)
}

// bytes replaces values of the column's feature.
func (c *column) bytes(dst []uint8, values []float64, fill float64) {
	dst = dst[:len(values)]
	if c.codes != nil {
		c.codeBytes(dst, values)
		return
	}
	var none [1]uint8 // left of every threshold
	switch c.missing {
	case missingRight, zeroMissingRight:
		none[0] = noneByte
	case missingFill:
		c.search.below(none[:], []float64{fill})
	}
	c.search.below(dst, values)
	for i, x := range values {
		if x != x || c.missing >= zeroMissingLeft && x >= -zeroBelow && x <= zeroBelow {
			dst[i] = none[0]
		}
	}
}

func (c *column) codeBytes(dst []uint8, values []float64) {
	for i, x := range values {
		dst[i] = noneByte
		if code, ok := category(x); ok {
			at, found := slices.BinarySearch(c.codes, code)
			switch {
			case !found:
				dst[i] = 0
			case c.member:
				dst[i] = 1
			default:
				dst[i] = uint8(at + 1)
			}
		}
	}
}
