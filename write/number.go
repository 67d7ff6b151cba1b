package write

import (
	"math"
	"strconv"
)

// Digits is how many significant digits the numbers of a forecast are rounded to. It hides the last bits, in which kinds of processors
// differ, and keeps every count below a hundred million exact.
const Digits = 8

// round gives v with Digits significant digits. Rounding is monotone, so quantiles that ascend still do.
func round(v float64) float64 {
	if v == math.Trunc(v) && math.Abs(v) < 1e8 {
		return v + 0 // -0 becomes 0
	}
	r, err := strconv.ParseFloat(string(strconv.AppendFloat(nil, v, 'e', Digits-1, 64)), 64)
	if err != nil {
		return v // out of range by rounding up: the largest numbers there are
	}
	return r
}

// appendNumber appends v with Digits significant digits, in plain decimals unless it is very large or small.
func appendNumber(b []byte, v float64) []byte {
	switch a := math.Abs(v); {
	case a < 1e8 && v == math.Trunc(v):
		return strconv.AppendInt(b, int64(v), 10)
	case a >= 1e-4 && a < 1e7:
		return strconv.AppendFloat(b, v, 'g', Digits, 64)
	case a >= 1e7 && a < 1e15:
		return strconv.AppendFloat(b, round(v), 'f', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'g', Digits, 64)
}
