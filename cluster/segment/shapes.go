package segment

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/cluster"
)

// Lines are how series ran over the same time: sums over bins of periods, each series over its own mean.
type Lines struct {
	Freq   tidewatch.Freq
	Stamps []time.Time // the first of each bin
	Bin    int         // periods of a bin
	Values [][]float64 // [row][bin]: 1 = the series' own mean; NaN = unknown
	// Phases are the same by weekday (from Monday) of daily series, or by hour of hourly ones: [row][phase]; nil for others.
	Phases [][]float64
	phase  func(at int) int
	coarse [][]float64 // [row][place]: logarithms of the values, shrunk towards 0 where they rest on few sales; what series are parted by
}

// Of the time that series are compared over, at most so much, parted into about so many bins.
const (
	longest = 3 * 365.25 * 24 * time.Hour
	fine    = 104
	few     = 26
	// So many periods with sales a series must have to have a shape, and so many to each phase of a season to be parted by it.
	fewSales  = 8
	eachPhase = 2
	early     = 50 // one series in so many may have begun before
)

// Shapes is the series of a panel as a table: how each ran over the time that the panel covers, at most the last three years, whatever its
// size. Of series of records nothing before the first sale is zero sales; an unknown value says nothing. Series without a value above zero
// in that time, or with sales in fewer than eight periods of it, are left out, and so are the ids of skip.
func Shapes(p *tidewatch.Panel, skip ...string) *Table {
	t := &Table{Of: Series, Traits: []Trait{{Name: "size", Log: true, Aside: true}}, Values: make([][]float64, 1)}
	grid, end := p.Grid(), p.End()
	var starts []int
	for i := range p.Len() {
		if s := p.Series(i); len(s.Values) > 0 && !slices.Contains(skip, s.ID) {
			starts = append(starts, s.Start)
		}
	}
	first := end
	if slices.Sort(starts); len(starts) > 0 { // the few that were there before are cut: they say nothing of the others
		first = starts[len(starts)/early]
	}
	for first < end-1 && grid.Stamp(end).Sub(grid.Stamp(first)) > longest {
		first = max(first+1, grid.Index(grid.Stamp(end).Add(-longest)))
	}
	n := end - first
	l := &Lines{Freq: grid.Freq, Bin: max(1, (n+fine-1)/fine)}
	if u := season(grid.Freq); n >= 2*u && l.Bin > 1 && u > 1 && u%l.Bin != 0 && l.Bin < u { // whole bins in a short season, such as a week
		l.Bin = u
	}
	first = end - n/max(1, l.Bin)*l.Bin // the oldest periods that make no whole bin are left out
	for at := first; at < end; at += l.Bin {
		l.Stamps = append(l.Stamps, grid.Stamp(at))
	}
	t.Lines = l
	if u := season(grid.Freq); u > 1 && n >= 2*u && grid.Freq.N == 1 {
		l.phase = func(at int) int {
			if s := grid.Stamp(at); grid.Freq.Unit == tidewatch.Hour {
				return s.Hour()
			} else {
				return (int(s.Weekday()) + 6) % 7
			}
		}
	}
	order := make([]int, p.Len()) // by id: how rows arrived decides nothing
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(p.ID(a), p.ID(b)) })
	for _, i := range order {
		s := p.Series(i)
		if slices.Contains(skip, s.ID) {
			continue
		}
		line, phases, coarse, size, code := l.of(s.Values, s.Start, first, end)
		if code != "" {
			t.Left = append(t.Left, Left{s.ID, code})
			continue
		}
		t.IDs = append(t.IDs, s.ID)
		t.Values[0] = append(t.Values[0], size)
		l.Values, l.coarse = append(l.Values, line), append(l.coarse, coarse)
		if phases != nil {
			l.Phases = append(l.Phases, phases)
		}
	}
	return t
}

// season is the shortest season of a frequency in periods: days of a week, hours of a day.
func season(f tidewatch.Freq) int {
	if f.Unit == tidewatch.Hour || f.Unit == tidewatch.Day {
		return f.Season()
	}
	return 1
}

// of is the line of one series, its values by phase, and its coarse shape.
func (l *Lines) of(values []float64, start, first, end int) (line, phases, coarse []float64, size float64, code string) {
	known, sum, negative, positive := 0, 0.0, false, false
	var sales []float64
	for k, v := range values {
		if start+k < first || math.IsNaN(v) {
			continue
		}
		known++
		sum += v
		negative, positive = negative || v < 0, positive || v > 0
		if v > 0 {
			sales = append(sales, v)
		}
	}
	if start > first && start < end {
		known += start - first // not sold yet
	}
	switch {
	case known == 0:
		return nil, nil, nil, 0, "unknown"
	case !positive && !negative:
		return nil, nil, nil, 0, "zero"
	}
	if !negative && len(sales) < min(fewSales, (known+2)/3) {
		return nil, nil, nil, 0, "sparse"
	}
	mean := sum / float64(known)
	bins := func(width int) (sums, counts []float64) {
		n := (end - first + width - 1) / width
		sums, counts = make([]float64, n), make([]float64, n)
		for at := first; at < end; at++ {
			b, v := (at-first)/width, math.NaN()
			switch {
			case at < start:
				v = 0
			case at-start < len(values):
				v = values[at-start]
			}
			if !math.IsNaN(v) {
				sums[b] += v
				counts[b]++
			}
		}
		return sums, counts
	}
	if negative { // no ratio to the mean has a meaning: what is parted by is the shape alone
		sums, counts := bins(l.Bin)
		var ok []float64
		for b := range sums {
			if counts[b] > 0 {
				ok = append(ok, sums[b]/counts[b])
			}
		}
		p, _ := cluster.NewPoints([][]float64{ok})
		z := p.Normalize().Values
		line, coarse = make([]float64, len(sums)), make([]float64, len(sums))
		for b, k := 0, 0; b < len(sums); b++ {
			if line[b] = math.NaN(); counts[b] > 0 {
				line[b], coarse[b] = 1+z[k], z[k]
				k++
			}
		}
		return line, nil, shrink(coarse), math.Abs(mean), ""
	}
	sums, counts := bins(l.Bin)
	for b := range sums {
		if counts[b] == 0 {
			line = append(line, math.NaN())
		} else {
			line = append(line, sums[b]/counts[b]/mean)
		}
	}
	// An empirical shrinkage: a bin counts as if another half of the usual and one more sale of the usual size stood in it, so that few sales
	// move little.
	slices.Sort(sales)
	firm := func(sums, counts []float64) {
		for b := range sums {
			usual := mean * counts[b]
			more := usual/2 + sales[len(sales)/2]
			v := 0.0
			if counts[b] > 0 {
				v = math.Log((sums[b] + more) / (usual + more))
			}
			coarse = append(coarse, v)
		}
	}
	firm(bins(max(1, (end-first+few-1)/few)))
	if l.phase != nil {
		n := season(l.Freq)
		sums, counts := make([]float64, n), make([]float64, n)
		for k, v := range values {
			if at := start + k; at >= first && v == v {
				sums[l.phase(at)] += v
				counts[l.phase(at)]++
			}
		}
		for b := range sums {
			phases = append(phases, sums[b]/counts[b]/mean)
		}
		if len(sales) < eachPhase*n {
			clear(sums)
			clear(counts)
		}
		firm(sums, counts)
	}
	return line, phases, coarse, mean, ""
}

// shrink is the mean of each few neighbours.
func shrink(x []float64) []float64 {
	w := max(1, (len(x)+few-1)/few)
	var out []float64
	for part := range slices.Chunk(x, w) {
		sum := 0.0
		for _, v := range part {
			sum += v
		}
		out = append(out, sum/float64(len(part)))
	}
	return out
}

// points are the rows as methods that look along time want them: the finer lines, unknown values filled with the usual, normalised.
func (l *Lines) points() (cluster.Points, error) {
	rows := make([][]float64, len(l.Values))
	for i, line := range l.Values {
		rows[i] = slices.Clone(line)
		for b, v := range line {
			if math.IsNaN(v) {
				rows[i][b] = 1
			}
		}
	}
	p, err := cluster.NewPoints(rows)
	if err != nil {
		return p, err
	}
	return p.Normalize(), nil
}
