package read

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"
)

// maxNumber is the largest magnitude accepted: nothing that is sold, counted or paid comes near it, and squares of it stay finite.
const maxNumber = 1e30

// status is what became of a field's text.
type status uint8

const (
	fine status = iota
	blank
	notNumber
	infinite
	tooLarge
	notTime
	noSuchDay
	outOfRange
	notText
	tooLong
)

// codes are the reject codes of the states.
var codes = [...]string{blank: "blank", notNumber: "number", infinite: "infinite", tooLarge: "large", notTime: "time", noSuchDay: "day",
	outOfRange: "range", notText: "text", tooLong: "long"}

var reasons = [...]string{
	blank:      "is blank",
	notNumber:  "is not a number",
	infinite:   "is infinite",
	tooLarge:   "is a number beyond 1e30",
	notTime:    "is not a time in the format of the column",
	noSuchDay:  "names a day or hour that does not exist",
	outOfRange: "is a time outside the years 1700 to 2199",
	notText:    "is not valid text (a NUL byte, or not in the file's encoding)",
	tooLong:    "is longer than 4096 bytes",
}

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseNumber reads a decimal number whose decimal mark is decimal ('.' or ','). Plain numbers of up to 15 digits are exact by
// one division (Clinger 1990); everything else goes the slow way.
func parseNumber(b []byte, decimal byte) (float64, status) {
	i, neg := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		i = 1
	}
	var mant uint64
	digits, frac, point := 0, 0, false
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d <= 9 {
			mant = mant*10 + uint64(d)
			digits++
			if point {
				frac++
			}
		} else if c == decimal && !point {
			point = true
		} else {
			return slowNumber(b, decimal)
		}
	}
	if digits == 0 || digits > 15 {
		return slowNumber(b, decimal)
	}
	v := float64(mant)
	if frac > 0 {
		v /= pow10[frac]
	}
	if neg {
		v = -v
	}
	return v, fine
}

// slowNumber understands what people and exports write around a number: spaces, quotes, currency signs, a percent sign, digits in
// groups, brackets for a negative amount, and the words for "nothing".
func slowNumber(b []byte, decimal byte) (float64, status) {
	b = trim(b)
	if isBlank(b) {
		return math.NaN(), blank
	}
	if c := b[0]; (c|0x20 >= 'a' && c|0x20 <= 'z') && bytes.IndexByte([]byte("URCEGiI"), c) < 0 {
		return math.NaN(), notNumber // no currency begins so, nor infinity
	}
	neg, scale := false, 1.0
	if len(b) > 2 && b[0] == '(' && b[len(b)-1] == ')' {
		neg, b = true, trim(b[1:len(b)-1])
	}
	if b[0] == '-' || b[0] == '+' {
		neg, b = neg != (b[0] == '-'), b[1:]
	}
	signed := b
	b = trimCurrency(b)
	if n := len(b) - 1; n > 0 && b[n] == '%' {
		scale, b = 100, trim(b[:n])
	}
	if len(b) > 0 && len(b) < len(signed) && (b[0] == '-' || b[0] == '+') { // $-5
		neg, b = neg != (b[0] == '-'), b[1:]
	}
	plain, ok := ungroup(b, decimal)
	if !ok {
		return math.NaN(), notNumber
	}
	v, err := strconv.ParseFloat(string(plain), 64)
	switch {
	case math.IsInf(v, 0) && err == nil:
		return math.NaN(), infinite
	case math.IsInf(v, 0) || math.Abs(v) > maxNumber:
		return math.NaN(), tooLarge
	case err != nil:
		return math.NaN(), notNumber
	}
	if neg {
		v = -v
	}
	return v / scale, fine
}

var currencies = [][]byte{[]byte("$"), []byte("€"), []byte("£"), []byte("¥"), []byte("￥"), []byte("₹"), []byte("US$"), []byte("RMB"), []byte("CNY"), []byte("USD"), []byte("EUR"), []byte("GBP"), []byte("元")}

func trimCurrency(b []byte) []byte {
	for _, c := range currencies {
		if r, ok := bytes.CutPrefix(b, c); ok {
			return trim(r)
		}
		if r, ok := bytes.CutSuffix(b, c); ok {
			return trim(r)
		}
	}
	return b
}

// ungroup takes the marks between groups of three digits away and makes the decimal mark a point. It fails on anything that is not a
// number or the word infinity.
func ungroup(b []byte, decimal byte) ([]byte, bool) {
	if len(b) == 0 || len(b) > 400 {
		return nil, false
	}
	switch string(bytes.ToLower(b)) {
	case "inf", "infinity":
		return b, true
	}
	out := make([]byte, 0, len(b))
	group, since, point, exp := byte(0), 0, false, false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c >= '0' && c <= '9':
			since++
		case c == decimal && !point && !exp:
			if group != 0 && since != 3 {
				return nil, false
			}
			point, group = true, 0
			c = '.'
		case (c == ',' || c == '.' || c == '\'' || c == ' ') && c != decimal && !point && !exp && i > 0 && i < len(b)-1:
			if group == 0 && since > 3 || group != 0 && (since != 3 || c != group) {
				return nil, false
			}
			group, since = c, 0
			continue
		case (c == 'e' || c == 'E') && !exp && len(out) > 0 && group == 0:
			exp = true
		case (c == '-' || c == '+') && exp && (b[i-1] == 'e' || b[i-1] == 'E'):
		default:
			return nil, false
		}
		out = append(out, c)
	}
	if group != 0 && since != 3 {
		return nil, false
	}
	return out, true
}

// isBlank reports whether trimmed text says that there is no value.
func isBlank(b []byte) bool {
	switch len(b) {
	case 0:
		return true
	case 1:
		return b[0] == '-' || b[0] == '.'
	case 2:
		return string(b) == `\N` || string(b) == "NA" || string(b) == "na" || string(b) == "--"
	case 3:
		return string(b) == "NaN" || string(b) == "nan" || string(b) == "NAN" || string(b) == "N/A" || string(b) == "n/a" || string(b) == "NaT"
	case 4:
		return string(b) == "null" || string(b) == "NULL" || string(b) == "None" || string(b) == "none" || string(b) == "Null" || string(b) == "<NA>" || string(b) == "-nan"
	}
	return false
}

// trim takes spaces, tabs and no-break spaces off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 {
		if c := b[0]; c == ' ' || c == '\t' {
			b = b[1:]
		} else if c == 0xc2 && len(b) > 1 && b[1] == 0xa0 {
			b = b[2:]
		} else {
			break
		}
	}
	for n := len(b); n > 0; n = len(b) {
		if c := b[n-1]; c == ' ' || c == '\t' || c == '\r' {
			b = b[:n-1]
		} else if c == 0xa0 && n > 1 && b[n-2] == 0xc2 {
			b = b[:n-2]
		} else {
			break
		}
	}
	return b
}

// badText reports text that cannot be a name.
func badText(b []byte) status {
	switch {
	case len(b) > 4096:
		return tooLong
	case bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b):
		return notText
	}
	return fine
}
