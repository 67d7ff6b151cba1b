package conform

import (
	"math"
	"slices"
)

// classes is how many kinds of amounts have errors pooled with their like: even, uneven and bursty.
const classes = 3

// Bounds of the classes: how much larger the mean change from one value to the next is than the median change. That is 1.2 for a normal
// random walk and 1.4 for a Laplace one; where most values repeat, it is infinite.
const (
	uneven = 2
	bursty = 5
)

// classOf is the class of a series by its history. Errors of a steady sum and of an item that sells in bursts differ in shape after any division by
// their size, so one pool would lend the tails of the one to the other.
func classOf(values []float64) int {
	var d []float64
	sum := 0.0
	for t := 1; t < len(values); t++ {
		if v := math.Abs(values[t] - values[t-1]); v == v {
			d = append(d, v)
			sum += v
		}
	}
	if sum == 0 {
		return 0
	}
	slices.Sort(d)
	ratio := sum / float64(len(d)) / d[len(d)/2]
	switch {
	case ratio < uneven:
		return 0
	case ratio < bursty:
		return 1
	}
	return 2
}

// classesOf is the class of each series of the newest origin.
func classesOf(origins []Origin) []int {
	known := origins[len(origins)-1].Known
	class := make([]int, known.Len())
	for i := range class {
		class[i] = classOf(known.Series(i).Demand())
	}
	return class
}

// priorOfAll is how many errors of a class weigh as much as the errors of all classes.
const priorOfAll = 1000

// pools makes the table of each class: that of all series, moved to that of its own as far as it has errors.
func (s standard) pools(factor [][]float64, class []int) [classes]table {
	all := s.pool(factor, func(int) bool { return true })
	var out [classes]table
	for k := range out {
		out[k] = all
		if !slices.Contains(class, k) {
			continue
		}
		in := func(i int) bool { return class[i] == k }
		own := s.pool(factor, in)
		out[k] = table{at: make([][]float64, s.steps), weight: all.weight}
		for h := range out[k].at {
			n := 0
			for o := range s.origins {
				for i := range s.series {
					if v := s.cells(o, i)[h]; v == v && in(i) {
						n++
					}
				}
			}
			share := float64(n) / float64(n+priorOfAll)
			row := slices.Clone(all.at[h])
			for l, v := range own.at[h] {
				row[l] += share * (v - row[l])
			}
			out[k].at[h] = row
		}
	}
	return out
}
