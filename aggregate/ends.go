package aggregate

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// span is the first and the last bucket. Records that stand far from all others are wrong dates more often than not, and a single one of
// them would stretch every series by years of zeros: at most one row in a thousand, before or behind a gap of at least a week and a
// quarter of the time that the others span, is left out.
func (r *records) span(cfg *Config, s *Summary) (first, last int64) {
	buckets := slices.Sorted(maps.Keys(r.periods))
	lo, hi := 0, len(buckets)-1
	if !cfg.KeepStray {
		lo, hi = r.bulk(buckets)
	}
	var examples []string
	for i, b := range buckets {
		if i >= lo && i <= hi {
			continue
		}
		s.Stray += r.periods[b].rows
		if len(examples) < 3 {
			examples = append(examples, time.UnixMicro(r.periods[b].last).In(r.clock.Zone()).Format("2006-01-02"))
		}
		delete(r.periods, b)
	}
	if s.Stray > 0 {
		s.note("note.stray", s.Stray, strings.Join(examples, ", "))
	}
	return buckets[lo], buckets[hi]
}

// bulk is the range of buckets, by number, without those that stand far from all others.
func (r *records) bulk(buckets []int64) (lo, hi int) {
	total := int64(0)
	for _, d := range r.periods {
		total += d.rows
	}
	// The bucket before which, from either side, stand no more than one row in a thousand.
	edge := func(from, step int) int {
		n := r.periods[buckets[from]].rows
		for n*1000 <= total {
			from += step
			n += r.periods[buckets[from]].rows
		}
		return from
	}
	first, last := edge(0, 1), edge(len(buckets)-1, -1)
	span := buckets[last] - buckets[first]
	gap := span / 4
	if week := int64(7); !r.hourly {
		gap = max(gap, week)
	} else {
		gap = max(gap, 24*week)
	}
	for lo = first; lo > 0 && buckets[lo]-buckets[lo-1] <= gap; lo-- {
	}
	for hi = last; hi < len(buckets)-1 && buckets[hi+1]-buckets[hi] <= gap; hi++ {
	}
	return lo, hi
}

// end is the index of the first period not in the panel: the one after the last finished one.
func (r *records) end(grid tidewatch.Grid, index func(int64) int, cfg *Config, s *Summary) int {
	byPeriod := map[int]*day{}
	lastIndex, firstIndex := math.MinInt, math.MaxInt
	for b, d := range r.periods {
		i := index(b)
		p := byPeriod[i]
		if p == nil {
			p = &day{last: math.MinInt64}
			byPeriod[i] = p
		}
		p.rows += d.rows
		p.last = max(p.last, d.last)
		lastIndex, firstIndex = max(lastIndex, i), min(firstIndex, i)
	}
	last := byPeriod[lastIndex]
	if lastIndex == firstIndex {
		s.note("note.onePeriod")
		return lastIndex + 1
	}
	if cfg.KeepUnfinished {
		return lastIndex + 1
	}
	switch {
	case s.Later > 0: // the records go on: all periods that had ended by the origin count, whether or not something was sold
		now := grid.Index(cfg.Origin.Add(time.Microsecond))
		if last = byPeriod[now]; last == nil {
			return now
		}
		lastIndex = now
	case !cfg.Origin.IsZero() && cfg.Origin.Before(grid.Stamp(lastIndex+1).Add(-time.Microsecond)):
	case grid.Freq.Unit <= tidewatch.Day:
		if finishedDay(grid, byPeriod, lastIndex) {
			return lastIndex + 1
		}
	default:
		if r.finishedWeeks(grid, lastIndex) {
			return lastIndex + 1
		}
	}
	s.Unfinished = &Unfinished{Stamp: grid.Stamp(lastIndex), Rows: last.rows, Last: time.UnixMicro(last.last).In(grid.Anchor.Location())}
	return lastIndex
}

// finishedWeeks tells from the records alone whether the last period, of a week or longer, had ended: all days of it after the last record
// are on days of the week on which nothing was recorded in the eight weeks before.
func (r *records) finishedWeeks(grid tidewatch.Grid, last int) bool {
	zone := grid.Anchor.Location()
	date := func(t time.Time) int64 { return daysOf(t.In(zone)) }
	latest := int64(math.MinInt64)
	for _, d := range r.periods {
		latest = max(latest, date(time.UnixMicro(d.last)))
	}
	var open [7]bool
	for _, d := range r.periods {
		if at := date(time.UnixMicro(d.last)); at > latest-56 {
			open[floorMod(at, 7)] = true
		}
	}
	end := date(grid.Stamp(last + 1).Add(-time.Microsecond))
	for at := latest + 1; at <= end; at++ {
		if open[floorMod(at, 7)] {
			return false
		}
	}
	return true
}

// daysOf is the number of t's civil day since 1970-01-01.
func daysOf(t time.Time) int64 {
	_, off := t.Zone()
	return floorDiv(t.Unix()+int64(off), 86400)
}

// finishedDay tells from the records alone whether the last day, or hour, had ended: its last record stands as late in it as the last
// records of the twelve periods before it do, all but the earliest one; in hours of a day, minutes of an hour.
func finishedDay(grid tidewatch.Grid, periods map[int]*day, last int) bool {
	unit := int64(hourMicros)
	if grid.Freq.Unit == tidewatch.Hour {
		unit = 60e6
	}
	into := func(i int) int64 { return floorDiv(periods[i].last-grid.Stamp(i).UnixMicro(), unit) }
	var before []int64
	for i := last - 1; i >= last-12; i-- {
		if periods[i] != nil {
			before = append(before, into(i))
		}
	}
	if len(before) == 0 {
		return false
	}
	slices.Sort(before)
	limit := before[0]
	if len(before) > 3 {
		limit = before[1]
	}
	return into(last) >= limit
}
