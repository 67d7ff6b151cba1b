package tree

import (
	"math"
	"strconv"
)

func itoa(i int) string { return strconv.Itoa(i) }

const (
	expParts = 64 // the table has 2^(k/64)
	expLimit = 700
)

var expTable = func() (t [expParts]float64) {
	for k := range t {
		t[k] = math.Exp2(float64(k) / expParts)
	}
	return t
}()

// exp is e^x to a relative error below 1e-11, several times as fast as math.Exp; x is taken between -700 and 700. It splits x into a
// multiple of log(2)/64 and a rest, whose exponential is a short polynomial.
func exp(x float64) float64 {
	const round = 3 << 51 // adding it rounds to an integer, kept in the low bits
	if x > expLimit {
		x = expLimit
	} else if x < -expLimit {
		x = -expLimit
	}
	t := x*(expParts/math.Ln2) + round
	k := int64(math.Float64bits(t))
	r := x - (t-round)*(math.Ln2/expParts)
	p := 1 + r*(1+r*(.5+r*(1./6+r*(1./24))))
	return math.Float64frombits(math.Float64bits(expTable[k&(expParts-1)]*p) + uint64(k>>6)<<52)
}
