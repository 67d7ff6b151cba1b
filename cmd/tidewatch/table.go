package main

import (
	"fmt"
	"io"
	"strings"
)

// table prints rows in columns: the first is set to the left, the others to the right. An empty row is a blank line, and a row of one cell
// may be wider than its column.
type table struct {
	indent string
	left   int  // columns set to the left
	notes  bool // the last column is text, set to the left too
	rows   [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	var widths []int
	for _, row := range t.rows {
		if len(row) == 1 { // a remark, not a cell
			continue
		}
		for c, cell := range row {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], width(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		b.WriteString(t.indent)
		for c, cell := range row {
			if c > 0 {
				b.WriteString("  ")
			}
			space := ""
			if c < len(widths) {
				space = strings.Repeat(" ", max(0, widths[c]-width(cell)))
			}
			if c < t.left || t.notes && c == len(widths)-1 {
				b.WriteString(cell + space)
			} else {
				b.WriteString(space + cell)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// width is how many columns of a terminal s takes, without its colours: two for each of the wide characters of East Asia.
func width(s string) int {
	n := 0
	for _, r := range unpainted(s) {
		n++
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff ||
			r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd) {
			n++
		}
	}
	return n
}

// shorten cuts s to at most n columns, with an ellipsis where something is left out.
func shorten(s string, n int) string {
	if width(s) <= n {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && width(string(runes))+1 > n {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}
