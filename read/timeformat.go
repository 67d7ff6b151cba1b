package read

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/tidewatch/tidewatch"
)

// The years accepted. Stamps outside are sentinels (0001, 1601, 9999) or damage, and one of them would stretch a daily series over
// millennia.
const (
	firstYear = 1700
	lastYear  = 2199
)

// stamp is a parsed time: microseconds since 1970-01-01, of the moment where the text names a zone, of the clock on the wall where not.
type stamp struct {
	micros int64
	zoned  bool
	offset int32 // seconds east of UTC, where zoned
}

// timeFormat is one way to write times.
type timeFormat struct {
	name  string
	weak  bool // looks like any number: taken only for a column whose name says that it is a time
	parse func(b []byte) (stamp, status)
}

// timeFormats are all formats, the first that fits a column wins; day and month are told apart by pickFormat.
var timeFormats = []timeFormat{
	{"year-month-day", false, parseYMD},
	{"day/month/year", false, parseDMY},
	{"month/day/year", false, parseMDY},
	{"unix seconds", true, unixFormat(1e8, 1e11, 1e6)},
	{"yyyymmdd", true, parseCompact}, // before milliseconds, which have 12 digits only until 2001
	{"unix milliseconds", true, unixFormat(1e11, 1e14, 1e3)},
	{"unix microseconds", true, unixFormat(1e14, 1e17, 1)},
	{"unix nanoseconds", true, parseUnixNano},
	{"month in words", false, parseWords},
	{"年月日", false, parseChinese},
	{"year-month", false, parseYearMonth},
	{"month/year", false, parseMonthYear},
	{"yyyymm", true, parseCompactMonth},
	{"year-quarter", false, parseQuarter},
	{"year-week (ISO 8601)", false, parseWeek},
	{"year", true, parseYear},
}

// TimeFormats are the names of the formats of times, as [Options].TimeFormat takes them.
func TimeFormats() []string {
	var names []string
	for _, f := range timeFormats {
		names = append(names, f.name)
	}
	return names
}

var formatAliases = map[string]string{
	"iso": "year-month-day", "ymd": "year-month-day", "dmy": "day/month/year", "mdy": "month/day/year", "unix": "unix seconds", "s": "unix seconds",
	"ms": "unix milliseconds", "us": "unix microseconds", "ns": "unix nanoseconds",
}

func formatNamed(name string) (*timeFormat, error) {
	if full, ok := formatAliases[strings.ToLower(name)]; ok {
		name = full
	}
	for i := range timeFormats {
		if strings.EqualFold(timeFormats[i].name, name) {
			return &timeFormats[i], nil
		}
	}
	return nil, tidewatch.Errorf(tidewatch.CodeUsage, "time format %q is not known: use one of ymd, dmy, mdy, unix, ms, us, ns, %s", name, strings.Join(TimeFormats(), ", "))
}

// pickFormat finds the format that fits the sample of a column (blank texts do not count): the first that reads at least 19 of 20, best
// first. Where day/month and month/day both fit, it is the reading whose largest gap between neighbouring stamps is smaller: dates of
// a real column are close together; sure says that there was nothing to guess. It returns nil where none fits.
func pickFormat(column [][]byte, weak bool) (f *timeFormat, sure bool) {
	sample := thin(column, 500)
	best, hits := -1, 0
	fits := make([]int, len(timeFormats))
	looks := make([]int, len(timeFormats)) // written so, but of no day there is
	known := 0
	for _, b := range sample {
		if !isBlank(trim(b)) {
			known++
		}
	}
	if known == 0 {
		return nil, false
	}
	for i := range timeFormats {
		if timeFormats[i].weak && !weak {
			continue
		}
		seen := 0
		for _, b := range sample {
			b = trim(b)
			if isBlank(b) {
				continue
			}
			seen++
			switch _, s := timeFormats[i].parse(b); {
			case s == fine:
				fits[i]++
				looks[i]++
			case (s == noSuchDay || s == outOfRange) && !timeFormats[i].weak:
				looks[i]++
			}
			if seen == 100 && looks[i] < 50 {
				break
			}
		}
		if fits[i]*20 >= known*19 && fits[i] > hits {
			best, hits = i, fits[i]
		}
	}
	for i := range looks {
		if best < 0 && looks[i]*20 >= known*19 {
			best = i
		}
	}
	if best < 0 { // a column of which a good part is damaged still is what most of it is
		for i := range fits {
			if fits[i]*2 > known && fits[i] > hits {
				best, hits = i, fits[i]
			}
		}
	}
	if best < 0 {
		return nil, false
	}
	const dmy, mdy = 1, 2
	if best == dmy || best == mdy {
		d, dayGap := widestGap(column, parseDMY)
		m, monthGap := widestGap(column, parseMDY)
		switch {
		case d > m || d == m && dayGap <= monthGap:
			best = dmy
		default:
			best = mdy
		}
		return &timeFormats[best], d != m || dayGap != monthGap
	}
	return &timeFormats[best], true
}

// widestGap is how many of the sample parse reads, and the longest time between neighbours among their stamps.
func widestGap(sample [][]byte, parse func([]byte) (stamp, status)) (fits int, gap int64) {
	var at []int64
	for _, b := range sample {
		if s, st := parse(trim(b)); st == fine {
			at = append(at, s.micros)
		}
	}
	slices.Sort(at)
	for i := 1; i < len(at); i++ {
		gap = max(gap, at[i]-at[i-1])
	}
	return len(at), gap
}

// ParseTime reads one time in any format but bare numbers other than yyyymmdd, and unix seconds; zone is that of a text without one.
// It is for flags and configuration. dateOnly says that the text names a day, not a moment of it.
func ParseTime(text string, zone *time.Location) (t time.Time, dateOnly bool, err error) {
	b := trim([]byte(text))
	for _, f := range timeFormats {
		if f.name == "unix milliseconds" || f.name == "unix microseconds" || f.name == "unix nanoseconds" {
			continue
		}
		if s, st := f.parse(b); st == fine {
			c := NewClock(zone)
			t = time.UnixMicro(c.moment(s)).In(c.zone)
			return t, !s.zoned && !bytes.ContainsAny(b, ":") && !strings.HasPrefix(f.name, "unix") && s.micros%dayMicros == 0, nil
		}
	}
	return time.Time{}, false, tidewatch.Errorf(tidewatch.CodeUsage, "time %q is not understood: write it as 2024-05-31 or 2024-05-31 13:00", text)
}

// Clock turns stamps into moments, and moments into the civil time of a zone. It caches the zone's current offset, so it is not safe for
// concurrent use; what it returns does not depend on what it was asked before.
type Clock struct {
	zone   *time.Location
	lo, hi int64 // moments between which the offset is off, microseconds
	off    int64
}

// NewClock makes a clock of a zone; nil is UTC.
func NewClock(zone *time.Location) *Clock {
	if zone == nil {
		zone = time.UTC
	}
	c := &Clock{zone: zone}
	c.load(0)
	return c
}

const dayMicros = 86400e6

// Zone is the clock's zone.
func (c *Clock) Zone() *time.Location { return c.zone }

// load finds the offset in force at moment t.
func (c *Clock) load(t int64) {
	at := time.UnixMicro(t).In(c.zone)
	_, off := at.Zone()
	c.off = int64(off) * 1e6
	from, to := at.ZoneBounds()
	c.lo, c.hi = -1<<62, 1<<62
	if !from.IsZero() {
		c.lo = from.UnixMicro()
	}
	if !to.IsZero() {
		c.hi = to.UnixMicro()
	}
}

// moment is the moment of s. A naive time that daylight saving skips is moved on by the hour that was skipped; of one that it repeats
// the first is meant.
func (c *Clock) moment(s stamp) int64 {
	if s.zoned {
		return s.micros
	}
	// Within a day of a change the cached offset may be the wrong one of two: that is for the slow way, which always answers alike.
	if t := s.micros - c.off; t >= c.lo+dayMicros && t < c.hi-dayMicros {
		return t
	}
	before, after := c.offset(s.micros-dayMicros), c.offset(s.micros+dayMicros)
	t := s.micros - before
	if before != after && c.offset(t) != before {
		if u := s.micros - after; c.offset(u) == after {
			t = u
		}
	}
	c.load(t)
	return t
}

// offset is the zone's offset at moment t, in microseconds.
func (c *Clock) offset(t int64) int64 {
	_, off := time.UnixMicro(t).In(c.zone).Zone()
	return int64(off) * 1e6
}

// Civil is the time on the wall at moment t, both in microseconds since 1970-01-01.
func (c *Clock) Civil(t int64) int64 {
	if t < c.lo || t >= c.hi {
		c.load(t)
	}
	return t + c.off
}

// daysOf is the number of days from 1970-01-01 to the given day of the proleptic Gregorian calendar (Hinnant, "chrono-compatible
// low-level date algorithms", days_from_civil).
func daysOf(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	mp := (m + 9) % 12
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// dateMicros is midnight of the day, if there is such a day.
func dateMicros(y, m, d int) (int64, status) {
	if y < firstYear || y > lastYear {
		return 0, outOfRange
	}
	if m < 1 || m > 12 || d < 1 || d > monthDays[m] || m == 2 && d == 29 && (y%4 != 0 || y%100 == 0 && y%400 != 0) {
		return 0, noSuchDay
	}
	return daysOf(y, m, d) * dayMicros, fine
}
