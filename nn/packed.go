package nn

import (
	"fmt"
	"math"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Packing is how the weights of dense layers are kept in memory. They are unpacked, layer by layer, for each product, which is in float32
// throughout: packing saves memory, not time.
type Packing string

// The packings.
const (
	Float32  Packing = ""     // as they are: the only one that can be trained
	BFloat16 Packing = "bf16" // the upper half of a float32, rounded to even: 8 bits of precision, half the memory
	Int8     Packing = "int8" // whole numbers from -127 to 127 times a scale for each row: a quarter of the memory
)

// packed is a matrix in one of the packings.
type packed struct {
	cols  int
	half  []uint16
	whole []int8
	scale []float32 // [row] of whole
}

// Pack makes the parameters ready for [Load] to fill them packed. It lets go of the weights they have.
func Pack(params []*Param, how Packing) {
	for _, p := range params {
		if p.dense && how != Float32 {
			p.Data, p.packing = nil, how
		}
	}
}

// set fills a parameter.
func (p *Param) set(x []float32) {
	if p.packing == Float32 {
		copy(p.Data, x)
		return
	}
	rows, cols := p.Shape[0], p.Shape[1]
	k := &packed{cols: cols}
	p.packed = k
	if p.packing == BFloat16 {
		k.half = make([]uint16, len(x))
		for i, v := range x {
			k.half[i] = bfloat16(v)
		}
		return
	}
	k.whole, k.scale = make([]int8, len(x)), make([]float32, rows)
	for r := range rows {
		row := x[r*cols : (r+1)*cols]
		most := 0.
		for _, v := range row {
			most = max(most, math.Abs(float64(v)))
		}
		if most == 0 || math.IsInf(most, 0) || math.IsNaN(most) {
			most = 127 // zeros; what is no number was refused when it was read, or becomes 0
		}
		k.scale[r] = float32(most / 127)
		for c, v := range row {
			k.whole[r*cols+c] = int8(max(-127, min(127, math.RoundToEven(float64(v)*127/most))))
		}
	}
}

// bfloat16 rounds to even; what is no number stays none.
func bfloat16(v float32) uint16 {
	b := math.Float32bits(v)
	if v != v {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// unpack writes the matrix to x.
func (k *packed) unpack(x []float32) {
	if k.half != nil {
		x = x[:len(k.half)]
		for i, h := range k.half {
			x[i] = math.Float32frombits(uint32(h) << 16)
		}
		return
	}
	for r, s := range k.scale {
		row := x[r*k.cols : (r+1)*k.cols]
		for c, w := range k.whole[r*k.cols : (r+1)*k.cols] {
			row[c] = s * float32(w)
		}
	}
}

// matrix is the weights of a dense layer: those of the parameter, or unpacked into the pass's room for them.
func (p *Param) matrix(pass *Pass) f32.Matrix {
	rows, cols := p.Shape[0], p.Shape[1]
	if p.packing == Float32 {
		return f32.Dense(p.Data, rows, cols)
	}
	if p.packed == nil {
		panic(fmt.Sprintf("nn: %s is packed, but not loaded", p.Name))
	}
	if cap(pass.room) < rows*cols {
		pass.room = make([]float32, rows*cols)
	}
	x := pass.room[:rows*cols]
	p.packed.unpack(x)
	return f32.Dense(x, rows, cols)
}

// Bytes is the memory that the weights take.
func Bytes(params []*Param) int {
	n := 0
	for _, p := range params {
		n += 4 * len(p.Data)
		if k := p.packed; k != nil {
			n += 2*len(k.half) + len(k.whole) + 4*len(k.scale)
		}
	}
	return n
}
