package tidewatch

import "strings"

// Nearest is the known name closest to a misspelt one, for "did you mean ...?"; "" where none is close. Upper and lower case count as
// equal. It is the known name with the least edits (Levenshtein 1966, a swap of two neighbours counted as one), the first of equals, or one
// that begins with name.
func Nearest(name string, known []string) string {
	if name == "" {
		return ""
	}
	name = strings.ToLower(name)
	best, least := "", 1+max(1, len([]rune(name))/3)
	for _, k := range known {
		d := edits([]rune(name), []rune(strings.ToLower(k)))
		if d > 0 && len(name) > 2 && strings.HasPrefix(strings.ToLower(k), name) {
			d = 1
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is the restricted edit distance of a and b.
func edits(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
