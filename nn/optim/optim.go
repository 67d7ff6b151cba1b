// Package optim holds optimisers, learning-rate schedules, gradient clipping and averages of weights.
package optim

import (
	"math"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/num/f32"
)

// Optimizer changes parameters by their gradients. Its State, to be saved with the parameters, is empty before the first Step.
type Optimizer interface {
	// Step makes one step with the given learning rate. The parameters must be the same in every call. A parameter without
	// gradient counts as one with gradient 0, and a fixed one is left alone.
	Step(params []*nn.Param, rate float64)
	// State returns the arrays that, with the count of steps, determine later steps; Restore sets them.
	State() (steps int, arrays []*nn.Param)
	Restore(params []*nn.Param, steps int, lookup func(name string, shape []int) ([]float32, error)) error
}

// moments are arrays beside the parameters, by the place of the parameter.
type moments struct {
	steps  int
	params []*nn.Param // what the arrays belong to
	arrays [][]*nn.Param
}

// prepare makes the arrays before the first step; kinds names them.
func (m *moments) prepare(params []*nn.Param, kinds ...string) {
	if m.arrays != nil {
		if len(params) != len(m.params) {
			panic("optim: the parameters have changed")
		}
		return
	}
	m.params = params
	m.arrays = make([][]*nn.Param, len(params))
	for i, p := range params {
		if p.Fixed {
			continue
		}
		for _, k := range kinds {
			m.arrays[i] = append(m.arrays[i], &nn.Param{Name: "optimizer." + k + "." + p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))})
		}
	}
}

func (m *moments) State() (int, []*nn.Param) {
	var all []*nn.Param
	for _, a := range m.arrays {
		all = append(all, a...)
	}
	return m.steps, all
}

func (m *moments) restore(params []*nn.Param, steps int, lookup func(name string, shape []int) ([]float32, error), kinds ...string) error {
	*m = moments{}
	m.prepare(params, kinds...)
	m.steps = steps
	for _, arrays := range m.arrays {
		for _, a := range arrays {
			x, err := lookup(a.Name, a.Shape)
			if err != nil {
				return err
			}
			copy(a.Data, x)
		}
	}
	return nil
}

// Adam is the optimiser of Kingma and Ba, "Adam" (2015), algorithm 1; with Decay, AdamW of Loshchilov and Hutter (2019).
type Adam struct {
	Beta1, Beta2 float64 // 0 means .9 and .999
	Eps          float64 // 0 means 1e-8
	Decay        float64 // decoupled weight decay, times the learning rate
	L2           float64 // weight decay as part of the gradient, PyTorch's Adam(weight_decay)
	Keras        bool    // eps outside the bias correction, as Keras has it; its own default of eps is 1e-7
	moments
}

func (a *Adam) Step(params []*nn.Param, rate float64) {
	a.prepare(params, "m", "v")
	a.steps++
	beta1, beta2, eps := or(a.Beta1, .9), or(a.Beta2, .999), or(a.Eps, 1e-8)
	correct1, correct2 := 1-math.Pow(beta1, float64(a.steps)), 1-math.Pow(beta2, float64(a.steps))
	s := f32.AdamStep{
		Beta1: float32(beta1), Beta2: float32(beta2), Eps: float32(eps), Keep: float32(1 - rate*a.Decay),
		Step: float32(rate / correct1), Root: float32(1 / math.Sqrt(correct2)),
	}
	if a.Keras {
		s.Step, s.Root = float32(rate*math.Sqrt(correct2)/correct1), 1
	}
	for i, p := range params {
		if p.Fixed {
			continue
		}
		if a.L2 != 0 {
			f32.Axpy(p.Gradient(), float32(a.L2), p.Data)
		}
		f32.Adam(p.Data, p.Gradient(), a.arrays[i][0].Data, a.arrays[i][1].Data, s)
	}
}

// Restore implements Optimizer.
func (a *Adam) Restore(params []*nn.Param, steps int, lookup func(name string, shape []int) ([]float32, error)) error {
	return a.restore(params, steps, lookup, "m", "v")
}

func or(x, otherwise float64) float64 {
	if x == 0 {
		return otherwise
	}
	return x
}

// SGD is stochastic gradient descent with momentum as in PyTorch: b = momentum b + g, p -= rate b (Nesterov: g + momentum b).
type SGD struct {
	Momentum float64
	Nesterov bool
	L2       float64 // weight decay as part of the gradient
	moments
}

func (s *SGD) Step(params []*nn.Param, rate float64) {
	s.prepare(params, "b")
	s.steps++
	for i, p := range params {
		if p.Fixed {
			continue
		}
		g := p.Gradient()
		if s.L2 != 0 {
			f32.Axpy(g, float32(s.L2), p.Data)
		}
		if s.Momentum != 0 {
			b := s.arrays[i][0].Data
			f32.Affine(b, float32(s.Momentum), b, 0)
			f32.Add(b, b, g)
			if s.Nesterov {
				f32.Axpy(g, float32(s.Momentum), b)
			} else {
				copy(g, b)
			}
		}
		f32.Axpy(p.Data, float32(-rate), g)
	}
}

// Restore implements Optimizer.
func (s *SGD) Restore(params []*nn.Param, steps int, lookup func(name string, shape []int) ([]float32, error)) error {
	return s.restore(params, steps, lookup, "b")
}

// ClipNorm scales the gradients so that their common Euclidean norm is at most limit, and returns the norm before.
// Pascanu, Mikolov and Bengio (2013).
func ClipNorm(params []*nn.Param, limit float64) float64 {
	sum := 0.
	for _, p := range params {
		if len(p.Grad) > 0 && !p.Fixed {
			sum += float64(f32.Dot(p.Grad, p.Grad))
		}
	}
	norm := math.Sqrt(sum)
	if scale := limit / (norm + 1e-6); scale < 1 {
		for _, p := range params {
			f32.Affine(p.Grad, float32(scale), p.Grad, 0)
		}
	}
	return norm
}

// EMA keeps an exponential moving average of weights: average = decay average + (1-decay) weights.
type EMA struct {
	Decay    float64
	averages []*nn.Param
}

// Update takes the weights after a step into the average; the first call copies them.
func (e *EMA) Update(params []*nn.Param) {
	if e.averages == nil {
		for _, p := range params {
			e.averages = append(e.averages, &nn.Param{Name: "ema." + p.Name, Shape: p.Shape, Fixed: p.Fixed, Data: append([]float32(nil), p.Data...)})
		}
		return
	}
	for i, p := range params {
		a := e.averages[i].Data
		if p.Fixed {
			copy(a, p.Data)
			continue
		}
		f32.Affine(a, float32(e.Decay), a, 0)
		f32.Axpy(a, float32(1-e.Decay), p.Data)
	}
}

// Averages returns the averaged parameters, in the order of the weights; nil before the first Update.
func (e *EMA) Averages() []*nn.Param { return e.averages }
