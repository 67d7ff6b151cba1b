package aggregate

import (
	"time"

	"github.com/tidewatch/tidewatch"
)

// bucket is the day, or the hour, of moment t.
func (r *records) bucket(t int64) int64 {
	if r.hourly {
		return floorDiv(t+r.offset, hourMicros)
	}
	return floorDiv(r.clock.Civil(t), dayMicros)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// fits reports series that would make more cells than fit, before any is made.
func (r *records) fits(grid tidewatch.Grid, index func(int64) int, end int, first, last int64) error {
	cells := int64(0)
	for k := range r.ids {
		start := end
		for p := range r.entries {
			for _, piece := range r.entries[p][k].pieces {
				for _, e := range piece {
					if e.bucket >= first && e.bucket <= last {
						start = min(start, index(e.bucket))
					}
				}
			}
		}
		cells += int64(end - start)
	}
	if cells <= maxCells {
		return nil
	}
	return tidewatch.Errorf(tidewatch.CodeData, "%d series from %s to %s make %d periods of %v, more than %d: say a longer --freq, or group by less", len(r.ids),
		grid.Stamp(0).Format("2006-01-02"), grid.Stamp(end-1).Format("2006-01-02"), cells, grid.Freq, maxCells)
}

// chooseFreq chooses by the time the records span: hours for less than two weeks, days for less than half a year, weeks up to ten years.
func (r *records) chooseFreq(hours int64, s *Summary) tidewatch.Freq {
	days := hours / 24
	f := tidewatch.Weekly
	switch {
	case days < 14:
		f = tidewatch.Hourly
	case days < 180:
		f = tidewatch.Daily
	case days > 3653:
		f = tidewatch.Monthly
	}
	s.note("note.freq", f.String(), days+1)
	return f
}

// start is the civil beginning of a bucket.
func (r *records) start(bucket int64, zone *time.Location) time.Time {
	if r.hourly {
		return time.UnixMicro(bucket*hourMicros - r.offset).In(zone)
	}
	return time.Date(1970, 1, 1+int(bucket), 0, 0, 0, 0, zone)
}

// anchor is the first stamp: the beginning of the calendar unit of the first record, of several hours that of its day.
func (r *records) anchor(freq tidewatch.Freq, first int64, zone *time.Location) time.Time {
	at := r.start(first, zone)
	if freq.Unit == tidewatch.Hour && freq.N > 1 {
		return tidewatch.Daily.Floor(at)
	}
	floor := freq.Floor(at)
	if freq.Unit == tidewatch.Week && r.weekStart > 0 { // Floor's weeks begin on Monday
		if floor = floor.AddDate(0, 0, r.weekStart); floor.After(at) {
			floor = floor.AddDate(0, 0, -7)
		}
	}
	return floor
}

// indices gives the grid's index of every bucket from first to last.
func (r *records) indices(grid tidewatch.Grid, first, last int64) func(int64) int {
	zone := grid.Anchor.Location()
	if grid.Freq.Unit == tidewatch.Hour {
		anchor := grid.Anchor.UnixMicro()
		return func(b int64) int { return int(floorDiv(b*hourMicros-r.offset-anchor, int64(grid.Freq.N)*hourMicros)) }
	}
	known := map[int64]int{}
	return func(b int64) int {
		i, ok := known[b]
		if !ok {
			i = grid.Index(r.start(b, zone))
			known[b] = i
		}
		return i
	}
}
