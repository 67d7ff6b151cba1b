package read

import (
	"bytes"
	"strconv"
	"time"
)

// digits reads a number of lo to hi digits at the start of b and returns it, what follows, and how many digits there were (0: none, or
// too many or few).
func digits(b []byte, lo, hi int) (v int, rest []byte, n int) {
	for n < len(b) && n < hi && b[n]-'0' <= 9 {
		v = v*10 + int(b[n]-'0')
		n++
	}
	if n < lo || n < len(b) && b[n]-'0' <= 9 {
		return 0, b, 0
	}
	return v, b[n:], n
}

// parseYMD reads 2024-05-31, 2024/5/31 and 2024.05.31, with or without a time of day and a zone.
func parseYMD(b []byte) (stamp, status) {
	if len(b) >= 10 && b[4] == '-' && b[7] == '-' { // the usual one, fast
		y := int(b[0]-'0')*1000 + int(b[1]-'0')*100 + int(b[2]-'0')*10 + int(b[3]-'0')
		m := int(b[5]-'0')*10 + int(b[6]-'0')
		d := int(b[8]-'0')*10 + int(b[9]-'0')
		if b[0]-'0' <= 9 && b[1]-'0' <= 9 && b[2]-'0' <= 9 && b[3]-'0' <= 9 && b[5]-'0' <= 9 && b[6]-'0' <= 9 && b[8]-'0' <= 9 && b[9]-'0' <= 9 {
			return withClock(y, m, d, b[10:])
		}
	}
	y, b, n := digits(b, 4, 4)
	if n == 0 || len(b) == 0 || b[0] != '-' && b[0] != '/' && b[0] != '.' {
		return stamp{}, notTime
	}
	sep := b[0]
	m, b, n := digits(b[1:], 1, 2)
	if n == 0 || len(b) == 0 || b[0] != sep {
		return stamp{}, notTime
	}
	d, b, n := digits(b[1:], 1, 2)
	if n == 0 {
		return stamp{}, notTime
	}
	return withClock(y, m, d, b)
}

func parseDMY(b []byte) (stamp, status) {
	first, second, y, b, ok := threeParts(b)
	if !ok {
		return stamp{}, notTime
	}
	return withClock(y, second, first, b)
}

func parseMDY(b []byte) (stamp, status) {
	first, second, y, b, ok := threeParts(b)
	if !ok {
		return stamp{}, notTime
	}
	return withClock(y, first, second, b)
}

// threeParts reads 31/12/2024, 31.12.24 or 31-12-2024 and returns what follows.
func threeParts(b []byte) (first, second, year int, rest []byte, ok bool) {
	first, b, n := digits(b, 1, 2)
	if n == 0 || len(b) == 0 || b[0] != '-' && b[0] != '/' && b[0] != '.' {
		return
	}
	sep := b[0]
	second, b, n = digits(b[1:], 1, 2)
	if n == 0 || len(b) == 0 || b[0] != sep {
		return
	}
	year, rest, n = digits(b[1:], 2, 4)
	if n == 2 {
		year = century(year)
	}
	return first, second, year, rest, n == 2 || n == 4
}

// century places a year of two digits as POSIX does: 69 to 99 are 1969 to 1999.
func century(y int) int {
	if y < 69 {
		return 2000 + y
	}
	return 1900 + y
}

// withClock is the day at the time of day, and in the zone, that rest says.
func withClock(y, m, d int, rest []byte) (stamp, status) {
	day, st := dateMicros(y, m, d)
	if st != fine || len(rest) == 0 {
		return stamp{micros: day}, st
	}
	return clockTime(day, rest)
}

// clockTime adds " 13:05:09.25 PM +08:00" and its shorter forms to the midnight day.
func clockTime(day int64, b []byte) (stamp, status) {
	if b[0] != 'T' && b[0] != 't' && b[0] != ' ' {
		return stamp{}, notTime
	}
	b = trim(b[1:])
	if len(b) == 0 {
		return stamp{micros: day}, fine
	}
	h, b, n := digits(b, 1, 2)
	if n == 0 || len(b) == 0 || b[0] != ':' {
		return stamp{}, notTime
	}
	mi, b, n := digits(b[1:], 2, 2)
	if n == 0 {
		return stamp{}, notTime
	}
	sec, micros := 0, int64(0)
	if len(b) > 0 && b[0] == ':' {
		if sec, b, n = digits(b[1:], 2, 2); n == 0 {
			return stamp{}, notTime
		}
		if len(b) > 1 && (b[0] == '.' || b[0] == ',') {
			unit := int64(100_000)
			for b = b[1:]; len(b) > 0 && b[0]-'0' <= 9; b = b[1:] {
				micros += unit * int64(b[0]-'0')
				unit /= 10
			}
		}
	}
	b = trim(b)
	if len(b) >= 2 && (b[1] == 'M' || b[1] == 'm') && (b[0] == 'A' || b[0] == 'a' || b[0] == 'P' || b[0] == 'p') {
		if h < 1 || h > 12 {
			return stamp{}, noSuchDay
		}
		h %= 12
		if b[0] == 'P' || b[0] == 'p' {
			h += 12
		}
		b = trim(b[2:])
	}
	if sec == 60 { // a leap second
		sec = 59
	}
	if h > 24 || mi > 59 || sec > 59 || h == 24 && (mi > 0 || sec > 0 || micros > 0) {
		return stamp{}, noSuchDay
	}
	s := stamp{micros: day + int64(h*3600+mi*60+sec)*1e6 + micros}
	if len(b) == 0 {
		return s, fine
	}
	off, ok := parseZone(b)
	if !ok {
		return stamp{}, notTime
	}
	return stamp{micros: s.micros - int64(off)*1e6, zoned: true, offset: int32(off)}, fine
}

// parseZone reads Z, UTC, GMT, +08:00, +0800, +08, UTC+8, and gives seconds east of UTC.
func parseZone(b []byte) (int, bool) {
	for _, name := range []string{"UTC", "GMT", "Z", "z"} {
		if r, ok := bytes.CutPrefix(b, []byte(name)); ok {
			if b = r; len(b) == 0 {
				return 0, true
			}
			break
		}
	}
	if b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	neg := b[0] == '-'
	h, rest, n := digits(b[1:], 1, 2)
	m := 0
	if n == 0 {
		if h, rest, n = digits(b[1:], 4, 4); n == 0 {
			return 0, false
		}
		h, m = h/100, h%100
	} else if len(rest) > 0 && rest[0] == ':' {
		if m, rest, n = digits(rest[1:], 2, 2); n == 0 {
			return 0, false
		}
	}
	if len(rest) > 0 || h > 15 || m > 59 {
		return 0, false
	}
	off := h*3600 + m*60
	if neg {
		off = -off
	}
	return off, true
}

// unixFormat reads numbers from lo up to hi, each unit of them so many microseconds.
func unixFormat(lo, hi, unit float64) func([]byte) (stamp, status) {
	return func(b []byte) (stamp, status) {
		v, st := parseNumber(b, '.')
		if st != fine {
			return stamp{}, notTime
		}
		if v < lo || v >= hi {
			return stamp{}, outOfRange
		}
		// Whole units first: a product of ten digits and a fraction is not exact.
		whole := int64(v)
		m := whole*int64(unit) + int64((v-float64(whole))*unit+.5)
		if m < daysOf(firstYear, 1, 1)*dayMicros || m >= daysOf(lastYear+1, 1, 1)*dayMicros {
			return stamp{}, outOfRange
		}
		return stamp{micros: m, zoned: true}, fine
	}
}

// parseUnixNano reads whole nanoseconds: more digits than a float64 holds.
func parseUnixNano(b []byte) (stamp, status) {
	v, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return stamp{}, notTime
	}
	if v < 1e17 || v/1000 >= daysOf(lastYear+1, 1, 1)*dayMicros {
		return stamp{}, outOfRange
	}
	return stamp{micros: v / 1000, zoned: true}, fine
}

// parseCompact reads 20240531, 202405311305, 20240531130509, and a clock behind a space or T.
func parseCompact(b []byte) (stamp, status) {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	if n != 8 && n != 12 && n != 14 {
		return stamp{}, notTime
	}
	num := func(from, to int) int { v, _, _ := digits(b[from:to], to-from, to-from); return v }
	y, m, d := num(0, 4), num(4, 6), num(6, 8)
	if n == 8 {
		rest := b[8:]
		if len(rest) >= 5 && rest[0] == 'T' && rest[1]-'0' <= 9 && rest[4]-'0' <= 9 { // 20240531T130509Z
			clock := make([]byte, 0, 24)
			clock = append(append(append(clock, 'T', rest[1], rest[2], ':'), rest[3:5]...), ':')
			if len(rest) >= 7 && rest[5]-'0' <= 9 {
				clock = append(clock, rest[5:]...)
			} else {
				clock = append(append(clock, "00"...), rest[5:]...)
			}
			rest = clock
		}
		return withClock(y, m, d, rest)
	}
	if n != len(b) {
		return stamp{}, notTime
	}
	day, st := dateMicros(y, m, d)
	h, mi, s := num(8, 10), num(10, 12), 0
	if n == 14 {
		s = num(12, 14)
	}
	if st == fine && (h > 23 || mi > 59 || s > 59) {
		st = noSuchDay
	}
	return stamp{micros: day + int64(h*3600+mi*60+s)*1e6}, st
}

// parseYearMonth reads 2024-05, 2024/5, 2024.05 and 2024M05: the first of the month.
func parseYearMonth(b []byte) (stamp, status) {
	y, b, n := digits(b, 4, 4)
	if n == 0 || len(b) == 0 || b[0] != '-' && b[0] != '/' && b[0] != '.' && b[0] != 'M' {
		return stamp{}, notTime
	}
	m, b, n := digits(b[1:], 1, 2)
	if n == 0 || len(b) > 0 {
		return stamp{}, notTime
	}
	return withClock(y, m, 1, nil)
}

// parseMonthYear reads 05/2024 and 5-2024.
func parseMonthYear(b []byte) (stamp, status) {
	m, b, n := digits(b, 1, 2)
	if n == 0 || len(b) == 0 || b[0] != '-' && b[0] != '/' && b[0] != '.' {
		return stamp{}, notTime
	}
	y, b, n := digits(b[1:], 4, 4)
	if n == 0 || len(b) > 0 {
		return stamp{}, notTime
	}
	return withClock(y, m, 1, nil)
}

func parseCompactMonth(b []byte) (stamp, status) {
	v, rest, n := digits(b, 6, 6)
	if n == 0 || len(rest) > 0 {
		return stamp{}, notTime
	}
	return withClock(v/100, v%100, 1, nil)
}

func parseYear(b []byte) (stamp, status) {
	y, rest, n := digits(b, 4, 4)
	if n == 0 || len(rest) > 0 {
		return stamp{}, notTime
	}
	return withClock(y, 1, 1, nil)
}

// parseQuarter reads 2024Q1, 2024-Q1, 2024 Q1 and Q1 2024: the first day of the quarter.
func parseQuarter(b []byte) (stamp, status) {
	if len(b) < 6 || len(b) > 7 {
		return stamp{}, notTime
	}
	if b[0] == 'Q' || b[0] == 'q' { // the quarter first
		b = append(append(make([]byte, 0, 8), b[len(b)-4:]...), b[:2]...)
	}
	y, b, n := digits(b, 4, 4)
	if n == 0 {
		return stamp{}, notTime
	}
	if len(b) == 3 && (b[0] == '-' || b[0] == ' ') {
		b = b[1:]
	}
	if len(b) != 2 || b[0] != 'Q' && b[0] != 'q' || b[1] < '1' || b[1] > '4' {
		return stamp{}, notTime
	}
	return withClock(y, int(b[1]-'1')*3+1, 1, nil)
}

// parseWeek reads 2024-W05 and 2024W05: the Monday of the week (ISO 8601: week 1 holds 4 January).
func parseWeek(b []byte) (stamp, status) {
	y, b, n := digits(b, 4, 4)
	if n == 0 {
		return stamp{}, notTime
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) < 2 || b[0] != 'W' && b[0] != 'w' {
		return stamp{}, notTime
	}
	w, b, n := digits(b[1:], 1, 2)
	if n == 0 || len(b) > 0 {
		return stamp{}, notTime
	}
	if y < firstYear || y > lastYear {
		return stamp{}, outOfRange
	}
	if w < 1 || w > 53 {
		return stamp{}, noSuchDay
	}
	fourth := time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(w-1))
	if yy, ww := monday.ISOWeek(); yy != y || ww != w {
		return stamp{}, noSuchDay
	}
	return stamp{micros: monday.UnixMicro()}, fine
}
