package tree

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
