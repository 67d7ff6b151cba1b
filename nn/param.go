package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// Param is a named array of weights with its gradient.
type Param struct {
	Name  string
	Shape []int
	Data  []float32
	Grad  []float32 // added to by Backward; nil before the first
	Fixed bool      // not trained: running statistics

	dense   bool    // of a dense layer: it can be packed
	packing Packing // of the weights; Data is nil unless Float32
	packed  *packed
}

// NewParam makes a parameter of zeros.
func NewParam(name string, shape ...int) *Param {
	return &Param{Name: name, Shape: shape, Data: make([]float32, size(shape))}
}

// uniform fills the parameter with numbers in [-limit, limit); without a source it stays as it is, to be loaded.
func (p *Param) uniform(rng *rand.Rand, limit float64) *Param {
	if rng != nil {
		for i := range p.Data {
			p.Data[i] = float32((2*rng.Float64() - 1) * limit)
		}
	}
	return p
}

// normal fills the parameter with normal numbers.
func (p *Param) normal(rng *rand.Rand, sd float64) *Param {
	if rng != nil {
		for i := range p.Data {
			p.Data[i] = float32(rng.NormFloat64() * sd)
		}
	}
	return p
}

func (p *Param) fill(v float32) *Param {
	for i := range p.Data {
		p.Data[i] = v
	}
	return p
}

// fanIn is PyTorch's default bound of uniform weights, 1/sqrt(inputs).
func fanIn(inputs int) float64 { return 1 / math.Sqrt(float64(max(1, inputs))) }

// Gradient is Grad, made when first needed.
func (p *Param) Gradient() []float32 {
	if p.packing != Float32 {
		panic("nn: " + p.Name + " is packed: it cannot be trained")
	}
	if p.Grad == nil {
		p.Grad = make([]float32, len(p.Data))
	}
	return p.Grad
}

// ZeroGrad clears the gradients.
func ZeroGrad(params []*Param) {
	for _, p := range params {
		clear(p.Grad)
	}
}

// Count is the number of trained weights.
func Count(params []*Param) int {
	n := 0
	for _, p := range params {
		if !p.Fixed {
			n += len(p.Data)
		}
	}
	return n
}

// Share makes the copy, a network built as the original was, use the original's weights; gradients stay its own, and so do
// fixed parameters, which a training pass changes.
func Share(original, replica []*Param) {
	if len(original) != len(replica) {
		panic("nn: Share: networks of different parameters")
	}
	for i, p := range original {
		if p.Name != replica[i].Name || !slices.Equal(p.Shape, replica[i].Shape) {
			panic(fmt.Sprintf("nn: Share: %s %v beside %s %v", p.Name, p.Shape, replica[i].Name, replica[i].Shape))
		}
		if p.Fixed {
			copy(replica[i].Data, p.Data)
		} else {
			replica[i].Data, replica[i].packing, replica[i].packed = p.Data, p.packing, p.packed
		}
	}
}

// Load fills the parameters from a file by name. Every parameter must be there with its shape; rename, where given, says under
// which name the file has it. Tensors of the file that no parameter asks for are returned.
func Load(f *safetensors.File, params []*Param, rename func(name string) string) (unused []string, err error) {
	var problems []string
	used := map[string]bool{}
	for _, p := range params {
		name := p.Name
		if rename != nil {
			name = rename(name)
		}
		info, ok := f.Lookup(name)
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("%s is missing", name))
			continue
		case !slices.Equal(info.Shape, p.Shape):
			problems = append(problems, fmt.Sprintf("%s has shape %v, %v is needed", name, info.Shape, p.Shape))
			continue
		}
		used[name] = true
		if len(problems) > 0 {
			continue
		}
		x, err := f.Float32s(name)
		if err != nil {
			return nil, err
		}
		p.set(x)
	}
	if n := len(problems); n > 0 {
		if n > 5 {
			problems = append(problems[:5], fmt.Sprintf("and %d more", n-5))
		}
		return nil, fmt.Errorf("nn: the weights do not fit the network: %s", strings.Join(problems, "; "))
	}
	for _, t := range f.Tensors {
		if !used[t.Name] {
			unused = append(unused, t.Name)
		}
	}
	return unused, nil
}

// Tensors lists parameters for safetensors.Write.
func Tensors(params []*Param) []safetensors.Tensor {
	out := make([]safetensors.Tensor, len(params))
	for i, p := range params {
		out[i] = safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Data}
	}
	return out
}
