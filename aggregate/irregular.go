package aggregate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/tidewatch/tidewatch"
)

// usualDistance is the median distance of neighbouring stamps.
func usualDistance(pairs [][2]civil) time.Duration {
	d := make([]int64, len(pairs))
	for i, p := range pairs {
		d[i] = p[1].micros - p[0].micros
	}
	slices.Sort(d)
	return time.Duration(d[len(d)/2]) * time.Microsecond
}

// usualFreqs are the frequencies that irregular stamps can be meant to have.
var usualFreqs = []tidewatch.Freq{tidewatch.Hourly, {N: 2, Unit: tidewatch.Hour}, {N: 3, Unit: tidewatch.Hour}, {N: 4, Unit: tidewatch.Hour}, {N: 6, Unit: tidewatch.Hour},
	{N: 8, Unit: tidewatch.Hour}, {N: 12, Unit: tidewatch.Hour}, tidewatch.Daily, tidewatch.Weekly, {N: 2, Unit: tidewatch.Week}, tidewatch.Monthly, tidewatch.Quarterly, tidewatch.Yearly}

// nearestFreq is the usual frequency whose period is nearest to d, by their ratio; zero where it is not within a fifth of any.
func nearestFreq(d time.Duration) tidewatch.Freq {
	best, far := tidewatch.Freq{}, math.Log(1.2)
	for _, f := range usualFreqs {
		if r := math.Abs(math.Log(d.Hours() / float64(hoursOf(f)))); r < far {
			best, far = f, r
		}
	}
	return best
}

// together is how near to one another stamps must stand in their periods for the grid's to stand among them: the length of their mean on the circle.
const together = .7

// anchorNear is the first stamp of a grid for irregular stamps: where most stand exactly in their period if half of them do; else where they stand
// on the mean, to the hour (of days and hours) or the day (of weeks); else, and of longer periods, where the calendar's periods begin.
func anchorNear(freq tidewatch.Freq, all []civil, zone *time.Location) time.Time {
	at := anchorOf(freq, all, zone)
	grid := tidewatch.Grid{Freq: freq, Anchor: at}
	earliest := slices.MinFunc(all, func(a, b civil) int { return cmp.Compare(a.micros, b.micros) })
	floor := freq.Floor(timeOf(earliest, zone))
	on, length := 0, float64(hoursOf(freq))
	var x, y float64
	for _, c := range all {
		t := timeOf(c, zone)
		if t.Equal(grid.Stamp(grid.Index(t))) {
			on++
		}
		phase := 2 * math.Pi * t.Sub(floor).Hours() / length
		x, y = x+math.Cos(phase), y+math.Sin(phase)
	}
	if 2*on >= len(all) {
		return at
	}
	if freq.Unit > tidewatch.Week || math.Hypot(x, y) < together*float64(len(all)) {
		return floor
	}
	hours := int(math.Round(math.Mod(math.Atan2(y, x)/(2*math.Pi)+1, 1) * length))
	if freq.Unit == tidewatch.Week {
		hours = (hours + 12) / 24 * 24
	}
	hours -= hoursOf(freq) // a stamp before all rows does no harm
	if freq.Unit == tidewatch.Hour {
		return floor.Add(time.Duration(hours) * time.Hour)
	}
	return time.Date(floor.Year(), floor.Month(), floor.Day(), hours, 0, 0, 0, zone)
}

// timeOf is the moment of a civil time.
func timeOf(c civil, zone *time.Location) time.Time {
	t := time.UnixMicro(c.micros).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}
