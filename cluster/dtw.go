package cluster

import (
	"math"
	"slices"
)

// DTW is dynamic time warping within a band (Sakoe & Chiba 1978): the root of the least sum of squared differences along a path that pairs
// values at most Radius places apart (of rows of unequal length: from the diagonal). Radius < 0 is no band.
type DTW struct{ Radius int }

// Distance is the warped distance of a and b.
func (d DTW) Distance(a, b []float64) float64 { return math.Sqrt(d.sum(a, b, math.Inf(1), nil)) }

// sum is the squared distance, or some value above limit once it must exceed it. rows is memory for two rows of the table; nil is fine.
func (d DTW) sum(a, b []float64, limit float64, rows []float64) float64 {
	n, m := len(a), len(b)
	if len(rows) < 2*(m+1) {
		rows = make([]float64, 2*(m+1))
	}
	prev, cur := rows[:m+1], rows[m+1:2*(m+1)]
	for j := range prev {
		prev[j] = math.Inf(1)
	}
	prev[0] = 0
	for i := 1; i <= n; i++ {
		lo, hi := d.band(i, n, m)
		cur[lo-1] = math.Inf(1)
		least := math.Inf(1)
		left := math.Inf(1)
		v := a[i-1]
		for j := lo; j <= hi; j++ {
			e := v - b[j-1]
			left = e*e + min(left, prev[j], prev[j-1])
			cur[j] = left
			least = min(least, left)
		}
		if hi < m {
			cur[hi+1] = math.Inf(1)
		}
		if least > limit {
			return least
		}
		prev, cur = cur, prev
	}
	return prev[m]
}

// band is the first and last column of row i (both from 1) that a path may use.
func (d DTW) band(i, n, m int) (lo, hi int) {
	if d.Radius < 0 {
		return 1, m
	}
	if n == m {
		return max(1, i-d.Radius), min(m, i+d.Radius)
	}
	// the diagonal of a table that is not square, wide enough for steps along its longer side
	c := float64(i-1) * float64(m-1) / float64(max(1, n-1))
	w := max(float64(d.Radius), float64(m)/float64(n))
	return max(1, int(math.Ceil(c-w))+1), min(m, int(math.Floor(c+w))+1)
}

// Envelope is, at each place, the least and the greatest value of x at most radius places away (Keogh & Ratanamahatana 2005); radius < 0
// is all places.
func Envelope(x []float64, radius int) (low, high []float64) {
	low, high = make([]float64, len(x)), make([]float64, len(x))
	if radius < 0 || radius >= len(x) {
		radius = len(x)
	}
	var down, up []int // places whose values may still be the least, the greatest
	for j := range len(x) + radius {
		if j < len(x) {
			for len(down) > 0 && x[down[len(down)-1]] >= x[j] {
				down = down[:len(down)-1]
			}
			for len(up) > 0 && x[up[len(up)-1]] <= x[j] {
				up = up[:len(up)-1]
			}
			down, up = append(down, j), append(up, j)
		}
		if i := j - radius; i >= 0 {
			if down[0] < i-radius {
				down = down[1:]
			}
			if up[0] < i-radius {
				up = up[1:]
			}
			low[i], high[i] = x[down[0]], x[up[0]]
		}
	}
	return low, high
}

// LBKeogh is a lower bound of the DTW distance of x from the row whose envelope of at least the same radius is given, if both are of one
// length: the root of the sum of squares by which x leaves the envelope (Keogh & Ratanamahatana 2005).
func LBKeogh(x, low, high []float64) float64 {
	return math.Sqrt(leaves(x, low, high, math.Inf(1)))
}

func leaves(x, low, high []float64, limit float64) float64 {
	sum := 0.0
	for i, v := range x {
		switch {
		case v > high[i]:
			sum += (v - high[i]) * (v - high[i])
		case v < low[i]:
			sum += (low[i] - v) * (low[i] - v)
		default:
			continue
		}
		if sum > limit {
			return sum
		}
	}
	return sum
}

// Search finds the nearest of a set of rows of one length by DTW. Rows that a lower bound excludes are not warped.
type Search struct {
	d         DTW
	rows      [][]float64
	low, high [][]float64
}

// NewSearch prepares the search; the rows must not change.
func (d DTW) NewSearch(rows [][]float64) *Search {
	s := &Search{d: d, rows: rows}
	for _, r := range rows {
		low, high := Envelope(r, d.Radius)
		s.low, s.high = append(s.low, low), append(s.high, high)
	}
	return s
}

// Nearest is the row nearest to x, the first of equals, its distance, and how many rows had to be warped.
func (s *Search) Nearest(x []float64) (row int, distance float64, warped int) {
	bound, order := make([]float64, len(s.rows)), make([]int, len(s.rows))
	for k := range s.rows {
		bound[k], order[k] = leaves(x, s.low[k], s.high[k], math.Inf(1)), k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case bound[a] < bound[b]:
			return -1
		case bound[a] > bound[b]:
			return 1
		}
		return 0
	})
	memory := make([]float64, 2*(len(x)+1))
	row, best := -1, math.Inf(1)
	for _, k := range order {
		if bound[k] > best {
			break
		}
		warped++
		if d := s.d.sum(x, s.rows[k], best, memory); d < best || d == best && k < row {
			row, best = k, d
		}
	}
	return row, math.Sqrt(best), warped
}

// MSM is the move-split-merge distance (Stefan, Athitsos & Das 2013): the least cost of turning a row into another by changing values
// (their difference) and by splitting or merging equal neighbours (Cost each). Unlike DTW it is a metric.
type MSM struct{ Cost float64 } // 0 = 1

// Distance is the move-split-merge distance of a and b.
func (s MSM) Distance(a, b []float64) float64 {
	c := s.Cost
	if c == 0 {
		c = 1
	}
	n, m := len(a), len(b)
	prev, cur := make([]float64, m), make([]float64, m)
	for i := range n {
		for j := range m {
			switch {
			case i == 0 && j == 0:
				cur[0] = math.Abs(a[0] - b[0])
			case i == 0:
				cur[j] = cur[j-1] + split(b[j], a[0], b[j-1], c)
			case j == 0:
				cur[0] = prev[0] + split(a[i], a[i-1], b[0], c)
			default:
				cur[j] = min(prev[j-1]+math.Abs(a[i]-b[j]), prev[j]+split(a[i], a[i-1], b[j], c), cur[j-1]+split(b[j], a[i], b[j-1], c))
			}
		}
		prev, cur = cur, prev
	}
	return prev[m-1]
}

// split is the cost of a value that stands beside x and y (equation 3 of the paper).
func split(v, x, y, c float64) float64 {
	if x <= v && v <= y || y <= v && v <= x {
		return c
	}
	return c + min(math.Abs(v-x), math.Abs(v-y))
}
