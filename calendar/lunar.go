package calendar

import (
	"math"
	"time"
)

// LunarDate is a date of the Chinese lunar calendar.
type LunarDate struct {
	Year  int // the Gregorian year in which the lunar year begins
	Month int // 1 to 12
	Day   int // 1 to 30
	Leap  bool
}

// lunarYears has a number for each lunar year from 1999 to 2050. Bits 0 to 12: which of its months, in order, have 30 days, not 29; bits 13 to 19: days
// from 1 January to its first; bits 20 to 23: the month that a leap month follows, 0 for none. It is equal day by day to lunardate 0.3.0 and
// lunar-go 1.4.6.
var lunarYears = [...]uint32{
	0x5c749, 0x46693, 0x42f52b, 0x5452b, 0x3ea5b, 0x22b55a, 0x4e56a, 0x739b55, 0x60ba4, 0x4ab49, 0x533a93, 0x58a95, 0x4252d,
	0x42caad, 0x50ab5, 0x93d5aa, 0x625d2, 0x4cda5, 0x637d4a, 0x5cd4a, 0x46c95, 0x43152e, 0x54556, 0x3eab5, 0x22b5b2, 0x506d2,
	0x638ea5, 0x5e725, 0x4864b, 0x532c97, 0x56cab, 0x4255a, 0x32cad6, 0x52b69, 0xb3d752, 0x62b52, 0x4cb25, 0x637a4b, 0x5aa4b,
	0x444ab, 0x52e55b, 0x545ad, 0x3eb6a, 0x22bb52, 0x50d92, 0x73bd25, 0x5ed25, 0x48a55, 0x5334ad, 0x584b6, 0x405b5, 0x32cdaa,
}

const firstLunarYear = 1999

// Solar is the day of a lunar date; false if there is no such date from 1999 to 2050.
func (l LunarDate) Solar() (Day, bool) {
	if l.Year < firstLunarYear || l.Year >= firstLunarYear+len(lunarYears) || l.Month < 1 || l.Month > 12 || l.Day < 1 {
		return 0, false
	}
	code := lunarYears[l.Year-firstLunarYear]
	leap := int(code >> 20)
	if l.Leap && l.Month != leap {
		return 0, false
	}
	nth := l.Month - 1
	if l.Leap || leap > 0 && l.Month > leap {
		nth++
	}
	d := Date(l.Year, time.January, 1) + Day(code>>13&127)
	for m := range nth {
		d += 29 + Day(code>>m&1)
	}
	if l.Day > 29+int(code>>nth&1) {
		return 0, false
	}
	return d + Day(l.Day-1), true
}

// Lunar is the Chinese lunar date of a day; false outside 1999-02-16 to the end of the lunar year 2050.
func (d Day) Lunar() (LunarDate, bool) {
	y := d.Year()
	first, ok := LunarDate{Year: y, Month: 1, Day: 1}.Solar()
	if !ok || d < first {
		y--
		if first, ok = (LunarDate{Year: y, Month: 1, Day: 1}).Solar(); !ok {
			return LunarDate{}, false
		}
	}
	code := lunarYears[y-firstLunarYear]
	leap, left := int(code>>20), int(d-first)
	for nth := range 13 {
		length := 29 + int(code>>nth&1)
		if left < length {
			l := LunarDate{Year: y, Month: nth + 1, Day: left + 1}
			if leap > 0 && nth >= leap {
				l.Month, l.Leap = nth, nth == leap
			}
			return l, l.Month <= 12
		}
		left -= length
	}
	return LunarDate{}, false
}

// solarTerm is the day, in Beijing, on which the 21st century's year reaches a solar term: the mean tropical year with the leap days
// taken out, the usual formula of almanacs. c is the term's constant. False outside 2000 to 2050, where it was checked.
func solarTerm(m time.Month, c float64) func(int) (Day, bool) {
	return func(year int) (Day, bool) {
		y := float64(year - 2000)
		if m <= time.February {
			y--
		}
		d := int(math.Floor(float64(year-2000)*.2422+c)) - int(math.Floor(y/4))
		return Date(year, m, d), year >= FirstYear && year <= LastYear
	}
}
