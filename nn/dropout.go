package nn

import (
	"math/rand/v2"

	"github.com/tidewatch/tidewatch/num/f32"
)

// Dropout sets each number to zero with probability Rate in training and scales the others by 1/(1-Rate).
// Srivastava et al., "Dropout" (2014).
type Dropout struct {
	Rate        float64
	mask, y, dx Tensor
	active      bool
}

func (d *Dropout) Forward(p *Pass, x *Tensor) *Tensor {
	d.active = p.Train && d.Rate > 0
	if !d.active {
		return x
	}
	drawMask(d.mask.like(x).Data, d.Rate, p.Rand)
	f32.Hadamard(d.y.like(x).Data, x.Data, d.mask.Data)
	return &d.y
}

func (d *Dropout) Backward(_ *Pass, dy *Tensor) *Tensor {
	if !d.active {
		return dy
	}
	f32.Hadamard(d.dx.like(dy).Data, dy.Data, d.mask.Data)
	return &d.dx
}

func (d *Dropout) Params() []*Param { return nil }

// drawMask draws factors 0 and 1/(1-rate), four from each random word; the rate is rounded to a multiple of 2^-16.
func drawMask(mask []float32, rate float64, rng *rand.Rand) {
	limit := uint64(rate * (1 << 16))
	keep := [2]float32{0, float32(1 / (1 - float64(limit)/(1<<16)))}
	var word uint64
	for i := range mask {
		if i%4 == 0 {
			word = rng.Uint64()
		}
		// 1 when the 16 bits are at or above the limit, without a branch that cannot be foreseen
		mask[i] = keep[(word&0xffff-limit)>>63^1]
		word >>= 16
	}
}
