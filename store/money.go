package store

import "math"

// scale is what money is kept in: millionths.
const scale = 1_000_000

// maxMoney is the largest amount kept: DECIMAL(18,6) has 18 digits, and below 2^53 millionths every one is a float64 of its own.
const maxMoney = 9_007_199_254

// toMoney is v in millionths, rounded to even. rounded says that v has more decimals; ok is false beyond maxMoney.
func toMoney(v float64) (millionths int64, rounded, ok bool) {
	if v != v {
		return Blank, false, true
	}
	if math.Abs(v) > maxMoney {
		return 0, false, false
	}
	m := math.RoundToEven(v * scale)
	return int64(m), m/scale != v, true
}

// FromMoney is the amount of so many millionths: the float64 nearest to it, which is what reading its decimal digits gives.
func FromMoney(millionths int64) float64 {
	if millionths == Blank {
		return math.NaN()
	}
	return float64(millionths) / scale
}
