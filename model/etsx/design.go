package etsx

import (
	"math"

	"github.com/tidewatch/tidewatch"
)

// cell is a regressor that is not zero.
type cell struct {
	column int
	x      float64
}

// term is a covariate, or a label of one, some periods before or after.
type term struct {
	covariate int
	label     int // -1 = a number
	mean      float64
	ahead     int // its value that many periods later counts: 1 is the day before the event
}

// design is the regressors of one series: seasonal positions, day of the month, covariates.
type design struct {
	s     tidewatch.Series
	slots int
	dead  []bool // [slot] always zero, such as a Sunday
	month bool   // daily: with the day of the month
	terms []term
	sd    []float64 // [column] how large an effect may be expected to be
	rows  [][]cell  // [period]
}

const (
	maxSlots  = 168
	seasonSD  = .3
	monthSD   = .03
	termSD    = .1
	besideSD  = .05 // of days around an event
	monthPair = 2   // of Fourier terms
	rare      = .05 // share of the days that have a label, up to which it is an event with days around it
	before    = 3
	after     = 2
)

func newDesign(s tidewatch.Series) *design {
	d := &design{s: s, slots: 1}
	if m := s.Season(); m > 1 && m <= maxSlots {
		d.slots = m
	}
	n := len(s.Values)
	positive, seen := make([]int, d.slots), make([]int, d.slots)
	for t, v := range s.Values {
		if v == v {
			seen[t%d.slots]++
			if v > 0 {
				positive[t%d.slots]++
			}
		}
	}
	d.dead = make([]bool, d.slots)
	for j := range d.dead {
		d.dead[j] = seen[j] > 0 && 10*positive[j] < seen[j]
	}
	for range d.slots {
		d.sd = append(d.sd, seasonSD)
	}
	daily := s.Grid.Freq == tidewatch.Daily
	if d.month = daily && n >= 120; d.month {
		for range 2 * monthPair {
			d.sd = append(d.sd, monthSD)
		}
	}
	for c, cov := range s.Covariates() {
		if !cov.Ahead || cov.Scope == tidewatch.BySeries {
			continue
		}
		d.covariate(c, cov, daily)
	}
	d.rows = make([][]cell, n)
	for t := range d.rows {
		d.rows[t] = d.at(s.Start+t, s.Covariate)
	}
	return d
}

// covariate adds the terms of a covariate that varies in the series' past. Labels are compared with the most frequent one.
func (d *design) covariate(c int, cov tidewatch.Covariate, daily bool) {
	n := len(d.s.Values)
	add := func(t term, sd float64) {
		d.terms, d.sd = append(d.terms, t), append(d.sd, sd)
	}
	if cov.Labels == nil {
		sum, known, lo, hi := 0.0, 0.0, math.Inf(1), math.Inf(-1)
		for t := range n {
			if v := d.s.Covariate(c, d.s.Start+t); v == v {
				sum, known = sum+v, known+1
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if known == 0 || lo == hi || lo < 0 || hi > 1 { // prices of sums say little of their demand
			return
		}
		add(term{c, -1, sum / known, 0}, termSD)
		return
	}
	count := make([]int, len(cov.Labels))
	most := 0
	for t := range n {
		if v := d.s.Covariate(c, d.s.Start+t); v == v {
			count[int(v)]++
		}
	}
	for l := range count {
		if count[l] > count[most] {
			most = l
		}
	}
	for l, k := range count {
		if k == 0 || l == most {
			continue
		}
		add(term{c, l, 0, 0}, termSD)
		if daily && float64(k) <= rare*float64(n) {
			for ahead := -after; ahead <= before; ahead++ {
				if ahead != 0 {
					add(term{c, l, 0, ahead}, besideSD)
				}
			}
		}
	}
}

// at is the regressors at an index of the grid.
func (d *design) at(index int, value func(c, t int) float64) []cell {
	t := index - d.s.Start
	cells := []cell{{t % d.slots, 1}}
	column := d.slots
	if d.month {
		day := float64(d.s.Grid.Stamp(index).Day() - 1)
		for k := 1; k <= monthPair; k++ {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) * day / 30.5)
			cells = append(cells, cell{column, sin}, cell{column + 1, cos})
			column += 2
		}
	}
	last, lastAhead, v := -1, 0, 0.0
	for k, term := range d.terms {
		if term.covariate != last || term.ahead != lastAhead {
			last, lastAhead, v = term.covariate, term.ahead, value(term.covariate, index+term.ahead)
		}
		switch x := v; {
		case v != v:
		case term.label >= 0:
			if int(v) == term.label {
				cells = append(cells, cell{column + k, 1})
			}
		default:
			if x -= term.mean; x != 0 {
				cells = append(cells, cell{column + k, x})
			}
		}
	}
	return cells
}

// event is the column's term, if it is a label on its own day.
func (d *design) event(column int) bool {
	k := column - (len(d.sd) - len(d.terms))
	return k >= 0 && d.terms[k].label >= 0 && d.terms[k].ahead == 0
}

func (d *design) dot(cells []cell, b []float64) float64 {
	sum := 0.0
	for _, c := range cells {
		sum += c.x * b[c.column]
	}
	return sum
}
