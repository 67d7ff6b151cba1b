package tree

import "math"

// quantizer turns the gradients and Hessians of the rows into small integers: multiples of two units, rounded up or down at random
// such that the expectation is exact (Shi et al. 2022). The random numbers are a hash of the row and the tree.
type quantizer struct {
	gradUnit, hessUnit float64
	constant           bool // every Hessian is hessUnit: its quantum is exactly 1, and sums count rows
}

const (
	maxGradient = math.MaxInt16 - 1
	maxHessian  = math.MaxUint16 - 1
	finest      = 16 // a mean absolute gradient has at least so many units, if need be by cutting off the largest
)

// extent is what choosing units needs to know of a part of the rows.
type extent struct {
	maxG, sumG, minH, maxH, sumH float64
	rows                         int
}

// noExtent is the extent of no rows.
var noExtent = extent{minH: math.Inf(1)}

func extentOf(pair []gradientPair) extent {
	var maxG, maxH float32
	minH := float32(math.Inf(1))
	e := extent{rows: len(pair)}
	for _, p := range pair {
		g := math.Float32frombits(math.Float32bits(p.g) &^ (1 << 31))
		e.sumG += float64(g)
		e.sumH += float64(p.h)
		if g > maxG { // not max: this is the quicker way
			maxG = g
		}
		if p.h > maxH {
			maxH = p.h
		}
		if p.h < minH {
			minH = p.h
		}
	}
	e.maxG, e.maxH, e.minH = float64(maxG), float64(maxH), float64(minH)
	return e
}

func extentOfRows(rows []uint32, pair []gradientPair) extent {
	e := noExtent
	for len(rows) > 0 {
		var some [256]gradientPair
		n := min(len(some), len(rows))
		for i, r := range rows[:n] {
			some[i] = pair[r]
		}
		e.add(extentOf(some[:n]))
		rows = rows[n:]
	}
	return e
}

func (e *extent) add(o extent) {
	e.sumG += o.sumG
	e.sumH += o.sumH
	e.maxG, e.maxH, e.minH = max(e.maxG, o.maxG), max(e.maxH, o.maxH), min(e.minH, o.minH)
	e.rows += o.rows
}

// newQuantizer chooses units in which no sum over the rows overflows 31 bits.
func newQuantizer(e extent) quantizer {
	unit := func(largest, sum, limit float64) float64 {
		n := float64(e.rows)
		room := math.MaxInt32 - n - 1 // rounding can add one a row
		return max(min(largest/limit, sum/n/finest), sum/room)
	}
	q := quantizer{gradUnit: unit(e.maxG, e.sumG, maxGradient)}
	if q.constant = e.minH == e.maxH; q.constant {
		q.hessUnit = e.maxH
	} else {
		q.hessUnit = unit(e.maxH, e.sumH, maxHessian)
	}
	return q
}

// quantize packs the pairs of rows into gh, as unpack reads them, and returns their sum.
func (q *quantizer) quantize(gh, rows []uint32, pair []gradientPair, key uint64) (sum int64) {
	const inv = 1. / (1 << 24)
	perG, perH := float32(1/q.gradUnit), float32(1/q.hessUnit)
	seed := uint32(key) | 1
	gh = gh[:len(rows)]
	for i, r := range rows {
		x := (r + uint32(key>>32)) * 0x9e3779b1
		x = (x ^ x>>16 ^ seed) * 0x85ebca6b
		x = (x ^ x>>13) * 0xc2b2ae35
		p := pair[r]
		g := p.g * perG
		if g > maxGradient {
			g = maxGradient
		} else if g < -maxGradient {
			g = -maxGradient
		}
		g += float32(x>>8)*inv + (maxGradient + 2)
		h := uint32(1)
		if !q.constant {
			x *= 0x9e3779b1
			h = uint32(min(maxHessian, p.h*perH) + float32(x>>8)*inv)
		}
		gh[i] = uint32(int32(g)-(maxGradient+2))<<16 | h
		sum += unpack(gh[i])
	}
	return sum
}
