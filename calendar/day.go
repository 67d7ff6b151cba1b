package calendar

import (
	"time"

	"github.com/tidewatch/tidewatch"
)

// Day is a date without a time: the number of days since 1970-01-01.
type Day int

// Date is the day of a year, month and day; a day beyond its month counts on into the next, as in [time.Date].
func Date(year int, month time.Month, day int) Day {
	return Day(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// DayOf is the day t falls on in its own location.
func DayOf(t time.Time) Day { return Date(t.Year(), t.Month(), t.Day()) }

// ParseDay reads a date such as 2026-11-27.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, tidewatch.Errorf(tidewatch.CodeUsage, "%q is no date: write it as 2026-11-27", s)
	}
	return DayOf(t), nil
}

// Time is midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Year is the year the day is in.
func (d Day) Year() int { return d.Time().Year() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) } // 1970-01-01 was a Thursday

// String is the day as 2026-11-27.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

func (d Day) weekend() bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
