package message

import (
	"math"
	"strconv"
	"strings"
)

// Unknown stands for a number that is not known.
const Unknown = "–"

const vast = 1e15 // where digits say no more than their number

const minus = "−" // the true minus sign, as wide as the plus

// Number writes v with the given number of decimals and thousands in groups of three: 1,234.5 in both languages. NaN and infinities are
// [Unknown].
func (l Lang) Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Unknown
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, dotted := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteString(minus)
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if dotted {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// Value writes v as a person would read a quantity: whole from 100 up, otherwise to three significant digits without trailing zeros,
// and from 1e15 up as 1.23e15.
func (l Lang) Value(v float64) string {
	a := math.Abs(v)
	if a >= vast && !math.IsInf(v, 0) {
		s := strings.Replace(strconv.FormatFloat(a, 'e', 2, 64), "e+", "e", 1)
		if v < 0 {
			s = minus + s
		}
		return s
	}
	decimals := 0
	switch {
	case a >= 100 || a == math.Trunc(a):
	case a >= 10:
		decimals = 1
	case a >= 1:
		decimals = 2
	default:
		decimals = 3
	}
	s := l.Number(v, decimals)
	if decimals > 0 && strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Compact writes v to three significant digits with the language's own large units: 1.23K, 45.6M, 7.89B; 1.23万, 4.56亿.
func (l Lang) Compact(v float64) string {
	units := []struct {
		size float64
		name string
	}{{1e9, "B"}, {1e6, "M"}, {1e3, "K"}}
	if l == Chinese {
		units = units[:0:0]
		units = append(units, struct {
			size float64
			name string
		}{1e8, "亿"}, struct {
			size float64
			name string
		}{1e4, "万"})
	}
	for _, u := range units {
		if a := math.Abs(v) / u.size; a >= .9995 && math.Abs(v) < vast {
			decimals := 0
			switch {
			case a < 9.995:
				decimals = 2
			case a < 99.95:
				decimals = 1
			}
			s := l.Number(v/u.size, decimals)
			if decimals > 0 {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			return s + u.name
		}
	}
	return l.Value(v)
}

// Percent writes a share as a percentage with the given decimals: .125 is "12.5%".
func (l Lang) Percent(share float64, decimals int) string {
	s := l.Number(share*100, decimals)
	if s == Unknown {
		return s
	}
	return s + "%"
}

// Change writes a relative change with its sign: "+12%", "−3%", "0%"; from 10 (1000 %) up as a multiple: "×12".
func (l Lang) Change(relative float64) string {
	switch {
	case math.IsNaN(relative) || math.IsInf(relative, 0):
		return Unknown
	case relative >= 10:
		return "×" + l.Value(math.Round(relative+1))
	}
	decimals := 0
	if math.Abs(relative) < .0995 {
		decimals = 1
	}
	s := l.Percent(relative, decimals)
	if relative > 0 && strings.Trim(s, "0.%") != "" {
		return "+" + s
	}
	return s
}

// Probability writes a probability without claiming certainty that samples cannot give: "<1%", "37%", ">99%".
func (l Lang) Probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return Unknown
	case p < .01:
		return "<1%"
	case p > .99:
		return ">99%"
	}
	return l.Percent(p, 0)
}

// currencies are the signs that stand before a number in English. In Chinese the unit follows the number, as every unit does.
var currencies = map[string]string{"GBP": "£", "USD": "$", "EUR": "€", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "BRL": "R$", "CAD": "CA$", "AUD": "A$", "MXN": "MX$", "KRW": "₩"}

// Quantity puts a number that is written already beside its unit, which is a currency's code, a name of the catalogue ("measure.UNIT") or any
// other word: £1.43M and 143万英镑, 157K units and 15.7万件. Without a unit it is the number.
func (l Lang) Quantity(number, unit string) string {
	if unit == "" || number == Unknown {
		return number
	}
	if sign := currencies[unit]; sign != "" && l == English {
		if rest, negative := strings.CutPrefix(number, minus); negative {
			return minus + sign + rest
		}
		return sign + number
	}
	return l.Say("value.unit", number, l.Or("measure."+unit, unit))
}
