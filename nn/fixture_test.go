package nn

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// fixture is a case of testdata.
type fixture struct {
	t       *testing.T
	io      *safetensors.File
	weights *safetensors.File
}

func openFixture(t *testing.T, name string) fixture {
	t.Helper()
	open := func(kind string) *safetensors.File {
		f, err := safetensors.Open(filepath.Join("testdata", name+kind))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	fx := fixture{t: t, io: open(".io.safetensors")}
	switch name {
	case "core_activations", "core_conv2d", "core_softmax_ce":
	default:
		fx.weights = open(".weights.safetensors")
	}
	return fx
}

func read(t *testing.T, f *safetensors.File, name string) *Tensor {
	t.Helper()
	x, err := f.Float32s(name)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := f.Lookup(name)
	return Of(x, info.Shape...)
}

func (f fixture) get(name string) *Tensor    { f.t.Helper(); return read(f.t, f.io, name) }
func (f fixture) weight(name string) *Tensor { f.t.Helper(); return read(f.t, f.weights, name) }

// load fills parameters; prefix is cut off their names.
func (f fixture) load(params []*Param, prefix string) {
	f.t.Helper()
	if _, err := Load(f.weights, params, func(n string) string { return strings.TrimPrefix(n, prefix) }); err != nil {
		f.t.Fatal(err)
	}
}

// near compares with an expected array, to a tolerance relative to its largest number.
func (f fixture) near(what string, got []float32, name string) {
	f.t.Helper()
	near(f.t, what, got, f.get(name).Data, 5e-6)
}

func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	scale := 1.
	for _, v := range want {
		scale = math.Max(scale, math.Abs(float64(v)))
	}
	for i := range got {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= tolerance*scale) {
			t.Errorf("%s[%d] = %g, want %g", what, i, got[i], want[i])
			return
		}
	}
}

// grads compares the gradient of every parameter with "grad." + its name in the file.
func (f fixture) grads(params []*Param, prefix string) {
	f.t.Helper()
	for _, p := range params {
		if p.Fixed {
			continue
		}
		name := strings.TrimPrefix(p.Name, prefix)
		f.near("gradient of "+name, p.Grad, "grad."+name)
	}
}

func train() *Pass { return &Pass{Train: true, Workers: 2} }

// mseGrad is the gradient of the mean of squared errors.
func mseGrad(y, target *Tensor) *Tensor {
	d := Zeros(y.Shape...)
	for i := range d.Data {
		d.Data[i] = 2 * (y.Data[i] - target.Data[i]) / float32(len(d.Data))
	}
	return d
}

func TestDenseLayerNormEmbedding(t *testing.T) {
	f := openFixture(t, "core_layernorm")
	ln := NewLayerNorm("n", 10, 1e-5)
	f.load(ln.Params(), "n.")
	f.near("out", ln.Forward(train(), f.get("x")).Data, "out")
	f.near("dx", ln.Backward(train(), f.get("grad.out")).Data, "grad.x")
	f.grads(ln.Params(), "n.")

	f = openFixture(t, "core_rmsnorm")
	rms := NewRMSNorm("n", 10, 1e-6)
	f.load(rms.Params(), "n.")
	f.near("out", rms.Forward(train(), f.get("x")).Data, "out")
	f.near("dx", rms.Backward(train(), f.get("grad.out")).Data, "grad.x")
	f.grads(rms.Params(), "n.")

	f = openFixture(t, "core_embedding")
	e := NewEmbedding("e", 11, 5, nil)
	e.Padding = 0
	f.load(e.Params(), "e.")
	ids, err := f.io.Ints("ids")
	if err != nil {
		t.Fatal(err)
	}
	f.near("out", e.Forward(train(), ids).Data, "out")
	e.Backward(train(), f.get("grad.out"))
	f.grads(e.Params(), "e.")
}

func TestBatchNormFixture(t *testing.T) {
	f := openFixture(t, "core_batchnorm1d")
	b := NewBatchNorm("n", 6, 1e-5, .1)
	f.load(b.Params(), "n.")
	f.near("eval.out", b.Forward(&Pass{}, f.get("x")).Data, "eval.out")
	f.near("out", b.Forward(train(), f.get("x")).Data, "out")
	f.near("dx", b.Backward(train(), f.get("grad.out")).Data, "grad.x")
	f.grads(b.Params(), "n.")
	f.near("mean", b.Mean.Data, "after.running_mean")
	f.near("var", b.Var.Data, "after.running_var")
}

func TestActivationsFixture(t *testing.T) {
	f := openFixture(t, "core_activations")
	for name, fn := range map[string]Function{
		"gelu": GELU, "gelu_tanh": GELUTanh, "relu": ReLU, "silu": SiLU, "sigmoid": Sigmoid, "tanh": Tanh, "softplus": Softplus,
		"elu": ELU, "selu": SELU, "leaky_relu_0.01": LeakyReLU(.01), "exp": Exp,
	} {
		a := &Activation{F: fn}
		x := f.get("x")
		if name == "exp" {
			for i, v := range x.Data {
				x.Data[i] = min(max(v, -80), 80)
			}
		}
		ones := Zeros(x.Shape...)
		for i := range ones.Data {
			ones.Data[i] = 1
		}
		y, want := a.Forward(train(), x), f.get(name)
		dx, dwant := a.Backward(train(), ones), f.get("d"+name)
		for i := range x.Data {
			for _, c := range [][2]float32{{y.Data[i], want.Data[i]}, {dx.Data[i], dwant.Data[i]}} {
				if d := math.Abs(float64(c[0] - c[1])); d > 1e-6*math.Abs(float64(c[1]))+1e-6 {
					t.Errorf("%s at %g: %g, want %g", name, x.Data[i], c[0], c[1])
				}
			}
		}
	}
}

func TestLSTMFixture(t *testing.T) {
	f := openFixture(t, "core_lstm")
	l := NewLSTM("rnn", 3, 8, 2, 0, nil)
	last, out := &LastStep{}, NewDense("out", 8, 1, nil)
	params := append(l.Params(), out.Params()...)
	f.load(params, "")
	seq := l.Forward(train(), f.get("x"))
	f.near("seq", seq.Data, "seq")
	f.near("h_n", l.Final.H.Data, "h_n")
	f.near("c_n", l.Final.C.Data, "c_n")
	y := out.Forward(train(), last.Forward(train(), seq))
	f.near("pred", y.Data, "pred")
	dx := l.Backward(train(), last.Backward(train(), out.Backward(train(), mseGrad(y, f.get("y")))))
	f.near("dx", dx.Data, "grad.x")
	f.grads(params, "")
}

// TestLSTMCell checks a step from a given state.
func TestLSTMCell(t *testing.T) {
	f := openFixture(t, "core_lstm_cell")
	l := NewLSTM("rnn", 3, 8, 1, 0, nil)
	if _, err := Load(f.weights, l.Params(), func(n string) string { return strings.TrimSuffix(strings.TrimPrefix(n, "rnn."), "_l0") }); err != nil {
		t.Fatal(err)
	}
	l.Initial = &LSTMState{H: *f.get("h"), C: *f.get("c")}
	x := f.get("x")
	f.near("h", l.Forward(&Pass{}, Of(x.Data, 4, 1, 3)).Data, "h1")
	f.near("c", l.Final.C.Data, "c1")
}

func TestGRUFixture(t *testing.T) {
	f := openFixture(t, "core_gru")
	g := NewGRU("rnn", 3, 8, 2, 0, nil)
	last, out := &LastStep{}, NewDense("out", 8, 1, nil)
	params := append(g.Params(), out.Params()...)
	f.load(params, "")
	seq := g.Forward(train(), f.get("x"))
	f.near("seq", seq.Data, "seq")
	f.near("h_n", g.Final.Data, "h_n")
	y := out.Forward(train(), last.Forward(train(), seq))
	dx := g.Backward(train(), last.Backward(train(), out.Backward(train(), mseGrad(y, f.get("y")))))
	f.near("dx", dx.Data, "grad.x")
	f.grads(params, "")
}

func TestTCNBlockFixture(t *testing.T) {
	f := openFixture(t, "core_tcn_block")
	transposed := func(x *Tensor) *Tensor { // [B, C, T] ↔ [B, T, C]
		y := Zeros(x.Shape[0], x.Shape[2], x.Shape[1])
		n, c, s := x.Shape[0], x.Shape[1], x.Shape[2]
		for i := range x.Data {
			y.Data[i/(c*s)*c*s+i%s*c+i/s%c] = x.Data[i]
		}
		_ = n
		return y
	}
	conv1, conv2 := NewCausalConv("conv1", 3, 6, 3, 2, nil), NewCausalConv("conv2", 6, 6, 3, 2, nil)
	down := NewCausalConv("down", 3, 6, 1, 1, nil)
	net := Sequential{&Residual{Body: Sequential{conv1, &Activation{F: ReLU}, conv2, &Activation{F: ReLU}}, Skip: down}, &Activation{F: ReLU}}
	f.load(net.Params(), "")
	y := net.Forward(train(), transposed(f.get("x")))
	near(t, "conv1", conv1.y.Data, transposed(f.get("conv1")).Data, 5e-6)
	near(t, "out", y.Data, transposed(f.get("out")).Data, 5e-6)
	dx := net.Backward(train(), mseGrad(y, transposed(f.get("y"))))
	near(t, "dx", dx.Data, transposed(f.get("grad.x")).Data, 5e-6)
	f.grads(net.Params(), "")
}

// projection splits PyTorch's joint weight of queries, keys and values.
func loadAttention(t *testing.T, f *safetensors.File, a *Attention, prefix string) {
	t.Helper()
	w, b := read(t, f, prefix+"in_proj_weight").Data, read(t, f, prefix+"in_proj_bias").Data
	for i, d := range []*Dense{a.Query, a.Key, a.Value} {
		copy(d.Weight.Data, w[i*len(d.Weight.Data):])
		copy(d.Bias.Data, b[i*len(d.Bias.Data):])
	}
	copy(a.Out.Weight.Data, read(t, f, prefix+"out_proj.weight").Data)
	copy(a.Out.Bias.Data, read(t, f, prefix+"out_proj.bias").Data)
}

func (f fixture) attentionGrads(a *Attention, prefix string) {
	f.t.Helper()
	f.near("in_proj_weight", slices.Concat(a.Query.Weight.Grad, a.Key.Weight.Grad, a.Value.Weight.Grad), prefix+"in_proj_weight")
	f.near("in_proj_bias", slices.Concat(a.Query.Bias.Grad, a.Key.Bias.Grad, a.Value.Bias.Grad), prefix+"in_proj_bias")
	f.near("out_proj.weight", a.Out.Weight.Grad, prefix+"out_proj.weight")
	f.near("out_proj.bias", a.Out.Bias.Grad, prefix+"out_proj.bias")
}

func TestAttentionFixture(t *testing.T) {
	f := openFixture(t, "core_mha")
	mask, err := f.io.Ints("key_padding_mask")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"plain", "padded", "causal"} {
		t.Run(kind, func(t *testing.T) {
			f := f
			f.t = t
			a := NewAttention("a", 16, 4, 4, nil)
			loadAttention(t, f.weights, a, "")
			a.Causal = kind == "causal"
			if kind == "padded" {
				for _, v := range mask {
					a.Ignore = append(a.Ignore, v != 0)
				}
			}
			f.near("out", a.Forward(train(), f.get("x")).Data, kind+".out")
			f.near("attn", a.Weights().Data, kind+".attn")
			f.near("dx", a.Backward(train(), f.get("grad.out")).Data, kind+".grad.x")
			f.attentionGrads(a, kind+".grad.")
		})
	}
}

func TestEncoderFixture(t *testing.T) {
	for _, c := range []string{"prenorm", "postnorm"} {
		t.Run(c, func(t *testing.T) {
			f := openFixture(t, "core_encoder_"+c)
			a := NewAttention("a", 16, 4, 4, nil)
			loadAttention(t, f.weights, a, "self_attn.")
			norm1, norm2 := NewLayerNorm("norm1", 16, 1e-5), NewLayerNorm("norm2", 16, 1e-5)
			linear1, linear2 := NewDense("linear1", 16, 32, nil), NewDense("linear2", 32, 16, nil)
			ff := Sequential{linear1, &Activation{F: GELU}, linear2}
			net := Sequential{&Residual{Body: a}, norm1, &Residual{Body: ff}, norm2}
			if c == "prenorm" {
				net = Sequential{&Residual{Body: Sequential{norm1, a}}, &Residual{Body: append(Sequential{norm2}, ff...)}}
			}
			params := append(append(norm1.Params(), norm2.Params()...), ff.Params()...)
			f.load(params, "")
			f.near("out", net.Forward(train(), f.get("x")).Data, "out")
			f.near("dx", net.Backward(train(), f.get("grad.out")).Data, "grad.x")
			f.grads(params, "")
			f.attentionGrads(a, "grad.self_attn.")
		})
	}
}

func TestConv2DFixture(t *testing.T) {
	f := openFixture(t, "core_conv2d")
	for _, c := range []struct {
		name                  string
		stride, pad, dilation [2]int
		groups                int
	}{
		{"k3s2p1", [2]int{2, 2}, [2]int{1, 1}, [2]int{1, 1}, 1},
		{"k5g2", [2]int{1, 1}, [2]int{2, 2}, [2]int{1, 1}, 2},
		{"dw3", [2]int{1, 1}, [2]int{1, 1}, [2]int{1, 1}, 4},
		{"k3d2", [2]int{1, 1}, [2]int{2, 2}, [2]int{2, 2}, 1},
		{"k1x7", [2]int{1, 1}, [2]int{0, 3}, [2]int{1, 1}, 1},
	} {
		w := f.get(c.name + ".weight")
		conv := NewConv2D("c", 4, 4, [2]int{w.Shape[2], w.Shape[3]}, c.groups, nil)
		conv.Stride, conv.Pad, conv.Dilation = c.stride, c.pad, c.dilation
		copy(conv.Weight.Data, w.Data)
		copy(conv.Bias.Data, f.get(c.name+".bias").Data)
		f.near(c.name, conv.Forward(train(), f.get(c.name+".x")).Data, c.name+".y")
		f.near(c.name+" dx", conv.Backward(train(), f.get(c.name+".grad.y")).Data, c.name+".grad.x")
		f.near(c.name+" dw", conv.Weight.Grad, c.name+".grad.weight")
		f.near(c.name+" db", conv.Bias.Grad, c.name+".grad.bias")
	}
	three, two, one := [2]int{3, 3}, [2]int{2, 2}, [2]int{1, 1}
	for name, l := range map[string]*Pool2D{
		"max3s2p1": {Max: true, Size: three, Stride: two, Pad: one}, "max2s2ceil": {Max: true, Size: two, Stride: two, Ceil: true},
		"avg3s2p1": {Size: three, Stride: two, Pad: one, CountPad: true}, "avg3s2p1_nopadcount": {Size: three, Stride: two, Pad: one},
		"adaptive3x4": {Adaptive: [2]int{3, 4}},
	} {
		f.near(name, l.Forward(&Pass{}, f.get("pool.x")).Data, "pool."+name)
	}
}
