package nn

import (
	"math"
	"math/rand/v2"
)

// Rotary turns pairs (i, i + n/2) of each head's vector by an angle position x Base^(-2i/n).
// Su et al., "RoFormer" (2021), in the half-split form of GPT-NeoX and Llama.
type Rotary struct {
	Base float64 // 10000 as published
	Cut  int     // numbers of each head that turn; 0 means all

	cos, sin []float32 // [positions, n/2]
	n        int
}

// turn rotates every head of t [batch, time, heads x n] in place; direction -1 undoes it.
func (r *Rotary) turn(t *Tensor, heads int, direction float32) {
	steps, width := t.Shape[1], t.Shape[2]/heads
	n := width
	if r.Cut > 0 {
		n = r.Cut
	}
	half := n / 2
	if r.n != n || len(r.cos) < steps*half {
		r.n, r.cos, r.sin = n, make([]float32, steps*half), make([]float32, steps*half)
		for i := range r.cos {
			angle := float64(i/half) * math.Pow(r.Base, -2*float64(i%half)/float64(n))
			r.cos[i], r.sin[i] = float32(math.Cos(angle)), float32(math.Sin(angle))
		}
	}
	for row := range t.Rows() {
		at := row % steps * half
		cos, sin := r.cos[at:at+half], r.sin[at:at+half]
		for h := range heads {
			v := t.Data[(row*heads+h)*width:][:n]
			for i, c := range cos {
				s := direction * sin[i]
				x, y := v[i], v[i+half]
				v[i], v[i+half] = x*c-y*s, y*c+x*s
			}
		}
	}
}

// RelativeBias is the learned bias of T5 by the distance from query to key, in buckets that widen with it.
// Raffel et al., "Exploring the Limits of Transfer Learning" (2020), section 2.1.
type RelativeBias struct {
	Weight        *Param // [buckets, heads]
	MaxDistance   int    // all distances from here share a bucket; 128 in T5
	Bidirectional bool   // half of the buckets are for keys after the query

	bias, grad Tensor
}

// NewRelativeBias makes NAME.weight.
func NewRelativeBias(name string, buckets, heads, maxDistance int, bidirectional bool, rng *rand.Rand) *RelativeBias {
	return &RelativeBias{Weight: NewParam(name+".weight", buckets, heads).normal(rng, 1), MaxDistance: maxDistance, Bidirectional: bidirectional}
}

func (r *RelativeBias) Params() []*Param { return []*Param{r.Weight} }

// bucket of the distance key - query.
func (r *RelativeBias) bucket(distance int) int {
	buckets, base := r.Weight.Shape[0], 0
	if r.Bidirectional {
		buckets /= 2
		if distance > 0 {
			base = buckets
		}
		distance = max(distance, -distance)
	} else {
		distance = max(0, -distance)
	}
	exact := buckets / 2
	if distance < exact {
		return base + distance
	}
	// In float32, as the published weights were trained.
	wide := float32(math.Log(float64(float32(distance)/float32(exact)))) / float32(math.Log(float64(r.MaxDistance)/float64(exact))) * float32(buckets-exact)
	return base + min(exact+int(wide), buckets-1)
}

// Forward returns the bias [heads, queries, keys] for Attention.Bias, and a zeroed tensor of its shape for BiasGrad. Queries
// are the last of the keys' positions.
func (r *RelativeBias) Forward(queries, keys int) (bias, grad *Tensor) {
	heads := r.Weight.Shape[1]
	r.bias.resize(heads, queries, keys)
	clear(r.grad.resize(heads, queries, keys).Data)
	r.each(func(i, w int) { r.bias.Data[i] = r.Weight.Data[w] })
	return &r.bias, &r.grad
}

// Backward adds what attention layers left in the gradient to that of the weights.
func (r *RelativeBias) Backward() {
	g := r.Weight.Gradient()
	r.each(func(i, w int) { g[w] += r.grad.Data[i] })
}

// each calls f with every index of the bias and the index of its weight.
func (r *RelativeBias) each(f func(i, w int)) {
	heads, queries, keys := r.bias.Shape[0], r.bias.Shape[1], r.bias.Shape[2]
	for q := range queries {
		for k := range keys {
			w := r.bucket(k-(q+keys-queries)) * heads
			for h := range heads {
				f((h*queries+q)*keys+k, w+h)
			}
		}
	}
}
