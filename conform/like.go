package conform

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/tidewatch/tidewatch/score"
)

// What a method learns from one series it exaggerates: items that sold much will sell less, and those that sold nothing will sell some. So counts
// are also calibrated by how large their forecast is: of 2,509 spare parts those forecast above two a month sold half of that, at each of five origins
// in turn.
const (
	likeClasses = 10   // of forecasts, by their mean, of equal size
	priorOfLike = 1000 // values of all classes that weigh as much as those of one
	leastGain   = .005 // of the loss at origins left out, by which it must help to be used
	mostJudged  = 20_000
)

// countCell is one forecast of a count: its mean, what came, and where that stood in it.
type countCell struct {
	mean, actual, p float64
	origin          int
	row, step       int
}

// likes is what came of count forecasts of like size. The zero value is nothing learnt.
type likes struct {
	bounds []float64   // between the classes, of the mean, ascending
	at     [][]float64 // [class][level of grid]
	share  []float64   // [class] how far to trust it
	factor []float64   // [class] of what came by what was expected, as far as that is trusted, 1 at most
}

// learnLikes learns from the cells, if that would have helped at origins it had not seen.
func learnLikes(cells []countCell, origins []Origin, all table) likes {
	slices.SortStableFunc(cells, func(a, b countCell) int { return cmp.Compare(a.mean, b.mean) })
	if len(origins) < 2 || len(cells) == 0 {
		return likes{}
	}
	before, after := make([]float64, len(origins)), make([]float64, len(origins))
	every := len(cells)/mostJudged + 1
	judge := func(o int) {
		q := make([]float64, len(grid))
		others := make([]countCell, 0, len(cells))
		for _, c := range cells {
			if c.origin != o {
				others = append(others, c)
			}
		}
		l := newLikes(others)
		for k := 0; k < len(cells); k += every {
			c := cells[k]
			if c.origin != o {
				continue
			}
			own := origins[o].Forecast.At(c.row, c.step)
			copy(q, own)
			recount(q, all, likes{}, c.step, c.mean)
			before[o] += tenths(q, c.actual)
			copy(q, own)
			recount(q, all, l, c.step, c.mean)
			after[o] += tenths(q, c.actual)
		}
	}
	var wg sync.WaitGroup
	for o := range origins {
		wg.Go(func() { judge(o) })
	}
	wg.Wait()
	if floats.Sum(after) > (1-leastGain)*floats.Sum(before) {
		return likes{}
	}
	return newLikes(cells)
}

// tenths is the pinball loss of quantiles at the levels of grid, over the tenths.
func tenths(q []float64, y float64) float64 {
	sum := 0.0
	for l := at10; l <= at90; l++ {
		if k := math.Round(10 * grid[l]); math.Abs(10*grid[l]-k) < 1e-9 {
			sum += score.Pinball(grid[l], y, q[l])
		}
	}
	return sum
}

// newLikes learns from cells, which ascend by their means.
func newLikes(cells []countCell) likes {
	var l likes
	size := (len(cells) + likeClasses - 1) / likeClasses
	for from := 0; from < len(cells); {
		to := min(len(cells), from+size)
		for to < len(cells) && cells[to].mean == cells[to-1].mean {
			to++
		}
		p := make([]float64, 0, to-from)
		sum, expected := 0.0, 0.0
		for _, c := range cells[from:to] {
			p = append(p, c.p)
			sum += c.actual
			expected += c.mean
		}
		share, factor := float64(to-from)/float64(to-from+priorOfLike), 1.0
		// Means are only lowered: where more came than was expected it came to few of the class, and raising all of it made the scaled squared
		// error of carparts 8 % larger at three earlier horizons; lowering alone makes it 2 % smaller than before.
		if sum > 0 && sum < expected {
			factor = math.Pow(sum/expected, share)
		}
		l.at, l.share, l.factor = append(l.at, onGrid(p)), append(l.share, share), append(l.factor, factor)
		if from = to; to < len(cells) {
			l.bounds = append(l.bounds, cells[to].mean)
		}
	}
	return l
}

// of is the class of a forecast of the given mean; -1 if nothing was learnt.
func (l likes) of(mean float64) int {
	if len(l.at) == 0 {
		return -1
	}
	k, found := slices.BinarySearch(l.bounds, mean)
	if found {
		k++
	}
	return k
}

// recount replaces the quantile at each level by that at the level which past values actually stayed below that often, of all forecasts
// and of those of like size.
func recount(q []float64, all table, like likes, h int, mean float64) {
	at, weight := all.step(h)
	k := like.of(mean)
	if weight == 0 {
		return
	}
	own := append(make([]float64, 0, 128), q...)
	j, last := 0, 0.0 // of the level before: levels ascend as a rule
	for l, level := range grid {
		p := level + weight*(at[l]-level)
		if k >= 0 {
			p += like.share[k] * (like.at[k][l] - p)
		}
		if p < last {
			j = 0
		}
		for last = p; j < len(grid)-1 && (grid[j]+grid[j+1])/2 < p; {
			j++
		}
		q[l] = own[j]
	}
}
