package neural

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidewatch/tidewatch/model/neural/dlinear"
	"github.com/tidewatch/tidewatch/model/neural/frame"
	"github.com/tidewatch/tidewatch/model/neural/nhits"
	"github.com/tidewatch/tidewatch/model/neural/patchtst"
	"github.com/tidewatch/tidewatch/model/neural/tcn"
	"github.com/tidewatch/tidewatch/nn"
	"github.com/tidewatch/tidewatch/nn/loss"
	"github.com/tidewatch/tidewatch/nn/safetensors"
	"gonum.org/v1/gonum/stat"
)

// fixture is a network of testdata.
type fixture struct {
	t           *testing.T
	io, weights *safetensors.File
}

func open(t *testing.T, name string) fixture {
	t.Helper()
	f := func(kind string) *safetensors.File {
		f, err := safetensors.Open(filepath.Join("testdata", "nf_"+name+kind))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	return fixture{t, f(".io.safetensors"), f(".weights.safetensors")}
}

// matrix is an array of two axes in float64; one axis counts as a row.
type matrix struct {
	rows, cols int
	data       []float64
}

func (f fixture) read(from *safetensors.File, name string) matrix {
	f.t.Helper()
	x, err := from.Float32s(name)
	if err != nil {
		f.t.Fatal(err)
	}
	info, _ := from.Lookup(name)
	m := matrix{1, len(x), make([]float64, len(x))}
	if len(info.Shape) >= 2 {
		m.rows, m.cols = info.Shape[0], len(x)/info.Shape[0]
	}
	for i, v := range x {
		m.data[i] = float64(v)
	}
	return m
}

func (f fixture) weight(name string) matrix { f.t.Helper(); return f.read(f.weights, name) }
func (f fixture) get(name string) matrix    { f.t.Helper(); return f.read(f.io, name) }

func (m matrix) mul(o matrix) matrix {
	p := matrix{m.rows, o.cols, make([]float64, m.rows*o.cols)}
	for i := range m.rows {
		for k := range m.cols {
			for j := range o.cols {
				p.data[i*o.cols+j] += m.data[i*m.cols+k] * o.data[k*o.cols+j]
			}
		}
	}
	return p
}

func (m matrix) t() matrix {
	p := matrix{m.cols, m.rows, make([]float64, len(m.data))}
	for i := range m.rows {
		for j := range m.cols {
			p.data[j*m.rows+i] = m.data[i*m.cols+j]
		}
	}
	return p
}

func (m matrix) plus(o matrix) matrix {
	p := matrix{m.rows, m.cols, make([]float64, len(m.data))}
	for i := range p.data {
		p.data[i] = m.data[i] + o.data[i]
	}
	return p
}

// pick is the rows from up to, not including, to.
func (m matrix) pick(from, to int) matrix {
	return matrix{to - from, m.cols, m.data[from*m.cols : to*m.cols]}
}

func set(p *nn.Param, m matrix) {
	if len(p.Data) != len(m.data) {
		panic(fmt.Sprintf("%s %v from %d numbers", p.Name, p.Shape, len(m.data)))
	}
	for i, v := range m.data {
		p.Data[i] = float32(v)
	}
}

func (f fixture) near(what string, got []float32, want matrix, tolerance float64) {
	f.t.Helper()
	if len(got) != len(want.data) {
		f.t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want.data))
	}
	top := 1.
	for _, v := range want.data {
		top = max(top, math.Abs(v))
	}
	for i, v := range want.data {
		if d := math.Abs(float64(got[i]) - v); !(d <= tolerance*top) {
			f.t.Errorf("%s[%d] = %g, want %g", what, i, got[i], v)
			return
		}
	}
}

// run compares the forecast and the loss, and leaves the gradients in the parameters.
func (f fixture) run(net frame.Net, s frame.Shape) { f.t.Helper(); f.scaled(net, s, false) }

// scaled does so with windows normalised by their last value and deviation, if instance is set: the reference of PatchTST does it inside.
func (f fixture) scaled(net frame.Net, s frame.Shape, instance bool) {
	f.t.Helper()
	x := f.get("insample_y")
	loc, size := make([]float32, x.rows), make([]float32, x.rows)
	for r := range size {
		size[r] = 1
		if instance {
			row := x.data[r*x.cols : (r+1)*x.cols]
			sd := stat.PopStdDev(row, nil)
			loc[r], size[r] = float32(row[x.cols-1]), float32(math.Sqrt(sd*sd+1e-5))
		}
	}
	b := &frame.Batch{Rows: x.rows, Y: *nn.Zeros(x.rows, s.Lags), Past: *nn.Zeros(x.rows, s.Lags, 0), Future: *nn.Zeros(x.rows, s.Steps, 0), Static: *nn.Zeros(x.rows, 0)}
	for i, v := range x.data {
		b.Y.Data[i] = (float32(v) - loc[i/x.cols]) / size[i/x.cols]
	}
	p := &nn.Pass{}
	y := net.Forward(p, b)
	for i := range y.Data {
		y.Data[i] = y.Data[i]*size[i/s.Steps] + loc[i/s.Steps]
	}
	f.near("forecast", y.Data, f.get("forecast"), 2e-6)
	target, grad := make([]float32, len(y.Data)), nn.Zeros(y.Shape...)
	for i, v := range f.get("train.target").data {
		target[i] = float32(v)
	}
	sum, n := loss.MAE(grad.Data, y.Data, target, nil)
	f.near("loss", []float32{float32(sum / n)}, f.get("train.loss"), 2e-6)
	for i := range grad.Data {
		grad.Data[i] *= size[i/s.Steps] / float32(n)
	}
	net.Backward(p, grad)
}

var fixtureShape = frame.Shape{Lags: 24, Steps: 8, Levels: 1}

func TestDLinearFixture(t *testing.T) {
	f := open(t, "dlinear")
	net := dlinear.New(fixtureShape, 5, nil)
	for _, p := range net.Params() {
		set(p, f.weight(p.Name))
	}
	f.run(net, fixtureShape)
	for _, p := range net.Params() {
		f.near("gradient of "+p.Name, p.Grad, f.get("grad."+p.Name), 1e-5)
	}
}

// stacks loads a network of blocks beside the reference and compares it. back is the number of coefficients of a block's explanation.
func (f fixture) stacks(blocks []nhits.Block, back []int) {
	f.t.Helper()
	net := nhits.New(fixtureShape, blocks, nil)
	net.FromLast = true
	params := net.Params() // weight and bias of three hidden layers and the last, block by block
	last := len(blocks) - 1
	// arrange takes from the rows of a block's last layer those we have: the last block explains nothing.
	arrange := func(i int, m matrix) matrix {
		if i == last {
			return m.pick(back[i], m.rows)
		}
		return m
	}
	column := func(m matrix) matrix { return matrix{len(m.data), 1, m.data} }
	name := func(i, layer int, kind string) string { return fmt.Sprintf("blocks.%d.layers.%d.%s", i, layer, kind) }
	for i := range blocks {
		p := params[8*i:]
		w0, b0 := f.weight(name(i, 0, "weight")), column(f.weight(name(i, 0, "bias")))
		w1, b1 := f.weight(name(i, 1, "weight")), column(f.weight(name(i, 1, "bias")))
		set(p[0], w1.mul(w0))
		set(p[1], w1.mul(b0).plus(b1))
		for k, layer := range []int{3, 5} {
			set(p[2+2*k], f.weight(name(i, layer, "weight")))
			set(p[3+2*k], f.weight(name(i, layer, "bias")))
		}
		set(p[6], arrange(i, f.weight(name(i, 7, "weight"))))
		set(p[7], arrange(i, column(f.weight(name(i, 7, "bias")))))
	}
	f.run(net, fixtureShape)
	grad := func(p *nn.Param) matrix {
		m := matrix{p.Shape[0], len(p.Data) / p.Shape[0], make([]float64, len(p.Data))}
		for i, v := range p.Grad {
			m.data[i] = float64(v)
		}
		return m
	}
	narrow := func(m matrix) []float32 {
		x := make([]float32, len(m.data))
		for i, v := range m.data {
			x[i] = float32(v)
		}
		return x
	}
	for i := range blocks {
		p := params[8*i:]
		w0, b0, w1 := f.weight(name(i, 0, "weight")), column(f.weight(name(i, 0, "bias"))), f.weight(name(i, 1, "weight"))
		dw, db := grad(p[0]), grad(p[1])
		for what, got := range map[string]matrix{
			name(i, 0, "weight"): w1.t().mul(dw), name(i, 0, "bias"): w1.t().mul(db),
			name(i, 1, "weight"): dw.mul(w0.t()).plus(db.mul(b0.t())), name(i, 1, "bias"): db,
			name(i, 3, "weight"): grad(p[2]), name(i, 3, "bias"): grad(p[3]),
			name(i, 5, "weight"): grad(p[4]), name(i, 5, "bias"): grad(p[5]),
		} {
			f.near("gradient of "+what, narrow(got), f.get("grad."+what), 1e-5)
		}
		f.near("gradient of the last layer", p[6].Grad, arrange(i, f.get("grad."+name(i, 7, "weight"))), 1e-5)
		f.near("gradient of the last bias", p[7].Grad, arrange(i, column(f.get("grad."+name(i, 7, "bias")))), 1e-5)
	}
}

// rename loads the parameters from the reference's names, runs, and compares gradients under these names.
func (f fixture) renamed(net frame.Net, instance bool, names *strings.Replacer) {
	f.t.Helper()
	arrange := func(p *nn.Param, m matrix) matrix {
		if p.Name != "head.weight" { // of PatchTST, where the reference has the words' features outside and their places inside
			return m
		}
		a := matrix{m.rows, m.cols, make([]float64, len(m.data))}
		places := net.Params()[2].Shape[0]
		for i := range m.data {
			row, col := i/m.cols, i%m.cols
			a.data[row*m.cols+col%places*(m.cols/places)+col/places] = m.data[i]
		}
		return a
	}
	for _, p := range net.Params() {
		set(p, arrange(p, f.weight(names.Replace(p.Name))))
	}
	f.scaled(net, fixtureShape, instance)
	for _, p := range net.Params() {
		if !p.Fixed {
			f.near("gradient of "+p.Name, p.Grad, arrange(p, f.get("grad."+names.Replace(p.Name))), 1e-5)
		}
	}
}

func TestTCNFixture(t *testing.T) {
	f := open(t, "tcn")
	net := tcn.New(fixtureShape, tcn.Options{Width: 8, Kernel: 2, Dilations: []int{1, 2, 4}}, nil)
	f.renamed(net, false, strings.NewReplacer("encoder.0", "hist_encoder.tcn.0.conv", "encoder.1", "hist_encoder.tcn.1.conv", "encoder.2", "hist_encoder.tcn.2.conv",
		"ahead", "context_adapter", "decoder.0", "mlp_decoder.layers.0", "decoder.1", "mlp_decoder.layers.3"))
}

// batchNorm normalises [rows, words, width] over rows and words, as the reference of PatchTST does.
type batchNorm struct {
	*nn.BatchNorm
	shape []int
}

func flat(x *nn.Tensor) *nn.Tensor { return nn.Of(x.Data, len(x.Data)/x.Last(), x.Last()) }

func (b *batchNorm) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	b.shape = x.Shape
	return nn.Of(b.BatchNorm.Forward(p, flat(x)).Data, b.shape...)
}

func (b *batchNorm) Backward(p *nn.Pass, dy *nn.Tensor) *nn.Tensor {
	return nn.Of(b.BatchNorm.Backward(p, flat(dy)).Data, b.shape...)
}

func TestPatchTSTFixture(t *testing.T) {
	f := open(t, "patchtst")
	net := patchtst.New(fixtureShape, patchtst.Options{Width: 16, Layers: 2, Heads: 2, Hidden: 32, Patch: 8, Stride: 4,
		Norm: func(name string, width int) nn.Layer {
			return &batchNorm{BatchNorm: nn.NewBatchNorm(name, width, 1e-5, .1)}
		}}, nil)
	for i, a := range net.Attentions() { // a learned number in the reference
		a.Scale = float32(f.weight(fmt.Sprintf("model.backbone.encoder.layers.%d.self_attn.sdp_attn.scale", i)).data[0])
	}
	f.renamed(net, true, strings.NewReplacer("embed", "model.backbone.W_P", "position", "model.backbone.W_pos", "layers.", "model.backbone.encoder.layers.",
		"attention.q", "self_attn.W_Q", "attention.k", "self_attn.W_K", "attention.v", "self_attn.W_V", "attention.o", "self_attn.to_out.0",
		"norm_attention", "norm_attn.1", "norm_dense", "norm_ffn.1", "dense.0", "ff.0", "dense.1", "ff.3", "head", "model.head.linear"))
}

func TestNHiTSFixture(t *testing.T) {
	width := []int{16, 16, 16}
	open(t, "nhits").stacks([]nhits.Block{
		{Pool: 2, Width: width, Ahead: nhits.Lines(8, 2)}, {Pool: 2, Width: width, Ahead: nhits.Lines(8, 4)}, {Pool: 1, Width: width},
	}, []int{24, 24, 24})
}

// TestNBEATSFixture has a generic block, one of trend and one of seasons. The bases of the reference's file are random numbers.
func TestNBEATSFixture(t *testing.T) {
	f := open(t, "nbeats")
	basis := func(name string) nhits.Basis {
		m := f.weight(name)
		b := make(nhits.Basis, m.cols)
		for h := range b {
			for k := range m.rows {
				b[h] = append(b[h], nhits.Term{Coefficient: k, Weight: float32(m.data[k*m.cols+h])})
			}
		}
		return b
	}
	width := []int{16, 16, 16}
	blocks := []nhits.Block{{Pool: 1, Width: width}, {Pool: 1, Width: width}, {Pool: 1, Width: width}}
	for i := 1; i < 3; i++ {
		blocks[i].Back, blocks[i].Ahead = basis(fmt.Sprintf("blocks.%d.basis.backcast_basis", i)), basis(fmt.Sprintf("blocks.%d.basis.forecast_basis", i))
	}
	f.stacks(blocks, []int{24, 3, 14})
}
