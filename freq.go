package tidewatch

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is a calendar unit of time.
type Unit uint8

// The units a frequency can be made of, from short to long.
const (
	Hour Unit = iota + 1
	Day
	Week
	Month
	Quarter
	Year
)

// Freq is a frequency: one observation every N units. The zero value means "not known yet".
type Freq struct {
	N    int
	Unit Unit
}

// The usual frequencies.
var (
	Hourly    = Freq{1, Hour}
	Daily     = Freq{1, Day}
	Weekly    = Freq{1, Week}
	Monthly   = Freq{1, Month}
	Quarterly = Freq{1, Quarter}
	Yearly    = Freq{1, Year}
)

var unitLetters = [...]string{Hour: "h", Day: "D", Week: "W", Month: "M", Quarter: "Q", Year: "Y"}

var unitNames = map[string]Unit{
	"h": Hour, "hour": Hour, "hourly": Hour,
	"d": Day, "day": Day, "daily": Day,
	"w": Week, "week": Week, "weekly": Week,
	"m": Month, "ms": Month, "me": Month, "month": Month, "monthly": Month,
	"q": Quarter, "qs": Quarter, "qe": Quarter, "quarter": Quarter, "quarterly": Quarter,
	"y": Year, "ys": Year, "ye": Year, "a": Year, "as": Year, "year": Year, "yearly": Year, "annual": Year,
}

// ParseFreq reads a frequency such as "h", "6h", "D", "W", "2W", "M", "Q" or "Y". Upper or lower case does not matter; English words
// (weekly) and pandas' MS, QS, YS, ME ... are understood too: where in its period a stamp stands is the [Grid]'s concern.
func ParseFreq(s string) (Freq, error) {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	n := 1
	if digits > 0 {
		v, err := strconv.Atoi(s[:digits])
		if err != nil || v < 1 || v > 10000 {
			return Freq{}, Errorf(CodeUsage, "frequency %q: the multiple must be from 1 to 10000", s)
		}
		n = v
	}
	u, ok := unitNames[strings.ToLower(strings.TrimSpace(s[digits:]))]
	if !ok {
		return Freq{}, Errorf(CodeUsage, "frequency %q is not known: use h, D, W, M, Q or Y, with a multiple if need be (6h, 2W)", s)
	}
	return Freq{n, u}, nil
}

// String is the form ParseFreq reads: "D", "6h". The zero Freq is "".
func (f Freq) String() string {
	if f.IsZero() {
		return ""
	}
	if f.N == 1 {
		return unitLetters[f.Unit]
	}
	return strconv.Itoa(f.N) + unitLetters[f.Unit]
}

// MarshalText and UnmarshalText let a Freq stand in JSON and configuration as its String.
func (f Freq) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is the inverse of MarshalText; empty text is the zero Freq.
func (f *Freq) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*f = Freq{}
		return nil
	}
	v, err := ParseFreq(string(b))
	if err == nil {
		*f = v
	}
	return err
}

// IsZero reports whether f is the zero value, an unknown frequency.
func (f Freq) IsZero() bool { return f.N == 0 || f.Unit == 0 }

// Season is the number of observations in the natural season of f: hours and fractions of a day in a day (h 24, 6h 4), days in a week
// (D 7), weeks, months or quarters in a year (W 52, M 12, Q 4). It is 1 where there is none, or where N does not divide it.
func (f Freq) Season() int {
	whole := map[Unit]int{Hour: 24, Day: 7, Week: 52, Month: 12, Quarter: 4, Year: 1}[f.Unit]
	if f.N < 1 || whole%f.N != 0 {
		return 1
	}
	return max(1, whole/f.N)
}

// Floor is the start of the calendar unit that contains t, in t's location: the full hour, midnight, Monday's midnight, the first of
// the month, quarter or year. N does not matter: where a period of several units begins is the anchor of a [Grid].
func (f Freq) Floor(t time.Time) time.Time {
	y, m, d := t.Date()
	at := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, t.Location()) }
	switch f.Unit {
	case Hour:
		// Not time.Date: an hour that daylight saving repeats must stay two hours. Zones off UTC by a part of an hour are honoured.
		return t.Add(-(time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())))
	case Day:
		return at(y, m, d)
	case Week:
		return at(y, m, d-(int(t.Weekday())+6)%7)
	case Month:
		return at(y, m, 1)
	case Quarter:
		return at(y, m-(m-1)%3, 1)
	case Year:
		return at(y, time.January, 1)
	}
	panic(fmt.Sprintf("tidewatch: Floor of %#v", f))
}

// months is how many months a period of f lasts, 0 where it is not made of months.
func (f Freq) months() int {
	return f.N * map[Unit]int{Month: 1, Quarter: 3, Year: 12}[f.Unit]
}
