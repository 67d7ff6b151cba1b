package calendar

import (
	"slices"
	"strconv"

	"github.com/tidewatch/tidewatch"
)

// Regressors says which columns [Calendar.Covariates] makes beside those of the events.
type Regressors struct {
	// Paydays are days of the month on which people are paid; one that is a day off or a weekend is paid on the last working day before. -1 is
	// the last day of the month.
	Paydays []int
	// Months adds the first three and the last three days of the month on grids of days, and on longer grids the working days, Saturdays and
	// Sundays of a period.
	Months bool
	// Weekdays adds the day of the week as a categorical column, on grids of days or hours. Methods with a season of a week know it already.
	Weekdays bool
}

// Covariates are the calendar as covariates known ahead, the same for every series, for the periods first up to, not including, end of
// the grid. A column that is zero throughout is left out.
//
// On grids of days or hours, an event has a column of 0 and 1 for its own days, and one for each day of its lead and lag, named
// easter, easter-1, easter+1. On longer grids, an event has one column: the share of its days, lead and lag included, that falls into the
// period, so that a moving feast moves between months. Where a calendar has several regions, the names begin with the region: US:easter.
func (c *Calendar) Covariates(grid tidewatch.Grid, first, end int, r Regressors) []tidewatch.Covariate {
	if end <= first || c.Empty() && !r.Months && !r.Weekdays && r.Paydays == nil {
		return nil
	}
	p := newPeriods(grid, first, end)
	t := &columns{first: first, n: end - first, at: map[string]int{}}
	list := c.Events(p.from(0)-maxSpan, p.to(p.n-1)+maxSpan)
	for _, e := range list {
		name := c.column(e)
		if !p.daily {
			span := float32(e.Days() + e.Lead + e.Lag)
			for d := e.First - Day(e.Lead); d <= e.Last+Day(e.Lag); d++ {
				p.each(d, func(i int) { t.add(name, i, 1/span) })
			}
			continue
		}
		for d := e.First; d <= e.Last; d++ {
			p.each(d, func(i int) { t.set(name, i, 1) })
		}
		for k := 1; k <= e.Lead; k++ {
			p.each(e.First-Day(k), func(i int) { t.set(name+"-"+strconv.Itoa(k), i, 1) })
		}
		for k := 1; k <= e.Lag; k++ {
			p.each(e.Last+Day(k), func(i int) { t.set(name+"+"+strconv.Itoa(k), i, 1) })
		}
	}
	free := newFreeDays(list)
	for i := range p.n {
		for d := p.from(i); d <= p.to(i); d++ {
			month := d.Time()
			left := int(Date(month.Year(), month.Month()+1, 0) - d)
			switch {
			case !r.Months:
			case p.daily && month.Day() <= 3:
				t.set("month-start", i, 1)
			case p.daily && left < 3:
				t.set("month-end", i, 1)
			case p.daily:
			case !free.is(d):
				t.add("working-days", i, 1)
			case d.Weekday() == 6:
				t.add("saturdays", i, 1)
			case d.Weekday() == 0:
				t.add("sundays", i, 1)
			}
			if free.paid(d, r.Paydays) {
				t.add("payday", i, 1)
			}
		}
	}
	if r.Weekdays && p.daily {
		col := tidewatch.Covariate{Name: "weekday", Ahead: true, First: first, Values: make([]float32, p.n),
			Labels: []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}}
		for i := range p.n {
			col.Values[i] = float32(p.from(i).Weekday())
		}
		t.all = append(t.all, col)
	}
	return t.all
}

// column is the name of an event's column.
func (c *Calendar) column(e Event) string {
	name := e.Key
	switch e.Kind {
	case Workday:
		name = "make-up-workday"
	case Substitute:
		name += "-substitute"
	}
	if len(c.regions) > 1 && e.Region != "" {
		name = e.Region + ":" + name
	}
	return name
}

// columns grows the columns of a table, in the order in which they were first needed.
type columns struct {
	first, n int
	at       map[string]int
	all      []tidewatch.Covariate
}

func (t *columns) cell(name string, i int) *float32 {
	k, ok := t.at[name]
	if !ok {
		k = len(t.all)
		t.at[name] = k
		t.all = append(t.all, tidewatch.Covariate{Name: name, Ahead: true, First: t.first, Values: make([]float32, t.n)})
	}
	return &t.all[k].Values[i]
}

func (t *columns) set(name string, i int, v float32) { *t.cell(name, i) = v }
func (t *columns) add(name string, i int, v float32) { *t.cell(name, i) += v }

// periods are the days of the periods of a grid.
type periods struct {
	n     int
	daily bool  // no period is longer than a day
	start []Day // [n+1] the first day of each
}

func newPeriods(grid tidewatch.Grid, first, end int) periods {
	p := periods{n: end - first, daily: grid.Freq.Unit == tidewatch.Hour && grid.Freq.N <= 24 || grid.Freq == tidewatch.Daily, start: make([]Day, end-first+1)}
	late := 0 // stamps that are the last days of their periods
	if stamp := grid.Stamp(first); grid.Freq.Unit >= tidewatch.Month && grid.Index(stamp.AddDate(0, 0, 1)) != first {
		late = 1
	}
	for i := range p.start {
		p.start[i] = DayOf(grid.Stamp(first+i-late)) + Day(late)
	}
	return p
}

func (p periods) from(i int) Day { return p.start[i] }
func (p periods) to(i int) Day   { return max(p.start[i], p.start[i+1]-1) }

// each calls use for every period that has a part of the day.
func (p periods) each(d Day, use func(i int)) {
	i, _ := slices.BinarySearch(p.start, d)
	if i > 0 && (i == len(p.start) || p.start[i] > d) && !p.daily {
		i--
	}
	for ; i < p.n && p.from(i) <= d; i++ {
		if d <= p.to(i) {
			use(i)
		}
	}
}

// Period is the first and the last day of period i of a grid; of one shorter than a day, the day it begins on.
func Period(grid tidewatch.Grid, i int) (first, last Day) {
	p := newPeriods(grid, i, i+1)
	return p.from(0), p.to(0)
}

// freeDays are the days off and the weekend days worked.
type freeDays struct{ off, worked map[Day]bool }

func newFreeDays(list []Event) freeDays {
	f := freeDays{map[Day]bool{}, map[Day]bool{}}
	for _, e := range list {
		for d := e.First; d <= e.Last; d++ {
			if e.Off {
				f.off[d] = true
			}
			if e.Kind == Workday {
				f.worked[d] = true
			}
		}
	}
	return f
}

func (f freeDays) is(d Day) bool { return f.off[d] || d.weekend() && !f.worked[d] }

// paid reports whether a pay-day is paid on d.
func (f freeDays) paid(d Day, days []int) bool {
	if len(days) == 0 || f.is(d) {
		return false
	}
	for {
		t := d.Time()
		if slices.Contains(days, t.Day()) || slices.Contains(days, -1) && Date(t.Year(), t.Month()+1, 1) == d+1 {
			return true
		}
		if d++; !f.is(d) {
			return false
		}
	}
}
