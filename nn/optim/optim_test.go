package optim

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/safetensors"
)

func open(t *testing.T, file string) *safetensors.File {
	t.Helper()
	f, err := safetensors.Open(filepath.Join("..", "testdata", file+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func read(t *testing.T, f *safetensors.File, name string) []float32 {
	t.Helper()
	x, err := f.Float32s(name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
			t.Errorf("%s[%d] = %g, want %g", what, i, got[i], want[i])
		}
	}
}

// TestFixture takes five steps on a least-squares problem beside PyTorch; options as in ../testdata.
func TestFixture(t *testing.T) {
	f := open(t, "core_optim.io")
	a, b := read(t, f, "A"), read(t, f, "b")
	for _, c := range []struct {
		name string
		opt  Optimizer
		rate float64
	}{
		{"adam", &Adam{}, .1}, {"adam_l2", &Adam{L2: .1}, .1}, {"adamw", &Adam{Decay: .1}, .1},
		{"adamw_b", &Adam{Beta1: .8, Beta2: .95, Eps: 1e-6, Decay: .01}, .03},
		{"sgd", &SGD{}, .01}, {"sgd_momentum", &SGD{Momentum: .9}, .01}, {"sgd_nesterov_wd", &SGD{Momentum: .9, Nesterov: true, L2: .1}, .01},
	} {
		p := &nn.Param{Name: "p", Shape: []int{4}, Data: read(t, f, "p0"), Grad: make([]float32, 4)}
		want := read(t, f, c.name+".params")
		for step := range 5 {
			clear(p.Grad)
			for i := range b { // d mean((A p - b)²)
				r := -b[i]
				for j, v := range p.Data {
					r += a[4*i+j] * v
				}
				for j := range p.Grad {
					p.Grad[j] += 2 * r * a[4*i+j] / float32(len(b))
				}
			}
			c.opt.Step([]*nn.Param{p}, c.rate)
			near(t, c.name, p.Data, want[4*step:4*step+4], 1e-5)
		}
	}
}

func TestClipNormFixture(t *testing.T) {
	f := open(t, "core_optim.io")
	p := &nn.Param{Grad: read(t, f, "clip.grad"), Data: make([]float32, 4)}
	norm := ClipNorm([]*nn.Param{p}, .5)
	near(t, "norm", []float32{float32(norm)}, read(t, f, "clip.norm"), 1e-6)
	near(t, "clipped", p.Grad, read(t, f, "clip.grad_after"), 1e-6)
	before := slices.Clone(p.Grad)
	ClipNorm([]*nn.Param{p}, 10)
	if !slices.Equal(before, p.Grad) {
		t.Error("a small gradient was changed")
	}
}

// keras loads a Keras recurrent layer: kernels are transposed, gates reordered, and the order of Keras gates is given by blocks.
func keras(dst *nn.Param, src []float32, blocks []int) {
	rows := dst.Shape[0]
	hidden := rows / len(blocks)
	cols := len(dst.Data) / rows
	for i := range rows {
		from := blocks[i/hidden]*hidden + i%hidden
		for j := range cols {
			dst.Data[i*cols+j] = src[j*rows+from]
		}
	}
}

// TestKeras trains LSTM > LSTM > Dense and the same of GRU for five steps of Adam beside Keras 3.15.1.
func TestKeras(t *testing.T) {
	for _, c := range []struct {
		name, model, cell, dense string
		blocks                   []int
	}{
		{"core_keras_lstm", "sequential", "lstm", "dense", []int{0, 1, 2, 3}},
		{"core_keras_gru", "sequential_1", "gru", "dense_1", []int{1, 0, 2}}, // Keras z, r, h
	} {
		t.Run(c.cell, func(t *testing.T) {
			f, w := open(t, c.name+".io"), open(t, c.name+".weights")
			var one, two nn.Layer = nn.NewLSTM("1", 1, 6, 1, 0, nil), nn.NewLSTM("2", 6, 5, 1, 0, nil)
			if c.cell == "gru" {
				one, two = nn.NewGRU("1", 1, 6, 1, 0, nil), nn.NewGRU("2", 6, 5, 1, 0, nil)
			}
			dense := nn.NewDense("d", 5, 1, nil)
			net := nn.Sequential{one, two, &nn.LastStep{}, dense}
			// set fills a network from arrays with the given prefix
			set := func(net nn.Sequential, file *safetensors.File, prefix string) {
				for l, suffix := range []string{"", "_1"} {
					params := net[l].Params()
					at := prefix + c.model + "/" + c.cell + suffix + "/" + c.cell + "_cell/"
					keras(params[0], read(t, file, at+"kernel"), c.blocks)
					keras(params[1], read(t, file, at+"recurrent_kernel"), c.blocks)
					bias := read(t, file, at+"bias")
					n := len(params[2].Data)
					keras(params[2], bias[:n], c.blocks)
					clear(params[3].Data)
					if len(bias) > n {
						keras(params[3], bias[n:], c.blocks)
					}
				}
				copy(net[3].Params()[0].Data, read(t, file, prefix+c.model+"/"+c.dense+"/kernel"))
				copy(net[3].Params()[1].Data, read(t, file, prefix+c.model+"/"+c.dense+"/bias"))
			}
			set(net, w, "")
			x, y := nn.Of(read(t, f, "x"), 4, 9, 1), read(t, f, "y")
			opt := &Adam{Eps: 1e-7, Keras: true}
			losses := read(t, f, "adam5.losses_before_each_step")
			for step := range 5 {
				nn.ZeroGrad(net.Params())
				pass := &nn.Pass{Train: true}
				out := net.Forward(pass, x)
				loss, d := 0., nn.Zeros(4, 1)
				for i, v := range out.Data {
					e := v - y[i]
					loss += float64(e*e) / 4
					d.Data[i] = e / 2
				}
				near(t, "loss", []float32{float32(loss)}, losses[step:step+1], 5e-6)
				net.Backward(pass, d)
				params := net.Params()
				if c.cell == "lstm" { // Keras has one bias where PyTorch has two
					params = slices.DeleteFunc(params, func(p *nn.Param) bool { return p.Name == "1.bias_hh_l0" || p.Name == "2.bias_hh_l0" })
				}
				opt.Step(params, .01)
			}
			got := make([][]float32, 0)
			for _, p := range net.Params() {
				got = append(got, slices.Clone(p.Data))
			}
			set(net, f, "adam5.")
			for i, p := range net.Params() {
				near(t, p.Name, got[i], p.Data, 2e-5)
			}
		})
	}
}

func TestSchedules(t *testing.T) {
	s := Warmup(4, Cosine(1, .1, 10))
	for step, want := range map[int]float64{0: .25, 3: 1, 4: 1, 9: .55, 14: .1, 100: .1} {
		if got := s(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("step %d: %g, want %g", step, got, want)
		}
	}
	if got := StepDecay(1, 3, .5)(7); got != .25 {
		t.Error(got)
	}
}

func TestEMA(t *testing.T) {
	e, p := &EMA{Decay: .75}, &nn.Param{Data: []float32{1}}
	e.Update([]*nn.Param{p})
	p.Data[0] = 5
	e.Update([]*nn.Param{p})
	if got := e.Averages()[0].Data[0]; got != 2 {
		t.Error(got)
	}
}
