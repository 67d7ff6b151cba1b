package tree

import "math"

// sides says for every bin of a feature which child its rows go to: all ones for left, zero for right.
type sides [maxBins]uint32

// partition moves the rows that go left to the front of rows, in order, writes the others to right, and returns how many went left.
// gh and rightGH hold the rows' quantised gradients. All four have room for 16 more elements.
func partition(column []uint8, s *sides, rows, gh, right, rightGH []uint32) int {
	done, left := partitionFast(column, s, rows, gh, right, rightGH)
	rest := done - left
	for i := done; i < len(rows); i++ {
		r, g := rows[i], gh[i]
		rows[left], gh[left] = r, g
		right[rest], rightGH[rest] = r, g
		l := int(s[column[r]] & 1)
		left += l
		rest += 1 - l
	}
	return left
}

// parallelRows is the size of a leaf from which its rows are worth dividing among the team.
const parallelRows = 4 * chunkRows

// partition puts the rows [lo, hi) that go left first and returns their number.
func (g *grower) partition(s *split, lo, hi int) int {
	table := &g.sides
	for bin := range g.ds.features[s.feature].bins {
		table[bin] = 0
		if s.goesLeft(bin) {
			table[bin] = math.MaxUint32
		}
	}
	column := g.ds.columns[s.feature]
	rows, gh := g.rows[lo:hi], g.gh[lo:hi]
	if g.team.size == 1 || hi-lo < parallelRows {
		left := partition(column, table, rows, gh, g.tempRows[0], g.tempGH[0])
		copy(rows[left:], g.tempRows[0])
		copy(gh[left:], g.tempGH[0])
		return left
	}
	// Parts are partitioned where they are, copied out, and copied to where they belong.
	n := hi - lo
	parts := min(4*g.team.size, n/chunkRows)
	ends := make([]int, parts) // number of left rows of each part, then of all parts before
	part := func(p int) (int, int) { return p * n / parts, (p + 1) * n / parts }
	g.team.run(parts, func(p int) {
		a, b := part(p)
		ends[p] = partition(column, table, rows[a:b], gh[a:b], g.tempRows[0][a:b], g.tempGH[0][a:b])
		copy(g.tempRows[1][a:], rows[a:a+ends[p]])
		copy(g.tempGH[1][a:], gh[a:a+ends[p]])
	})
	left := 0
	for p, e := range ends {
		ends[p] = left
		left += e
	}
	g.team.run(parts, func(p int) {
		a, b := part(p)
		n := left - ends[p]
		if p+1 < parts {
			n = ends[p+1] - ends[p]
		}
		copy(rows[ends[p]:], g.tempRows[1][a:a+n])
		copy(gh[ends[p]:], g.tempGH[1][a:a+n])
		to := left + a - ends[p]
		copy(rows[to:], g.tempRows[0][a:b-n])
		copy(gh[to:], g.tempGH[0][a:b-n])
	})
	return left
}
