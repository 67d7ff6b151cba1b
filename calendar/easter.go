package calendar

import "time"

// Easter is Easter Sunday of the western churches, by the anonymous Gregorian algorithm (Meeus 1991, Astronomical Algorithms, ch. 8).
func Easter(year int) Day {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date(year, time.Month(n/31), n%31+1)
}

// OrthodoxEaster is Easter Sunday of the eastern churches (Meeus 1991, ch. 8, the Julian calendar), in the Gregorian calendar of the years
// 1900 to 2099.
func OrthodoxEaster(year int) Day {
	a, b, c := year%4, year%7, year%19
	d := (19*c + 15) % 30
	e := (2*a + 4*b - d + 34) % 7
	n := d + e + 114
	return Date(year, time.Month(n/31), n%31+1) + 13
}

func orthodox(year int) (Day, bool) { return OrthodoxEaster(year), true }
