package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPacked: what is packed comes back within half a unit of its last place, and a dense layer with packed weights gives what one with the
// rounded weights gives.
func TestPacked(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	plain := NewDense("d", 37, 19, rng)
	x := Zeros(5, 37)
	for i := range x.Data {
		x.Data[i] = float32(rng.NormFloat64())
	}
	for how, unit := range map[Packing]float64{BFloat16: 1. / 256, Int8: 1. / 254} {
		d := NewDense("d", 37, 19, nil)
		Pack(d.Params(), how)
		d.Weight.set(plain.Weight.Data)
		d.Bias.set(plain.Bias.Data)
		pass := &Pass{}
		rounded := d.Weight.matrix(pass)
		for r := range 19 {
			most := 0.
			for _, v := range plain.Weight.Data[r*37 : (r+1)*37] {
				most = max(most, math.Abs(float64(v)))
			}
			for c := range 37 {
				v, got := float64(plain.Weight.Data[r*37+c]), float64(rounded.Data[r*37+c])
				limit := unit * most
				if how == BFloat16 {
					limit = unit * math.Abs(v)
				}
				if math.Abs(got-v) > limit*(1+1e-6) {
					t.Fatalf("%s: %g comes back as %g", how, v, got)
				}
			}
		}
		same := NewDense("d", 37, 19, nil)
		copy(same.Weight.Data, rounded.Data)
		copy(same.Bias.Data, plain.Bias.Data)
		want := same.Forward(&Pass{}, x)
		for i, v := range d.Forward(pass, x).Data {
			if v != want.Data[i] {
				t.Fatalf("%s: %g, from the rounded weights %g", how, v, want.Data[i])
			}
		}
		if full, n := Bytes(plain.Params()), Bytes(d.Params()); n >= full*6/10 {
			t.Errorf("%s: %d bytes, plain %d", how, n, full)
		}
	}
	if got := bfloat16(float32(math.NaN())); math.Float32frombits(uint32(got)<<16) == 0 || got&0x7f == 0 {
		t.Errorf("NaN becomes %x", got)
	}
}
