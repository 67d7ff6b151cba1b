package change

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Band is what was expected of a value one step ahead, on the scale of the values, and how unlikely the value is.
type Band struct {
	Value, Expected float64
	Low, High       float64 // hold 95 % of what was expected
	P               float64 // two-sided, of a value as far out as this
}

// The errors of sales have heavier tails than normal ones: those of Student's t.
const (
	tails     = 10
	leastSeen = 24 // values before one that is judged
)

// Expected is the band of each of the last n known values, as it was expected from the values before it: exponential smoothing of roots of the values
// (Anscombe 1948), whose spread does not depend on the level of counts, with the one of four speeds that erred least; the spread of its errors is the
// median absolute one, and that of counts at least. What is judged is not among the values that say what is usual. Places are those of x, first to
// last; it is empty where there are fewer than 24 values before.
func Expected(x []float64, n int) (places []int, bands []Band) {
	var at []int
	var z []float64
	for i, v := range x {
		if v == v {
			at, z = append(at, i), append(z, 2*math.Sqrt(max(0, v)+.375))
		}
	}
	for k := max(leastSeen, len(z)-n); k < len(z); k++ {
		mean, sd := ahead(z[:k])
		t := distuv.StudentsT{Sigma: 1, Nu: tails}
		// The median absolute deviation of t is not that of the normal distribution.
		sd *= distuv.UnitNormal.Quantile(.75) / t.Quantile(.75)
		sd = max(sd, 1)
		back := func(r float64) float64 { r = max(0, r); return max(0, r*r/4-.375) }
		half := t.Quantile(.975) * sd
		places = append(places, at[k])
		bands = append(bands, Band{Value: x[at[k]], Expected: back(mean), Low: back(mean - half), High: back(mean + half), P: 2 * t.Survival(math.Abs(z[k]-mean)/sd)})
	}
	return places, bands
}

// ahead is the level after the last of z, and the spread of what the same smoothing would have erred by before.
func ahead(z []float64) (level, spread float64) {
	least := math.Inf(1)
	errors := make([]float64, 0, len(z))
	for _, alpha := range []float64{.05, .1, .2, .4} {
		l, sum := z[0], 0.
		errors = errors[:0]
		for k := 1; k < len(z); k++ {
			e := z[k] - l
			sum += math.Abs(e)
			errors = append(errors, e)
			l += alpha * e
		}
		if sum < least {
			least, level = sum, l
			spread = deviation(errors[len(errors)/4:], 0) // it takes a while to come in
			errors = make([]float64, 0, len(z))           // deviation spoiled them
		}
	}
	return level, spread
}
