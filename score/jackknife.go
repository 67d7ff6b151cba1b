package score

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Merge is the tally of all that the given ones hold, which must be of the same levels and at least one.
func Merge(tallies []*Tally) *Tally {
	all := NewTally(tallies[0].levels)
	for _, t := range tallies {
		all.merge(t)
	}
	return all
}

func (t *Tally) merge(o *Tally) {
	o.endSeries()
	t.series, t.cells, t.in80, t.in95 = t.series+o.series, t.cells+o.cells, t.in80+o.in80, t.in95+o.in95
	t.absolute, t.squared, t.bias, t.total = t.absolute+o.absolute, t.squared+o.squared, t.bias+o.bias, t.total+o.total
	t.pinball += o.pinball
	for _, m := range []struct{ to, from *mean }{{&t.smape, &o.smape}, {&t.mase, &o.mase}, {&t.rmsse, &o.rmsse}, {&t.sql, &o.sql}, {&t.crps, &o.crps}, {&t.msis, &o.msis}} {
		m.to.sum, m.to.n = m.to.sum+m.from.sum, m.to.n+m.from.n
	}
	for i := range o.atMost {
		t.atMost[i] += o.atMost[i]
		t.less[i] += o.less[i]
	}
}

// Jackknife is the 95 % confidence interval of a measure over the series of all groups, by leaving out one group after another (the
// delete-a-group jackknife, Kott 2001, J. Official Statistics 17, eq. 3) with Student's t of one degree of freedom less than there are
// groups. Forecasts of one series belong in one group: their errors are not independent. NaN where fewer than two groups hold any, or
// the measure is not known.
func Jackknife(groups []*Tally, of func(Summary) float64) (low, high float64) {
	var used []*Tally
	for _, g := range groups {
		if g.Summary().Cells > 0 {
			used = append(used, g)
		}
	}
	n := len(used)
	if n < 2 {
		return math.NaN(), math.NaN()
	}
	value := of(Merge(used).Summary())
	sum := 0.
	rest := make([]*Tally, 0, n)
	for g := range used {
		rest = append(append(rest[:0], used[:g]...), used[g+1:]...)
		d := of(Merge(rest).Summary()) - value
		sum += d * d
	}
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(.975) * math.Sqrt(sum*float64(n-1)/float64(n))
	return value - half, value + half
}
