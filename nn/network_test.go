package nn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/nn/safetensors"
)

// peer opens a larger case of ../shared/reference/neural.
func peer(t *testing.T, name string) fixture {
	t.Helper()
	open := func(kind string) *safetensors.File {
		path := filepath.Join("../../shared/reference/neural", name+kind)
		if _, err := os.Stat(path); err != nil {
			t.Skip("needs ../shared/reference: ", err)
		}
		f, err := safetensors.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	return fixture{t, open(".io.safetensors"), open(".weights.safetensors")}
}

// meanAbsGrad is the gradient of the mean absolute error.
func meanAbsGrad(y, target []float32) []float32 {
	d := make([]float32, len(y))
	for i := range d {
		d[i] = 1 / float32(len(d))
		if y[i] < target[i] {
			d[i] = -d[i]
		}
	}
	return d
}

// TestForecastLSTM is neuralforecast's LSTM: the last hidden states decoded step by step by an MLP.
func TestForecastLSTM(t *testing.T) {
	f := peer(t, "nf_lstm")
	l := NewLSTM("hist_encoder", 1, 8, 2, 0, nil)
	mlp := Sequential{NewDense("mlp_decoder.layers.0", 8, 8, nil), &Activation{F: ReLU}, NewDense("mlp_decoder.layers.3", 8, 1, nil)}
	params := append(l.Params(), mlp.Params()...)
	f.load(params, "")
	x := f.get("insample_y")
	hidden := l.Forward(train(), Of(x.Data, 3, 24, 1))
	last := Zeros(3, 8, 8)
	for b := range 3 {
		copy(last.Data[b*64:(b+1)*64], hidden.Data[(b*24+16)*8:])
	}
	y := mlp.Forward(train(), last)
	f.near("forecast", y.Data, "forecast")
	d := mlp.Backward(train(), Of(meanAbsGrad(y.Data, f.get("train.target").Data), y.Shape...))
	dh := Zeros(3, 24, 8)
	for b := range 3 {
		copy(dh.Data[(b*24+16)*8:(b+1)*24*8], d.Data[b*64:])
	}
	l.Backward(train(), dh)
	f.grads(params, "")
}

// TestBERT runs transformers' BertModel: embeddings, post-norm encoder layers with padding, and the pooler.
func TestBERT(t *testing.T) {
	f := peer(t, "bert_tiny")
	const batch, steps, width = 3, 12, 64
	words, positions, types := NewEmbedding("embeddings.word_embeddings", 120, width, nil), NewEmbedding("embeddings.position_embeddings", 64, width, nil), NewEmbedding("embeddings.token_type_embeddings", 2, width, nil)
	words.Padding = 0
	norm := NewLayerNorm("embeddings.LayerNorm", width, 1e-12)
	var ignore []bool
	mask, err := f.io.Ints("attention_mask")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mask {
		ignore = append(ignore, m == 0)
	}
	var layers Sequential
	rename := map[string]string{".q.": ".self.query.", ".k.": ".self.key.", ".v.": ".self.value.", ".o.": ".output.dense."}
	for i := range 2 {
		at := fmt.Sprintf("encoder.layer.%d.", i)
		a := NewAttention(at+"attention", width, 4, 16, nil)
		a.Ignore = ignore
		layers = append(layers, &Residual{Body: a}, NewLayerNorm(at+"attention.output.LayerNorm", width, 1e-12),
			&Residual{Body: Sequential{NewDense(at+"intermediate.dense", width, 128, nil), &Activation{F: GELU}, NewDense(at+"output.dense", 128, width, nil)}},
			NewLayerNorm(at+"output.LayerNorm", width, 1e-12))
	}
	pooler := Sequential{NewDense("pooler.dense", width, width, nil), &Activation{F: Tanh}}
	var params []*Param
	for _, p := range [][]*Param{words.Params(), positions.Params(), types.Params(), norm.Params(), layers.Params(), pooler.Params()} {
		params = append(params, p...)
	}
	for _, p := range params {
		for ours, theirs := range rename {
			p.Name = strings.Replace(p.Name, ".attention"+ours, ".attention"+theirs, 1)
		}
	}
	f.load(params, "")

	ids, kinds := f.ints("input_ids"), f.ints("token_type_ids")
	places := make([]int, len(ids))
	for i := range places {
		places[i] = i % steps
	}
	x := Zeros(batch, steps, width)
	for _, e := range []*Tensor{words.Forward(train(), ids), positions.Forward(train(), places), types.Forward(train(), kinds)} {
		for i, v := range e.Data {
			x.Data[i] += v
		}
	}
	h := layers.Forward(train(), norm.Forward(train(), x))
	f.near("hidden", h.Data, "last_hidden_state")
	first := Zeros(batch, width)
	for b := range batch {
		copy(first.row(b), h.row(b*steps))
	}
	y := pooler.Forward(train(), first)
	f.near("pooled", y.Data, "pooler_output")

	d := pooler.Backward(train(), mseGrad(y, f.get("train.target")))
	dh := Zeros(batch, steps, width)
	for b := range batch {
		copy(dh.row(b*steps), d.row(b))
	}
	d = norm.Backward(train(), layers.Backward(train(), dh))
	words.Backward(train(), d)
	positions.Backward(train(), d)
	types.Backward(train(), d)
	f.grads(params, "")
}

func (f fixture) ints(name string) []int {
	f.t.Helper()
	x, err := f.io.Ints(name)
	if err != nil {
		f.t.Fatal(err)
	}
	return x
}

// TestGPT2 runs transformers' GPT2LMHeadModel: pre-norm causal layers, weights stored [in, out], the embedding as output layer;
// forward, and twenty greedy tokens.
func TestGPT2(t *testing.T) {
	f := peer(t, "gpt2_tiny")
	const width = 48
	load := func(d *Dense, name string, from, to int) { // columns [from, to) of an [in, out] weight
		w, b := f.weight(name+".weight"), f.weight(name+".bias")
		for i := range w.Shape[0] {
			for j := from; j < to; j++ {
				d.Weight.Data[(j-from)*w.Shape[0]+i] = w.Data[i*w.Shape[1]+j]
			}
		}
		copy(d.Bias.Data, b.Data[from:to])
	}
	var net Sequential
	var norms []*Param
	for i := range 2 {
		at := fmt.Sprintf("transformer.h.%d.", i)
		a := NewAttention(at+"attn", width, 4, 12, nil)
		a.Causal = true
		for j, d := range []*Dense{a.Query, a.Key, a.Value} {
			load(d, at+"attn.c_attn", j*width, (j+1)*width)
		}
		load(a.Out, at+"attn.c_proj", 0, width)
		fc, proj := NewDense("fc", width, 4*width, nil), NewDense("proj", 4*width, width, nil)
		load(fc, at+"mlp.c_fc", 0, 4*width)
		load(proj, at+"mlp.c_proj", 0, width)
		ln1, ln2 := NewLayerNorm(at+"ln_1", width, 1e-5), NewLayerNorm(at+"ln_2", width, 1e-5)
		norms = append(append(norms, ln1.Params()...), ln2.Params()...)
		net = append(net, &Residual{Body: Sequential{ln1, a}}, &Residual{Body: Sequential{ln2, fc, &Activation{F: GELUTanh}, proj}})
	}
	final := NewLayerNorm("transformer.ln_f", width, 1e-5)
	net = append(net, final)
	f.load(append(norms, final.Params()...), "")
	words, places := f.weight("transformer.wte.weight"), f.weight("transformer.wpe.weight")
	head := NewDense("head", width, 150, nil)
	head.Bias = nil
	copy(head.Weight.Data, words.Data)
	logits := func(ids []int, batch int) *Tensor {
		steps := len(ids) / batch
		x := Zeros(batch, steps, width)
		for i, id := range ids {
			for j := range width {
				x.Data[i*width+j] = words.Data[id*width+j] + places.Data[i%steps*width+j]
			}
		}
		return head.Forward(&Pass{}, net.Forward(&Pass{}, x))
	}
	ids := f.ints("input_ids")
	f.near("logits", logits(ids, 2).Data, "logits")
	want := f.ints("greedy")
	for b := range 2 {
		row := append([]int(nil), ids[b*10:(b+1)*10]...)
		for range 20 {
			y := logits(row, 1)
			best, last := 0, y.row(len(row)-1)
			for j, v := range last {
				if v > last[best] {
					best = j
				}
			}
			row = append(row, best)
		}
		for i, id := range row {
			if id != want[b*30+i] {
				t.Fatalf("greedy row %d: %v, want %v", b, row, want[b*30:(b+1)*30])
			}
		}
	}
}

// TestResNet runs torchvision's resnet18, narrow: convolutions, running batch statistics, residual blocks, pooling.
func TestResNet(t *testing.T) {
	f := peer(t, "resnet18_w8")
	conv := func(name string, in, out, kernel, stride int) Layer {
		c := NewConv2D(name, in, out, [2]int{kernel, kernel}, 1, nil)
		c.Bias = nil
		c.Stride, c.Pad = [2]int{stride, stride}, [2]int{kernel / 2, kernel / 2}
		return c
	}
	norm := func(name string, n int) Layer { return NewBatchNorm(name, n, 1e-5, .1) }
	relu := func() Layer { return &Activation{F: ReLU} }
	net := Sequential{conv("conv1", 3, 8, 7, 2), norm("bn1", 8), relu(), &Pool2D{Max: true, Size: [2]int{3, 3}, Stride: [2]int{2, 2}, Pad: [2]int{1, 1}}}
	in := 8
	for stage := range 4 {
		out := 8 << stage
		for i := range 2 {
			at, stride := fmt.Sprintf("layer%d.%d.", stage+1, i), 1
			r := &Residual{}
			if i == 0 && stage > 0 {
				stride = 2
				r.Skip = Sequential{conv(at+"downsample.0", in, out, 1, 2), norm(at+"downsample.1", out)}
			}
			r.Body = Sequential{conv(at+"conv1", in, out, 3, stride), norm(at+"bn1", out), relu(), conv(at+"conv2", out, out, 3, 1), norm(at+"bn2", out)}
			net = append(net, r, relu())
			in = out
		}
	}
	net = append(net, &Pool2D{Adaptive: [2]int{1, 1}}, &Flatten{})
	fc := NewDense("fc", 64, 10, nil)
	f.load(append(net.Params(), fc.Params()...), "")
	y := net.Forward(&Pass{Workers: 2}, f.get("image"))
	f.near("features", y.Data, "features")
	f.near("logits", fc.Forward(&Pass{}, y).Data, "logits")
}
