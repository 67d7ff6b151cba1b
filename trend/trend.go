// Package trend says what a forecast means for the direction of the market: how much the coming periods differ from the ones just
// observed, or from the same season a year ago, how sure that is, and which series rise and fall most.
//
// Every figure is a property of sums of joint sample paths ([tidewatch.Paths]); quantiles are never summed.
package trend

import (
	"cmp"
	"math"
	"slices"

	"github.com/tidewatch/tidewatch"
	"github.com/tidewatch/tidewatch/conform"
)

// Move is how the sum of a series' next steps compares with its past.
type Move struct {
	ID  string
	Row int // of the paths it was measured on; -1 for the sum of several series
	// Next is the sum of the forecast steps.
	Next Interval
	// Recent compares Next with as many periods just observed; YearAgo with the same periods a year earlier.
	Recent, YearAgo Change
}

// Interval is a distribution in brief: its mean, its median, and the central interval of the level asked for, in the unit of the series.
// Median and the probability of a rise tell the same story; the mean of a skewed distribution may lie on the other side.
type Interval struct{ Mean, Median, Low, High float64 }

// Change is the difference between the next steps and a base period of the same length.
type Change struct {
	From float64 // sum over the base period; NaN where any of its values is unknown or was never observed: nothing else is known then
	// Rise is the probability that the sum of the next steps is above From; ties count half. Of a series of whole numbers what rounds to From is a tie.
	Rise float64
	// Above is the same without ties: items that sold nothing lately, and may well go on so, have a low one.
	Above float64
	// Difference is Next - From.
	Difference Interval
}

// Known reports whether there is a base period to compare with.
func (c Change) Known() bool { return !math.IsNaN(c.From) }

// Relative is the difference as a share of From; its ends too. NaN where From is not above zero.
func (c Change) Relative() Interval {
	if !(c.From > 0) {
		return unknown()
	}
	d := c.Difference
	return Interval{d.Mean / c.From, d.Median / c.From, d.Low / c.From, d.High / c.From}
}

func unknown() Interval { return Interval{math.NaN(), math.NaN(), math.NaN(), math.NaN()} }

// Options says how to measure.
type Options struct {
	Level float64 // of the central intervals, inside (0, 1); 0 = 0.8
}

func (o Options) levels() ([]float64, error) {
	level := o.Level
	if level == 0 {
		level = .8
	}
	if !(level > 0 && level < 1) {
		return nil, tidewatch.Errorf(tidewatch.CodeUsage, "interval level %g: it must lie between 0 and 1, such as 0.8", level)
	}
	return []float64{(1 - level) / 2, .5, (1 + level) / 2}, nil
}

// Measure is the move of every series of the paths, in their order. p holds the history of each, found by id. A series whose paths are
// unknown (NaN) has a move of NaNs.
func Measure(p *tidewatch.Panel, paths *tidewatch.Paths, o Options) ([]Move, error) {
	levels, err := o.levels()
	if err != nil {
		return nil, err
	}
	number := make(map[string]int, p.Len())
	for i := range p.Len() {
		number[p.ID(i)] = i
	}
	moves := make([]Move, len(paths.IDs))
	for k, id := range paths.IDs {
		i, ok := number[id]
		if !ok {
			return nil, tidewatch.Errorf(tidewatch.CodeData, "series %q has a forecast but no history in the panel", id)
		}
		sums := make([]float64, paths.Samples)
		for n := range sums {
			for _, v := range paths.Path(k, n) {
				sums[n] += v
			}
		}
		s := p.Series(i)
		recent, ago := bases(s, paths.First[k], paths.Steps)
		moves[k] = move(sums, recent, ago, conform.SupportOf(s.Demand()).Integer, levels)
		moves[k].ID, moves[k].Row = id, k
	}
	return moves, nil
}

// Sum is the move of the sum of the given rows of the paths (nil = all). Their joint sample paths are summed, so that what the series
// have in common is kept. They must begin at the same period.
func Sum(p *tidewatch.Panel, paths *tidewatch.Paths, rows []int, o Options) (Move, error) {
	var t Total
	if err := t.Add(p, paths, rows); err != nil {
		return Move{}, err
	}
	return t.Move(o)
}

// Total sums series whose paths come in blocks: path k of every block is the same future. The zero value is an empty sum.
type Total struct {
	sums        []float64 // [sample]
	recent, ago float64
	fraction    bool // a series has values that are no whole numbers
	first       int
	id          string // of the first series
}

// Add adds the given rows of the paths (nil = all), whose history is in p. All series must begin at the same period, and none abstain.
func (t *Total) Add(p *tidewatch.Panel, paths *tidewatch.Paths, rows []int) error {
	if rows == nil {
		rows = make([]int, len(paths.IDs))
		for k := range rows {
			rows[k] = k
		}
	}
	if len(rows) == 0 {
		return nil
	}
	sums, err := paths.Sum(rows, 0, paths.Steps)
	if err != nil {
		return err
	}
	switch {
	case t.sums == nil:
		t.sums, t.first, t.id = make([]float64, len(sums)), paths.First[rows[0]], paths.IDs[rows[0]]
	case t.first != paths.First[rows[0]]:
		return tidewatch.Errorf(tidewatch.CodeData, "series %q and %q begin their forecasts at different times and cannot be summed", t.id, paths.IDs[rows[0]])
	}
	for k, v := range sums {
		t.sums[k] += v
	}
	number := make(map[string]int, p.Len())
	for i := range p.Len() {
		number[p.ID(i)] = i
	}
	for _, k := range rows {
		i, ok := number[paths.IDs[k]]
		if !ok {
			return tidewatch.Errorf(tidewatch.CodeData, "series %q has a forecast but no history in the panel", paths.IDs[k])
		}
		r, a := bases(p.Series(i), paths.First[k], paths.Steps)
		t.recent, t.ago = t.recent+r, t.ago+a
		t.fraction = t.fraction || !conform.SupportOf(p.Series(i).Demand()).Integer
	}
	return nil
}

// Move is the move of the sum.
func (t *Total) Move(o Options) (Move, error) {
	levels, err := o.levels()
	if err != nil {
		return Move{}, err
	}
	if t.sums == nil {
		return Move{}, tidewatch.Errorf(tidewatch.CodeData, "nothing to sum")
	}
	m := move(slices.Clone(t.sums), t.recent, t.ago, !t.fraction, levels)
	m.Row = -1
	return m, nil
}

// bases are the sums of the steps periods before first, and of the steps periods a year before the forecast ones.
func bases(s tidewatch.Series, first, steps int) (recent, ago float64) {
	recent, ago = sum(s, first-steps, first), math.NaN()
	if lag := Year(s.Grid.Freq); lag >= steps {
		ago = sum(s, first-lag, first-lag+steps)
	}
	return recent, ago
}

// Year is the number of periods after which the same season returns: 364 days for hours, days and weeks, so that a weekday meets
// the same weekday; 0 where a year is not a whole number of periods.
func Year(f tidewatch.Freq) int {
	if f.N < 1 {
		return 0
	}
	whole := map[tidewatch.Unit]int{tidewatch.Hour: 364 * 24, tidewatch.Day: 364, tidewatch.Week: 52, tidewatch.Month: 12,
		tidewatch.Quarter: 4, tidewatch.Year: 1}[f.Unit]
	if whole%f.N != 0 {
		return 0
	}
	return whole / f.N
}

// sum is the sum of the values of s from grid index from up to, not including, to; NaN where one is unknown or outside s.
func sum(s tidewatch.Series, from, to int) float64 {
	if from < s.Start || to > s.End() || from >= to {
		return math.NaN()
	}
	total := 0.
	for _, v := range s.Values[from-s.Start : to-s.Start] {
		total += v
	}
	return total
}

func move(sums []float64, recent, ago float64, whole bool, levels []float64) Move {
	m := Move{Next: unknown()}
	if len(sums) > 0 {
		mean := 0.
		for _, v := range sums {
			mean += v
		}
		q := tidewatch.SampleQuantiles(sums, levels) // sorts sums
		m.Next = Interval{mean / float64(len(sums)), q[1], q[0], q[2]}
	}
	m.Recent, m.YearAgo = against(m.Next, sums, recent, whole), against(m.Next, sums, ago, whole)
	return m
}

func against(next Interval, sums []float64, from float64, whole bool) Change {
	if math.IsNaN(from) || math.IsNaN(next.Mean) {
		return Change{From: math.NaN(), Rise: math.NaN(), Above: math.NaN(), Difference: unknown()}
	}
	tie := 0.0 // how far from from a sum still comes to the same
	if whole {
		tie = .5
	}
	above, same := 0.0, 0.0
	for _, v := range sums {
		switch {
		case v-from > tie:
			above++
		case v-from >= -tie:
			same++
		}
	}
	n := float64(len(sums))
	return Change{From: from, Rise: (above + same/2) / n, Above: above / n, Difference: Interval{next.Mean - from, next.Median - from, next.Low - from, next.High - from}}
}

// byID orders moves of equal score, so that a ranking never depends on the input's order.
func byID(a, b Move) int { return cmp.Compare(a.ID, b.ID) }

func sorted(moves []Move, less func(a, b Move) int) []Move {
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Or(less(a, b), byID(a, b)) })
	return moves
}
