package tree

// node is a decision of a tree.
type node struct {
	feature     int32
	left, right int32   // the next node, or ^leaf
	threshold   float64 // numeric: x <= threshold goes left
	codes       []int32 // categorical (not nil): these categories go left, ascending
	missing     missingRule
	gain        float64 // what the split reduced the loss by
	cover       float64 // weight of the training rows that came here
}

// missingRule says what a node does with a missing value.
type missingRule uint8

const (
	missingLeft     missingRule = iota // NaN goes left
	missingRight                       // NaN goes right
	missingFill                        // NaN is taken as the feature's fill value
	zeroMissingLeft                    // NaN and zero go left
	zeroMissingRight
	missingRules
)

// zeroBelow is the magnitude below which LightGBM's models take a value as zero.
const zeroBelow = 1e-35

// structure is one tree: node 0 is the root unless there is a single leaf.
type structure struct {
	nodes  []node
	values []float64 // of the leaves
	covers []float64 // of the leaves
	output int

	leftShares []float64 // of the nodes: the share of the cover that went left
}

// goesLeft decides for value x; fill is the feature's.
func (n *node) goesLeft(x, fill float64) bool {
	if n.codes != nil {
		c, ok := category(x)
		if !ok {
			return n.missing == missingLeft
		}
		return contains(n.codes, c)
	}
	if x != x {
		switch n.missing {
		case missingLeft, zeroMissingLeft:
			return true
		case missingRight, zeroMissingRight:
			return false
		}
		x = fill
	} else if n.missing >= zeroMissingLeft && x >= -zeroBelow && x <= zeroBelow {
		return n.missing == zeroMissingLeft
	}
	return x <= n.threshold
}

func contains(codes []int32, c int32) bool {
	lo, hi := 0, len(codes)
	for lo < hi {
		if m := (lo + hi) / 2; codes[m] < c {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo < len(codes) && codes[lo] == c
}

// leafOf walks down with the values of one row.
func (t *structure) leafOf(x, fill []float64) int {
	at := int32(0)
	if len(t.nodes) == 0 {
		return 0
	}
	for at >= 0 {
		n := &t.nodes[at]
		if n.goesLeft(x[n.feature], fill[n.feature]) {
			at = n.left
		} else {
			at = n.right
		}
	}
	return int(^at)
}
