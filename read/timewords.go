package read

import (
	"bytes"
)

var monthNames = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// parseWords reads dates with the month as an English word: 1 Dec 2010, Dec 1, 2010 8:26 AM, 01-Dec-10, Wed, 01 Dec 2010 08:26:00
// GMT, Dec 2010, 2010-Dec-01.
func parseWords(b []byte) (stamp, status) {
	y, m, d := -1, 0, -1
	for len(b) > 0 {
		c := b[0]
		switch {
		case c == ' ' || c == ',' || c == '-' || c == '/' || c == '.':
			b = b[1:]
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			n := 1
			for n < len(b) && b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z' {
				n++
			}
			word := bytes.ToLower(b[:n])
			if n < 3 || m > 0 && (d < 0 || y < 0) {
				return stamp{}, notTime
			}
			for i, name := range monthNames {
				if string(word[:3]) == name {
					m = i + 1
				}
			}
			if m == 0 && !isWeekday(word) {
				return stamp{}, notTime
			}
			b = b[n:]
		case c >= '0' && c <= '9':
			v, rest, n := digits(b, 1, 4)
			if n == 0 || n == 3 {
				return stamp{}, notTime
			}
			switch {
			case n == 4 && y < 0:
				y = v
			case n <= 2 && d < 0 && (y >= 0 || m > 0 || d < 0):
				d = v
			case n == 2 && y < 0:
				y = century(v)
			default:
				return stamp{}, notTime
			}
			b = rest
			if len(b) >= 2 && (string(b[:2]) == "st" || string(b[:2]) == "nd" || string(b[:2]) == "rd" || string(b[:2]) == "th") {
				b = b[2:]
			}
		default:
			return stamp{}, notTime
		}
		if m > 0 && y >= 0 && (d >= 0 || len(b) == 0) {
			break
		}
	}
	if m == 0 || y < 0 {
		return stamp{}, notTime
	}
	if d < 0 {
		d = 1
	}
	if len(b) > 0 && b[0] == ',' {
		b = b[1:]
	}
	return withClock(y, m, d, b)
}

func isWeekday(word []byte) bool {
	switch string(word[:3]) {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		return true
	}
	return false
}

// parseChinese reads 2024年5月31日, also 2024年5月, with 13:05:09 or 13时5分9秒 after it.
func parseChinese(b []byte) (stamp, status) {
	y, b, n := digits(b, 4, 4)
	b, ok := bytes.CutPrefix(b, []byte("年"))
	if n == 0 || !ok {
		return stamp{}, notTime
	}
	m, b, n := digits(b, 1, 2)
	if b, ok = bytes.CutPrefix(b, []byte("月")); n == 0 || !ok {
		return stamp{}, notTime
	}
	d := 1
	if len(b) > 0 {
		if d, b, n = digits(b, 1, 2); n == 0 {
			return stamp{}, notTime
		}
		if r, ok := bytes.CutPrefix(b, []byte("日")); ok {
			b = r
		} else if r, ok := bytes.CutPrefix(b, []byte("号")); ok {
			b = r
		} else {
			return stamp{}, notTime
		}
	}
	if b = trim(b); len(b) == 0 {
		return withClock(y, m, d, nil)
	}
	if bytes.Contains(b, []byte("时")) {
		h, r, n := digits(b, 1, 2)
		r, ok := bytes.CutPrefix(r, []byte("时"))
		mi, s := 0, 0
		if n == 0 || !ok {
			return stamp{}, notTime
		}
		if len(r) > 0 {
			if mi, r, n = digits(r, 1, 2); n == 0 {
				return stamp{}, notTime
			}
			r, _ = bytes.CutPrefix(r, []byte("分"))
		}
		if len(r) > 0 {
			if s, r, n = digits(r, 1, 2); n == 0 {
				return stamp{}, notTime
			}
			r, _ = bytes.CutPrefix(r, []byte("秒"))
		}
		day, st := dateMicros(y, m, d)
		if len(r) > 0 {
			return stamp{}, notTime
		}
		if st == fine && (h > 23 || mi > 59 || s > 59) {
			st = noSuchDay
		}
		return stamp{micros: day + int64(h*3600+mi*60+s)*1e6}, st
	}
	return withClock(y, m, d, append([]byte{' '}, b...))
}
